/* -------------------------------------------------------------------------
 * audit.c
 *		The audit log of tables that hang on contacts: identifiers, tags, activities.
 *
 * Entries are written in portions, so that memory stays bounded.
 *
 * contacts.contact itself is written to the log by effects_events.c, together with what else
 * follows from it.  The table is named by the trigger's argument, since on a sharded table the
 * relation has another name.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "engine/session/actor.h"
#include "engine/trigger/transition.h"
#include "engine/trigger/trigger.h"
#include "list.h"
#include "store/audit.h"

#define PORTION 5000 /* entries written at once */

/* Entries of one account, written when there are many, the account changes, and at the end. */
typedef struct Log
{
	MemoryContext context; /* of the entries; emptied when they are written */
	int64 account_id;
	int count, room;
	ContactsAuditEntry *entries;
} Log;

static void write_entries(Log *log);

void
contacts_log_changes(TriggerData *trigger)
{
	ContactsTransition transition;
	Log log = {0};
	int account_column;
	int contact_column;

	log.context =
		AllocSetContextCreate(CurrentMemoryContext, "contacts audit", ALLOCSET_DEFAULT_SIZES);
	contacts_transition_begin(&transition, trigger);
	account_column = SPI_fnumber(transition.shape, "account_id") - 1;
	contact_column = SPI_fnumber(transition.shape, "contact_id") - 1;
	while (contacts_transition_next(&transition))
	{
		TupleTableSlot *row = transition.new_row ? transition.new_row : transition.old_row;
		ContactsAuditEntry entry = {0};
		MemoryContext caller;

		CHECK_FOR_INTERRUPTS();
		if (log.count == PORTION ||
			log.account_id != DatumGetInt64(row->tts_values[account_column]))
			write_entries(&log);
		log.account_id = DatumGetInt64(row->tts_values[account_column]);
		caller = MemoryContextSwitchTo(log.context);
		entry.changes = contacts_transition_diff(&transition);
		entry.table_name = trigger->tg_trigger->tgargs[0];
		entry.action = contacts_transition_action(&transition);
		if (!row->tts_isnull[contact_column])
			entry.contact_id = DatumGetInt64(row->tts_values[contact_column]);
		if (entry.changes != NULL)
		{
			log.entries = contacts_grown(log.entries, log.count, &log.room, sizeof(entry));
			log.entries[log.count++] = entry;
		}
		MemoryContextSwitchTo(caller);
	}
	contacts_transition_end(&transition);
	write_entries(&log);
	MemoryContextDelete(log.context);
}

static void
write_entries(Log *log)
{
	MemoryContext caller = MemoryContextSwitchTo(log->context);

	if (log->count > 0)
		contacts_insert_audit(log->account_id, log->entries, log->count, contacts_actor_at_work(),
							  GetCurrentTransactionStartTimestamp());
	log->count = log->room = 0;
	log->entries = NULL;
	MemoryContextSwitchTo(caller);
	MemoryContextReset(log->context);
}
