/* -------------------------------------------------------------------------
 * merge_pairs.c
 *		Pairs to review of contacts that are merged.
 *
 * A pair of a duplicate is settled.  If the other one is a third contact, the survivor takes the
 * duplicate's place in a pair of the same state, unless it has one with that contact.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "store/merge.h"
#include "store/merge_duplicates.h"
#include "store/spi/datum.h"
#include "store/spi/query.h"

/* Unsettled pairs of the duplicates, $4: by either index, so that no plan reads them all. */
#define PAIRS_OF_DUPLICATES \
	"SELECT d.* FROM contacts.duplicate d WHERE d.account_id" EQ "$1 AND d.contact_id" EQ \
	"ANY ($4) AND d.state" NE "'merged'" \
	" UNION ALL SELECT d.* FROM contacts.duplicate d WHERE d.account_id" EQ "$1 AND d.other_id" EQ \
	"ANY ($4) AND NOT d.contact_id" EQ "ANY ($4) AND d.state" NE "'merged'"

/* The journal of the pairs, row by row, as e.key, and the pairs. */
#define JOURNAL \
	CONTACTS_JOURNAL_OF "'contacts.duplicate' AND d.account_id" EQ "$1" \
						" AND d.contact_id" EQ \
						"(e.key OPERATOR(pg_catalog.->>) 0)::pg_catalog.int8" \
						" AND d.other_id" EQ "(e.key OPERATOR(pg_catalog.->>) 1)::pg_catalog.int8"
#define STATE "(e.key OPERATOR(pg_catalog.->>) 2)"
#define DECIDED_AT "(e.key OPERATOR(pg_catalog.->>) 3)::pg_catalog.timestamptz"

/* The survivor of a contact of the pair that is merged. */
#define MERGED_OF_PAIR \
	"SELECT c.merged_into FROM contacts.contact c WHERE c.account_id" EQ "$1" \
	" AND (c.contact_id" EQ "d.contact_id OR c.contact_id" EQ "d.other_id)" \
	" AND c.merged_into IS NOT NULL"

void
contacts_merge_duplicates(int64 account_id, const ContactsMerge *merge, TimestampTz now)
{
	static ContactsQuery lock =
		CONTACTS_QUERY("SELECT d.contact_id FROM (" PAIRS_OF_DUPLICATES
					   ") p JOIN contacts.duplicate d"
					   " ON d.account_id" EQ "$1 AND d.contact_id" EQ "p.contact_id"
					   " AND d.other_id" EQ "p.other_id WHERE $2" GT "0 AND $3" GT "0"
					   " ORDER BY d.contact_id, d.other_id FOR NO KEY UPDATE OF d",
					   "bigint bigint bigint bigint[]");
	static ContactsQuery go_on = CONTACTS_QUERY(
		"WITH third AS (SELECT DISTINCT ON (t.contact_id) t.contact_id, p.reasons, p.score,"
		" p.state, p.created_at, p.decided_at FROM (" PAIRS_OF_DUPLICATES ") p"
		" CROSS JOIN LATERAL (SELECT CASE WHEN p.contact_id" EQ "ANY ($4) THEN p.other_id"
		" ELSE p.contact_id END AS contact_id) t"
		" WHERE t.contact_id" NE "$3 AND NOT t.contact_id" EQ "ANY ($4)"
		" ORDER BY t.contact_id, p.state, p.score DESC),"
		" present AS (SELECT c.contact_id FROM contacts.contact c WHERE c.account_id" EQ "$1"
		" AND c.contact_id" EQ "ANY (ARRAY(SELECT t.contact_id FROM third t))"
		" AND c.merged_into IS NULL FOR KEY SHARE SKIP LOCKED), added AS ("
		"INSERT INTO contacts.duplicate"
		" (account_id, contact_id, other_id, reasons, score, state, created_at, decided_at)"
		" SELECT $1, LEAST($3, t.contact_id), GREATEST($3, t.contact_id), t.reasons, t.score,"
		" t.state, t.created_at, t.decided_at FROM third t"
		" JOIN present c ON c.contact_id" EQ "t.contact_id"
		" ON CONFLICT (account_id, contact_id, other_id) DO NOTHING"
		" RETURNING contact_id, other_id, state)"
		" INSERT INTO contacts.merge_move (" CONTACTS_JOURNAL_COLUMNS ")"
		" SELECT $1, $2, $3, 'contacts.duplicate', 'contact_id', 'added', pg_catalog.count(*),"
		" pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(a.contact_id, a.other_id, a.state))"
		" FROM added a HAVING pg_catalog.count(*)" GT "0",
		"bigint bigint bigint bigint[]");
	static ContactsQuery settle = CONTACTS_QUERY(
		"WITH pair AS (SELECT * FROM (" PAIRS_OF_DUPLICATES ") p), settled AS ("
		"UPDATE contacts.duplicate d SET state = 'merged', decided_at = $5 FROM pair p"
		" WHERE d.account_id" EQ "$1 AND d.contact_id" EQ "p.contact_id"
		" AND d.other_id" EQ "p.other_id)"
		" INSERT INTO contacts.merge_move (" CONTACTS_JOURNAL_COLUMNS ")"
		" SELECT $1, $2, $3, 'contacts.duplicate', 'contact_id', 'changed', pg_catalog.count(*),"
		" pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(p.contact_id, p.other_id, p.state,"
		" p.decided_at)) FROM pair p HAVING pg_catalog.count(*)" GT "0",
		"bigint bigint bigint bigint[] timestamptz");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64(&args, merge->merge_id);
	contacts_arg_int64(&args, merge->primary_id);
	contacts_arg_int64s(&args, merge->duplicate_ids, merge->duplicate_count);
	contacts_run(&lock, &args);
	contacts_run(&go_on, &args);
	contacts_arg_time(&args, now);
	contacts_run(&settle, &args);
}

/* A pair that somebody decided on since stays as it is. */
void
contacts_return_duplicates(int64 account_id, const ContactsMerge *merge)
{
	static ContactsQuery lock =
		CONTACTS_QUERY("SELECT d.contact_id FROM contacts.duplicate d, " JOURNAL
					   " ORDER BY d.contact_id, d.other_id FOR NO KEY UPDATE OF d",
					   "bigint bigint");
	static ContactsQuery forget =
		CONTACTS_QUERY("DELETE FROM contacts.duplicate d USING " JOURNAL " AND m.action" EQ
					   "'added' AND (d.state" EQ STATE " OR d.state" EQ "'merged')",
					   "bigint bigint");
	/* into the journal of the merge that the other contact is in */
	static ContactsQuery hand_over = CONTACTS_QUERY(
		"INSERT INTO contacts.merge_move (" CONTACTS_JOURNAL_COLUMNS ")"
		" SELECT $1, o.merge_id, o.primary_id, m.table_name, m.column_name, m.action,"
		" pg_catalog.count(*), pg_catalog.jsonb_agg(e.key)"
		" FROM contacts.merge o, contacts.duplicate d, " JOURNAL " AND m.action" EQ "'changed'"
		" AND d.state" EQ "'merged' AND o.account_id" EQ "$1 AND o.undone_at IS NULL"
		" AND o.primary_id" EQ "ANY (ARRAY(" MERGED_OF_PAIR "))"
		" AND (d.contact_id" EQ "ANY (o.duplicate_ids) OR d.other_id" EQ "ANY (o.duplicate_ids))"
		" GROUP BY o.merge_id, o.primary_id, m.table_name, m.column_name, m.action",
		"bigint bigint");
	static ContactsQuery put_back =
		CONTACTS_QUERY("UPDATE contacts.duplicate d SET state = " STATE ", decided_at = " DECIDED_AT
					   " FROM " JOURNAL " AND m.action" EQ "'changed'"
					   " AND d.state" EQ "'merged' AND NOT EXISTS (" MERGED_OF_PAIR ")",
					   "bigint bigint");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64(&args, merge->merge_id);
	contacts_run(&lock, &args);
	contacts_run(&forget, &args);
	contacts_run(&hand_over, &args);
	contacts_run(&put_back, &args);
}
