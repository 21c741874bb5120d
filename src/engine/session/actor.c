/* -------------------------------------------------------------------------
 * actor.c
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

#include "engine/session/access.h"
#include "engine/session/actor.h"
#include "engine/session/trigger_depth.h"
#include "settings.h"
#include "store/actor.h"
#include "values/composed.h"

#define CALLS_MAX 32 /* calls within calls that are remembered */

/* A call of an SQL function that has begun. */
typedef struct Call
{
	Oid function;
	int level;    /* of the transaction: savepoints around it */
	int triggers; /* within which it began */
} Call;

static Call calls[CALLS_MAX];
static int depth = 0;                 /* calls that have begun */
static char named_cause[NAMEDATALEN]; /* set by a PL/pgSQL function; "" = none */
static int named_triggers;            /* within which it runs */
static int64 cause_id = 0;            /* import, merge … that is at work; 0 = none */

static const char *cause_name(void);

const ContactsActor *
contacts_actor_at_work(void)
{
	ContactsActor *actor = palloc0(sizeof(ContactsActor));

	actor->member_id = contacts_member_at_work(contacts_account_at_work());
	actor->role = GetUserNameFromId(GetOuterUserId(), false);
	actor->name = contacts_setting_actor && contacts_setting_actor[0]
					  ? contacts_composed_text(contacts_setting_actor)
					  : actor->role;
	actor->cause = cause_name();
	actor->cause_id = cause_id;
	return actor;
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
contacts_name_cause(const char *name)
{
	strlcpy(named_cause, name ? name : "", sizeof(named_cause));
	named_triggers = contacts_trigger_depth();
}

void
contacts_call_begins(Oid function)
{
	if (depth < CALLS_MAX)
		calls[depth] = (Call){function, GetCurrentTransactionNestLevel(), contacts_trigger_depth()};
	depth++;
}

void
contacts_call_ends(void)
{
	if (depth > 0)
		depth--;
}

/* A statement's triggers run one deeper than the statement itself. */
bool
contacts_is_call_writing(void)
{
	int within = contacts_trigger_depth() - 1;

	if (depth > 0)
		return depth <= CALLS_MAX && calls[depth - 1].triggers == within;
	return named_cause[0] != '\0' && named_triggers == within;
}

int64
contacts_set_cause_id(int64 id)
{
	int64 before = cause_id;

	cause_id = id;
	return before;
}

void
contacts_forget_calls(int level)
{
	depth = Min(depth, CALLS_MAX);
	while (depth > 0 && calls[depth - 1].level >= level)
		depth--;
	if (depth == 0)
	{
		named_cause[0] = '\0';
		cause_id = 0;
	}
}
