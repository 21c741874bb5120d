/* -------------------------------------------------------------------------
 * json_read.c
 *		JSON objects given as arguments: their keys and values, or what is wrong with them.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "text/problem.h"
#include "values/json_read.h"

static bool wrong_type(const JsonbValue *key, const char *wanted, ContactsProblem *problem);
static bool out_of_range(const JsonbValue *key, ContactsProblem *problem);
static bool parse_time(const char *text, TimestampTz *time, bool *is_time);

bool
contacts_json_key_is(const JsonbValue *key, const char *name)
{
	return key->val.string.len == (int) strlen(name) &&
		   memcmp(key->val.string.val, name, key->val.string.len) == 0;
}

bool
contacts_json_read_text(const JsonbValue *key, const JsonbValue *value, const char **text,
						ContactsProblem *problem)
{
	*text = NULL;
	if (value->type == jbvNull)
		return true;
	if (value->type == jbvNumeric)
	{
		*text =
			DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
		return true;
	}
	if (value->type != jbvString)
		return wrong_type(key, "a string", problem);
	*text = pnstrdup(value->val.string.val, value->val.string.len);
	return true;
}

bool
contacts_json_read_id(const JsonbValue *key, const JsonbValue *value, int64 *id,
					  ContactsProblem *problem)
{
	const char *text;
	char *end;

	*id = 0;
	if (value->type == jbvNull)
		return true;
	/* drivers hand bigint over as text */
	if (contacts_json_read_text(key, value, &text, problem))
	{
		errno = 0;
		*id = strtoi64(text, &end, 10);
		if (errno == 0 && end != text && *end == '\0' && *id > 0)
			return true;
	}
	return wrong_type(key, "a positive whole number", problem);
}

bool
contacts_json_read_object(const JsonbValue *key, const JsonbValue *value, Jsonb **object,
						  ContactsProblem *problem)
{
	JsonbValue copy = *value;

	*object = NULL;
	if (value->type == jbvNull)
		return true;
	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		return wrong_type(key, "an object", problem);
	*object = JsonbValueToJsonb(&copy);
	return true;
}

bool
contacts_json_read_time(const JsonbValue *key, const JsonbValue *value, TimestampTz *time,
						ContactsProblem *problem)
{
	bool is_time = false;

	*time = DT_NOBEGIN;
	if (value->type == jbvNull)
		return true;
	if (value->type == jbvString && value->val.string.len <= MAXDATELEN &&
		parse_time(pnstrdup(value->val.string.val, value->val.string.len), time, &is_time))
		return true;
	return is_time ? out_of_range(key, problem)
				   : wrong_type(key, "a date and time such as 2026-01-31T09:00:00Z", problem);
}

bool
contacts_json_unknown_key(const JsonbValue *key, const char *allowed, ContactsProblem *problem)
{
	char quoted[CONTACTS_QUOTE_SIZE];

	contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid key: \"%s\"",
					 contacts_quote_value(key->val.string.val, key->val.string.len, quoted));
	contacts_problem_detail(problem, "The object takes no such key.");
	contacts_problem_hint(problem, "Allowed are: %s.", allowed);
	return false;
}

static bool
wrong_type(const JsonbValue *key, const char *wanted, ContactsProblem *problem)
{
	char quoted[CONTACTS_QUOTE_SIZE];

	contacts_problem(problem, CONTACTS_INVALID_VALUE, "invalid value for \"%s\"",
					 contacts_quote_value(key->val.string.val, key->val.string.len, quoted));
	contacts_problem_detail(problem, "The value is not %s.", wanted);
	contacts_problem_hint(problem, "Give %s, or null.", wanted);
	return false;
}

/* Only keys that are known get here, so that theirs is named as it is. */
static bool
out_of_range(const JsonbValue *key, ContactsProblem *problem)
{
	contacts_problem(problem, CONTACTS_OUT_OF_RANGE, "invalid %.*s: out of range",
					 key->val.string.len, key->val.string.val);
	contacts_problem_detail(problem, "A time is finite, and not after the year 294276.");
	contacts_problem_hint(problem, "Leave it out when it is not known.");
	return false;
}

/*
 * timestamptz's own reader, but without its errors; infinity and special words are refused.
 * *is_time says of what is refused whether it reads as a time.
 */
static bool
parse_time(const char *text, TimestampTz *time, bool *is_time)
{
	char work[MAXDATELEN + MAXDATEFIELDS];
	char *fields[MAXDATEFIELDS];
	int types[MAXDATEFIELDS];
	struct pg_tm tm;
	fsec_t fraction;
	int count;
	int kind;
	int zone;

	*is_time = ParseDateTime(text, work, sizeof(work), fields, types, MAXDATEFIELDS, &count) == 0 &&
			   DecodeDateTimeCompat(fields, types, count, &kind, &tm, &fraction, &zone) == 0 &&
			   (kind == DTK_DATE || kind == DTK_EARLY || kind == DTK_LATE);
	return *is_time && kind == DTK_DATE && tm2timestamp(&tm, fraction, &zone, time) == 0;
}
