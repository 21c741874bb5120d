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

#include "store/merge.h"
#include "store/reference.h"
#include "store/spi/datum.h"
#include "store/spi/query.h"

static void arg_rows_of(ContactsArgs *args, int64 account_id, int64 contact_id,
						const ContactsMerging *merging);

int
contacts_read_references(ContactsReference **references)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT s.table_name, s.column_name, s.label, s.is_united, s.table_owner,"
		"       s.count_rows, s.move_rows, s.return_rows, s.unlink_rows"
		" FROM contacts.merge_statements() s",
		"");
	ContactsArgs args = {0};
	uint64 rows = contacts_run(&query, &args);

	*references = palloc(Max(rows, 1) * sizeof(ContactsReference));
	for (uint64 row = 0; row < rows; row++)
	{
		ContactsReference *reference = &(*references)[row];
		bool isnull;

		reference->table_name = contacts_row_text(row, 1);
		reference->column_name = contacts_row_text(row, 2);
		reference->label = contacts_row_text(row, 3);
		reference->is_united = contacts_row_bool(row, 4);
		reference->table_owner = DatumGetObjectId(contacts_row_datum(row, 5, &isnull));
		reference->count_rows = contacts_row_text(row, 6);
		reference->move_rows = contacts_row_text(row, 7);
		reference->return_rows = contacts_row_text(row, 8);
		reference->unlink_rows = contacts_row_text(row, 9);
	}
	return rows;
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
