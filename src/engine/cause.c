/* -------------------------------------------------------------------------
 * cause.c
 *		Who changes something, and why.
 *
 * The cause is the SQL function that the application called, noted when the call begins, so that
 * triggers deep below can tell.  An error leaves the call without its end; the end of the
 * transaction, or of the savepoint that the call began in, then forgets it.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"

#include "engine/access.h"
#include "engine/cause.h"
#include "settings.h"

#define CALLS_MAX 32 /* calls within calls that are remembered */

/* A call of an SQL function that has begun. */
typedef struct Call
{
	Oid function;
	int level; /* of the transaction: savepoints around it */
} Call;

static Call calls[CALLS_MAX];
static int depth = 0;                    /* calls that have begun */
static char named_cause[NAMEDATALEN];    /* set by a PL/pgSQL function; "" = none */
static const char *status_source = NULL; /* NULL = plain statement */
static int64 cause_id = 0;               /* import, merge … that is at work; 0 = none */

static const char *cause_name(void);
static void on_transaction(XactEvent event, void *arg);
static void on_savepoint(SubXactEvent event, SubTransactionId own, SubTransactionId parent,
						 void *arg);

const ContactsBy *
contacts_by(void)
{
	ContactsBy *by = palloc0(sizeof(ContactsBy));

	by->member_id = contacts_member_at_work(contacts_account_at_work());
	by->role = GetUserNameFromId(GetOuterUserId(), false);
	by->actor =
		contacts_setting_actor && contacts_setting_actor[0] ? contacts_setting_actor : by->role;
	by->cause = cause_name();
	by->cause_id = cause_id;
	return by;
}

/* The outermost call. */
static const char *
cause_name(void)
{
	const char *name = depth > 0 ? get_func_name(calls[0].function) : NULL;

	if (name == NULL && named_cause[0])
		name = pstrdup(named_cause);
	return name ? name : "sql";
}

void
contacts_cause_name(const char *name)
{
	strlcpy(named_cause, name ? name : "", sizeof(named_cause));
}

void
contacts_cause_begin(Oid function)
{
	if (depth < CALLS_MAX)
		calls[depth] = (Call){function, GetCurrentTransactionNestLevel()};
	depth++;
}

void
contacts_cause_end(void)
{
	if (depth > 0)
		depth--;
}

const char *
contacts_set_source(const char *source)
{
	const char *before = status_source;

	status_source = source;
	return before;
}

int64
contacts_set_cause_id(int64 id)
{
	int64 before = cause_id;

	cause_id = id;
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
	if (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT && event != XACT_EVENT_PREPARE)
		return;
	depth = 0;
	named_cause[0] = '\0';
	status_source = NULL;
	cause_id = 0;
	contacts_audit_forget();
	contacts_settings_end_transaction();
}

/* Calls that began within a savepoint have not survived its end by an error. */
static void
on_savepoint(SubXactEvent event, SubTransactionId own, SubTransactionId parent, void *arg)
{
	int level = GetCurrentTransactionNestLevel();

	if (event == SUBXACT_EVENT_START_SUB)
		contacts_audit_savepoint(level);
	if (event != SUBXACT_EVENT_ABORT_SUB)
		return;
	contacts_audit_rollback(level);
	depth = Min(depth, CALLS_MAX);
	while (depth > 0 && calls[depth - 1].level >= level)
		depth--;
	if (depth == 0)
	{
		named_cause[0] = '\0';
		cause_id = 0;
	}
}
