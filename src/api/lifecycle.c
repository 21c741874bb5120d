/* -------------------------------------------------------------------------
 * lifecycle.c
 *		SQL functions: deleting contacts, bringing them back, removing them for good (R51, R52).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

#include "api/call.h"
#include "engine/lifecycle.h"

PG_FUNCTION_INFO_V1(contacts_delete_contacts);
PG_FUNCTION_INFO_V1(contacts_restore_contacts);
PG_FUNCTION_INFO_V1(contacts_purge_contacts);
PG_FUNCTION_INFO_V1(contacts_purge_deleted_contacts);

typedef int64 (*Change)(int64 account_id, const ContactsIds *ids, ContactsProblem *problem);

static Datum change_life(FunctionCallInfo fcinfo, Change change);

/* contacts.delete_contacts(contact_ids bigint[]) returns bigint; locks them for deletion */
Datum
contacts_delete_contacts(PG_FUNCTION_ARGS)
{
	return change_life(fcinfo, contacts_delete);
}

/* contacts.restore_contacts(contact_ids bigint[]) returns bigint */
Datum
contacts_restore_contacts(PG_FUNCTION_ARGS)
{
	return change_life(fcinfo, contacts_restore);
}

/* contacts.purge_contacts(contact_ids bigint[]) returns bigint */
Datum
contacts_purge_contacts(PG_FUNCTION_ARGS)
{
	return change_life(fcinfo, contacts_purge);
}

/* contacts.purge_deleted(older_than interval) returns bigint */
Datum
contacts_purge_deleted_contacts(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_ADMIN);
	const Interval *older_than = PG_ARGISNULL(0) ? NULL : PG_GETARG_INTERVAL_P(0);
	Interval nothing = {0};
	ContactsProblem problem;
	int64 count;

	if (older_than && DatumGetInt32(DirectFunctionCall2(interval_cmp, IntervalPGetDatum(older_than),
														IntervalPGetDatum(&nothing))) < 0)
	{
		contacts_problem(&problem, CONTACTS_INVALID_OPTION, "invalid older_than: negative");
		contacts_problem_detail(&problem, "It says how long ago a contact was deleted.");
		contacts_problem_hint(&problem, "For example: interval '90 days'.");
		contacts_complain(&problem);
	}
	count = contacts_purge_deleted(account_id, older_than);
	contacts_end();
	PG_RETURN_INT64(count);
}

static Datum
change_life(FunctionCallInfo fcinfo, Change change)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	ContactsIds ids = contacts_given_ids(fcinfo, 0, "contact_ids");
	ContactsProblem problem;
	int64 count = change(account_id, &ids, &problem);

	if (count < 0)
		contacts_complain(&problem);
	contacts_end();
	PG_RETURN_INT64(count);
}
