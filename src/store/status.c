/* -------------------------------------------------------------------------
 * status.c
 *		Writing contacts.status_change: the history of the status (R24).
 *
 * A row for each change, with the member at work, the actor and the source.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "store/actor.h"
#include "store/spi/datum.h"
#include "store/spi/enums.h"
#include "store/spi/query.h"
#include "store/spi/rows.h"
#include "store/status.h"

#define STATUS_COLUMNS \
	"account_id, contact_id, from_status, to_status, changed_at, member_id, actor, source"

static ContactsTable status_table = {.name = "contacts.status_change", .columns = STATUS_COLUMNS};

void
contacts_insert_status_changes(int64 account_id, const ContactsStatusChange *changes, int count,
							   const ContactsActor *actor)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"INSERT INTO contacts.status_change (" STATUS_COLUMNS ")"
		" SELECT " STATUS_COLUMNS
		" FROM pg_catalog.unnest($1) AS r",
		"contacts.status_change[]");
	ContactsRows rows;
	ContactsArgs args = {0};

	contacts_rows_begin(&rows, &status_table, count);
	for (int i = 0; i < count; i++)
	{
		ContactsArgs row = {0};

		contacts_arg_int64(&row, account_id);
		contacts_arg_int64(&row, changes[i].contact_id);
		contacts_arg_enum(&row, CONTACTS_ENUM_STATUS, changes[i].from_status);
		contacts_arg_enum(&row, CONTACTS_ENUM_STATUS, changes[i].to_status);
		contacts_arg_time(&row, changes[i].at);
		contacts_arg_id(&row, actor->member_id);
		contacts_arg_text(&row, actor->name);
		contacts_arg_text(&row, changes[i].source);
		contacts_rows_add(&rows, &row);
	}
	contacts_arg_rows(&args, &rows);
	contacts_run(&query, &args);
}
