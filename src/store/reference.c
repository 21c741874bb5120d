/* -------------------------------------------------------------------------
 * reference.c
 *		Counting, moving and giving back the rows that hang on contacts.
 *
 * Which tables these are, and the statements, come from contacts.merge_statements(): it reads them
 * from the catalogs, so tables of the user's own are among them.  Such a table's triggers must not
 * run with our rights, so each statement runs with those of the table's owner, as the server does
 * for the actions of foreign keys.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/memutils.h"

#include "store/merge.h"
#include "store/reference.h"
#include "store/spi/datum.h"
#include "store/spi/query.h"

/* The list as of the last change of a table, of any: to make it takes as long as a small merge. */
static bool is_known = false;
static bool has_changed;
static MemoryContext known_context = NULL;
static ContactsReference *known = NULL;
static int known_count = 0;

static void read_known(void);
static ContactsReference copy_of(const ContactsReference *reference);
static void on_relation_change(Datum unused, Oid relation);
static void arg_rows_of(ContactsArgs *args, int64 account_id, int64 contact_id,
						const ContactsMerging *merging);

/* A copy: a user's trigger may change a table while a merge goes by the list. */
int
contacts_read_references(ContactsReference **references)
{
	static bool is_registered = false;

	if (!is_registered)
		CacheRegisterRelcacheCallback(on_relation_change, (Datum) 0);
	is_registered = true;
	if (!is_known)
		read_known();
	*references = palloc(Max(known_count, 1) * sizeof(ContactsReference));
	for (int i = 0; i < known_count; i++)
		(*references)[i] = copy_of(&known[i]);
	return known_count;
}

static void
read_known(void)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT s.table_name, s.column_name, s.label, s.is_united, s.table_owner,"
		"       s.count_rows, s.move_rows, s.return_rows, s.unlink_rows"
		" FROM contacts.merge_statements() s",
		"");
	ContactsArgs args = {0};
	MemoryContext caller;
	uint64 rows;

	has_changed = false;
	rows = contacts_run(&query, &args);
	if (known_context == NULL)
		known_context = AllocSetContextCreate(TopMemoryContext, "contacts references",
											  ALLOCSET_SMALL_SIZES);
	known_count = 0;
	MemoryContextReset(known_context);
	caller = MemoryContextSwitchTo(known_context);
	known = palloc(Max(rows, 1) * sizeof(ContactsReference));
	for (uint64 row = 0; row < rows; row++)
	{
		bool isnull;
		ContactsReference found = {
			.table_name = contacts_row_text(row, 1),
			.column_name = contacts_row_text(row, 2),
			.label = contacts_row_text(row, 3),
			.is_united = contacts_row_bool(row, 4),
			.table_owner = DatumGetObjectId(contacts_row_datum(row, 5, &isnull)),
			.count_rows = contacts_row_text(row, 6),
			.move_rows = contacts_row_text(row, 7),
			.return_rows = contacts_row_text(row, 8),
			.unlink_rows = contacts_row_text(row, 9),
		};

		known[row] = copy_of(&found);
	}
	known_count = rows;
	is_known = !has_changed; /* meanwhile */
	MemoryContextSwitchTo(caller);
}

static ContactsReference
copy_of(const ContactsReference *reference)
{
	ContactsReference copy = *reference;

	copy.table_name = pstrdup(copy.table_name);
	copy.column_name = pstrdup(copy.column_name);
	copy.label = pstrdup(copy.label);
	copy.count_rows = pstrdup(copy.count_rows);
	copy.move_rows = pstrdup(copy.move_rows);
	copy.return_rows = pstrdup(copy.return_rows);
	copy.unlink_rows = copy.unlink_rows ? pstrdup(copy.unlink_rows) : NULL;
	return copy;
}

static void
on_relation_change(Datum unused, Oid relation)
{
	is_known = false;
	has_changed = true;
}

void
contacts_count_rows(int64 account_id, const ContactsReference *reference,
					const ContactsMerging *merging, ContactsMove *move, int64 *all)
{
	ContactsArgs args = {0};

	arg_rows_of(&args, account_id, move->contact_id, merging);
	contacts_run_text_as(reference->table_owner, reference->count_rows,
						 "bigint bigint bigint[] bigint[]", &args);
	*all = contacts_row_int64(0, 1);
	move->row_count = contacts_row_int64(0, 2);
}

bool
contacts_move_rows(int64 account_id, const ContactsReference *reference,
				   const ContactsMerging *merging, ContactsMove *move)
{
	ContactsArgs args = {0};

	arg_rows_of(&args, account_id, move->contact_id, merging);
	if (!contacts_try_text_as(reference->table_owner, reference->move_rows,
							  "bigint bigint bigint[] bigint[]", &args))
		return false;
	move->table_name = reference->table_name;
	move->column_name = reference->column_name;
	move->row_count = contacts_row_int64(0, 2);
	move->row_keys = contacts_row_jsonb(0, 3);
	return move->row_count == contacts_row_int64(0, 1) || reference->is_united;
}

int64
contacts_return_rows(int64 account_id, const ContactsReference *reference, int64 survivor,
					 const ContactsMove *move)
{
	ContactsMerging back = {&move->contact_id, .count = 0, .taken = 1};
	ContactsArgs args = {0};

	if (move->row_keys == NULL)
		return 0;
	arg_rows_of(&args, account_id, survivor, &back);
	contacts_arg_jsonb(&args, move->row_keys);
	contacts_run_text_as(reference->table_owner, reference->return_rows,
						 "bigint bigint bigint[] bigint[] jsonb", &args);
	return contacts_row_int64(0, 1);
}

void
contacts_unlink_rows(int64 account_id, const int64 *contact_ids, int count)
{
	ContactsReference *references;
	int reference_count = contacts_read_references(&references);
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64s(&args, contact_ids, count);
	for (int i = 0; i < reference_count; i++)
		if (references[i].unlink_rows)
			contacts_run_text_as(references[i].table_owner, references[i].unlink_rows,
								 "bigint bigint[]", &args);
}

static void
arg_rows_of(ContactsArgs *args, int64 account_id, int64 contact_id, const ContactsMerging *merging)
{
	contacts_arg_int64(args, account_id);
	contacts_arg_int64(args, contact_id);
	contacts_arg_int64s(args, merging->ids, merging->taken);
	contacts_arg_int64s(args, merging->ids, merging->count);
}
