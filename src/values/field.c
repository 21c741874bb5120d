/* -------------------------------------------------------------------------
 * field.c
 *		Checks an object of custom fields against the account's definitions (R23).
 *
 * Steps: count the keys; per key find the definition by binary search; coerce its value
 * (field_value.c) or, where unknown fields are kept, look only at its size.  The object is built
 * anew only if a value changed, and '{}' returns before anything is allocated.
 *
 * Keys keep their place, since coercion changes values only: the pairs stay sorted.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "text/problem.h"
#include "values/composed.h"
#include "values/field.h"
#include "values/json.h"

static bool check_pair(const ContactsFieldSet *set, JsonbPair *pair, bool *changed,
					   ContactsProblem *problem);
static bool check_unknown(JsonbPair *pair, bool *changed, ContactsProblem *problem);
static bool is_harmless(Jsonb *stored, JsonbPair *pair, bool *changed);
static int key_order(const char *key, int key_size, const char *other);

int
contacts_field_order(const void *a, const void *b)
{
	return strcmp(((const ContactsField *) a)->key, ((const ContactsField *) b)->key);
}

const ContactsField *
contacts_field_find(const ContactsFieldSet *set, const char *key, int key_size)
{
	int low = 0;
	int high = set->count;

	while (low < high)
	{
		int middle = (low + high) / 2;
		int order = key_order(key, key_size, set->fields[middle].key);

		if (order == 0)
			return &set->fields[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

Jsonb *
contacts_fields_check(const ContactsFieldSet *set, Jsonb *given, ContactsProblem *problem)
{
	return contacts_fields_check_edit(set, NULL, given, problem);
}

Jsonb *
contacts_fields_check_edit(const ContactsFieldSet *set, Jsonb *stored, Jsonb *given,
						   ContactsProblem *problem)
{
	int count = contacts_object_count(given);
	bool changed = false;
	JsonbPair *pairs;

	if (set->keep_unknown && count > 0)
	{
		/* keys and values of any shape; what is defined has plain keys and is composed as text */
		given = contacts_composed_json(given);
		count = contacts_object_count(given);
	}
	/* most reports bring no fields at all */
	if (count == 0 && JB_ROOT_IS_OBJECT(given))
		return given;
	if (count == 0)
	{
		contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid fields: not a JSON object");
		contacts_problem_detail(problem, "Field values come as an object, by key.");
		contacts_problem_hint(problem, "Give a JSON object with at most %d keys.",
							  CONTACTS_FIELDS_MAX);
		return NULL;
	}
	if (!contacts_fields_fit(stored, given, problem))
		return NULL;
	pairs = contacts_object_read(given);
	for (int i = 0; i < count; i++)
	{
		if (!is_harmless(stored, &pairs[i], &changed) &&
			!check_pair(set, &pairs[i], &changed, problem))
			return NULL;
	}
	/* the caller's own object where possible: it may be stored without a copy */
	return changed ? contacts_object_build(pairs, count) : given;
}

Jsonb *
contacts_fields_sift(const ContactsFieldSet *set, Jsonb *given, Jsonb **misfits)
{
	int count = contacts_object_count(given);
	JsonbPair *fitting;
	JsonbPair *others;
	ContactsProblem ignored;
	int fitting_count = 0;
	int other_count = 0;

	*misfits = given;
	if (set->keep_unknown && count > 0)
		count = contacts_object_count(given = contacts_composed_json(given));
	if (count == 0 || count > CONTACTS_FIELDS_MAX)
		return NULL;
	fitting = contacts_object_read(given);
	others = contacts_object_read(given);
	for (int i = 0; i < count; i++)
	{
		bool changed = false;
		JsonbPair pair = fitting[i];

		if (check_pair(set, &pair, &changed, &ignored))
			fitting[fitting_count++] = pair;
		else
			others[other_count++] = others[i];
	}
	*misfits = contacts_object_build(others, other_count);
	return contacts_object_build(fitting, fitting_count);
}

bool
contacts_fields_fit(Jsonb *before, Jsonb *after, ContactsProblem *problem)
{
	int count = contacts_object_count(after);

	if (count <= CONTACTS_FIELDS_MAX || count <= contacts_object_count(before))
		return true;
	contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid fields: too many keys");
	contacts_problem_detail(problem, "The contact would have %d fields, the limit is %d.", count,
							CONTACTS_FIELDS_MAX);
	contacts_problem_hint(problem, "Clear fields that are not needed, or gather values in one.");
	return false;
}

/* An archived key counts as unknown: where those are kept, so is it, but without its type. */
static bool
check_pair(const ContactsFieldSet *set, JsonbPair *pair, bool *changed, ContactsProblem *problem)
{
	const ContactsField *field =
		contacts_field_find(set, pair->key.val.string.val, pair->key.val.string.len);

	if (field != NULL && !field->archived)
		return contacts_field_coerce(field, &pair->value, changed, problem);
	if (!set->keep_unknown)
		return contacts_field_unknown(set, &pair->key, problem);
	return check_unknown(pair, changed, problem);
}

/* A key without definition that the account wants kept: any value of limited size. */
static bool
check_unknown(JsonbPair *pair, bool *changed, ContactsProblem *problem)
{
	int key_size = pair->key.val.string.len;
	const char *reason = NULL;

	if (key_size == 0 || key_size > CONTACTS_FIELD_KEY_MAX)
		return contacts_field_oversized(&pair->key, NULL, "A key has 1 to 63 bytes.", problem);
	if (contacts_json_size(&pair->value) > CONTACTS_FIELD_VALUE_MAX)
		reason = "A value has at most 10000 bytes.";
	/* the object of the fields is the first level */
	else if (contacts_json_depth(&pair->value, CONTACTS_FIELD_DEPTH_MAX - 1) >=
			 CONTACTS_FIELD_DEPTH_MAX)
		reason = "Arrays and objects nest at most 8 deep.";
	if (reason != NULL)
		return contacts_field_oversized(&pair->key, &pair->value, reason, problem);
	if (pair->value.type != jbvNull && contacts_json_blank(&pair->value))
	{
		pair->value.type = jbvNull;
		*changed = true;
	}
	return true;
}

/* Does the contact have this value already, or does the pair take one from it? */
static bool
is_harmless(Jsonb *stored, JsonbPair *pair, bool *changed)
{
	JsonbValue room;
	JsonbValue *value;

	if (contacts_object_count(stored) == 0)
		return false;
	value = getKeyJsonValueFromContainer(&stored->root, pair->key.val.string.val,
										 pair->key.val.string.len, &room);
	if (value == NULL)
		return false;
	if (contacts_json_equal(value, &pair->value))
		return true;
	if (!contacts_json_blank(&pair->value))
		return false;
	*changed |= pair->value.type != jbvNull;
	pair->value.type = jbvNull;
	return true;
}

/* strcmp() of a key that has no terminator with one that has. */
static int
key_order(const char *key, int key_size, const char *other)
{
	int order = strncmp(key, other, (size_t) key_size);

	if (order != 0)
		return order;
	return other[key_size] == '\0' ? 0 : -1;
}
