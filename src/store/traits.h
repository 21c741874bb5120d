/*
 * traits.h - what is compared of contacts (R46).
 */
#ifndef CONTACTS_STORE_TRAITS_H
#define CONTACTS_STORE_TRAITS_H

#include "executor/spi.h"
#include "utils/jsonb.h"

/* traits.c */

/* What is compared of a contact; NULL = null.  Lives as long as what was read with it. */
typedef struct ContactsTraitsRow
{
	int64 contact_id;
	text *name, *email, *phone, *company;
	Jsonb *fields;
} ContactsTraitsRow;

/* All live contacts of an account in order of id, some at a time. */
typedef struct ContactsScan
{
	Portal portal;
	SPITupleTable *rows; /* of the last step; NULL = none */
} ContactsScan;

extern ContactsScan *contacts_scan_begin(int64 account_id);
/* Returns how many, 0 at the end; they live until the next call.  Caller: pfree(*rows). */
extern int contacts_scan_next(ContactsScan *scan, ContactsTraitsRow **rows);
extern void contacts_scan_end(ContactsScan *scan);
/* One contact, when it is live; the newest ones; those that have a match key. */
extern int contacts_read_traits_of(int64 account_id, int64 contact_id, ContactsTraitsRow **rows);
extern int contacts_read_newest(int64 account_id, int most, ContactsTraitsRow **rows);
extern int contacts_read_matches(int64 account_id, const int64 *keys, int count, int most,
								 ContactsTraitsRow **rows);
/* A rough number of contacts, without counting them. */
extern double contacts_estimate_contacts(int64 account_id);

#endif
