/* -------------------------------------------------------------------------
 * audit.c
 *		The audit log of tables that hang on contacts: identifiers, tags, activities.
 *
 * contacts.contact itself is written to the log by follow_tell.c, together with what else follows
 * from it.  The table is named by the trigger's argument, since on a sharded table the relation
 * has another name.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

#include "engine/audit.h"
#include "engine/cause.h"
#include "engine/transition.h"

/* Entries of one account, written when the account changes and at the end. */
typedef struct Log
{
	int64 account_id;
	int count, room;
	ContactsAuditEntry *entries;
} Log;

static void add_entry(Log *log, int64 account_id, const ContactsAuditEntry *entry);
static void write_entries(Log *log);

void
contacts_audit_changes(TriggerData *trigger)
{
	ContactsTransition transition;
	Log log = {0};
	int account_column;
	int contact_column;

	contacts_transition_begin(&transition, trigger);
	account_column = SPI_fnumber(transition.shape, "account_id") - 1;
	contact_column = SPI_fnumber(transition.shape, "contact_id") - 1;
	while (contacts_transition_next(&transition))
	{
		TupleTableSlot *row = transition.new_row ? transition.new_row : transition.old_row;
		ContactsAuditEntry entry = {0};

		CHECK_FOR_INTERRUPTS();
		entry.changes = contacts_transition_diff(&transition);
		if (entry.changes == NULL)
			continue;
		entry.table_name = trigger->tg_trigger->tgargs[0];
		entry.action = contacts_transition_action(&transition);
		if (!row->tts_isnull[contact_column])
			entry.contact_id = DatumGetInt64(row->tts_values[contact_column]);
		add_entry(&log, DatumGetInt64(row->tts_values[account_column]), &entry);
	}
	contacts_transition_end(&transition);
	write_entries(&log);
}

static void
add_entry(Log *log, int64 account_id, const ContactsAuditEntry *entry)
{
	if (log->account_id != account_id)
		write_entries(log);
	log->account_id = account_id;
	if (log->count == log->room)
	{
		log->room = Max(16, log->room * 2);
		log->entries = log->entries
						   ? repalloc_huge(log->entries, log->room * sizeof(ContactsAuditEntry))
						   : palloc(log->room * sizeof(ContactsAuditEntry));
	}
	log->entries[log->count++] = *entry;
}

static void
write_entries(Log *log)
{
	if (log->count > 0)
		contacts_insert_audit(log->account_id, log->entries, log->count, contacts_by(),
							  GetCurrentTransactionStartTimestamp());
	log->count = 0;
}
