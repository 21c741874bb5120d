/* -------------------------------------------------------------------------
 * transaction.c
 *		What the session remembers, and forgets with its transaction.
 *
 * The one list of it: calls and causes (actor.c), contacts made (made.c), the chain of the audit
 * log that the transaction writes to (store/audit.c), settings that were read with its snapshot
 * (store/account.c).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"

#include "engine/session/actor.h"
#include "engine/session/made.h"
#include "engine/session/transaction.h"
#include "store/account.h"
#include "store/audit.h"

static void on_transaction(XactEvent event, void *arg);
static void on_savepoint(SubXactEvent event, SubTransactionId own, SubTransactionId parent,
						 void *arg);

void
contacts_watch_transactions(void)
{
	RegisterXactCallback(on_transaction, NULL);
	RegisterSubXactCallback(on_savepoint, NULL);
}

static void
on_transaction(XactEvent event, void *arg)
{
	if (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT && event != XACT_EVENT_PREPARE)
		return;
	contacts_forget_calls(0);
	contacts_forget_made();
	contacts_forget_audit();
	contacts_settings_end_transaction();
}

static void
on_savepoint(SubXactEvent event, SubTransactionId own, SubTransactionId parent, void *arg)
{
	int level = GetCurrentTransactionNestLevel();

	if (event == SUBXACT_EVENT_START_SUB)
		contacts_savepoint_audit(level);
	if (event != SUBXACT_EVENT_ABORT_SUB)
		return;
	contacts_rollback_audit(level);
	contacts_forget_calls(level);
}
