/* -------------------------------------------------------------------------
 * identifier.c
 *		Claiming, moving and freeing identifiers: rows of contacts.identifier.
 *
 * The primary key of the table is what makes an identifier belong to one contact at most (R11).
 * Claims go in the order of kind and value, so that two calls that want some of the same
 * identifiers wait for each other and do not deadlock (R18).  Those of a deleted contact are kept
 * in contacts.freed_identifier, from where a restored one claims them again (R51).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "identity/identifier.h"
#include "store/identifier.h"
#include "store/spi/datum.h"
#include "store/spi/enums.h"
#include "store/spi/query.h"
#include "store/spi/rows.h"

#define IDENTIFIER_COLUMNS "account_id, kind, value, contact_id, is_primary, created_at"

static ContactsTable identifier_table = {.name = "contacts.identifier",
										 .columns = IDENTIFIER_COLUMNS};

static int compare_claims(const void *a, const void *b);
static void arg_claims(ContactsArgs *args, int64 account_id, const ContactsClaim *claims, int count,
					   TimestampTz now);
static void arg_key(ContactsArgs *args, int64 account_id, ContactsIdentifierKind kind,
					const char *value);

/* Who comes second gets nothing, and reads who was first (R11, R18). */
int
contacts_claim(int64 account_id, ContactsClaim *claims, int count, TimestampTz now)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"INSERT INTO contacts.identifier (" IDENTIFIER_COLUMNS ")"
		" SELECT " IDENTIFIER_COLUMNS
		" FROM pg_catalog.unnest($1) AS r"
		" ON CONFLICT (account_id, kind, value) DO NOTHING",
		"contacts.identifier[]");
	ContactsArgs args = {0};

	qsort(claims, count, sizeof(ContactsClaim), compare_claims);
	arg_claims(&args, account_id, claims, count, now);
	return contacts_run(&query, &args);
}

int64
contacts_owner_of(int64 account_id, ContactsIdentifierKind kind, const char *value)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT i.contact_id"
		" FROM contacts.identifier i"
		" WHERE " IN_ACCOUNT(i)
		"   AND i.kind" EQ "$2"
		"   AND i.value" EQ "$3",
		"bigint contacts.identifier_kind text");
	ContactsArgs args = {0};

	arg_key(&args, account_id, kind, value);
	return contacts_run(&query, &args) ? contacts_row_int64(0, 1) : 0;
}

int
contacts_move_visitors(int64 account_id, ContactsClaim *moves, int count)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"UPDATE contacts.identifier i"
		" SET contact_id = r.contact_id"
		" FROM pg_catalog.unnest($2) AS r"
		" WHERE " IN_ACCOUNT(i)
		"   AND i.kind" EQ "r.kind"
		"   AND i.value" EQ "r.value",
		"bigint contacts.identifier[]");
	ContactsArgs args = {0};

	qsort(moves, count, sizeof(ContactsClaim), compare_claims);
	contacts_arg_int64(&args, account_id);
	arg_claims(&args, account_id, moves, count, 0);
	return contacts_run(&query, &args);
}

void
contacts_set_primary(int64 account_id, const ContactsClaim *keys, int count)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"UPDATE contacts.identifier i"
		" SET is_primary = i.value" EQ "r.value"
		" FROM pg_catalog.unnest($2) AS r"
		" WHERE " IN_ACCOUNT(i)
		"   AND i.contact_id" EQ "r.contact_id"
		"   AND i.kind" EQ "r.kind"
		"   AND i.is_primary" NE "(i.value" EQ "r.value)",
		"bigint contacts.identifier[]");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	arg_claims(&args, account_id, keys, count, 0);
	contacts_run(&query, &args);
}

void
contacts_free_other_primary(int64 account_id, const ContactsClaim *kept, int count)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"DELETE FROM contacts.identifier i"
		" USING pg_catalog.unnest($2) AS r"
		" WHERE " IN_ACCOUNT(i)
		"   AND i.contact_id" EQ "r.contact_id"
		"   AND i.kind" EQ "r.kind"
		"   AND i.is_primary"
		"   AND i.value" NE "r.value",
		"bigint contacts.identifier[]");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	arg_claims(&args, account_id, kept, count, 0);
	contacts_run(&query, &args);
}

void
contacts_free_identifiers(int64 account_id, const int64 *contact_ids, int count)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"WITH freed AS ("
		"   DELETE FROM contacts.identifier i"
		"   WHERE " IN_ACCOUNT(i)
		"     AND i.contact_id" EQ "ANY ($2)"
		"   RETURNING " IDENTIFIER_COLUMNS ")"
		" INSERT INTO contacts.freed_identifier (" IDENTIFIER_COLUMNS ")"
		" SELECT " IDENTIFIER_COLUMNS
		" FROM freed"
		" ON CONFLICT (account_id, contact_id, kind, value) DO NOTHING",
		"bigint bigint[]");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64s(&args, contact_ids, count);
	contacts_run(&query, &args);
}

void
contacts_note_shown(int64 account_id, const ContactsClaim *shown, int count)
{
	static ContactsQuery forget = CONTACTS_QUERY(
		"DELETE FROM contacts.freed_identifier f"
		" USING pg_catalog.unnest($2) AS r"
		" WHERE " IN_ACCOUNT(f)
		"   AND f.contact_id" EQ "r.contact_id"
		"   AND f.kind" EQ "r.kind"
		"   AND f.is_primary"
		"   AND f.value" NE "r.value",
		"bigint contacts.identifier[]");
	static ContactsQuery note = CONTACTS_QUERY(
		"INSERT INTO contacts.freed_identifier (" IDENTIFIER_COLUMNS ")"
		" SELECT " IDENTIFIER_COLUMNS
		" FROM pg_catalog.unnest($2) AS r"
		" WHERE " IN_ACCOUNT(r)
		"   AND r.value" NE "''"
		" ON CONFLICT (account_id, contact_id, kind, value) DO UPDATE"
		" SET is_primary = true",
		"bigint contacts.identifier[]");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	arg_claims(&args, account_id, shown, count, 0);
	contacts_run(&forget, &args);
	args = (ContactsArgs){0};
	contacts_arg_int64(&args, account_id);
	arg_claims(&args, account_id, shown, count, GetCurrentTransactionStartTimestamp());
	contacts_run(&note, &args);
}

/* Who gives up what is taken waits for the restored contact, and then leaves it to that one. */
int
contacts_reclaim_identifiers(int64 account_id, const int64 *contact_ids, int count,
							 ContactsTakenIdentifier **taken)
{
	static ContactsQuery claim = CONTACTS_QUERY(
		"INSERT INTO contacts.identifier (" IDENTIFIER_COLUMNS ")"
		" SELECT " IDENTIFIER_COLUMNS
		" FROM contacts.freed_identifier f"
		" WHERE " IN_ACCOUNT(f)
		"   AND f.contact_id" EQ "ANY ($2)"
		" ORDER BY f.kind, f.value"
		" ON CONFLICT (account_id, kind, value) DO NOTHING",
		"bigint bigint[]");
	static ContactsQuery settle = CONTACTS_QUERY(
		"WITH settled AS ("
		"   DELETE FROM contacts.freed_identifier f"
		"   WHERE " IN_ACCOUNT(f)
		"     AND f.contact_id" EQ "ANY ($2)"
		"   RETURNING f.contact_id, f.kind, f.value)"
		" SELECT s.contact_id, i.contact_id, s.kind"
		" FROM settled s"
		" JOIN contacts.identifier i"
		"   ON " IN_ACCOUNT(i)
		"  AND i.kind" EQ "s.kind"
		"  AND i.value" EQ "s.value"
		"  AND i.contact_id" NE "s.contact_id"
		" ORDER BY s.contact_id, s.kind, s.value"
		" FOR KEY SHARE OF i",
		"bigint bigint[]");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64s(&args, contact_ids, count);
	contacts_run(&claim, &args);
	return contacts_take_taken(contacts_run(&settle, &args), taken);
}

int
contacts_read_taken(int64 account_id, const ContactsClaim *claims, int count,
					ContactsTakenIdentifier **taken)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT r.contact_id, i.contact_id, i.kind"
		" FROM pg_catalog.unnest($2) AS r"
		" JOIN contacts.identifier i"
		"   ON " IN_ACCOUNT(i)
		"  AND i.kind" EQ "r.kind"
		"  AND i.value" EQ "r.value"
		"  AND i.contact_id" NE "r.contact_id"
		" ORDER BY r.contact_id",
		"bigint contacts.identifier[]");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	arg_claims(&args, account_id, claims, count, 0);
	return contacts_take_taken(contacts_run(&query, &args), taken);
}

int
contacts_hold_identifiers(int64 account_id, ContactsClaim *keys, int count)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT i.contact_id"
		" FROM pg_catalog.unnest($2) AS r"
		" JOIN contacts.identifier i"
		"   ON " IN_ACCOUNT(i)
		"  AND i.kind" EQ "r.kind"
		"  AND i.value" EQ "r.value"
		"  AND i.contact_id" EQ "r.contact_id"
		" ORDER BY i.kind, i.value"
		" FOR KEY SHARE OF i",
		"bigint contacts.identifier[]");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	arg_claims(&args, account_id, keys, count, 0);
	return contacts_run(&query, &args);
}

void
contacts_read_owners(int64 account_id, const ContactsClaim *claims, int count, int64 *owners)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT (SELECT i.contact_id"
		"        FROM contacts.identifier i"
		"        WHERE " IN_ACCOUNT(i)
		"          AND i.kind" EQ "r.kind"
		"          AND i.value" EQ "r.value)"
		" FROM pg_catalog.unnest($2) AS r",
		"bigint contacts.identifier[]");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	arg_claims(&args, account_id, claims, count, 0);
	contacts_run(&query, &args);
	for (int i = 0; i < count; i++)
		owners[i] = contacts_row_int64(i, 1);
}

/* What a statement's triggers insert comes from later commands than the rows that it writes. */
bool
contacts_claimed_just_now(int64 account_id, const ContactsClaim *claim)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT FROM contacts.identifier i"
		" JOIN contacts.contact c ON c.account_id" EQ "$1 AND c.contact_id" EQ "$4"
		" WHERE i.account_id" EQ "$1 AND i.kind" EQ "$2 AND i.value" EQ "$3 AND i.xmin" EQ "c.xmin"
		" AND i.cmin::pg_catalog.text::bigint" GT "c.cmin::pg_catalog.text::bigint",
		"bigint contacts.identifier_kind text bigint");
	ContactsArgs args = {0};

	arg_key(&args, account_id, claim->kind, claim->value);
	contacts_arg_int64(&args, claim->contact_id);
	return contacts_run(&query, &args) > 0;
}

int
contacts_free_identifier(int64 account_id, int64 contact_id, ContactsIdentifierKind kind,
						 const char *value, bool *was_primary)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"DELETE FROM contacts.identifier i"
		" WHERE " IN_ACCOUNT(i)
		"   AND i.kind" EQ "$2"
		"   AND i.value" EQ "$3"
		"   AND i.contact_id" EQ "$4"
		" RETURNING i.is_primary",
		"bigint contacts.identifier_kind text bigint");
	ContactsArgs args = {0};
	int count;

	arg_key(&args, account_id, kind, value);
	contacts_arg_int64(&args, contact_id);
	count = contacts_run(&query, &args);
	*was_primary = count > 0 && contacts_row_bool(0, 1);
	return count;
}

int
contacts_read_next_identifiers(int64 account_id, const int64 *ids, int count,
							   ContactsIdentifierKind kind, ContactsClaim **next)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT DISTINCT ON (i.contact_id) i.contact_id, i.value"
		" FROM contacts.identifier i"
		" WHERE " IN_ACCOUNT(i)
		"   AND i.contact_id" EQ "ANY ($2)"
		"   AND i.kind" EQ "$3"
		"   AND NOT i.is_primary"
		" ORDER BY i.contact_id, i.created_at, i.value",
		"bigint bigint[] contacts.identifier_kind");
	ContactsArgs args = {0};
	int found;

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64s(&args, ids, count);
	contacts_arg_enum(&args, CONTACTS_ENUM_KIND, kind);
	found = (int) contacts_run(&query, &args);
	*next = palloc(Max(found, 1) * sizeof(ContactsClaim));
	for (int i = 0; i < found; i++)
		(*next)[i] = (ContactsClaim){kind, contacts_row_text(i, 2), contacts_row_int64(i, 1), true};
	return found;
}

int
contacts_read_external_ids(int64 account_id, const int64 *ids, int count,
						   ContactsExternalId **external)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT i.contact_id, i.value"
		" FROM contacts.identifier i"
		" WHERE " IN_ACCOUNT(i)
		"   AND i.contact_id" EQ "ANY ($2)"
		"   AND i.kind" EQ "$3"
		" ORDER BY i.contact_id",
		"bigint bigint[] contacts.identifier_kind");
	ContactsArgs args = {0};
	uint64 rows;

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64s(&args, ids, count);
	contacts_arg_enum(&args, CONTACTS_ENUM_KIND, CONTACTS_EXTERNAL);
	rows = contacts_run(&query, &args);
	*external = palloc(Max(rows, 1) * sizeof(ContactsExternalId));
	for (uint64 row = 0; row < rows; row++)
	{
		(*external)[row].contact_id = contacts_row_int64(row, 1);
		(*external)[row].value = contacts_row_text(row, 2);
	}
	return rows;
}

int
contacts_read_identifiers(int64 account_id, const int64 *ids, int count,
						  ContactsOwnedIdentifier **keys)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT i.contact_id, i.kind, i.value, i.is_primary"
		" FROM contacts.identifier i"
		" WHERE " IN_ACCOUNT(i)
		"   AND i.contact_id" EQ "ANY ($2)",
		"bigint bigint[]");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64s(&args, ids, count);
	return contacts_take_identifiers(contacts_run(&query, &args), keys);
}

int
contacts_take_identifiers(uint64 rows, ContactsOwnedIdentifier **keys)
{
	*keys = palloc(Max(rows, 1) * sizeof(ContactsOwnedIdentifier));
	for (uint64 row = 0; row < rows; row++)
	{
		(*keys)[row].contact_id = contacts_row_int64(row, 1);
		(*keys)[row].kind = contacts_row_enum(row, 2, CONTACTS_ENUM_KIND);
		(*keys)[row].value = contacts_row_text(row, 3);
		(*keys)[row].is_primary = contacts_row_bool(row, 4);
	}
	return rows;
}

int
contacts_take_taken(uint64 rows, ContactsTakenIdentifier **taken)
{
	*taken = palloc(Max(rows, 1) * sizeof(ContactsTakenIdentifier));
	for (uint64 row = 0; row < rows; row++)
	{
		(*taken)[row].contact_id = contacts_row_int64(row, 1);
		(*taken)[row].owner_id = contacts_row_int64(row, 2);
		(*taken)[row].kind = contacts_row_enum(row, 3, CONTACTS_ENUM_KIND);
	}
	return rows;
}

static int
compare_claims(const void *a, const void *b)
{
	const ContactsClaim *left = a;
	const ContactsClaim *right = b;

	if (left->kind != right->kind)
		return left->kind < right->kind ? -1 : 1;
	return strcmp(left->value, right->value);
}

static void
arg_claims(ContactsArgs *args, int64 account_id, const ContactsClaim *claims, int count,
		   TimestampTz now)
{
	ContactsRows rows;

	contacts_rows_begin(&rows, &identifier_table, count);
	for (int i = 0; i < count; i++)
	{
		ContactsArgs row = {0};

		arg_key(&row, account_id, claims[i].kind, claims[i].value);
		contacts_arg_int64(&row, claims[i].contact_id);
		contacts_arg(&row, BoolGetDatum(claims[i].is_primary));
		contacts_arg(&row, TimestampTzGetDatum(now));
		contacts_rows_add(&rows, &row);
	}
	contacts_arg_rows(args, &rows);
}

static void
arg_key(ContactsArgs *args, int64 account_id, ContactsIdentifierKind kind, const char *value)
{
	contacts_arg_int64(args, account_id);
	contacts_arg_enum(args, CONTACTS_ENUM_KIND, kind);
	contacts_arg_text(args, value);
}
