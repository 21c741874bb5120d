/* -------------------------------------------------------------------------
 * session.c
 *		SQL functions: whom a session works for, what it may, whom it sees (R3, R80-R82).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "api/call.h"
#include "engine/contact/identifier.h"
#include "engine/session/access.h"
#include "engine/session/actor.h"
#include "engine/session/made.h"
#include "settings.h"
#include "store/account.h"
#include "store/spi/datum.h"
#include "store/spi/path.h"
#include "store/spi/query.h"
#include "store/spi/setup.h"
#include "text/phone.h"
#include "text/problem.h"
#include "values/choice.h"
#include "values/retention.h"

PG_FUNCTION_INFO_V1(contacts_current_account);
PG_FUNCTION_INFO_V1(contacts_current_member);
PG_FUNCTION_INFO_V1(contacts_current_region);
PG_FUNCTION_INFO_V1(contacts_library_version);
PG_FUNCTION_INFO_V1(contacts_phone_data_version);
PG_FUNCTION_INFO_V1(contacts_allowed_account);
PG_FUNCTION_INFO_V1(contacts_require_right);
PG_FUNCTION_INFO_V1(contacts_require_setup);
PG_FUNCTION_INFO_V1(contacts_use_trusted_path);
PG_FUNCTION_INFO_V1(contacts_set_cause);
PG_FUNCTION_INFO_V1(contacts_is_owner);
PG_FUNCTION_INFO_V1(contacts_sees_all);
PG_FUNCTION_INFO_V1(contacts_visible_members);
PG_FUNCTION_INFO_V1(contacts_makes_contacts);
PG_FUNCTION_INFO_V1(contacts_contact_made);
PG_FUNCTION_INFO_V1(contacts_require_retention);
PG_FUNCTION_INFO_V1(contacts_run_as);
PG_FUNCTION_INFO_V1(contacts_is_run_as);
PG_FUNCTION_INFO_V1(contacts_owner_of_tables);

static ContactsRight read_right(const char *label);

/* contacts.current_account() returns bigint (R3) */
Datum
contacts_current_account(PG_FUNCTION_ARGS)
{
	contacts_require_settings();
	PG_RETURN_INT64(contacts_account_at_work());
}

/* contacts.current_member() returns bigint; null when unset */
Datum
contacts_current_member(PG_FUNCTION_ARGS)
{
	int64 member_id;

	contacts_require_settings();
	member_id = contacts_member_at_work(contacts_account_at_work());
	if (member_id == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(member_id);
}

/*
 * contacts.current_region() returns text; null = none is known (R19).  The account's is told to
 * whoever works in it: before setup(), and to others, only the session's own setting is known.
 */
Datum
contacts_current_region(PG_FUNCTION_ARGS)
{
	const ContactsAccount nowhere = {0};
	const ContactsAccount *account = &nowhere;
	const char *region;

	contacts_require_settings();
	if (contacts_is_set_up() &&
		contacts_has_right(contacts_account_at_work(), CONTACTS_READ | CONTACTS_REPORT))
		account = contacts_account(contacts_account_at_work());
	region = contacts_effective_region(account, NULL);
	if (region == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(region));
}

/* contacts.library_version() returns text: what version() is made of */
Datum
contacts_library_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(contacts_version));
}

/* contacts.phone_data_version() returns text */
Datum
contacts_phone_data_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(contacts_phone_metadata_version()));
}

/* contacts.allowed_account(wanted text) returns bigint; null when it is not allowed */
Datum
contacts_allowed_account(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_account_at_work();

	contacts_require_session(account_id);
	if (!contacts_has_right(account_id, read_right(contacts_given_cstring(fcinfo, 0))))
		PG_RETURN_NULL();
	PG_RETURN_INT64(account_id);
}

/* contacts.require_right(wanted text, account_id bigint) returns bigint: the account */
Datum
contacts_require_right(PG_FUNCTION_ARGS)
{
	ContactsProblem problem;
	int64 account_id;

	contacts_require_tables();
	contacts_require(fcinfo, 0, "right");
	account_id = contacts_given_account(fcinfo, 1);
	contacts_require_session(account_id);
	if (!contacts_may(account_id, read_right(contacts_given_cstring(fcinfo, 0)), &problem))
		contacts_complain(&problem);
	PG_RETURN_INT64(account_id);
}

/* contacts.require_setup() returns void */
Datum
contacts_require_setup(PG_FUNCTION_ARGS)
{
	contacts_require_tables();
	PG_RETURN_VOID();
}

/* contacts.use_trusted_path() returns void: until the calling function ends */
Datum
contacts_use_trusted_path(PG_FUNCTION_ARGS)
{
	contacts_path_use();
	PG_RETURN_VOID();
}

/* contacts.set_cause(name text) returns void */
Datum
contacts_set_cause(PG_FUNCTION_ARGS)
{
	contacts_name_cause(contacts_given_cstring(fcinfo, 0));
	PG_RETURN_VOID();
}

/* contacts.is_owner() returns boolean */
Datum
contacts_is_owner(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(contacts_session_is_owner());
}

/* contacts.sees_all(account_id bigint) returns boolean */
Datum
contacts_sees_all(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_given_account(fcinfo, 0);
	const int64 *members;
	int count;

	contacts_require_session(account_id);
	PG_RETURN_BOOL(contacts_has_right(account_id, CONTACTS_READ) &&
				   contacts_session_sees_all(account_id, &members, &count));
}

/*
 * contacts.visible_members(account_id bigint) returns bigint[]; null when the member sees
 * everything, empty when the role may not read in the account
 */
Datum
contacts_visible_members(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_given_account(fcinfo, 0);
	const int64 *members;
	int count;

	contacts_require_session(account_id);
	if (!contacts_has_right(account_id, CONTACTS_READ))
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(INT8OID));
	if (contacts_session_sees_all(account_id, &members, &count))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(contacts_int64_array(members, count));
}

/* contacts.require_retention(what text, age interval, or_none boolean) returns void */
Datum
contacts_require_retention(PG_FUNCTION_ARGS)
{
	char *what = PG_ARGISNULL(0) ? pstrdup("value") : text_to_cstring(PG_GETARG_TEXT_PP(0));
	ContactsProblem problem;

	what[pg_mbcliplen(what, strlen(what), NAMEDATALEN)] = '\0';
	if (!contacts_check_retention(what, PG_ARGISNULL(1) ? NULL : PG_GETARG_INTERVAL_P(1),
								  !PG_ARGISNULL(2) && PG_GETARG_BOOL(2), &problem))
		contacts_complain(&problem);
	PG_RETURN_VOID();
}

/* contacts.makes_contacts() returns boolean */
Datum
contacts_makes_contacts(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(contacts_has_made());
}

/* contacts.contact_made(contact_id bigint) returns boolean; looks with a new snapshot */
Datum
contacts_contact_made(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(contacts_sees_made(contacts_account_at_work(), PG_GETARG_INT64(0)));
}

static ContactsRight
read_right(const char *label)
{
	static const ContactsChoice right = {"right", "read, report, edit, admin", NULL};
	static const ContactsRight rights[] = {CONTACTS_READ, CONTACTS_REPORT, CONTACTS_EDIT,
										   CONTACTS_ADMIN};
	ContactsProblem problem;
	int chosen;

	if (!contacts_choose(&right, label, &chosen, &problem))
		contacts_complain(&problem);
	return rights[chosen];
}

/*
 * contacts.run_as(owner oid, step text) returns text; null when it is no step of setup().  Not by
 * SET ROLE, which what runs there could undo.
 */
Datum
contacts_run_as(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	Oid owner = PG_GETARG_OID(0);
	char *step = text_to_cstring(PG_GETARG_TEXT_PP(1));
	text *result = NULL;
	char *name = GetUserNameFromId(owner, false);
	char *said;

	if (!has_privs_of_role(GetUserId(), owner))
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_ROLE, name);
	if (strcmp(step, "set_up_tables") != 0 && strcmp(step, "take_back_grants") != 0)
		PG_RETURN_NULL();
	contacts_connect();
	if (contacts_call_as(owner, step) > 0 && (said = contacts_row_text(0, 1)) != NULL)
	{
		MemoryContext ours = MemoryContextSwitchTo(caller);

		result = cstring_to_text(said);
		MemoryContextSwitchTo(ours);
	}
	contacts_disconnect();
	if (result == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(result);
}

/* contacts.is_run_as() returns boolean: whether run_as() is at work */
Datum
contacts_is_run_as(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(InLocalUserIdChange());
}

/* contacts.owner_of_tables() returns oid; null before setup() */
Datum
contacts_owner_of_tables(PG_FUNCTION_ARGS)
{
	Oid owner = contacts_table_owner();

	if (!OidIsValid(owner))
		PG_RETURN_NULL();
	PG_RETURN_OID(owner);
}
