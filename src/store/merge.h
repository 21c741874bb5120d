/*
 * merge.h - merges, their journal, and the rows that they move, as C sees them.
 */
#ifndef CONTACTS_STORE_MERGE_H
#define CONTACTS_STORE_MERGE_H

#include "store/store.h"

/* ---- merge.c: contacts.merge and contacts.merge_move ---- */

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
								  const ContactsBy *by, TimestampTz now);
/* False when there is none.  Locks are for reading (none) or for undoing it (write). */
extern bool contacts_read_merge(int64 account_id, int64 merge_id, ContactsLock lock,
								ContactsMerge *merge);
/* The last merge that stands and that a contact took part in, as survivor or not; 0 = none. */
extern int64 contacts_last_merge(int64 account_id, int64 contact_id);
extern void contacts_mark_undone(int64 account_id, int64 merge_id, TimestampTz now);

/* The journal: a row per table, contact and action. */
#define CONTACTS_JOURNAL_COLUMNS \
	"account_id, merge_id, contact_id, table_name, column_name, action, row_count, row_keys"
/* What it says of one table in the merge $2, row by row, as e.key; the table's name follows. */
#define CONTACTS_JOURNAL_OF \
	"contacts.merge_move m CROSS JOIN LATERAL" \
	" pg_catalog.jsonb_array_elements(m.row_keys) AS e (key)" \
	" WHERE m.account_id" EQ "$1 AND m.merge_id" EQ "$2 AND m.table_name" EQ

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
/* What was noted so; *moves is palloc'd.  Returns how many. */
extern int contacts_read_moves(int64 account_id, int64 merge_id, ContactsMove **moves);

/* ---- life.c ---- */

/* Sets, or with survivor 0 clears, the redirect of contacts. */
extern void contacts_redirect(int64 account_id, const int64 *ids, int count, int64 survivor);

/* A contact whatever became of it. */
typedef struct ContactsLife
{
	int64 contact_id;
	int64 merged_into; /* 0 = not merged */
	bool is_deleted, is_anonymized;
} ContactsLife;

/* Contacts with these ids, locked for deletion in order of id; returns how many there are. */
extern int contacts_lock_lives(int64 account_id, const int64 *ids, int count, ContactsLife **lives);

extern void contacts_set_deleted(int64 account_id, const int64 *ids, int count, TimestampTz at);
/* Contacts deleted longer ago than this, NULL = than the account keeps them; at most max. */
extern int contacts_read_deleted(int64 account_id, TimestampTz now, const Interval *older_than,
								 int max, int64 **ids);
/* Contacts and all that were merged into them, directly or not; *family is palloc'd. */
extern int contacts_read_family(int64 account_id, const int64 *ids, int count, int64 **family);
/* Returns how many. */
extern uint64 contacts_remove(int64 account_id, const int64 *ids, int count);

/* ---- merge_rows.c: rows of any table that refers to contacts ---- */

typedef struct ContactsReference
{
	const char *table_name;
	const char *column_name;
	const char *label; /* in moves.<label> */
	bool is_united;    /* what the survivor has already stays behind */
	Oid table_owner;   /* with whose rights the statements run */
	const char *count_rows, *move_rows, *return_rows;
	const char *unlink_rows; /* NULL = rows go with their contact, or keep it */
} ContactsReference;

extern int contacts_read_references(ContactsReference **references);
/* Sets *all to how many rows the move's contact has, its count to how many can go over. */
extern void contacts_count_rows(int64 account_id, const ContactsReference *reference,
								const int64 *taken, int taken_count, ContactsMove *move,
								int64 *all);
/*
 * Gives the rows that do not collide with those of `taken` to the first of `taken`, and fills the
 * move.  False when rows collide that must not be left behind: then the merge is refused.
 */
extern bool contacts_move_rows(int64 account_id, const ContactsReference *reference,
							   const int64 *taken, int taken_count, ContactsMove *move);
/* Gives moved rows back that the survivor still has; returns how many. */
extern int64 contacts_return_rows(int64 account_id, const ContactsReference *reference,
								  int64 survivor, const ContactsMove *move);

/* Takes the contact off the rows that outlive purged contacts (R52). */
extern void contacts_unlink_rows(int64 account_id, const int64 *contact_ids, int count);

/* ---- merge_keys.c: identifiers, and recipients of planned activities ---- */

/* An identifier and who has it. */
typedef struct ContactsOwnedKey
{
	int64 contact_id;
	ContactsIdentifierKind kind;
	const char *value;
	bool is_primary;
} ContactsOwnedKey;

/* Identifiers of contacts; *keys is palloc'd. */
extern int contacts_read_keys(int64 account_id, const int64 *ids, int count,
							  ContactsOwnedKey **keys);
/* Notes the identifiers of all, and gives those of the duplicates to the survivor; none of them is
 * primary then. */
extern void contacts_merge_keys(int64 account_id, const ContactsMerge *merge);
/* Notes a reviewed e-mail or phone that the survivor claimed. */
extern void contacts_note_claim(int64 account_id, const ContactsMerge *merge,
								const ContactsClaim *claim);
/*
 * Gives identifiers that the survivor still has back to their duplicates.  Where `restored` says
 * so, by kind, the primary one of the survivor is as before, and a claimed one is gone.
 */
extern void contacts_return_keys(int64 account_id, const ContactsMerge *merge,
								 const bool *restored);
/* Identifiers that a merge moved and that the survivor still has. */
extern int contacts_read_returning_keys(int64 account_id, const ContactsMerge *merge,
										ContactsOwnedKey **keys);
/* Gives the duplicates the e-mails and phones that they show and that are nobody's by now. */
extern void contacts_reclaim_shown_keys(int64 account_id, const ContactsMerge *merge);
/* Duplicates that did not get all their identifiers back; *ids is palloc'd. */
extern int contacts_read_lost_keys(int64 account_id, const ContactsMerge *merge, int64 **ids);

/* Notes the recipients of planned activities, of the survivor and of the duplicates. */
extern void contacts_keep_recipients(int64 account_id, const ContactsMerge *merge, TimestampTz now);
/* An e-mail or phone that the survivor shows, as the merge found and left it; NULL = none. */
typedef struct ContactsShownChange
{
	bool is_changed;
	const char *before, *after;
	const char *present; /* before the merge is undone */
} ContactsShownChange;
/*
 * Puts noted recipients back, by kind: the survivor's where they are still what the merge found or
 * made, those of activities that went home where the survivor's own reached them since (R50).
 */
extern void contacts_return_recipients(int64 account_id, const ContactsMerge *merge,
									   const ContactsShownChange *shown);

/* ---- merge_pairs.c: pairs to review ---- */

/*
 * Pairs of the duplicates are settled; those with third contacts go on with the survivor, unless
 * the third is just being merged, deleted or removed.
 */
extern void contacts_merge_pairs(int64 account_id, const ContactsMerge *merge, TimestampTz now);
/*
 * The duplicates are live again, and their pairs are as before.  One whose other contact was merged
 * meanwhile is left to the undoing of that merge.
 */
extern void contacts_return_pairs(int64 account_id, const ContactsMerge *merge);

#endif
