/* -------------------------------------------------------------------------
 * field_problem.c
 *		What to tell about a field that does not exist or a value that does not fit (R23).
 *
 * Runs only when something is wrong, so it may take its time: it looks through all definitions
 * for keys near the mistyped one.  Near is an edit distance of at most two, or the same
 * beginning, after case and the usual word separators are levelled.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"
#include "utils/varlena.h"

#include "text/problem.h"
#include "values/field.h"
#include "values/json_read.h"

#define NEAR_MAX 3         /* keys named in a hint */
#define NEAR_DISTANCE 2    /* edits */
#define NEAR_BEGINNING 4   /* bytes of a common beginning */
#define LIST_MAX 280       /* bytes of options listed in a hint */
#define CONTAINER_MAX 1000 /* bytes of an array or object that is still quoted */

/* The nearest keys found so far, best first. */
typedef struct NearKeys
{
	int count;
	int cost[NEAR_MAX];
	const char *key[NEAR_MAX];
} NearKeys;

static NearKeys near_keys(const ContactsFieldSet *set, const char *key, int key_size);
static void keep_if_near(NearKeys *near, const char *key, int cost);
static int key_cost(const char *wanted, const char *key);
static char *level_key(const char *key, int size);
static void hint_unknown(const NearKeys *near, ContactsProblem *problem);
static void hint_unfit(const ContactsField *field, ContactsProblem *problem);
static char *option_list(const ContactsField *field);
static const char *quote_json(const JsonbValue *value, char *out);

static const char *const type_names[] = {
	[CONTACTS_FIELD_TEXT] = "text",         [CONTACTS_FIELD_NUMBER] = "number",
	[CONTACTS_FIELD_DATE] = "date",         [CONTACTS_FIELD_BOOLEAN] = "boolean",
	[CONTACTS_FIELD_DROPDOWN] = "dropdown", [CONTACTS_FIELD_MULTI_SELECT] = "multi_select",
};

bool
contacts_field_misplaced(const ContactsFieldSet *set, const JsonbValue *key, const char *allowed,
						 ContactsProblem *problem)
{
	char quoted[CONTACTS_QUOTE_SIZE];

	contacts_json_unknown_key(key, allowed, problem);
	if (contacts_field_find(set, key->val.string.val, key->val.string.len) == NULL)
		return false;
	contacts_problem_detail(problem, "It is the key of a custom field.");
	contacts_problem_hint(problem, "Put it under fields: {\"fields\": {\"%s\": ...}}.",
						  contacts_quote_value(key->val.string.val, key->val.string.len, quoted));
	return false;
}

bool
contacts_field_unknown(const ContactsFieldSet *set, const JsonbValue *key, ContactsProblem *problem)
{
	char quoted[CONTACTS_QUOTE_SIZE];
	const char *text = key->val.string.val;
	int size = key->val.string.len;
	NearKeys near;

	contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid field key \"%s\"",
					 contacts_quote_value(text, size, quoted));
	if (contacts_field_find(set, text, size) != NULL)
	{
		contacts_problem_detail(problem, "The field is archived.");
		contacts_problem_hint(problem, "Define it again with contacts.define_field().");
		return false;
	}
	contacts_problem_detail(problem, "The account defines no field with this key.");
	near = near_keys(set, text, size);
	hint_unknown(&near, problem);
	return false;
}

bool
contacts_field_unfit(const ContactsField *field, const JsonbValue *value, const char *reason,
					 ContactsProblem *problem)
{
	char key[CONTACTS_QUOTE_SIZE];
	char quoted[CONTACTS_QUOTE_SIZE];

	contacts_problem(problem, CONTACTS_INVALID_VALUE, "invalid value for field \"%s\": \"%s\"",
					 contacts_quote_value(field->key, strlen(field->key), key),
					 quote_json(value, quoted));
	contacts_problem_detail(problem, "The field is of type %s%s.", type_names[field->type],
							reason == NULL ? "" : reason);
	hint_unfit(field, problem);
	return false;
}

bool
contacts_field_oversized(const JsonbValue *key, const JsonbValue *value, const char *reason,
						 ContactsProblem *problem)
{
	char quoted_key[CONTACTS_QUOTE_SIZE];
	char quoted[CONTACTS_QUOTE_SIZE];

	contacts_quote_value(key->val.string.val, (size_t) key->val.string.len, quoted_key);
	if (value == NULL)
		contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid field key \"%s\"", quoted_key);
	else
		contacts_problem(problem, CONTACTS_INVALID_VALUE, "invalid value for field \"%s\": \"%s\"",
						 quoted_key, quote_json(value, quoted));
	contacts_problem_detail(problem, "%s", reason);
	return false;
}

/*
 * Archived keys are not offered, they would be refused next.  The keys of an account are few and
 * short, so all of them are compared.
 */
static NearKeys
near_keys(const ContactsFieldSet *set, const char *key, int key_size)
{
	NearKeys near = {0};
	char *wanted;

	if (key_size == 0 || key_size > CONTACTS_FIELD_KEY_MAX)
		return near;
	wanted = level_key(key, key_size);
	for (int i = 0; i < set->count; i++)
	{
		const char *other = set->fields[i].key;

		if (!set->fields[i].archived)
			keep_if_near(&near, other, key_cost(wanted, level_key(other, (int) strlen(other))));
	}
	return near;
}

/* Sorts a key into the list; a cost below zero means too far away. */
static void
keep_if_near(NearKeys *near, const char *key, int cost)
{
	int place = near->count;

	if (cost < 0)
		return;
	while (place > 0 && near->cost[place - 1] > cost)
		place--;
	if (place == NEAR_MAX)
		return;
	if (near->count < NEAR_MAX)
		near->count++;
	for (int i = near->count - 1; i > place; i--)
	{
		near->cost[i] = near->cost[i - 1];
		near->key[i] = near->key[i - 1];
	}
	near->cost[place] = cost;
	near->key[place] = key;
}

/* Edits first, then common beginnings, the longest first; -1 when neither is near. */
static int
key_cost(const char *wanted, const char *key)
{
	int wanted_size = (int) strlen(wanted);
	int key_size = (int) strlen(key);
	int beginning = 0;
	int distance = varstr_levenshtein_less_equal(wanted, wanted_size, key, key_size, 1, 1, 1,
												 NEAR_DISTANCE, true);

	/* two edits turn any two-letter word into any other */
	if (distance <= NEAR_DISTANCE && distance < Min(wanted_size, key_size))
		return distance;
	while (wanted[beginning] != '\0' && wanted[beginning] == key[beginning])
		beginning++;
	return beginning >= NEAR_BEGINNING ? 100 - beginning : -1;
}

/* "Team Size", team-size and team_size are the same word in different habits of writing. */
static char *
level_key(const char *key, int size)
{
	char *levelled = pnstrdup(key, size);

	for (char *c = levelled; *c != '\0'; c++)
	{
		if (*c == ' ' || *c == '-' || *c == '.')
			*c = '_';
		else if (*c >= 'A' && *c <= 'Z')
			*c += 'a' - 'A';
	}
	return levelled;
}

/* Without a near key it may be a new one: say how to define it, or how to do without. */
static void
hint_unknown(const NearKeys *near, ContactsProblem *problem)
{
	StringInfoData keys;

	if (near->count == 0)
	{
		contacts_problem_hint(problem,
							  "Define it with contacts.define_field(), or keep unknown "
							  "fields with contacts.set_account(unknown_fields => 'keep').");
		return;
	}
	initStringInfo(&keys);
	for (int i = 0; i < near->count; i++)
		appendStringInfo(&keys, "%s\"%s\"", i == 0 ? "" : (i == near->count - 1 ? " or " : ", "),
						 near->key[i]);
	contacts_problem_hint(problem, "Did you mean %s? Else define it with contacts.define_field().",
						  keys.data);
}

/* What the type takes; no value of any contact is mentioned. */
static void
hint_unfit(const ContactsField *field, ContactsProblem *problem)
{
	switch (field->type)
	{
		case CONTACTS_FIELD_TEXT:
			contacts_problem_hint(problem, "Give a string of at most %d bytes.",
								  CONTACTS_FIELD_VALUE_MAX);
			break;
		case CONTACTS_FIELD_NUMBER:
			contacts_problem_hint(problem, "Give a number such as 42 or -1.5, without unit and "
										   "without separators of thousands.");
			break;
		case CONTACTS_FIELD_DATE:
			contacts_problem_hint(problem, "Give a date as YYYY-MM-DD.");
			break;
		case CONTACTS_FIELD_BOOLEAN:
			contacts_problem_hint(problem, "Give true or false.");
			break;
		case CONTACTS_FIELD_DROPDOWN:
			contacts_problem_hint(problem, "Choose one of %s.", option_list(field));
			break;
		case CONTACTS_FIELD_MULTI_SELECT:
			contacts_problem_hint(problem, "Give an array of any of %s.", option_list(field));
			break;
	}
}

/* "a", "b" and 3 more */
static char *
option_list(const ContactsField *field)
{
	StringInfoData list;
	char quoted[CONTACTS_QUOTE_SIZE];
	int listed = 0;

	initStringInfo(&list);
	while (listed < field->option_count && list.len < LIST_MAX - CONTACTS_QUOTE_SIZE)
	{
		const char *option = field->options[listed];

		appendStringInfo(&list, "%s\"%s\"", listed == 0 ? "" : ", ",
						 contacts_quote_value(option, strlen(option), quoted));
		listed++;
	}
	if (listed < field->option_count)
		appendStringInfo(&list, " and %d more", field->option_count - listed);
	return list.data;
}

/* The value as a user would have typed it, cut for a message. */
static const char *
quote_json(const JsonbValue *value, char *out)
{
	const char *text = "";
	JsonbContainer *container = value->val.binary.data;

	if (value->type == jbvString)
		return contacts_quote_value(value->val.string.val, value->val.string.len, out);
	if (value->type == jbvBool)
		text = value->val.boolean ? "true" : "false";
	else if (value->type == jbvNumeric)
		text =
			DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
	else if (value->type == jbvBinary && value->val.binary.len > CONTAINER_MAX)
		text = JsonContainerIsArray(container) ? "[...]" : "{...}";
	else if (value->type == jbvBinary)
		text = JsonbToCString(NULL, container, value->val.binary.len);
	return contacts_quote_value(text, strlen(text), out);
}
