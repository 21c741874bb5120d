/* -------------------------------------------------------------------------
 * survivorship.c
 *		Which of two values wins (R20-R22): one rule for ingest, edit, import and merge.
 *
 * decide() is the rule.  Fields are merged in two passes: the first looks up each incoming key
 * in the current object and stops work when nothing would change, which is the usual case and
 * copies nothing; the second walks both sorted lists and writes the result in order.
 *
 * Types are not looked at: values were checked when they came in (field.c).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "text/blank.h"
#include "values/field.h"
#include "values/json.h"
#include "values/survivorship.h"

typedef enum Decision
{
	KEEP,  /* the current value, or its absence */
	TAKE,  /* the incoming value */
	REMOVE /* neither */
} Decision;

/* Two objects walked side by side, in order of their keys. */
typedef struct SideBySide
{
	JsonbPair *left; /* next pair of each */
	JsonbPair *right;
	JsonbPair *left_end;
	JsonbPair *right_end;
} SideBySide;

/* The choices of a multi_select, in the order of its options. */
typedef struct Choices
{
	const ContactsField *field;
	int count;
	JsonbValue *elems;
} Choices;

static Decision decide(JsonbValue *current, JsonbValue *incoming, ContactsSurvivorshipMode mode);
static bool brings_change(Jsonb *current, JsonbPair *incoming, int count,
						  ContactsSurvivorshipMode mode);
static SideBySide side_by_side(Jsonb *left, Jsonb *right);
static bool next_key(SideBySide *walk, JsonbPair **left, JsonbPair **right);
static bool differ(JsonbPair *before, JsonbPair *after);
static void add_difference(JsonbPair *out, JsonbPair *before, JsonbPair *after);
static bool unite_choices(const ContactsFieldSet *set, JsonbPair *result, JsonbPair *other);
static bool add_choices(Choices *choices, const JsonbValue *array);
static bool has_choice(Choices *choices, JsonbValue *choice);
static void insert_choice(Choices *choices, const JsonbValue *choice);
static int choice_rank(const ContactsField *field, const JsonbValue *choice);
static bool is_array(const JsonbValue *value);
static int array_size(const JsonbValue *array);
static bool is_blank(const char *text);

Jsonb *
contacts_surviving_fields(Jsonb *current, Jsonb *incoming, ContactsSurvivorshipMode mode)
{
	int current_count = contacts_object_count(current);
	int incoming_count = contacts_object_count(incoming);
	SideBySide walk;
	JsonbPair *old_pair;
	JsonbPair *new_pair;
	JsonbPair *out;
	int count = 0;

	if (incoming_count == 0)
		return current;
	walk.right = contacts_object_read(incoming);
	if (!brings_change(current, walk.right, incoming_count, mode))
		return current;
	walk.left = contacts_object_read(current);
	walk.left_end = walk.left + current_count;
	walk.right_end = walk.right + incoming_count;
	out = palloc(sizeof(JsonbPair) * (current_count + incoming_count));
	while (next_key(&walk, &old_pair, &new_pair))
	{
		Decision decision = new_pair == NULL ? KEEP
											 : decide(old_pair == NULL ? NULL : &old_pair->value,
													  &new_pair->value, mode);

		if (decision == TAKE)
			out[count++] = *new_pair;
		else if (decision == KEEP && old_pair != NULL && !contacts_json_blank(&old_pair->value))
			out[count++] = *old_pair;
	}
	/* the first fields of a contact are stored as they came */
	if (current_count == 0 && count == incoming_count)
		return incoming;
	return contacts_object_build(out, count);
}

const char *
contacts_surviving_text(const char *current, const char *incoming, ContactsSurvivorshipMode mode)
{
	if (is_blank(incoming) || (mode == CONTACTS_FILL && !is_blank(current)))
		return current;
	return current != NULL && strcmp(current, incoming) == 0 ? current : incoming;
}

Jsonb *
contacts_fields_unite(const ContactsFieldSet *set, Jsonb *result, Jsonb *other)
{
	int count = contacts_object_count(result);
	SideBySide walk = side_by_side(result, other);
	JsonbPair *pairs = walk.left;
	JsonbPair *ours;
	JsonbPair *theirs;
	bool changed = false;

	while (next_key(&walk, &ours, &theirs))
	{
		if (ours != NULL && theirs != NULL)
			changed |= unite_choices(set, ours, theirs);
	}
	return changed ? contacts_object_build(pairs, count) : result;
}

Jsonb *
contacts_fields_diff(Jsonb *old_fields, Jsonb *new_fields)
{
	SideBySide walk = side_by_side(old_fields, new_fields);
	JsonbPair *before;
	JsonbPair *after;
	JsonbPair *out;
	int count = 0;

	if (walk.left == walk.left_end && walk.right == walk.right_end)
		return NULL;
	out = palloc(sizeof(JsonbPair) * ((walk.left_end - walk.left) + (walk.right_end - walk.right)));
	while (next_key(&walk, &before, &after))
	{
		if (differ(before, after))
			add_difference(&out[count++], before, after);
	}
	return count == 0 ? NULL : contacts_object_build(out, count);
}

/* The rule.  current is NULL where there is none; equal values are kept. */
static Decision
decide(JsonbValue *current, JsonbValue *incoming, ContactsSurvivorshipMode mode)
{
	if (contacts_json_blank(incoming))
		return mode == CONTACTS_EDIT_VALUES ? REMOVE : KEEP;
	if (current == NULL)
		return TAKE;
	if (mode == CONTACTS_FILL && !contacts_json_blank(current))
		return KEEP;
	return contacts_json_equal(current, incoming) ? KEEP : TAKE;
}

/*
 * The first pass.  Incoming objects are small and stored ones may be large, so each key is looked
 * up by binary search rather than reading the stored object as a whole.
 */
static bool
brings_change(Jsonb *current, JsonbPair *incoming, int count, ContactsSurvivorshipMode mode)
{
	bool any = contacts_object_count(current) > 0;
	JsonbValue room;

	for (int i = 0; i < count; i++)
	{
		JsonbValue *key = &incoming[i].key;
		JsonbValue *value = any ? getKeyJsonValueFromContainer(&current->root, key->val.string.val,
															   key->val.string.len, &room)
								: NULL;
		Decision decision = decide(value, &incoming[i].value, mode);

		if (decision == TAKE || (decision == REMOVE && value != NULL))
			return true;
	}
	return false;
}

/* Both start at their first pair; either may be NULL, which has none. */
static SideBySide
side_by_side(Jsonb *left, Jsonb *right)
{
	SideBySide walk;

	walk.left = contacts_object_read(left);
	walk.right = contacts_object_read(right);
	walk.left_end = walk.left + contacts_object_count(left);
	walk.right_end = walk.right + contacts_object_count(right);
	return walk;
}

/* The next key of either: its pair on each side, NULL where a side lacks it. */
static bool
next_key(SideBySide *walk, JsonbPair **left, JsonbPair **right)
{
	int order;

	*left = *right = NULL;
	if (walk->left == walk->left_end && walk->right == walk->right_end)
		return false;
	if (walk->right == walk->right_end)
		order = -1;
	else if (walk->left == walk->left_end)
		order = 1;
	else
		order = contacts_object_key_order(&walk->left->key, &walk->right->key);
	if (order <= 0)
		*left = walk->left++;
	if (order >= 0)
		*right = walk->right++;
	return true;
}

/* A key that is absent and one that is JSON null say the same. */
static bool
differ(JsonbPair *before, JsonbPair *after)
{
	if (before == NULL || after == NULL)
		return (before == NULL ? after : before)->value.type != jbvNull;
	return !contacts_json_equal(&before->value, &after->value);
}

/* One entry of a diff; the pairs stay in memory of the objects they come from. */
static void
add_difference(JsonbPair *out, JsonbPair *before, JsonbPair *after)
{
	static char new_key[] = "new";
	static char old_key[] = "old";
	JsonbPair *sides = palloc0(sizeof(JsonbPair) * 2);

	/* in jsonb's order of keys; a side that is absent stays jbvNull, which is zero */
	sides[0].key.type = sides[1].key.type = jbvString;
	sides[0].key.val.string.val = new_key;
	sides[1].key.val.string.val = old_key;
	sides[0].key.val.string.len = sides[1].key.val.string.len = 3;
	if (after != NULL)
		sides[0].value = after->value;
	if (before != NULL)
		sides[1].value = before->value;
	out->key = before != NULL ? before->key : after->key;
	out->value.type = jbvObject;
	out->value.val.object.nPairs = 2;
	out->value.val.object.pairs = sides;
}

/* Puts the choices of both into result if its field is a multi_select; false if none is new. */
static bool
unite_choices(const ContactsFieldSet *set, JsonbPair *result, JsonbPair *other)
{
	const ContactsField *field =
		contacts_field_find(set, result->key.val.string.val, result->key.val.string.len);
	Choices choices = {.field = field};

	if (field == NULL || field->type != CONTACTS_FIELD_MULTI_SELECT || !is_array(&result->value) ||
		!is_array(&other->value))
		return false;
	choices.elems =
		palloc(sizeof(JsonbValue) * (array_size(&result->value) + array_size(&other->value)));
	add_choices(&choices, &result->value);
	if (!add_choices(&choices, &other->value))
		return false;
	result->value.type = jbvArray;
	result->value.val.array.nElems = choices.count;
	result->value.val.array.elems = choices.elems;
	result->value.val.array.rawScalar = false;
	return true;
}

/* Adds the elements of an array that are not there yet; false if there was none. */
static bool
add_choices(Choices *choices, const JsonbValue *array)
{
	int before = choices->count;

	for (int i = 0; i < array_size(array); i++)
	{
		JsonbValue *choice = getIthJsonbValueFromContainer(array->val.binary.data, (uint32) i);

		if (!has_choice(choices, choice))
			insert_choice(choices, choice);
	}
	return choices->count > before;
}

/* Choices are few: at most the options of a definition, so no index is worth its making. */
static bool
has_choice(Choices *choices, JsonbValue *choice)
{
	for (int i = 0; i < choices->count; i++)
	{
		if (contacts_json_equal(&choices->elems[i], choice))
			return true;
	}
	return false;
}

/* Behind the last one that is not after it in the definition. */
static void
insert_choice(Choices *choices, const JsonbValue *choice)
{
	int rank = choice_rank(choices->field, choice);
	int place = choices->count++;

	while (place > 0 && choice_rank(choices->field, &choices->elems[place - 1]) > rank)
	{
		choices->elems[place] = choices->elems[place - 1];
		place--;
	}
	choices->elems[place] = *choice;
}

/* Place among the options; what is no option any more comes last. */
static int
choice_rank(const ContactsField *field, const JsonbValue *choice)
{
	int rank = 0;

	if (choice->type != jbvString)
		return field->option_count;
	while (rank < field->option_count &&
		   (strncmp(field->options[rank], choice->val.string.val, choice->val.string.len) != 0 ||
			field->options[rank][choice->val.string.len] != '\0'))
		rank++;
	return rank;
}

/* A text in a multi_select may be left from before its type was changed: it is no list to unite. */
static bool
is_array(const JsonbValue *value)
{
	return value->type == jbvBinary && JsonContainerIsArray(value->val.binary.data);
}

static int
array_size(const JsonbValue *array)
{
	return (int) JsonContainerSize(array->val.binary.data);
}

/* The same question for a text detail. */
static bool
is_blank(const char *text)
{
	return text == NULL || contacts_is_blank(text, strlen(text));
}

bool
contacts_same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}
