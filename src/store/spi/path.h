/*
 * path.h - the search_path of our calls (R82).
 */
#ifndef CONTACTS_PATH_H
#define CONTACTS_PATH_H

/* path.c */

/* Schemas that code on our tables may find names in; "" = public unless PUBLIC creates there. */
extern char *contacts_setting_trusted;

/* Called once per backend. */
extern void contacts_path_init(void);
/* The setting changes. */
extern void contacts_path_forget(void);
/* Whether a text can be the setting: a list of schemas, none of them temporary or the server's. */
extern bool contacts_path_valid(const char *schemas);

/* From here to the end of the calling SQL function, which has a search_path of its own. */
extern void contacts_path_use(void);
/* From here to the end, or to an error. */
extern void contacts_path_begins(void);
extern void contacts_path_ends(void);
/* The same around code that is not trusted: what it sets is undone at the end. */
extern int contacts_settings_kept(void);
extern void contacts_settings_restored(int level);

#endif
