/* -------------------------------------------------------------------------
 * duplicate.c
 *		Contacts for comparing, and the pairs that are kept for review (R46).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "store/store.h"

#define SCAN_ROWS 2000 /* read at once */

#define TRAIT_COLUMNS "c.contact_id, c.name, c.email, c.phone, c.company, c.fields"
#define LIVE "c.deleted_at IS NULL AND c.merged_into IS NULL"

#define REVIEW_COLUMNS \
	"account_id, contact_id, other_id, reasons, score, state, created_at, decided_at"

static ContactsTable review_table = {.name = "contacts.duplicate", .columns = REVIEW_COLUMNS};

static int take_rows(uint64 count, ContactsTraitsRow **rows);
static void arg_pairs(ContactsArgs *args, int64 account_id, const ContactsReviewPair *pairs,
					  int count, TimestampTz now);
static const char **read_reasons(uint64 row, int column, int *count);

ContactsScan *
contacts_scan_begin(int64 account_id)
{
	static ContactsQuery query =
		CONTACTS_QUERY("SELECT " TRAIT_COLUMNS " FROM contacts.contact c"
					   " WHERE c.account_id" EQ "$1 AND " LIVE " ORDER BY c.contact_id",
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
	static ContactsQuery query =
		CONTACTS_QUERY("SELECT " TRAIT_COLUMNS " FROM contacts.contact c"
					   " WHERE c.account_id" EQ "$1 AND c.contact_id" EQ "$2 AND " LIVE,
					   "bigint bigint");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64(&args, contact_id);
	return take_rows(contacts_run(&query, &args), rows);
}

int
contacts_read_matches(int64 account_id, const int64 *keys, int count, int most,
					  ContactsTraitsRow **rows)
{
	static ContactsQuery query = {
		.sql = "SELECT " TRAIT_COLUMNS " FROM contacts.contact c"
			   " WHERE contacts.match_keys(c.account_id, c.name, c.email, c.phone)"
			   " OPERATOR(pg_catalog.&&) $2 AND c.account_id" EQ "$1 AND " LIVE " LIMIT $3",
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
	static ContactsQuery query =
		CONTACTS_QUERY("SELECT " TRAIT_COLUMNS " FROM contacts.contact c WHERE c.account_id" EQ
					   "$1 AND " LIVE " ORDER BY c.account_id DESC, c.contact_id DESC LIMIT $2",
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
		"SELECT (SELECT c.contact_id FROM contacts.contact c WHERE c.account_id" EQ
		"$1 ORDER BY c.account_id DESC, c.contact_id DESC LIMIT 1) OPERATOR(pg_catalog.-)"
		" (SELECT c.contact_id FROM contacts.contact c WHERE c.account_id" EQ
		"$1 ORDER BY c.account_id, c.contact_id LIMIT 1),"
		" (SELECT r.reltuples::bigint FROM pg_catalog.pg_class r WHERE r.oid" EQ
		"'contacts.contact'::pg_catalog.regclass)",
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

int
contacts_read_pairs(int64 account_id, int64 contact_id, ContactsReviewPair **pairs)
{
	/* of one contact: by two indexes */
	static ContactsQuery queries[] = {
		CONTACTS_QUERY("SELECT d.contact_id, d.other_id, d.score, d.state" EQ "'open', d.reasons"
					   " FROM contacts.duplicate d WHERE d.account_id" EQ "$1"
					   " ORDER BY d.contact_id, d.other_id",
					   "bigint"),
		CONTACTS_QUERY("SELECT d.contact_id, d.other_id, d.score, d.state" EQ "'open', d.reasons"
					   " FROM contacts.duplicate d WHERE d.account_id" EQ "$1"
					   " AND d.contact_id" EQ "$2"
					   " UNION ALL SELECT d.contact_id, d.other_id, d.score, d.state" EQ
					   "'open', d.reasons"
					   " FROM contacts.duplicate d WHERE d.account_id" EQ "$1"
					   " AND d.other_id" EQ "$2 ORDER BY 1, 2",
					   "bigint bigint")};
	ContactsArgs args = {0};
	uint64 rows;

	contacts_arg_int64(&args, account_id);
	if (contact_id != 0)
		contacts_arg_int64(&args, contact_id);
	rows = contacts_run(&queries[contact_id != 0], &args);
	*pairs = palloc_extended(Max(rows, 1) * sizeof(ContactsReviewPair), MCXT_ALLOC_HUGE);
	for (uint64 row = 0; row < rows; row++)
	{
		ContactsReviewPair *pair = &(*pairs)[row];
		bool isnull;

		pair->contact_id = contacts_row_int64(row, 1);
		pair->other_id = contacts_row_int64(row, 2);
		pair->score = DatumGetFloat4(contacts_row_datum(row, 3, &isnull));
		pair->is_open = contacts_row_bool(row, 4);
		pair->reasons = read_reasons(row, 5, &pair->reason_count);
	}
	return rows;
}

void
contacts_keep_pairs(int64 account_id, const ContactsReviewPair *pairs, int count, TimestampTz now)
{
	static ContactsQuery query =
		CONTACTS_QUERY("INSERT INTO contacts.duplicate AS d (" REVIEW_COLUMNS ")"
					   " SELECT " REVIEW_COLUMNS " FROM pg_catalog.unnest($2) AS r"
					   " WHERE EXISTS (SELECT FROM contacts.contact c WHERE c.account_id" EQ "$1"
					   " AND c.contact_id" EQ "r.contact_id AND " LIVE ")"
					   " AND EXISTS (SELECT FROM contacts.contact c WHERE c.account_id" EQ "$1"
					   " AND c.contact_id" EQ "r.other_id AND " LIVE ")"
					   " ON CONFLICT (account_id, contact_id, other_id) DO UPDATE"
					   " SET score = GREATEST(d.score, excluded.score), reasons = excluded.reasons"
					   " WHERE d.state" EQ "'open' AND (d.score" LT "excluded.score OR d.reasons" NE
					   "excluded.reasons)",
					   "bigint contacts.duplicate[]");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	arg_pairs(&args, account_id, pairs, count, now);
	contacts_run(&query, &args);
}

void
contacts_dismiss_pair(int64 account_id, int64 contact_id, int64 other_id, TimestampTz now)
{
	static ContactsQuery query =
		CONTACTS_QUERY("INSERT INTO contacts.duplicate AS d (" REVIEW_COLUMNS ")"
					   " SELECT " REVIEW_COLUMNS " FROM pg_catalog.unnest($2) AS r"
					   " ON CONFLICT (account_id, contact_id, other_id) DO UPDATE"
					   " SET state = 'dismissed', decided_at = excluded.decided_at WHERE d.state" EQ
					   "'open' AND d.account_id" EQ "$1",
					   "bigint contacts.duplicate[]");
	ContactsReviewPair pair = {.contact_id = Min(contact_id, other_id),
							   .other_id = Max(contact_id, other_id)};
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	arg_pairs(&args, account_id, &pair, 1, now);
	contacts_run(&query, &args);
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

/* A pair that is not open is dismissed: that is how it is written here. */
static void
arg_pairs(ContactsArgs *args, int64 account_id, const ContactsReviewPair *pairs, int count,
		  TimestampTz now)
{
	ContactsRows rows;

	contacts_rows_begin(&rows, &review_table, count);
	for (int i = 0; i < count; i++)
	{
		ContactsArgs row = {0};

		contacts_arg_int64(&row, account_id);
		contacts_arg_int64(&row, pairs[i].contact_id);
		contacts_arg_int64(&row, pairs[i].other_id);
		contacts_arg_texts(&row, pairs[i].reasons, pairs[i].reason_count);
		contacts_arg(&row, Float4GetDatum(pairs[i].score));
		contacts_arg_text(&row, pairs[i].is_open ? "open" : "dismissed");
		contacts_arg_time(&row, now);
		contacts_arg_time(&row, pairs[i].is_open ? DT_NOBEGIN : now);
		contacts_rows_add(&rows, &row);
	}
	contacts_arg_rows(args, &rows);
}

static const char **
read_reasons(uint64 row, int column, int *count)
{
	bool isnull;
	Datum array = contacts_row_datum(row, column, &isnull);
	const char **reasons;
	Datum *texts;

	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &texts, NULL,
					  count);
	reasons = palloc(Max(*count, 1) * sizeof(char *));
	for (int i = 0; i < *count; i++)
		reasons[i] = TextDatumGetCString(texts[i]);
	return reasons;
}
