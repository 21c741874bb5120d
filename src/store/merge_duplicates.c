/* -------------------------------------------------------------------------
 * merge_duplicates.c
 *		Pairs to review of contacts that are merged.
 *
 * A pair of a duplicate is settled.  If the other one is a third contact, the survivor takes the
 * duplicate's place in a pair of the same state, unless it has one with that contact.
 *
 * The journal notes both (R45): a pair that was added as [lower id, higher id, state], a pair that
 * was settled with decided_at besides, as it was before.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "store/merge.h"
#include "store/merge_duplicates.h"
#include "store/spi/datum.h"
#include "store/spi/query.h"

/* Unsettled pairs of the duplicates $2: by two indexes, so that no plan reads all of them. */
#define PAIRS_OF_DUPLICATES \
	SQL( \
		"(SELECT d.*" \
		" FROM contacts.duplicate d" \
		" WHERE " IN_ACCOUNT(d) \
		"   AND d.contact_id" EQ "ANY ($2)" \
		"   AND d.state" NE "'merged'" \
		" UNION ALL" \
		" SELECT d.*" \
		" FROM contacts.duplicate d" \
		" WHERE " IN_ACCOUNT(d) \
		"   AND d.other_id" EQ "ANY ($2)" \
		"   AND NOT d.contact_id" EQ "ANY ($2)" \
		"   AND d.state" NE "'merged')")

/* What the merge $2 noted of pairs: the lower and the higher id, and what they were before. */
#define NOTED_PAIRS \
	CONTACTS_JOURNAL( \
		"contacts.duplicate", \
		CONTACTS_JOURNAL_TEXT(0) "::pg_catalog.int8 AS lower_id," \
		CONTACTS_JOURNAL_TEXT(1) "::pg_catalog.int8 AS higher_id," \
		CONTACTS_JOURNAL_TEXT(2) " AS state," \
		CONTACTS_JOURNAL_TEXT(3) "::pg_catalog.timestamptz AS decided_at")

/* The survivors of those contacts of the pair d that are merged. */
#define SURVIVORS_OF_PAIR \
	SQL( \
		"(SELECT c.merged_into" \
		" FROM contacts.contact c" \
		" WHERE " IN_ACCOUNT(c) \
		"   AND (c.contact_id" EQ "d.contact_id OR c.contact_id" EQ "d.other_id)" \
		"   AND c.merged_into IS NOT NULL)")

/* $1 the account, $2 the duplicates, $3 the merge, $4 the survivor, $5 now. */
void
contacts_merge_duplicates(int64 account_id, const ContactsMerge *merge, TimestampTz now)
{
	static ContactsQuery lock = CONTACTS_QUERY(
		"SELECT d.contact_id"
		" FROM " PAIRS_OF_DUPLICATES " p"
		" JOIN contacts.duplicate d"
		"   ON " IN_ACCOUNT(d)
		"  AND d.contact_id" EQ "p.contact_id"
		"  AND d.other_id" EQ "p.other_id"
		" ORDER BY d.contact_id, d.other_id"
		" FOR NO KEY UPDATE OF d",
		"bigint bigint[]");
	/* of pairs with the same third contact one is enough; noted as added */
	static ContactsQuery go_on = CONTACTS_QUERY(
		"WITH third AS ("
		"   SELECT DISTINCT ON (t.contact_id)"
		"          t.contact_id, p.reasons, p.score, p.state, p.created_at, p.decided_at"
		"   FROM " PAIRS_OF_DUPLICATES " p"
		"   CROSS JOIN LATERAL ("
		"      SELECT CASE WHEN p.contact_id" EQ "ANY ($2) THEN p.other_id"
		"                  ELSE p.contact_id END AS contact_id) t"
		"   WHERE t.contact_id" NE "$4"
		"     AND NOT t.contact_id" EQ "ANY ($2)"
		"   ORDER BY t.contact_id, p.state, p.score DESC),"
		" present AS ("
		"   SELECT t.*"
		"   FROM third t"
		"   JOIN contacts.contact c"
		"     ON " IN_ACCOUNT(c)
		"    AND c.contact_id" EQ "t.contact_id"
		"   WHERE c.merged_into IS NULL"
		"   FOR KEY SHARE OF c SKIP LOCKED),"
		" added AS ("
		"   INSERT INTO contacts.duplicate (account_id, contact_id, other_id, reasons, score,"
		"                                   state, created_at, decided_at)"
		"   SELECT $1, LEAST($4, t.contact_id), GREATEST($4, t.contact_id), t.reasons, t.score,"
		"          t.state, t.created_at, t.decided_at"
		"   FROM present t"
		"   ON CONFLICT (account_id, contact_id, other_id) DO NOTHING"
		"   RETURNING contact_id, other_id, state)"
		" INSERT INTO contacts.merge_move (" CONTACTS_JOURNAL_COLUMNS ")"
		" SELECT $1, $3, $4, 'contacts.duplicate', 'contact_id', 'added', pg_catalog.count(*),"
		"        pg_catalog.jsonb_agg("
		"           pg_catalog.jsonb_build_array(a.contact_id, a.other_id, a.state))"
		" FROM added a"
		" HAVING pg_catalog.count(*)" GT "0",
		"bigint bigint[] bigint bigint");
	/* noted as changed, with what they were before */
	static ContactsQuery settle = CONTACTS_QUERY(
		"WITH pair AS ("
		"   SELECT *"
		"   FROM " PAIRS_OF_DUPLICATES " p),"
		" settled AS ("
		"   UPDATE contacts.duplicate d"
		"   SET state = 'merged', decided_at = $5"
		"   FROM pair p"
		"   WHERE " IN_ACCOUNT(d)
		"     AND d.contact_id" EQ "p.contact_id"
		"     AND d.other_id" EQ "p.other_id)"
		" INSERT INTO contacts.merge_move (" CONTACTS_JOURNAL_COLUMNS ")"
		" SELECT $1, $3, $4, 'contacts.duplicate', 'contact_id', 'changed', pg_catalog.count(*),"
		"        pg_catalog.jsonb_agg("
		"           pg_catalog.jsonb_build_array(p.contact_id, p.other_id, p.state, p.decided_at))"
		" FROM pair p"
		" HAVING pg_catalog.count(*)" GT "0",
		"bigint bigint[] bigint bigint timestamptz");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64s(&args, merge->duplicate_ids, merge->duplicate_count);
	contacts_run(&lock, &args);
	contacts_arg_int64(&args, merge->merge_id);
	contacts_arg_int64(&args, merge->primary_id);
	contacts_run(&go_on, &args);
	contacts_arg_time(&args, now);
	contacts_run(&settle, &args);
}

/* $1 the account, $2 the merge.  A pair that somebody decided on since stays as it is. */
void
contacts_return_duplicates(int64 account_id, const ContactsMerge *merge)
{
	static ContactsQuery lock = CONTACTS_QUERY(
		"SELECT d.contact_id"
		" FROM contacts.duplicate d"
		" JOIN " NOTED_PAIRS " j"
		"   ON d.contact_id" EQ "j.lower_id"
		"  AND d.other_id" EQ "j.higher_id"
		" WHERE " IN_ACCOUNT(d)
		" ORDER BY d.contact_id, d.other_id"
		" FOR NO KEY UPDATE OF d",
		"bigint bigint");
	static ContactsQuery forget = CONTACTS_QUERY(
		"DELETE FROM contacts.duplicate d"
		" USING " NOTED_PAIRS " j"
		" WHERE " IN_ACCOUNT(d)
		"   AND d.contact_id" EQ "j.lower_id"
		"   AND d.other_id" EQ "j.higher_id"
		"   AND j.action" EQ "'added'"
		"   AND (d.state" EQ "j.state OR d.state" EQ "'merged')",
		"bigint bigint");
	/* into the journal of the merge that the other contact is in */
	static ContactsQuery hand_over = CONTACTS_QUERY(
		"WITH handed AS ("
		"   INSERT INTO contacts.merge_move (" CONTACTS_JOURNAL_COLUMNS ")"
		"   SELECT $1, o.merge_id, o.primary_id, 'contacts.duplicate', 'contact_id', 'changed',"
		"          pg_catalog.count(*), pg_catalog.jsonb_agg(j.noted)"
		"   FROM contacts.merge o, contacts.duplicate d, " NOTED_PAIRS " j"
		"   WHERE " IN_ACCOUNT(o)
		"     AND o.undone_at IS NULL"
		"     AND o.primary_id" EQ "ANY (ARRAY" SURVIVORS_OF_PAIR ")"
		"     AND (d.contact_id" EQ "ANY (o.duplicate_ids)"
		"          OR d.other_id" EQ "ANY (o.duplicate_ids))"
		"     AND " IN_ACCOUNT(d)
		"     AND d.contact_id" EQ "j.lower_id"
		"     AND d.other_id" EQ "j.higher_id"
		"     AND d.state" EQ "'merged'"
		"     AND j.action" EQ "'changed'"
		"   GROUP BY o.merge_id, o.primary_id"
		"   RETURNING merge_id)"
		" UPDATE contacts.merge m"
		" SET journal_rows = m.journal_rows" PLUS "1"
		" FROM handed h"
		" WHERE " IN_ACCOUNT(m)
		"   AND m.merge_id" EQ "h.merge_id",
		"bigint bigint");
	static ContactsQuery put_back = CONTACTS_QUERY(
		"UPDATE contacts.duplicate d"
		" SET state = j.state, decided_at = j.decided_at"
		" FROM " NOTED_PAIRS " j"
		" WHERE " IN_ACCOUNT(d)
		"   AND d.contact_id" EQ "j.lower_id"
		"   AND d.other_id" EQ "j.higher_id"
		"   AND d.state" EQ "'merged'"
		"   AND j.action" EQ "'changed'"
		"   AND NOT EXISTS " SURVIVORS_OF_PAIR,
		"bigint bigint");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64(&args, merge->merge_id);
	contacts_run(&lock, &args);
	contacts_run(&forget, &args);
	contacts_run(&hand_over, &args);
	contacts_run(&put_back, &args);
}
