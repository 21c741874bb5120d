/* -------------------------------------------------------------------------
 * contact.c
 *		Reading and writing rows of contacts.contact.
 *
 * Locks are taken in order of contact_id, in one statement per call, so that callers cannot lock
 * each other out: FOR KEY SHARE keeps a contact from being merged, deleted or purged while others
 * go on reporting, FOR NO KEY UPDATE makes one writer of its details wait for the other.  A row
 * that changed while we waited is judged again by PostgreSQL; if it no longer qualifies it is
 * missing from the result and the caller looks again.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "identity/identifier.h"
#include "store/contact.h"
#include "store/spi/datum.h"
#include "store/spi/enums.h"
#include "store/spi/query.h"
#include "store/spi/rows.h"
#include "values/json.h"

#define DETAIL_COLUMNS \
	"c.contact_id, c.name, c.email, c.phone, c.company, c.timezone, c.status, c.owner_id," \
	" c.source, c.fields, c.created_at, c.details_at"

#define CONTACT_COLUMNS \
	"account_id, contact_id, name, email, phone, company, timezone, status, owner_id, source," \
	" fields, created_at, updated_at, details_at"

static ContactsTable contact_table = {.name = "contacts.contact", .columns = CONTACT_COLUMNS};

static void arg_sought(ContactsArgs *args, int64 account_id, const ContactsSought *sought);
static Datum array_of(Datum *values, bool *nulls, int count, Oid type);
static void read_contact(uint64 row, int column, ContactsContact *contact);
static void arg_contact(ContactsArgs *args, int64 account_id, const ContactsContact *contact);
static void arg_contacts(ContactsArgs *args, int64 account_id, ContactsContact **contacts,
						 int count);

/* The live owners of the identifiers $2, $3 (kinds, values), with the place of each. */
#define OWNERS_SQL \
	SQL( \
		"SELECT k.place, i.is_primary, " DETAIL_COLUMNS \
		" FROM ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($3))" \
		"      WITH ORDINALITY AS k (kind, value, place)" \
		" JOIN contacts.identifier i" \
		"   ON " IN_ACCOUNT(i) \
		"  AND i.kind" EQ "k.kind" \
		"  AND i.value" EQ "k.value" \
		" JOIN contacts.contact c" \
		"   ON " IN_ACCOUNT(c) \
		"  AND c.contact_id" EQ "i.contact_id" \
		" WHERE c.deleted_at IS NULL" \
		"   AND c.merged_into IS NULL" \
		" ORDER BY c.contact_id")
#define OWNERS_TYPES "bigint contacts.identifier_kind[] text[]"

/* The same, and the live contacts $4: one statement, so that all are locked in one order. */
#define SOUGHT_SQL \
	SQL( \
		"SELECT k.place, i.is_primary, " DETAIL_COLUMNS \
		" FROM ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($3), pg_catalog.unnest($4))" \
		"      WITH ORDINALITY AS k (kind, value, contact_id, place)" \
		" LEFT JOIN contacts.identifier i" \
		"   ON " IN_ACCOUNT(i) \
		"  AND i.kind" EQ "k.kind" \
		"  AND i.value" EQ "k.value" \
		" JOIN contacts.contact c" \
		"   ON " IN_ACCOUNT(c) \
		"  AND c.contact_id" EQ "COALESCE(i.contact_id, k.contact_id)" \
		" WHERE c.deleted_at IS NULL" \
		"   AND c.merged_into IS NULL" \
		" ORDER BY c.contact_id")
#define SOUGHT_TYPES "bigint contacts.identifier_kind[] text[] bigint[]"

static ContactsQuery owner_queries[] = {
	[CONTACTS_LOCK_NONE] = {.sql = OWNERS_SQL, .types = OWNERS_TYPES},
	[CONTACTS_LOCK_SHARE] = {.sql = OWNERS_SQL " FOR KEY SHARE OF c", .types = OWNERS_TYPES},
	[CONTACTS_LOCK_WRITE] = {.sql = OWNERS_SQL " FOR NO KEY UPDATE OF c", .types = OWNERS_TYPES},
};
static ContactsQuery sought_queries[] = {
	[CONTACTS_LOCK_NONE] = {.sql = SOUGHT_SQL, .types = SOUGHT_TYPES},
	[CONTACTS_LOCK_SHARE] = {.sql = SOUGHT_SQL " FOR KEY SHARE OF c", .types = SOUGHT_TYPES},
	[CONTACTS_LOCK_WRITE] = {.sql = SOUGHT_SQL " FOR NO KEY UPDATE OF c", .types = SOUGHT_TYPES},
};

int
contacts_find_owners(int64 account_id, const ContactsSought *sought, ContactsLock lock,
					 ContactsOwner **owners)
{
	ContactsQuery *query = sought->id_count ? &sought_queries[lock] : &owner_queries[lock];
	ContactsArgs args = {0};
	uint64 rows;

	arg_sought(&args, account_id, sought);
	rows = lock == CONTACTS_LOCK_NONE ? contacts_read(query, &args) : contacts_run(query, &args);
	*owners = palloc(Max(rows, 1) * sizeof(ContactsOwner));
	for (uint64 row = 0; row < rows; row++)
	{
		(*owners)[row].key = contacts_row_int64(row, 1) - 1;
		(*owners)[row].is_primary = contacts_row_bool(row, 2);
		read_contact(row, 3, &(*owners)[row].contact);
	}
	return rows;
}

/* $1 to $4: the keys, and behind them the ids. */
static void
arg_sought(ContactsArgs *args, int64 account_id, const ContactsSought *sought)
{
	int count = sought->key_count + sought->id_count;
	Datum *columns[3];
	bool *nulls = palloc(count * sizeof(bool));
	bool *id_nulls = palloc(count * sizeof(bool));
	Oid kind = contacts_enum_type(CONTACTS_ENUM_KIND);

	for (int i = 0; i < 3; i++)
		columns[i] = palloc0(count * sizeof(Datum));
	memcpy(columns[0], sought->kinds, sought->key_count * sizeof(Datum));
	memcpy(columns[1], sought->values, sought->key_count * sizeof(Datum));
	for (int i = 0; i < count; i++)
	{
		nulls[i] = i >= sought->key_count;
		id_nulls[i] = !nulls[i];
		if (nulls[i])
			columns[2][i] = Int64GetDatum(sought->ids[i - sought->key_count]);
	}
	contacts_arg_int64(args, account_id);
	contacts_arg(args, array_of(columns[0], nulls, count, kind));
	contacts_arg(args, array_of(columns[1], nulls, count, TEXTOID));
	if (sought->id_count)
		contacts_arg(args, array_of(columns[2], id_nulls, count, INT8OID));
}

static Datum
array_of(Datum *values, bool *nulls, int count, Oid type)
{
	int16 size;
	bool by_value;
	char align;
	int lower = 1;

	get_typlenbyvalalign(type, &size, &by_value, &align);
	return PointerGetDatum(
		construct_md_array(values, nulls, 1, &count, &lower, type, size, by_value, align));
}

/* The live ones among the contacts $2. */
#define CONTACTS_SQL \
	SQL( \
		"SELECT " DETAIL_COLUMNS \
		" FROM contacts.contact c" \
		" WHERE " IN_ACCOUNT(c) \
		"   AND c.contact_id" EQ "ANY ($2)" \
		"   AND c.deleted_at IS NULL" \
		"   AND c.merged_into IS NULL" \
		" ORDER BY c.contact_id")
#define CONTACTS_TYPES "bigint bigint[]"

int
contacts_read_contacts(int64 account_id, const int64 *ids, int count, ContactsLock lock,
					   ContactsContact **contacts)
{
	static ContactsQuery queries[] = {
		[CONTACTS_LOCK_NONE] = {.sql = CONTACTS_SQL, .types = CONTACTS_TYPES},
		[CONTACTS_LOCK_SHARE] = {.sql = CONTACTS_SQL " FOR KEY SHARE", .types = CONTACTS_TYPES},
		[CONTACTS_LOCK_WRITE] = {.sql = CONTACTS_SQL " FOR NO KEY UPDATE", .types = CONTACTS_TYPES},
		[CONTACTS_LOCK_LIFECYCLE] = {.sql = CONTACTS_SQL " FOR UPDATE", .types = CONTACTS_TYPES},
	};
	ContactsArgs args = {0};
	uint64 rows;

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64s(&args, ids, count);
	rows = contacts_run(&queries[lock], &args);
	*contacts = palloc(Max(rows, 1) * sizeof(ContactsContact));
	for (uint64 row = 0; row < rows; row++)
		read_contact(row, 1, &(*contacts)[row]);
	return rows;
}

bool
contacts_shows_unclaimed(int64 account_id, int64 first_id, const char *email, const char *phone)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT"
		" FROM contacts.contact c"
		" WHERE " IN_ACCOUNT(c)
		"   AND c.contact_id" GE "$2"
		"   AND (c.email" EQ "$3 OR c.phone" EQ "$4)"
		"   AND NOT EXISTS ("
		"      SELECT"
		"      FROM contacts.identifier i"
		"      WHERE " IN_ACCOUNT(i)
		"        AND i.contact_id" EQ "c.contact_id)"
		" LIMIT 1",
		"bigint bigint text text");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64(&args, first_id);
	contacts_arg_text(&args, email);
	contacts_arg_text(&args, phone);
	return contacts_run(&query, &args) > 0;
}

/* Follows redirects to the end of their chain (R44). */
void
contacts_read_survivors(int64 account_id, const int64 *ids, int count, bool deleted_too,
						bool read_only, int64 *survivors)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"WITH RECURSIVE chain (place, contact_id, merged_into, deleted_at) AS ("
		"   SELECT r.place, c.contact_id, c.merged_into, c.deleted_at"
		"   FROM pg_catalog.unnest($2) WITH ORDINALITY AS r (contact_id, place)"
		"   JOIN contacts.contact c"
		"     ON " IN_ACCOUNT(c)
		"    AND c.contact_id" EQ "r.contact_id"
		"   UNION" /* not ALL: a circle must end */
		"   SELECT chain.place, c.contact_id, c.merged_into, c.deleted_at"
		"   FROM chain"
		"   JOIN contacts.contact c"
		"     ON " IN_ACCOUNT(c)
		"    AND c.contact_id" EQ "chain.merged_into)"
		" SELECT chain.place, chain.contact_id"
		" FROM chain"
		" WHERE chain.merged_into IS NULL"
		"   AND ($3 OR chain.deleted_at IS NULL)",
		"bigint bigint[] boolean");
	ContactsArgs args = {0};
	uint64 rows;

	memset(survivors, 0, count * sizeof(int64));
	contacts_arg_int64(&args, account_id);
	contacts_arg_int64s(&args, ids, count);
	contacts_arg(&args, BoolGetDatum(deleted_too));
	rows = read_only ? contacts_read(&query, &args) : contacts_run(&query, &args);
	for (uint64 row = 0; row < rows; row++)
		survivors[contacts_row_int64(row, 1) - 1] = contacts_row_int64(row, 2);
}

bool
contacts_hold_survivor(int64 account_id, int64 *contact_id, bool *is_deleted)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT c.merged_into, c.deleted_at IS NOT NULL"
		" FROM contacts.contact c"
		" WHERE " IN_ACCOUNT(c)
		"   AND c.contact_id" EQ "$2"
		" FOR KEY SHARE",
		"bigint bigint");
	ContactsIdentity before;
	int64 next = *contact_id;
	bool is_known = true;

	contacts_connect_as_owner(&before);
	while (is_known && next != 0)
	{
		ContactsArgs args = {0};

		CHECK_FOR_INTERRUPTS();
		*contact_id = next;
		contacts_arg_int64(&args, account_id);
		contacts_arg_int64(&args, next);
		is_known = contacts_run(&query, &args) == 1;
		if (is_known)
		{
			next = contacts_row_int64(0, 1);
			*is_deleted = contacts_row_bool(0, 2);
		}
	}
	contacts_disconnect_as_owner(&before);
	return is_known;
}

void
contacts_insert_contacts(int64 account_id, ContactsContact **contacts, int count)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"INSERT INTO contacts.contact (" CONTACT_COLUMNS ")"
		" SELECT " CONTACT_COLUMNS
		" FROM pg_catalog.unnest($1) AS r",
		"contacts.contact[]");
	ContactsArgs args = {0};

	arg_contacts(&args, account_id, contacts, count);
	contacts_run(&query, &args);
}

void
contacts_update_contacts(int64 account_id, ContactsContact **contacts, int count)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"UPDATE contacts.contact c"
		" SET name = r.name, email = r.email, phone = r.phone, company = r.company,"
		"     timezone = r.timezone, status = r.status, owner_id = r.owner_id,"
		"     source = r.source, fields = r.fields, created_at = r.created_at,"
		"     details_at = r.details_at"
		" FROM pg_catalog.unnest($2) AS r"
		" WHERE " IN_ACCOUNT(c)
		"   AND c.contact_id" EQ "r.contact_id",
		"bigint contacts.contact[]");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	arg_contacts(&args, account_id, contacts, count);
	contacts_run(&query, &args);
}

/* Columns from `column` on are DETAIL_COLUMNS. */
static void
read_contact(uint64 row, int column, ContactsContact *contact)
{
	contact->contact_id = contacts_row_int64(row, column);
	contact->name = contacts_row_text(row, column + 1);
	contact->email = contacts_row_text(row, column + 2);
	contact->phone = contacts_row_text(row, column + 3);
	contact->company = contacts_row_text(row, column + 4);
	contact->timezone = contacts_row_text(row, column + 5);
	contact->status = contacts_row_enum(row, column + 6, CONTACTS_ENUM_STATUS);
	contact->owner_id = contacts_row_int64(row, column + 7);
	contact->source = contacts_row_text(row, column + 8);
	contact->fields = contacts_row_jsonb(row, column + 9);
	contact->created_at = contacts_row_time(row, column + 10);
	contact->details_at = contacts_row_time(row, column + 11);
	contact->keys[CONTACTS_EMAIL] = contact->keys[CONTACTS_PHONE] = NULL;
}

/* The columns CONTACT_COLUMNS of one row. */
static void
arg_contact(ContactsArgs *args, int64 account_id, const ContactsContact *contact)
{
	args->count = 0;
	contacts_arg_int64(args, account_id);
	contacts_arg_int64(args, contact->contact_id);
	contacts_arg_text(args, contact->name);
	contacts_arg_text(args, contact->email);
	contacts_arg_text(args, contact->phone);
	contacts_arg_text(args, contact->company);
	contacts_arg_text(args, contact->timezone);
	contacts_arg_enum(args, CONTACTS_ENUM_STATUS, contact->status);
	contacts_arg_id(args, contact->owner_id);
	contacts_arg_text(args, contact->source);
	contacts_arg_jsonb(args, contact->fields ? contact->fields : contacts_empty_object());
	contacts_arg_time(args, contact->created_at);
	contacts_arg_time(args, contact->created_at); /* updated_at of a new one; else it is stamped */
	contacts_arg_time(args, contact->details_at);
}

static void
arg_contacts(ContactsArgs *args, int64 account_id, ContactsContact **contacts, int count)
{
	ContactsRows rows;
	ContactsArgs row;

	contacts_rows_begin(&rows, &contact_table, count);
	for (int i = 0; i < count; i++)
	{
		arg_contact(&row, account_id, contacts[i]);
		contacts_rows_add(&rows, &row);
	}
	contacts_arg_rows(args, &rows);
}

/* How many page views and activities the document of get_contact() shows. */
#define DOCUMENT_RECENT 20

Jsonb *
contacts_contact_document(int64 account_id, int64 contact_id)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT pg_catalog.jsonb_build_object("
		"   'contact_id', c.contact_id, 'name', c.name, 'email', c.email, 'phone', c.phone,"
		"   'company', c.company, 'timezone', c.timezone, 'status', c.status,"
		"   'source', c.source, 'owner_id', c.owner_id,"
		"   'owner', (SELECT m.name"
		"             FROM contacts.member m"
		"             WHERE " IN_ACCOUNT(m)
		"               AND m.member_id" EQ "c.owner_id),"
		"   'fields', c.fields, 'created_at', c.created_at, 'updated_at', c.updated_at,"
		"   'tags', (SELECT COALESCE("
		"               pg_catalog.jsonb_agg(t.name ORDER BY pg_catalog.lower(t.name)), '[]')"
		"            FROM contacts.contact_tag ct"
		"            JOIN contacts.tag t"
		"              ON " IN_ACCOUNT(t)
		"             AND t.tag_id" EQ "ct.tag_id"
		"            WHERE " IN_ACCOUNT(ct)
		"              AND ct.contact_id" EQ "c.contact_id),"
		"   'identifiers', (SELECT COALESCE("
		"                      pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object("
		"                         'kind', i.kind, 'value', i.value, 'is_primary', i.is_primary)"
		"                         ORDER BY i.kind, i.is_primary DESC, i.value), '[]')"
		"                   FROM contacts.identifier i"
		"                   WHERE " IN_ACCOUNT(i)
		"                     AND i.contact_id" EQ "c.contact_id),"
		"   'consents', '[]'::pg_catalog.jsonb, 'segments', '[]'::pg_catalog.jsonb,"
		"   'page_views', (SELECT COALESCE(pg_catalog.jsonb_agg(p.view), '[]') FROM ("
		"      SELECT pg_catalog.jsonb_build_object("
		"         'page_view_id', v.page_view_id, 'url', v.url, 'title', v.title,"
		"         'seconds', v.seconds, 'viewed_at', v.viewed_at) AS view"
		"      FROM contacts.page_view v"
		"      WHERE " IN_ACCOUNT(v)
		"        AND v.contact_id" EQ "c.contact_id"
		"      ORDER BY v.viewed_at DESC, v.page_view_id DESC"
		"      LIMIT $3) p),"
		"   'activities', (SELECT COALESCE(pg_catalog.jsonb_agg(h.activity), '[]') FROM ("
		"      SELECT pg_catalog.jsonb_build_object("
		"         'activity_id', a.activity_id, 'kind', a.kind, 'source', a.source,"
		"         'title', a.title, 'state', a.state, 'occurred_at', a.occurred_at,"
		"         'starts_at', a.starts_at, 'ends_at', a.ends_at,"
		"         'assigned_to', a.assigned_to) AS activity"
		"      FROM contacts.activity a"
		"      WHERE " IN_ACCOUNT(a)
		"        AND a.contact_id" EQ "c.contact_id"
		"      ORDER BY a.occurred_at DESC, a.activity_id DESC"
		"      LIMIT $3) h))"
		" FROM contacts.contact c"
		" WHERE " IN_ACCOUNT(c)
		"   AND c.contact_id" EQ "$2"
		"   AND c.deleted_at IS NULL"
		"   AND c.merged_into IS NULL",
		"bigint bigint bigint");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64(&args, contact_id);
	contacts_arg_int64(&args, DOCUMENT_RECENT);
	return contacts_read(&query, &args) ? contacts_row_jsonb(0, 1) : NULL;
}
