/*
 * settings.h - what a session may set (GUC), as values.
 */
#ifndef CONTACTS_SETTINGS_H
#define CONTACTS_SETTINGS_H

/* contacts.c */

extern const char *const contacts_version; /* of this library */

extern int64 contacts_setting_account;  /* contacts.account_id; 1 when unset, -1 when it is none */
extern int64 contacts_setting_member;   /* contacts.member_id; 0 when unset, -1 when it is none */
extern char *contacts_setting_actor;    /* contacts.actor; "" when unset */
extern char contacts_setting_region[3]; /* contacts.default_region in capitals; "" when unset */
extern bool contacts_setting_notify;    /* contacts.notify */

/*
 * The name of a setting whose value is none, NULL when all are good.  A value that was set before
 * the library was there could not be refused; whoever works by the settings asks first.
 */
extern const char *contacts_invalid_setting(void);

#endif
