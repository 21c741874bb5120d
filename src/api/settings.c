/* -------------------------------------------------------------------------
 * settings.c
 *		SQL functions: the account and member at work, versions.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "engine/access.h"
#include "settings.h"
#include "text/phone.h"

PG_FUNCTION_INFO_V1(contacts_current_account);
PG_FUNCTION_INFO_V1(contacts_current_member);
PG_FUNCTION_INFO_V1(contacts_library_version);
PG_FUNCTION_INFO_V1(contacts_phone_plan_version);

/* contacts.current_account() returns bigint (R3) */
Datum
contacts_current_account(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(contacts_account_at_work());
}

/* contacts.current_member() returns bigint; null when unset */
Datum
contacts_current_member(PG_FUNCTION_ARGS)
{
	int64 member_id = contacts_member_at_work(contacts_account_at_work());

	if (member_id == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(member_id);
}

/* contacts.library_version() returns text: what version() is made of */
Datum
contacts_library_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(contacts_version));
}

/* contacts.phone_data_version() returns text */
Datum
contacts_phone_plan_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(contacts_phone_data_version()));
}
