/* -------------------------------------------------------------------------
 * merge_identifiers.c
 *		Identifiers of merged contacts, and recipients of their planned activities.
 *
 * What they were before stands in the journal (R45): of each identifier, of the survivor's too,
 * [kind, value, is_primary, created_at]; of one that the merge added, [kind, value]; of each
 * planned activity [activity_id, recipient_email, recipient_phone].
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "identity/identifier.h"
#include "store/identifier.h"
#include "store/merge.h"
#include "store/merge_identifiers.h"
#include "store/spi/datum.h"
#include "store/spi/enums.h"
#include "store/spi/query.h"

/* What the merge $2 noted of identifiers, with the contact that had each. */
#define NOTED_IDENTIFIERS \
	CONTACTS_JOURNAL( \
		"contacts.identifier", \
		CONTACTS_JOURNAL_TEXT(0) "::contacts.identifier_kind AS kind," \
		CONTACTS_JOURNAL_TEXT(1) " AS value," \
		CONTACTS_JOURNAL_TEXT(2) "::pg_catalog.bool AS is_primary," \
		CONTACTS_JOURNAL_TEXT(3) "::pg_catalog.timestamptz AS created_at")

/*
 * The identifier i is the noted one, j, and the survivor, $3, still has it.  The plan looks each
 * noted one up by its key: it would otherwise think that the survivor has few, and read all that
 * are noted once more for each of them; of a CASE it thinks nothing.
 */
#define SURVIVOR_HAS_NOTED \
	SQL("i.kind" EQ "j.kind AND i.value" EQ "j.value" \
		" AND CASE WHEN i.contact_id" EQ "$3 THEN true END")

/* What the merge $2 noted of planned activities, with the contact that had each. */
#define NOTED_RECIPIENTS \
	CONTACTS_JOURNAL( \
		"contacts.activity", \
		CONTACTS_JOURNAL_TEXT(0) "::pg_catalog.int8 AS activity_id," \
		CONTACTS_JOURNAL_TEXT(1) " AS recipient_email," \
		CONTACTS_JOURNAL_TEXT(2) " AS recipient_phone")

static void arg_merge(ContactsArgs *args, int64 account_id, const ContactsMerge *merge);
static void arg_kinds(ContactsArgs *args, const bool *restored);
static const char *or_blank(const char *text);

void
contacts_merge_identifiers(int64 account_id, const ContactsMerge *merge)
{
	static ContactsQuery note = CONTACTS_QUERY(
		"INSERT INTO contacts.merge_move (" CONTACTS_JOURNAL_COLUMNS ")"
		" SELECT $1, $2, i.contact_id, 'contacts.identifier', 'contact_id',"
		"        CASE WHEN i.contact_id" EQ "$3 THEN 'changed' ELSE 'moved' END,"
		"        pg_catalog.count(*),"
		"        pg_catalog.jsonb_agg("
		"           pg_catalog.jsonb_build_array(i.kind, i.value, i.is_primary, i.created_at))"
		" FROM contacts.identifier i"
		" WHERE " IN_ACCOUNT(i)
		"   AND i.contact_id" EQ "ANY (pg_catalog.array_append($4, $3))"
		" GROUP BY i.contact_id",
		"bigint bigint bigint bigint[]");
	static ContactsQuery move = CONTACTS_QUERY(
		"UPDATE contacts.identifier i"
		" SET contact_id = $2, is_primary = false"
		" WHERE " IN_ACCOUNT(i)
		"   AND i.contact_id" EQ "ANY ($3)",
		"bigint bigint bigint[]");
	ContactsArgs noted = {0};
	ContactsArgs moved = {0};

	arg_merge(&noted, account_id, merge);
	contacts_arg_int64s(&noted, merge->duplicate_ids, merge->duplicate_count);
	contacts_run(&note, &noted);
	contacts_arg_int64(&moved, account_id);
	contacts_arg_int64(&moved, merge->primary_id);
	contacts_arg_int64s(&moved, merge->duplicate_ids, merge->duplicate_count);
	contacts_run(&move, &moved);
}

void
contacts_note_claim(int64 account_id, const ContactsMerge *merge, const ContactsClaim *claim)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"INSERT INTO contacts.merge_move (" CONTACTS_JOURNAL_COLUMNS ")"
		" VALUES ($1, $2, $3, 'contacts.identifier', 'contact_id', 'added', 1,"
		"         pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_array($4, $5)))",
		"bigint bigint bigint contacts.identifier_kind text");
	ContactsArgs args = {0};

	arg_merge(&args, account_id, merge);
	contacts_arg_enum(&args, CONTACTS_ENUM_KIND, claim->kind);
	contacts_arg_text(&args, claim->value);
	contacts_run(&query, &args);
}

void
contacts_return_identifiers(int64 account_id, const ContactsMerge *merge, const bool *restored)
{
	static ContactsQuery forget = CONTACTS_QUERY(
		"DELETE FROM contacts.identifier i"
		" USING " NOTED_IDENTIFIERS " j"
		" WHERE " IN_ACCOUNT(i)
		"   AND " SURVIVOR_HAS_NOTED
		"   AND i.kind::pg_catalog.text" EQ "ANY ($4)"
		"   AND j.action" EQ "'added'",
		"bigint bigint bigint text[]");
	static ContactsQuery put_back = CONTACTS_QUERY(
		"UPDATE contacts.identifier i"
		" SET contact_id = j.contact_id, is_primary = j.is_primary"
		" FROM " NOTED_IDENTIFIERS " j"
		" WHERE " IN_ACCOUNT(i)
		"   AND " SURVIVOR_HAS_NOTED
		"   AND (j.action" EQ "'moved'"
		"        OR (j.action" EQ "'changed' AND i.kind::pg_catalog.text" EQ "ANY ($4)))",
		"bigint bigint bigint text[]");
	ContactsArgs args = {0};

	arg_merge(&args, account_id, merge);
	arg_kinds(&args, restored);
	contacts_run(&forget, &args);
	contacts_run(&put_back, &args);
}

int
contacts_read_returning_identifiers(int64 account_id, const ContactsMerge *merge,
									ContactsOwnedIdentifier **keys)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT j.contact_id, i.kind, i.value, i.is_primary"
		" FROM contacts.identifier i"
		" CROSS JOIN " NOTED_IDENTIFIERS " j"
		" WHERE " IN_ACCOUNT(i)
		"   AND " SURVIVOR_HAS_NOTED
		"   AND j.action" EQ "'moved'",
		"bigint bigint bigint");
	ContactsArgs args = {0};

	arg_merge(&args, account_id, merge);
	return contacts_take_identifiers(contacts_run(&query, &args), keys);
}

void
contacts_reclaim_shown_identifiers(int64 account_id, const ContactsMerge *merge,
								   const bool *restored)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"INSERT INTO contacts.identifier (account_id, kind, value, contact_id, is_primary,"
		"                                 created_at)"
		" SELECT $1, j.kind, j.value, j.contact_id, true, j.created_at"
		" FROM " NOTED_IDENTIFIERS " j"
		" WHERE j.is_primary"
		"   AND (j.action" EQ "'moved' AND j.contact_id" NE "$3"
		"        OR j.action" EQ "'changed' AND j.kind::pg_catalog.text" EQ "ANY ($4))"
		" ON CONFLICT (account_id, kind, value) DO NOTHING",
		"bigint bigint bigint text[]");
	ContactsArgs args = {0};

	arg_merge(&args, account_id, merge);
	arg_kinds(&args, restored);
	contacts_run(&query, &args);
}

int
contacts_read_lost_identifiers(int64 account_id, const ContactsMerge *merge, int64 **ids)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT DISTINCT j.contact_id"
		" FROM " NOTED_IDENTIFIERS " j"
		" WHERE j.action" EQ "'moved'"
		"   AND j.contact_id" NE "$3"
		"   AND NOT EXISTS (SELECT"
		"                   FROM contacts.identifier i"
		"                   WHERE " IN_ACCOUNT(i)
		"                     AND i.kind" EQ "j.kind"
		"                     AND i.value" EQ "j.value"
		"                     AND i.contact_id" EQ "j.contact_id)",
		"bigint bigint bigint");
	ContactsArgs args = {0};

	arg_merge(&args, account_id, merge);
	return contacts_rows_int64(contacts_run(&query, &args), ids);
}

int
contacts_read_taken_since(int64 account_id, const ContactsMerge *merge, const bool *restored,
						  ContactsTakenIdentifier **taken)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT j.contact_id, i.contact_id, i.kind"
		" FROM " NOTED_IDENTIFIERS " j"
		" JOIN contacts.identifier i"
		"   ON " IN_ACCOUNT(i)
		"  AND i.kind" EQ "j.kind"
		"  AND i.value" EQ "j.value"
		" WHERE CASE WHEN i.contact_id" NE "j.contact_id THEN true END"
		"   AND (j.action" EQ "'moved'"
		"        OR (j.action" EQ "'changed' AND j.is_primary"
		"            AND i.kind::pg_catalog.text" EQ "ANY ($3)))"
		" ORDER BY j.contact_id, i.kind, i.value"
		" FOR KEY SHARE OF i",
		"bigint bigint text[]");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64(&args, merge->merge_id);
	arg_kinds(&args, restored);
	return contacts_take_taken(contacts_run(&query, &args), taken);
}

void
contacts_keep_recipients(int64 account_id, const ContactsMerge *merge, TimestampTz now)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"INSERT INTO contacts.merge_move (" CONTACTS_JOURNAL_COLUMNS ")"
		" SELECT $1, $2, a.contact_id, 'contacts.activity', 'contact_id', 'changed',"
		"        pg_catalog.count(*),"
		"        pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array("
		"           a.activity_id, a.recipient_email, a.recipient_phone))"
		" FROM contacts.activity a"
		" WHERE " IN_ACCOUNT(a)
		"   AND a.contact_id" EQ "ANY (pg_catalog.array_append($4, $3))"
		"   AND a.state" EQ "$5"
		"   AND a.starts_at" GT "$6"
		" GROUP BY a.contact_id",
		"bigint bigint bigint bigint[] contacts.activity_state timestamptz");
	ContactsArgs args = {0};

	arg_merge(&args, account_id, merge);
	contacts_arg_int64s(&args, merge->duplicate_ids, merge->duplicate_count);
	contacts_arg_enum(&args, CONTACTS_ENUM_STATE,
					  contacts_enum_index(CONTACTS_ENUM_STATE, "scheduled"));
	contacts_arg_time(&args, now);
	contacts_run(&query, &args);
}

/*
 * A recipient is put back where it is one that the merge found or made on the survivor's own
 * activities ($4, $6), or one that reached an activity which goes home ($5, $7).  Any other was
 * given by somebody since, and stays (R50).
 */
void
contacts_return_recipients(int64 account_id, const ContactsMerge *merge,
						   const ContactsShownChange *shown)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"UPDATE contacts.activity a"
		" SET recipient_email ="
		"        CASE WHEN COALESCE(a.recipient_email, '')" EQ "ANY ("
		"                CASE WHEN j.contact_id" EQ "$3 THEN $4 ELSE $5 END)"
		"             THEN j.recipient_email ELSE a.recipient_email END,"
		"     recipient_phone ="
		"        CASE WHEN COALESCE(a.recipient_phone, '')" EQ "ANY ("
		"                CASE WHEN j.contact_id" EQ "$3 THEN $6 ELSE $7 END)"
		"             THEN j.recipient_phone ELSE a.recipient_phone END"
		" FROM " NOTED_RECIPIENTS " j"
		" WHERE " IN_ACCOUNT(a)
		"   AND a.activity_id" EQ "j.activity_id"
		"   AND a.contact_id" EQ "j.contact_id"
		"   AND j.action" EQ "'changed'",
		"bigint bigint bigint text[] text[] text[] text[]");
	ContactsArgs args = {0};

	arg_merge(&args, account_id, merge);
	for (int kind = CONTACTS_EMAIL; kind <= CONTACTS_PHONE; kind++)
	{
		const char *own[2] = {or_blank(shown[kind].before), or_blank(shown[kind].after)};
		const char *reached = or_blank(shown[kind].present);

		contacts_arg_texts(&args, own, shown[kind].is_changed ? 2 : 0);
		contacts_arg_texts(&args, &reached, 1);
	}
	contacts_run(&query, &args);
}

/* As the query has null. */
static const char *
or_blank(const char *text)
{
	return text ? text : "";
}

/* $1 the account, $2 the merge, $3 the survivor. */
static void
arg_merge(ContactsArgs *args, int64 account_id, const ContactsMerge *merge)
{
	contacts_arg_int64(args, account_id);
	contacts_arg_int64(args, merge->merge_id);
	contacts_arg_int64(args, merge->primary_id);
}

/* The kinds of which the survivor shows again what it showed before. */
static void
arg_kinds(ContactsArgs *args, const bool *restored)
{
	const char *kinds[2];
	int count = 0;

	for (int kind = CONTACTS_EMAIL; kind <= CONTACTS_PHONE; kind++)
		if (restored[kind])
			kinds[count++] = contacts_enum_label(CONTACTS_ENUM_KIND, kind);
	contacts_arg_texts(args, kinds, count);
}
