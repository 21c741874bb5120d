/* -------------------------------------------------------------------------
 * complain.c
 *		Turns problems into errors: the only place that raises.
 *
 * SQLSTATEs as the contract has them: an application can rely on the code, people read the rest.
 * Where a constraint is broken, the fields of the error name it and the column, as the server does
 * for its own constraints, so that a driver can tell an e-mail from a phone.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "api/call.h"
#include "text/problem.h"

static const int sqlstates[] = {
	[CONTACTS_INVALID_VALUE] = ERRCODE_INVALID_TEXT_REPRESENTATION,
	[CONTACTS_INVALID_OPTION] = ERRCODE_INVALID_PARAMETER_VALUE,
	[CONTACTS_OUT_OF_RANGE] = ERRCODE_DATETIME_FIELD_OVERFLOW,
	[CONTACTS_BREAKS_CHECK] = ERRCODE_CHECK_VIOLATION,
	[CONTACTS_TOO_LARGE] = ERRCODE_PROGRAM_LIMIT_EXCEEDED,
	[CONTACTS_MISSING] = ERRCODE_NO_DATA_FOUND,
	[CONTACTS_TAKEN] = ERRCODE_UNIQUE_VIOLATION,
	[CONTACTS_HIDDEN] = ERRCODE_INSUFFICIENT_PRIVILEGE,
	[CONTACTS_DENIED] = ERRCODE_INSUFFICIENT_PRIVILEGE,
	[CONTACTS_WRONG_STATE] = ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
	[CONTACTS_BUSY] = ERRCODE_T_R_SERIALIZATION_FAILURE,
};

static int name_constraint(const char *constraint, const char *column);

void
contacts_complain(const ContactsProblem *problem)
{
	ereport(ERROR,
			(errcode(sqlstates[problem->kind]), errmsg_internal("%s", problem->message),
			 problem->detail[0] ? errdetail_internal("%s", problem->detail) : 0,
			 problem->hint[0] ? errhint("%s", problem->hint) : 0,
			 problem->constraint ? name_constraint(problem->constraint, problem->column) : 0));
}

/* What is broken is always what a contact says of itself, whichever table keeps it. */
static int
name_constraint(const char *constraint, const char *column)
{
	err_generic_string(PG_DIAG_SCHEMA_NAME, "contacts");
	err_generic_string(PG_DIAG_TABLE_NAME, "contact");
	err_generic_string(PG_DIAG_COLUMN_NAME, column);
	return err_generic_string(PG_DIAG_CONSTRAINT_NAME, constraint);
}
