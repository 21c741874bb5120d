/* -------------------------------------------------------------------------
 * normalize.c
 *		SQL functions: canonical forms of e-mail addresses, phones (R10) and texts (R25).
 *
 * Pure functions of their arguments: no settings, no tables, so they are immutable in truth and
 * serve in indexes of any table.  What the account knows of regions comes in as an argument, too:
 * contacts.current_region() is the default of the one that says it (sql/30_normalize.sql).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "api/call.h"
#include "engine/contact/clean.h"
#include "identity/identifier.h"
#include "text/phone.h"
#include "text/problem.h"
#include "values/composed.h"

PG_FUNCTION_INFO_V1(contacts_normalize_email);
PG_FUNCTION_INFO_V1(contacts_email_problem);
PG_FUNCTION_INFO_V1(contacts_normalize_phone);
PG_FUNCTION_INFO_V1(contacts_phone_problem);
PG_FUNCTION_INFO_V1(contacts_phone_info);
PG_FUNCTION_INFO_V1(contacts_composed);

static bool read_argument(FunctionCallInfo fcinfo, ContactsIdentifierKind kind, ContactsKey *key,
						  ContactsProblem *problem);
static const char *region_argument(FunctionCallInfo fcinfo, char region[3]);
static Datum normalize(FunctionCallInfo fcinfo, ContactsIdentifierKind kind);
static Datum explain(FunctionCallInfo fcinfo, ContactsIdentifierKind kind);
static void set_text(Datum *value, bool *isnull, const char *text);

/* contacts.normalize_email(value text) returns text */
Datum
contacts_normalize_email(PG_FUNCTION_ARGS)
{
	return normalize(fcinfo, CONTACTS_EMAIL);
}

/* contacts.email_problem(value text) returns text; null = valid or blank */
Datum
contacts_email_problem(PG_FUNCTION_ARGS)
{
	return explain(fcinfo, CONTACTS_EMAIL);
}

/* contacts.normalize_phone(value text, region text) returns text */
Datum
contacts_normalize_phone(PG_FUNCTION_ARGS)
{
	return normalize(fcinfo, CONTACTS_PHONE);
}

/* contacts.phone_problem(value text, region text) returns text; null = valid or blank */
Datum
contacts_phone_problem(PG_FUNCTION_ARGS)
{
	return explain(fcinfo, CONTACTS_PHONE);
}

/* contacts.phone_info(value text, region text) returns contacts.phone_details; takes any number */
Datum
contacts_phone_info(PG_FUNCTION_ARGS)
{
	ContactsPhone phone;
	char region[3];
	Datum values[8];
	bool nulls[8] = {0};
	text *value;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	value = PG_GETARG_TEXT_PP(0);
	(void) contacts_phone_parse(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value),
								region_argument(fcinfo, region), &phone);
	set_text(&values[0], &nulls[0], phone.e164);
	set_text(&values[1], &nulls[1], phone.extension);
	values[2] = Int32GetDatum(phone.country_code);
	nulls[2] = phone.country_code == 0;
	set_text(&values[3], &nulls[3], phone.region);
	set_text(&values[4], &nulls[4],
			 phone.type == CONTACTS_PHONE_UNKNOWN ? NULL : contacts_phone_type_name(phone.type));
	set_text(&values[5], &nulls[5], phone.national);
	values[6] = BoolGetDatum(phone.possible);
	values[7] = BoolGetDatum(phone.valid);
	return contacts_result_row(fcinfo, values, nulls);
}

static Datum
normalize(FunctionCallInfo fcinfo, ContactsIdentifierKind kind)
{
	ContactsProblem problem;
	ContactsKey key;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (!read_argument(fcinfo, kind, &key, &problem))
		contacts_complain(&problem);
	if (key.use == CONTACTS_KEY_ABSENT)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text_with_len(key.value, (int) key.size));
}

/* The reason stands in the problem's own detail; only it is wanted here. */
static Datum
explain(FunctionCallInfo fcinfo, ContactsIdentifierKind kind)
{
	ContactsProblem problem;
	ContactsKey key;

	if (PG_ARGISNULL(0) || read_argument(fcinfo, kind, &key, &problem))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(key.reason));
}

/* contacts.composed(value text) returns text */
Datum
contacts_composed(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(contacts_composed_value(PG_GETARG_TEXT_PP(0)));
}

static bool
read_argument(FunctionCallInfo fcinfo, ContactsIdentifierKind kind, ContactsKey *key,
			  ContactsProblem *problem)
{
	text *value = PG_GETARG_TEXT_PP(0);
	ContactsGivenIdentifier given = {kind, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), NULL,
									 GetDatabaseEncoding() == PG_UTF8};
	char region[3];

	if (kind == CONTACTS_PHONE)
		given.region = region_argument(fcinfo, region);
	return contacts_read_identifier(&given, key, problem);
}

/* The region argument, NULL when none is known; complains about what is no region. */
static const char *
region_argument(FunctionCallInfo fcinfo, char region[3])
{
	ContactsProblem problem;
	text *given;

	if (PG_ARGISNULL(1))
		return NULL;
	given = PG_GETARG_TEXT_PP(1);
	if (contacts_phone_region_read(VARDATA_ANY(given), VARSIZE_ANY_EXHDR(given), region))
		return region[0] == '\0' || strcmp(region, "ZZ") == 0 ? NULL : region;
	contacts_region_problem(&problem, text_to_cstring(given));
	contacts_complain(&problem);
}

static void
set_text(Datum *value, bool *isnull, const char *text)
{
	*isnull = text == NULL || text[0] == '\0';
	*value = *isnull ? (Datum) 0 : CStringGetTextDatum(text);
}
