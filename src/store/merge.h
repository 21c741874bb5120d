/*
 * merge.h - merges and their journal (R42-R45).
 */
#ifndef CONTACTS_STORE_MERGE_H
#define CONTACTS_STORE_MERGE_H

#include "datatype/timestamp.h"
#include "utils/jsonb.h"

#include "store/actor.h"
#include "store/contact.h"
#include "store/spi/query.h"

/* merge.c */

typedef struct ContactsMerge
{
	int64 merge_id;
	int64 primary_id; /* survivor */
	int64 *duplicate_ids;
	int duplicate_count;
	const char *prefer;   /* primary, latest */
	Jsonb *changes;       /* of the survivor: {"detail": {"old": …, "new": …, "from": …}} */
	const char *shown[2]; /* e-mail, phone of the survivor after it; NULL = none */
	bool is_undone;
} ContactsMerge;

extern void contacts_insert_merge(int64 account_id, const ContactsMerge *merge,
								  const ContactsActor *actor, TimestampTz now);
/* False when there is none.  Locks are for reading (none) or for undoing it (write). */
extern bool contacts_read_merge(int64 account_id, int64 merge_id, ContactsLock lock,
								ContactsMerge *merge);
/* The last merge that stands and that a contact took part in, as survivor or not; 0 = none. */
extern int64 contacts_last_merge(int64 account_id, int64 contact_id);
extern void contacts_mark_undone(int64 account_id, int64 merge_id, TimestampTz now);

/* The journal: a row per table, contact and action. */
#define CONTACTS_JOURNAL_COLUMNS \
	"account_id, merge_id, contact_id, table_name, column_name, action, row_count, row_keys"
/*
 * What the merge $2 noted of one table, as a sub-select with a row for each row of that table:
 * contact_id (on which it hung before), action (moved, changed, added), noted (its key, then what
 * it was before, as an array), and columns that the caller takes out of `noted` by their position.
 */
#define CONTACTS_JOURNAL(table, columns) \
	SQL( \
		"(SELECT m.contact_id, m.action, e.noted," columns \
		" FROM contacts.merge_move m" \
		" CROSS JOIN LATERAL pg_catalog.jsonb_array_elements(m.row_keys) AS e (noted)" \
		" WHERE " IN_ACCOUNT(m) \
		"   AND m.merge_id" EQ "$2" \
		"   AND m.table_name" EQ "'" table "')")
#define CONTACTS_JOURNAL_TEXT(position) " (e.noted" TEXT_AT #position ")"

/* What a merge did to the rows of one table that hung on one contact. */
typedef struct ContactsMove
{
	int64 contact_id; /* before */
	const char *table_name;
	const char *column_name;
	int64 row_count;
	Jsonb *row_keys; /* NULL = the table has no key */
} ContactsMove;

/* Notes rows that went over to the survivor. */
extern void contacts_insert_move(int64 account_id, int64 merge_id, const ContactsMove *move);
/* Counts what the journal of a merge has, so that check() sees when something of it is lost. */
extern void contacts_close_journal(int64 account_id, int64 merge_id);
/* What was noted so; *moves is palloc'd.  Returns how many. */
extern int contacts_read_moves(int64 account_id, int64 merge_id, ContactsMove **moves);

#endif
