/* -------------------------------------------------------------------------
 * check.c
 *		SQL functions: whether a value is as writers leave it; for check(), set_account() (R112).
 *
 * What comes in passes engine/contact/clean.h and identity/identifier.h; a value that has passed
 * them passes them unchanged.  Phones and e-mails that a contact shows are not asked about here:
 * they keep the spelling in which they were entered.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "api/call.h"
#include "engine/contact/clean.h"
#include "identity/identifier.h"
#include "text/problem.h"
#include "values/choice.h"

PG_FUNCTION_INFO_V1(contacts_stored_problem);
PG_FUNCTION_INFO_V1(contacts_require_form);

/* The kinds of identifiers, in their order, then texts. */
enum
{
	STORED_NAME = CONTACTS_KINDS,
	STORED_COMPANY,
	STORED_TIMEZONE,
	STORED_REGION,
	STORED_LABEL
};
static const ContactsChoice stored_thing = {
	"what",
	"email identifier, phone identifier, external identifier, visitor identifier,"
	" name, company, timezone, region, label",
	NULL};

static int read_thing(const char *what);
static bool stored_form(int thing, const char *value, const char **clean, ContactsProblem *problem);

/* contacts.stored_problem(what text, value text) returns text; null = it is as it should be */
Datum
contacts_stored_problem(PG_FUNCTION_ARGS)
{
	const char *what = text_to_cstring(PG_GETARG_TEXT_PP(0));
	const char *value = text_to_cstring(PG_GETARG_TEXT_PP(1));
	const char *clean = NULL;
	ContactsProblem problem;

	if (!stored_form(read_thing(what), value, &clean, &problem))
		PG_RETURN_TEXT_P(cstring_to_text(problem.message));
	if (clean == NULL || strcmp(clean, value) != 0)
		PG_RETURN_TEXT_P(cstring_to_text(psprintf("%s is not as it is stored", what)));
	PG_RETURN_NULL();
}

/* contacts.require_form(what text, value text) returns void */
Datum
contacts_require_form(PG_FUNCTION_ARGS)
{
	const char *clean;
	ContactsProblem problem;

	if (!PG_ARGISNULL(1) && !stored_form(read_thing(contacts_given_cstring(fcinfo, 0)),
										 contacts_given_cstring(fcinfo, 1), &clean, &problem))
		contacts_complain(&problem);
	PG_RETURN_VOID();
}

static int
read_thing(const char *what)
{
	ContactsProblem problem;
	int thing;

	if (!contacts_choose(&stored_thing, what, &thing, &problem))
		contacts_complain(&problem);
	return thing;
}

/* What a writer would make of the value; false with *problem filled. */
static bool
stored_form(int thing, const char *value, const char **clean, ContactsProblem *problem)
{
	ContactsGivenIdentifier given = {.kind = thing,
									 .text = value,
									 .size = strlen(value),
									 .utf8 = GetDatabaseEncoding() == PG_UTF8};
	ContactsKey key;

	*clean = value;
	switch (thing)
	{
		case STORED_NAME:
		case STORED_COMPANY:
			return contacts_clean_text(thing == STORED_NAME ? "name" : "company", value, clean,
									   problem);
		case STORED_TIMEZONE:
			return contacts_clean_timezone(value, clean, problem);
		case STORED_REGION:
			return contacts_clean_region(value, clean, problem);
		case STORED_LABEL:
			return contacts_clean_label("label", clean, problem);
		default:
			if (!contacts_read_identifier(&given, &key, problem))
				return false;
			*clean = key.use == CONTACTS_KEY_FINDS ? pstrdup(key.value) : NULL;
			return true;
	}
}
