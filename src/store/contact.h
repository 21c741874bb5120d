/*
 * contact.h - rows of contacts.contact.
 */
#ifndef CONTACTS_STORE_CONTACT_H
#define CONTACTS_STORE_CONTACT_H

#include "datatype/timestamp.h"
#include "utils/jsonb.h"

/* contact.c */

#define CONTACTS_NO_STATUS (-1)

/* A contact in memory; texts are NULL and ids 0 where the row has null. */
typedef struct ContactsContact
{
	int64 contact_id;
	const char *name;
	const char *email;
	const char *phone;
	const char *company;
	const char *timezone;
	int status; /* index of the enum, CONTACTS_NO_STATUS = null */
	int64 owner_id;
	const char *source;
	Jsonb *fields;
	TimestampTz created_at;
	TimestampTz details_at; /* DT_NOBEGIN = null */
	/*
	 * Keys of the e-mail and phone shown, where this call has read them: "" = it finds nobody,
	 * NULL = not read.  No columns.
	 */
	const char *keys[2];
} ContactsContact;

typedef enum ContactsLock
{
	CONTACTS_LOCK_NONE,     /* read only */
	CONTACTS_LOCK_SHARE,    /* stays, unmerged and undeleted, until the transaction ends */
	CONTACTS_LOCK_WRITE,    /* and nobody else changes its details */
	CONTACTS_LOCK_LIFECYCLE /* and nobody links anything to it: it may be merged or deleted */
} ContactsLock;

/* A key that somebody owns. */
typedef struct ContactsOwner
{
	int key;         /* index into the keys asked for */
	bool is_primary; /* the contact shows it */
	ContactsContact contact;
} ContactsOwner;

/* Whom a batch asks for: owners of keys, and contacts by id. */
typedef struct ContactsSought
{
	const Datum *kinds;
	const Datum *values;
	int key_count;
	const int64 *ids;
	int id_count;
} ContactsSought;

/*
 * Live owners of the keys, and contacts with the ids (their key counts on from key_count), locked
 * in order of contact_id; *owners is palloc'd.  Returns their number.
 */
extern int contacts_find_owners(int64 account_id, const ContactsSought *sought, ContactsLock lock,
								ContactsOwner **owners);
/* Contacts by id, live ones only, locked in order; found[i] says whether ids[i] is among them. */
extern int contacts_read_contacts(int64 account_id, const int64 *ids, int count, ContactsLock lock,
								  ContactsContact **contacts);
/* Whether a contact with this id or a higher one shows either, and has no identifiers yet. */
extern bool contacts_shows_unclaimed(int64 account_id, int64 first_id, const char *email,
									 const char *phone);
/*
 * Follows merges to their ends: survivors[i] is 0 when ids[i] is unknown, or its survivor deleted
 * and not wanted.  read_only: with the snapshot of the calling statement, for STABLE functions.
 */
extern void contacts_read_survivors(int64 account_id, const int64 *ids, int count, bool deleted_too,
									bool read_only, int64 *survivors);
/*
 * Follows the redirects from *contact_id to the survivor, which then can be neither merged nor
 * deleted before the transaction ends; with the owner's rights, whoever is at work.  False when
 * there is no such contact.
 */
extern bool contacts_hold_survivor(int64 account_id, int64 *contact_id, bool *is_deleted);
extern void contacts_insert_contacts(int64 account_id, ContactsContact **contacts, int count);
extern void contacts_update_contacts(int64 account_id, ContactsContact **contacts, int count);
/* One contact as a document, NULL when there is no live one (get_contact). */
extern Jsonb *contacts_contact_document(int64 account_id, int64 contact_id);

#endif
