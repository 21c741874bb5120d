/*
 * edit.h - changes that somebody makes to known contacts (R22, R24, R40).
 */
#ifndef CONTACTS_EDIT_H
#define CONTACTS_EDIT_H

#include "engine/ids.h"
#include "engine/report.h"

/* edit.c.  All return false, or -1, with *problem filled; ids of merged contacts are followed. */

/*
 * Applies the keys of `changes`; *contact_id becomes the survivor's, *changed whether any
 * differed.
 */
extern bool contacts_edit(int64 account_id, int64 *contact_id, Jsonb *changes, bool *changed,
						  ContactsProblem *problem);
/* Applies them to a contact in memory: checked, made canonical; null clears (R22). */
extern bool contacts_apply_changes(const ContactsAccount *account, ContactsContact *contact,
								   Jsonb *changes, ContactsProblem *problem);
/* status: index of the enum, CONTACTS_NO_STATUS takes it away.  Returns how many changed. */
extern int64 contacts_set_status_of(int64 account_id, const ContactsIds *ids, int status,
									const char *source, ContactsProblem *problem);
/* owner_id 0 = nobody. */
extern int64 contacts_assign(int64 account_id, const ContactsIds *ids, int64 owner_id,
							 ContactsProblem *problem);

/* keys.c: the identifiers of one contact */

extern bool contacts_add_key(int64 account_id, int64 contact_id, const char *kind,
							 const char *value, bool make_primary, ContactsProblem *problem);
extern bool contacts_remove_key(int64 account_id, int64 contact_id, const char *kind,
								const char *value, ContactsProblem *problem);
extern bool contacts_make_key_primary(int64 account_id, int64 contact_id, const char *kind,
									  const char *value, ContactsProblem *problem);

#endif
