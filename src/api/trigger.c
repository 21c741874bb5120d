/* -------------------------------------------------------------------------
 * trigger.c
 *		Trigger functions: shells around engine/trigger (R5).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "commands/trigger.h"
#include "utils/rel.h"

#include "api/call.h"
#include "engine/trigger/trigger.h"
#include "store/account.h"
#include "store/audit.h"
#include "store/spi/ids.h"
#include "store/spi/query.h"
#include "text/problem.h"

PG_FUNCTION_INFO_V1(contacts_contact_check);
PG_FUNCTION_INFO_V1(contacts_contact_changed);
PG_FUNCTION_INFO_V1(contacts_identifier_check);
PG_FUNCTION_INFO_V1(contacts_account_check);
PG_FUNCTION_INFO_V1(contacts_activity_stamp);
PG_FUNCTION_INFO_V1(contacts_values_check);
PG_FUNCTION_INFO_V1(contacts_reference_check);
PG_FUNCTION_INFO_V1(contacts_audit_changes);
PG_FUNCTION_INFO_V1(contacts_audit_seal);
PG_FUNCTION_INFO_V1(contacts_close_audit);
PG_FUNCTION_INFO_V1(contacts_settings_changed);
PG_FUNCTION_INFO_V1(contacts_assign_id);

typedef HeapTuple (*Check)(TriggerData *trigger, FmgrInfo *call, ContactsProblem *problem);

static Datum check_row(FunctionCallInfo fcinfo, Check check);
static TriggerData *trigger_data(FunctionCallInfo fcinfo);

/* BEFORE INSERT OR UPDATE ON contacts.contact FOR EACH ROW */
Datum
contacts_contact_check(PG_FUNCTION_ARGS)
{
	return check_row(fcinfo, contacts_check_contact_row);
}

/* BEFORE INSERT OR UPDATE ON contacts.identifier, contacts.blocked_identifier FOR EACH ROW */
Datum
contacts_identifier_check(PG_FUNCTION_ARGS)
{
	return check_row(fcinfo, contacts_check_identifier_row);
}

/* BEFORE INSERT OR UPDATE ON contacts.account FOR EACH ROW */
Datum
contacts_account_check(PG_FUNCTION_ARGS)
{
	return check_row(fcinfo, contacts_check_account_row);
}

/* BEFORE INSERT OR UPDATE ON contacts.activity FOR EACH ROW */
Datum
contacts_activity_stamp(PG_FUNCTION_ARGS)
{
	return check_row(fcinfo, contacts_stamp_activity_row);
}

/* BEFORE INSERT OR UPDATE OF … ON what each report writes FOR EACH ROW */
Datum
contacts_values_check(PG_FUNCTION_ARGS)
{
	return check_row(fcinfo, contacts_check_values_row);
}

/* BEFORE INSERT OR UPDATE OF … ON what hangs on contacts FOR EACH ROW */
Datum
contacts_reference_check(PG_FUNCTION_ARGS)
{
	return check_row(fcinfo, contacts_check_reference_row);
}

/* AFTER INSERT, UPDATE, DELETE ON contacts.contact FOR EACH STATEMENT, with transition tables */
Datum
contacts_contact_changed(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_data(fcinfo);
	ContactsProblem problem;

	contacts_connect();
	if (!contacts_write_effects(trigger, &problem))
		contacts_complain(&problem);
	contacts_disconnect();
	return PointerGetDatum(NULL);
}

/* AFTER any change ON what hangs on contacts FOR EACH STATEMENT, with transition tables */
Datum
contacts_audit_changes(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_data(fcinfo);

	contacts_connect();
	contacts_log_changes(trigger);
	contacts_disconnect();
	return PointerGetDatum(NULL);
}

/* AFTER INSERT ON contacts.audit_log, deferred: the first one at commit does it for all */
Datum
contacts_audit_seal(PG_FUNCTION_ARGS)
{
	contacts_connect();
	contacts_seal_audit();
	contacts_disconnect();
	return PointerGetDatum(NULL);
}

/* contacts.close_audit() returns void: the same at once, for who reads the log */
Datum
contacts_close_audit(PG_FUNCTION_ARGS)
{
	contacts_connect();
	contacts_seal_audit();
	contacts_disconnect();
	PG_RETURN_VOID();
}

/* AFTER any change ON contacts.account, field, blocked_identifier FOR EACH STATEMENT */
Datum
contacts_settings_changed(PG_FUNCTION_ARGS)
{
	contacts_account_changed(RelationGetRelid(trigger_data(fcinfo)->tg_relation));
	return PointerGetDatum(NULL);
}

/* BEFORE INSERT ON each table with an identity column FOR EACH ROW */
Datum
contacts_assign_id(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_data(fcinfo);

	return PointerGetDatum(contacts_with_free_id(trigger->tg_relation, trigger->tg_trigtuple));
}

static Datum
check_row(FunctionCallInfo fcinfo, Check check)
{
	TriggerData *trigger = trigger_data(fcinfo);
	ContactsProblem problem;
	HeapTuple row;

	contacts_require_settings();
	row = check(trigger, fcinfo->flinfo, &problem);
	if (row == NULL)
		contacts_complain(&problem);
	return PointerGetDatum(row);
}

static TriggerData *
trigger_data(FunctionCallInfo fcinfo)
{
	ContactsProblem problem;

	if (CALLED_AS_TRIGGER(fcinfo))
		return (TriggerData *) fcinfo->context;
	contacts_problem(&problem, CONTACTS_INVALID_OPTION, "invalid call: not a trigger");
	contacts_problem_detail(&problem, "This function runs as a trigger of its table only.");
	contacts_complain(&problem);
}
