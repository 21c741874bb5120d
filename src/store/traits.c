/* -------------------------------------------------------------------------
 * traits.c
 *		Reading contacts to compare them (R46).
 *
 * Either all of them, some at a time through a cursor, or those that share a match key with one:
 * the index over contacts.match_keys() finds these, and it gives bitmaps only.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "store/spi/datum.h"
#include "store/spi/query.h"
#include "store/traits.h"

#define SCAN_ROWS 2000 /* read at once */

#define TRAIT_COLUMNS "c.contact_id, c.name, c.email, c.phone, c.company, c.fields"
#define IS_LIVE "c.deleted_at IS NULL AND c.merged_into IS NULL"

static int take_rows(uint64 count, ContactsTraitsRow **rows);

ContactsScan *
contacts_scan_begin(int64 account_id)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT " TRAIT_COLUMNS
		" FROM contacts.contact c"
		" WHERE " IN_ACCOUNT(c)
		"   AND " IS_LIVE
		" ORDER BY c.contact_id",
		"bigint");
	ContactsScan *scan = palloc0(sizeof(ContactsScan));
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	scan->portal = contacts_open(&query, &args);
	return scan;
}

int
contacts_scan_next(ContactsScan *scan, ContactsTraitsRow **rows)
{
	if (scan->rows)
		SPI_freetuptable(scan->rows);
	SPI_cursor_fetch(scan->portal, true, SCAN_ROWS);
	scan->rows = SPI_tuptable;
	return take_rows(SPI_processed, rows);
}

void
contacts_scan_end(ContactsScan *scan)
{
	if (scan->rows)
		SPI_freetuptable(scan->rows);
	SPI_cursor_close(scan->portal);
	pfree(scan);
}

int
contacts_read_traits_of(int64 account_id, int64 contact_id, ContactsTraitsRow **rows)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT " TRAIT_COLUMNS
		" FROM contacts.contact c"
		" WHERE " IN_ACCOUNT(c)
		"   AND c.contact_id" EQ "$2"
		"   AND " IS_LIVE,
		"bigint bigint");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64(&args, contact_id);
	return take_rows(contacts_run(&query, &args), rows);
}

#define MATCHES_SQL \
	SQL( \
		"SELECT " TRAIT_COLUMNS \
		" FROM contacts.contact c" \
		" WHERE " IN_ACCOUNT(c) \
		"   AND contacts.match_keys(c.account_id, c.name, c.email, c.phone)" OVERLAPS "$2" \
		"   AND " IS_LIVE \
		" LIMIT $3")

int
contacts_read_matches(int64 account_id, const int64 *keys, int count, int most,
					  ContactsTraitsRow **rows)
{
	static ContactsQuery query = {.sql = MATCHES_SQL,
								  .types = "bigint bigint[] bigint",
								  .by_bitmap = true};
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64s(&args, keys, count);
	contacts_arg_int64(&args, most);
	return take_rows(contacts_run(&query, &args), rows);
}

int
contacts_read_newest(int64 account_id, int most, ContactsTraitsRow **rows)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT " TRAIT_COLUMNS
		" FROM contacts.contact c"
		" WHERE " IN_ACCOUNT(c)
		"   AND " IS_LIVE
		" ORDER BY c.account_id DESC, c.contact_id DESC"
		" LIMIT $2",
		"bigint bigint");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64(&args, most);
	return take_rows(contacts_run(&query, &args), rows);
}

/* Ids are given out in order, and the server keeps a rough count of rows: the lower one serves. */
double
contacts_estimate_contacts(int64 account_id)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT (SELECT c.contact_id"
		"        FROM contacts.contact c"
		"        WHERE " IN_ACCOUNT(c)
		"        ORDER BY c.account_id DESC, c.contact_id DESC"
		"        LIMIT 1)" MINUS "(SELECT c.contact_id"
		"        FROM contacts.contact c"
		"        WHERE " IN_ACCOUNT(c)
		"        ORDER BY c.account_id, c.contact_id"
		"        LIMIT 1),"
		"       (SELECT r.reltuples::bigint"
		"        FROM pg_catalog.pg_class r"
		"        WHERE r.oid" EQ "'contacts.contact'::pg_catalog.regclass)",
		"bigint");
	ContactsArgs args = {0};
	int64 range;
	int64 rows;

	contacts_arg_int64(&args, account_id);
	contacts_run(&query, &args);
	range = contacts_row_int64(0, 1) + 1;
	rows = contacts_row_int64(0, 2);
	return rows > 0 ? Min(range, rows) : range;
}

/* The rows of SPI_tuptable; they live as long as it does. */
static int
take_rows(uint64 count, ContactsTraitsRow **rows)
{
	*rows = palloc(Max(count, 1) * sizeof(ContactsTraitsRow));
	for (uint64 row = 0; row < count; row++)
	{
		text **texts[] = {&(*rows)[row].name, &(*rows)[row].email, &(*rows)[row].phone,
						  &(*rows)[row].company};
		bool isnull;
		Datum value;

		(*rows)[row].contact_id = contacts_row_int64(row, 1);
		for (size_t i = 0; i < lengthof(texts); i++)
		{
			value = contacts_row_datum(row, 2 + i, &isnull);
			*texts[i] = isnull ? NULL : DatumGetTextPP(value);
		}
		value = contacts_row_datum(row, 2 + lengthof(texts), &isnull);
		(*rows)[row].fields = isnull ? NULL : DatumGetJsonbP(value);
	}
	return count;
}
