/* -------------------------------------------------------------------------
 * complain.c
 *		Turns problems into errors: the only place that raises.
 *
 * SQLSTATEs as the contract has them: an application can rely on the code, people read the rest.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "api/call.h"
#include "text/problem.h"

static const int sqlstates[] = {
	[CONTACTS_INVALID_VALUE] = ERRCODE_INVALID_TEXT_REPRESENTATION,
	[CONTACTS_INVALID_OPTION] = ERRCODE_INVALID_PARAMETER_VALUE,
	[CONTACTS_MISSING] = ERRCODE_NO_DATA_FOUND,
	[CONTACTS_TAKEN] = ERRCODE_UNIQUE_VIOLATION,
	[CONTACTS_HIDDEN] = ERRCODE_INSUFFICIENT_PRIVILEGE,
	[CONTACTS_DENIED] = ERRCODE_INSUFFICIENT_PRIVILEGE,
	[CONTACTS_WRONG_STATE] = ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
	[CONTACTS_BUSY] = ERRCODE_T_R_SERIALIZATION_FAILURE,
};

void
contacts_complain(const ContactsProblem *problem)
{
	ereport(ERROR, (errcode(sqlstates[problem->kind]), errmsg_internal("%s", problem->message),
					problem->detail[0] ? errdetail_internal("%s", problem->detail) : 0,
					problem->hint[0] ? errhint("%s", problem->hint) : 0));
}
