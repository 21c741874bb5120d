/* -------------------------------------------------------------------------
 * cause.c
 *		Who changes something, and why.
 *
 * The cause is the SQL function that the application called, noted when the call begins, so that
 * triggers deep below can tell.  An error leaves the call without its end; the end of the
 * transaction or savepoint then forgets the cause.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"

#include "engine/access.h"
#include "engine/cause.h"
#include "settings.h"

static Oid cause_function = InvalidOid; /* the outermost call */
static int depth = 0;
static const char *status_source = NULL;

static void on_transaction(XactEvent event, void *arg);
static void on_savepoint(SubXactEvent event, SubTransactionId own, SubTransactionId parent,
						 void *arg);

const ContactsBy *
contacts_by(void)
{
	ContactsBy *by = palloc0(sizeof(ContactsBy));

	by->member_id = contacts_member_at_work();
	by->role = GetUserNameFromId(GetOuterUserId(), false);
	by->actor =
		contacts_setting_actor && contacts_setting_actor[0] ? contacts_setting_actor : by->role;
	by->cause = OidIsValid(cause_function) ? get_func_name(cause_function) : NULL;
	if (by->cause == NULL)
		by->cause = "sql";
	return by;
}

void
contacts_cause_begin(Oid function)
{
	if (depth++ == 0)
		cause_function = function;
}

void
contacts_cause_end(void)
{
	if (--depth <= 0)
	{
		depth = 0;
		cause_function = InvalidOid;
	}
}

const char *
contacts_set_source(const char *source)
{
	const char *before = status_source;

	status_source = source;
	return before;
}

const char *
contacts_source(void)
{
	return status_source ? status_source : "manual";
}

void
contacts_cause_init(void)
{
	RegisterXactCallback(on_transaction, NULL);
	RegisterSubXactCallback(on_savepoint, NULL);
}

static void
on_transaction(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT)
	{
		depth = 0;
		cause_function = InvalidOid;
		status_source = NULL;
	}
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
	{
		contacts_audit_forget();
		contacts_settings_end_transaction();
	}
}

/* Ingest rolls back savepoints of its own within a call; only an error ends the call itself. */
static void
on_savepoint(SubXactEvent event, SubTransactionId own, SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_START_SUB)
		contacts_audit_savepoint(GetCurrentTransactionNestLevel());
	else if (event == SUBXACT_EVENT_ABORT_SUB)
		contacts_audit_rollback(GetCurrentTransactionNestLevel());
}
