/*
 * identifier.h - who owns which key: claiming, moving, freeing (R11).
 */
#ifndef CONTACTS_STORE_IDENTIFIER_H
#define CONTACTS_STORE_IDENTIFIER_H

#include "datatype/timestamp.h"

#include "identity/identifier.h"

/* identifier.c */

typedef struct ContactsClaim
{
	ContactsIdentifierKind kind;
	const char *value;
	int64 contact_id;
	bool is_primary;
} ContactsClaim;

/* Inserts the claims that nobody owns, in order of kind and value; returns how many. */
extern int contacts_claim(int64 account_id, ContactsClaim *claims, int count, TimestampTz now);
/* Contact that owns a key; 0 = nobody. */
extern int64 contacts_owner_of(int64 account_id, ContactsIdentifierKind kind, const char *value);
/* Gives cookies to other contacts; returns how many were there. */
extern int contacts_move_visitors(int64 account_id, ContactsClaim *moves, int count);
/* Makes each key the primary one of its kind on its contact, the others not. */
extern void contacts_set_primary(int64 account_id, const ContactsClaim *keys, int count);
/* Frees the primary keys of contacts, of the kinds of `kept`, unless they are those. */
extern void contacts_free_other_primary(int64 account_id, const ContactsClaim *kept, int count);
/* Sets owners[i] to the contact that owns the key of a claim, 0 = nobody. */
extern void contacts_read_owners(int64 account_id, const ContactsClaim *claims, int count,
								 int64 *owners);
/*
 * Whether the key of a claim went to its owner by the statement that is just writing the claimant's
 * row of contacts.contact.
 */
extern bool contacts_claimed_just_now(int64 account_id, const ContactsClaim *claim);
/* Frees all keys of deleted contacts, and notes them for their return (R51). */
extern void contacts_free_identifiers(int64 account_id, const int64 *contact_ids, int count);
/* Notes what deleted contacts show by now as their primary keys, "" = none, in place of others. */
extern void contacts_note_shown(int64 account_id, const ContactsClaim *shown, int count);
/* A key that a contact which comes back had and somebody else has now. */
typedef struct ContactsTakenIdentifier
{
	int64 contact_id, owner_id;
	ContactsIdentifierKind kind;
} ContactsTakenIdentifier;
/* Claims the noted keys again; *taken, palloc'd, are those that others have now. */
extern int contacts_reclaim_identifiers(int64 account_id, const int64 *contact_ids, int count,
										ContactsTakenIdentifier **taken);
/* Which of the claims somebody else has; *taken is palloc'd. */
extern int contacts_read_taken(int64 account_id, const ContactsClaim *claims, int count,
							   ContactsTakenIdentifier **taken);
/* Keeps keys with their owners until the transaction ends; returns how many are theirs. */
extern int contacts_hold_identifiers(int64 account_id, ContactsClaim *keys, int count);
extern int contacts_free_identifier(int64 account_id, int64 contact_id, ContactsIdentifierKind kind,
									const char *value, bool *was_primary);

/*
 * Per contact the oldest key of a kind that is not its primary one; *next is palloc'd, and has them
 * as primary ones.
 */
extern int contacts_read_next_identifiers(int64 account_id, const int64 *ids, int count,
										  ContactsIdentifierKind kind, ContactsClaim **next);

/* External ids of contacts: pairs of contact id and value. */
typedef struct ContactsExternalId
{
	int64 contact_id;
	const char *value;
} ContactsExternalId;
extern int contacts_read_external_ids(int64 account_id, const int64 *ids, int count,
									  ContactsExternalId **external);
/* An identifier and who has it. */
typedef struct ContactsOwnedIdentifier
{
	int64 contact_id;
	ContactsIdentifierKind kind;
	const char *value;
	bool is_primary;
} ContactsOwnedIdentifier;

/* Rows of a query with contact, owner, kind; *taken is palloc'd.  Returns how many. */
extern int contacts_take_taken(uint64 rows, ContactsTakenIdentifier **taken);
/* Rows of a query with contact, kind, value, is_primary; *keys is palloc'd.  Returns how many. */
extern int contacts_take_identifiers(uint64 rows, ContactsOwnedIdentifier **keys);
/* Identifiers of contacts; *keys is palloc'd. */
extern int contacts_read_identifiers(int64 account_id, const int64 *ids, int count,
									 ContactsOwnedIdentifier **keys);

#endif
