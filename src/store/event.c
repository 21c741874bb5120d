/* -------------------------------------------------------------------------
 * event.c
 *		Writing contacts.event: changes for other systems, in the same transaction (R100).
 *
 * Each consumer gets a row of contacts.event_delivery beside the event.  So taking events needs
 * no cursor, and none is skipped because its transaction committed late (R101).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "commands/async.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "settings.h"
#include "store/account.h"
#include "store/actor.h"
#include "store/event.h"
#include "store/spi/datum.h"
#include "store/spi/ids.h"
#include "store/spi/query.h"
#include "store/spi/rows.h"

#define EVENT_COLUMNS \
	"account_id, event_id, contact_id, kind, occurred_at, cause, actor, version, payload"

static ContactsTable event_table = {.name = "contacts.event", .columns = EVENT_COLUMNS};

static void insert_deliveries(int64 account_id, const int64 *ids, const ContactsEvent *events,
							  int count);

void
contacts_insert_events(int64 account_id, const ContactsEvent *events, int count,
					   const ContactsActor *actor, TimestampTz now)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"INSERT INTO contacts.event (" EVENT_COLUMNS ")"
		" SELECT " EVENT_COLUMNS
		" FROM pg_catalog.unnest($1) AS r",
		"contacts.event[]");
	int64 *ids = palloc(count * sizeof(int64));
	ContactsRows rows;
	ContactsArgs args = {0};

	contacts_rows_begin(&rows, &event_table, count);
	for (int i = 0; i < count; i++)
	{
		ContactsArgs row = {0};

		ids[i] = contacts_next_id("event", account_id);
		contacts_arg_int64(&row, account_id);
		contacts_arg_int64(&row, ids[i]);
		contacts_arg_id(&row, events[i].contact_id);
		contacts_arg_text(&row, events[i].kind);
		contacts_arg_time(&row, now);
		contacts_arg_text(&row, actor->cause);
		contacts_arg_text(&row, actor->name);
		contacts_arg(&row, Int32GetDatum(1));
		contacts_arg_jsonb(&row, events[i].payload);
		contacts_rows_add(&rows, &row);
	}
	contacts_arg_rows(&args, &rows);
	contacts_run(&query, &args);
	insert_deliveries(account_id, ids, events, count);
	if (contacts_setting_notify)
		Async_Notify("contacts_event", psprintf(INT64_FORMAT, account_id));
}

/*
 * The consumers are asked for after the events were written: a consumer that registers locks the
 * table of events, so what we know now is what is true.
 */
static void
insert_deliveries(int64 account_id, const int64 *ids, const ContactsEvent *events, int count)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"INSERT INTO contacts.event_delivery (account_id, consumer, event_id, contact_id)"
		" SELECT $1, k.consumer, r.event_id, CASE WHEN r.contact_id" NE "0 THEN r.contact_id END"
		" FROM ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($3))"
		"      AS r (event_id, contact_id)"
		" CROSS JOIN contacts.event_consumer k"
		" WHERE " IN_ACCOUNT(k),
		"bigint bigint[] bigint[]");
	int64 *contacts;
	ContactsArgs args = {0};

	/* a transaction with an old snapshot may not see a consumer that waits for its events */
	if (!IsolationUsesXactSnapshot() && !contacts_account(account_id)->has_consumers)
		return;
	contacts = palloc(count * sizeof(int64));
	for (int i = 0; i < count; i++)
		contacts[i] = events[i].contact_id;
	contacts_arg_int64(&args, account_id);
	contacts_arg_int64s(&args, ids, count);
	contacts_arg_int64s(&args, contacts, count);
	contacts_run_latest(&query, &args);
}
