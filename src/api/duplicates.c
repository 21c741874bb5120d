/* -------------------------------------------------------------------------
 * duplicates.c
 *		SQL functions: contacts that may be the same person (R46).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "api/call.h"
#include "compat.h"
#include "engine/contact/identifier.h"
#include "engine/duplicates/duplicates.h"
#include "engine/session/access.h"
#include "store/duplicate.h"
#include "store/spi/datum.h"
#include "text/fold.h"
#include "text/problem.h"
#include "text/traits.h"

PG_FUNCTION_INFO_V1(contacts_find_duplicates);
PG_FUNCTION_INFO_V1(contacts_dismiss_duplicate);
PG_FUNCTION_INFO_V1(contacts_match_keys);

static void read_search(FunctionCallInfo fcinfo, ContactsSearch *search);
static void complain_about_number(const char *what, double value, const char *detail,
								  const char *hint) __attribute__((noreturn));
static void put_pairs(FunctionCallInfo fcinfo, const ContactsPair *pairs, int count);
static ContactsPiece piece_argument(FunctionCallInfo fcinfo, int argument);

/*
 * contacts.find_duplicates(min_score real, contact_id bigint, max_pairs integer) returns table
 * (contact_id bigint, other_id bigint, score real, reasons text[]); keeps the pairs, locks nothing
 * else (R46)
 */
Datum
contacts_find_duplicates(PG_FUNCTION_ARGS)
{
	ContactsPair *pairs;
	ContactsSearch search;
	ContactsProblem problem;
	int count;

	InitMaterializedSRF(fcinfo, 0);
	search.account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	read_search(fcinfo, &search);
	count = contacts_search_duplicates(&search, &pairs, &problem);
	if (count < 0)
		contacts_complain(&problem);
	put_pairs(fcinfo, pairs, count);
	contacts_end();
	return (Datum) 0;
}

/* contacts.dismiss_duplicate(contact_id bigint, other_id bigint) returns void (R46) */
Datum
contacts_dismiss_duplicate(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	ContactsProblem problem;

	contacts_require(fcinfo, 0, "contact_id");
	contacts_require(fcinfo, 1, "other_id");
	if (!contacts_edit_dismiss(account_id, PG_GETARG_INT64(0), PG_GETARG_INT64(1), &problem))
		contacts_complain(&problem);
	contacts_end();
	PG_RETURN_VOID();
}

/*
 * contacts.match_keys(account bigint, name text, email text, phone text) returns bigint[]; any
 * of them may be null
 */
Datum
contacts_match_keys(PG_FUNCTION_ARGS)
{
	ContactsGivenTraits given = {piece_argument(fcinfo, 1), piece_argument(fcinfo, 2),
								 piece_argument(fcinfo, 3), GetDatabaseEncoding() == PG_UTF8, NULL};
	uint64 keys[CONTACTS_MATCH_KEYS];
	ContactsTraits traits;
	int count;

	given.known_email = contacts_known_email(given.email.start, given.email.size);
	contacts_read_traits(&given, &traits);
	count = contacts_traits_keys(PG_ARGISNULL(0) ? 0 : PG_GETARG_INT64(0), &traits, keys);
	PG_RETURN_DATUM(contacts_int64_array((int64 *) keys, count));
}

static void
read_search(FunctionCallInfo fcinfo, ContactsSearch *search)
{
	contacts_require(fcinfo, 0, "min_score");
	contacts_require(fcinfo, 2, "max_pairs");
	search->min_score = PG_GETARG_FLOAT4(0);
	search->contact_id = contacts_given_int64(fcinfo, 1);
	search->max_pairs = Min(PG_GETARG_INT32(2), CONTACTS_PAIRS_MAX);
	if (isnan(search->min_score) || search->min_score < 0 || search->min_score > 1)
		complain_about_number("min_score", search->min_score,
							  "A score is a number from 0 to 1, 1 = the same person.",
							  "The default is 0.8.");
	if (search->max_pairs < 1)
		complain_about_number("max_pairs", search->max_pairs, "At least one pair is returned.",
							  "Give a positive number.");
	if (!PG_ARGISNULL(1) && search->contact_id <= 0)
	{
		ContactsProblem problem;

		contacts_missing_problem(&problem, "contact", search->contact_id);
		contacts_complain(&problem);
	}
}

static void
complain_about_number(const char *what, double value, const char *detail, const char *hint)
{
	ContactsProblem problem;

	contacts_problem(&problem, CONTACTS_INVALID_OPTION, "invalid %s: %g", what, value);
	contacts_problem_detail(&problem, "%s", detail);
	contacts_problem_hint(&problem, "%s", hint);
	contacts_complain(&problem);
}

static void
put_pairs(FunctionCallInfo fcinfo, const ContactsPair *pairs, int count)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	for (int i = 0; i < count; i++)
	{
		Datum values[4] = {Int64GetDatum(pairs[i].contact_id), Int64GetDatum(pairs[i].other_id),
						   Float4GetDatum(pairs[i].score),
						   contacts_text_array(pairs[i].reasons, pairs[i].reason_count)};
		bool nulls[4] = {0};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

static ContactsPiece
piece_argument(FunctionCallInfo fcinfo, int argument)
{
	const text *value;

	if (PG_ARGISNULL(argument))
		return (ContactsPiece){NULL, 0};
	value = PG_GETARG_TEXT_PP(argument);
	return (ContactsPiece){VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};
}
