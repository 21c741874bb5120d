/* -------------------------------------------------------------------------
 * access.c
 *		SQL functions that policies and PL/pgSQL functions ask: who may, who sees (R80-R82).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "api/call.h"
#include "engine/access.h"
#include "engine/cause.h"

PG_FUNCTION_INFO_V1(contacts_allowed_account);
PG_FUNCTION_INFO_V1(contacts_require_right);
PG_FUNCTION_INFO_V1(contacts_require_setup);
PG_FUNCTION_INFO_V1(contacts_set_cause);
PG_FUNCTION_INFO_V1(contacts_is_owner_at_work);
PG_FUNCTION_INFO_V1(contacts_sees_all_contacts);
PG_FUNCTION_INFO_V1(contacts_visible_members);

static ContactsRight read_right(const char *label);

/* contacts.allowed_account(wanted text) returns bigint; null when it is not allowed */
Datum
contacts_allowed_account(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_account_at_work();

	if (!contacts_has_right(account_id, read_right(contacts_given_cstring(fcinfo, 0))))
		PG_RETURN_NULL();
	PG_RETURN_INT64(account_id);
}

/* contacts.require_right(wanted text, account_id bigint) returns void */
Datum
contacts_require_right(PG_FUNCTION_ARGS)
{
	ContactsProblem problem;

	contacts_require_tables();
	contacts_require(fcinfo, 0, "right");
	contacts_require(fcinfo, 1, "account_id");
	contacts_require_positive(PG_GETARG_INT64(1));
	if (!contacts_may(PG_GETARG_INT64(1), read_right(contacts_given_cstring(fcinfo, 0)), &problem))
		contacts_complain(&problem);
	PG_RETURN_VOID();
}

/* contacts.require_setup() returns void */
Datum
contacts_require_setup(PG_FUNCTION_ARGS)
{
	contacts_require_tables();
	PG_RETURN_VOID();
}

/* contacts.set_cause(name text) returns void */
Datum
contacts_set_cause(PG_FUNCTION_ARGS)
{
	contacts_cause_name(contacts_given_cstring(fcinfo, 0));
	PG_RETURN_VOID();
}

/* contacts.is_owner() returns boolean */
Datum
contacts_is_owner_at_work(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(contacts_is_owner());
}

/* contacts.sees_all(account_id bigint) returns boolean */
Datum
contacts_sees_all_contacts(PG_FUNCTION_ARGS)
{
	const int64 *members;
	int count;

	contacts_require(fcinfo, 0, "account_id");
	PG_RETURN_BOOL(contacts_has_right(PG_GETARG_INT64(0), CONTACTS_READ) &&
				   contacts_sees_all(PG_GETARG_INT64(0), &members, &count));
}

/*
 * contacts.visible_members(account_id bigint) returns bigint[]; null when the member sees
 * everything, empty when the role may not read in the account
 */
Datum
contacts_visible_members(PG_FUNCTION_ARGS)
{
	const int64 *members;
	int count;

	contacts_require(fcinfo, 0, "account_id");
	if (!contacts_has_right(PG_GETARG_INT64(0), CONTACTS_READ))
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(INT8OID));
	if (contacts_sees_all(PG_GETARG_INT64(0), &members, &count))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(contacts_int64_array(members, count));
}

static ContactsRight
read_right(const char *label)
{
	static const struct
	{
		const char *label;
		ContactsRight right;
	} rights[] = {{"read", CONTACTS_READ},
				  {"report", CONTACTS_REPORT},
				  {"edit", CONTACTS_EDIT},
				  {"admin", CONTACTS_ADMIN}};
	char quoted[CONTACTS_QUOTE_SIZE];
	ContactsProblem problem;

	for (size_t i = 0; i < lengthof(rights); i++)
		if (strcmp(rights[i].label, label) == 0)
			return rights[i].right;
	contacts_problem(&problem, CONTACTS_INVALID_OPTION, "invalid right: \"%s\"",
					 contacts_quote_value(label, strlen(label), quoted));
	contacts_problem_detail(&problem, "The value is not known.");
	contacts_problem_hint(&problem, "Allowed are: read, report, edit, admin.");
	contacts_complain(&problem);
}
