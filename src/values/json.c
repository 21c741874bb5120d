/* -------------------------------------------------------------------------
 * json.c
 *		A jsonb object as a list of pairs: read, compare, build.
 *
 * A stored object has its keys sorted and free of repeats.  Whoever walks or joins such lists
 * in order gets a list that is again sorted, so building needs neither a sort nor the parse
 * state of pushJsonbValue(): the pairs go straight to JsonbValueToJsonb().  That function wants
 * nested containers unpacked, which happens only for values that have any.
 *
 * Garbage is left to the caller's memory context.  Nothing here judges a value.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "text/blank.h"
#include "values/json.h"

static void unpack(JsonbValue *value);
static void unpack_binary(JsonbValue *value);
static bool numeric_equal(Numeric a, Numeric b);

int
contacts_object_count(Jsonb *object)
{
	if (object == NULL || !JB_ROOT_IS_OBJECT(object))
		return 0;
	return (int) JB_ROOT_COUNT(object);
}

JsonbPair *
contacts_object_read(Jsonb *object)
{
	int count = contacts_object_count(object);
	JsonbPair *pairs;
	JsonbIterator *iterator;
	JsonbValue start;

	if (count == 0)
		return NULL;
	pairs = palloc(sizeof(JsonbPair) * count);
	/* keys and values alternate behind the start token; containers within are not entered */
	iterator = JsonbIteratorInit(&object->root);
	(void) JsonbIteratorNext(&iterator, &start, true);
	for (int i = 0; i < count; i++)
	{
		(void) JsonbIteratorNext(&iterator, &pairs[i].key, true);
		(void) JsonbIteratorNext(&iterator, &pairs[i].value, true);
	}
	return pairs;
}

Jsonb *
contacts_object_build(JsonbPair *pairs, int count)
{
	JsonbValue object;

	for (int i = 0; i < count; i++)
		unpack(&pairs[i].value);
	object.type = jbvObject;
	object.val.object.nPairs = count;
	object.val.object.pairs = pairs;
	return JsonbValueToJsonb(&object);
}

int
contacts_object_key_order(const JsonbValue *a, const JsonbValue *b)
{
	if (a->val.string.len != b->val.string.len)
		return a->val.string.len < b->val.string.len ? -1 : 1;
	return memcmp(a->val.string.val, b->val.string.val, a->val.string.len);
}

bool
contacts_json_equal(JsonbValue *a, JsonbValue *b)
{
	if (a->type != b->type)
		return false;
	switch (a->type)
	{
		case jbvNull:
			return true;
		case jbvString:
			return contacts_object_key_order(a, b) == 0;
		case jbvNumeric:
			return numeric_equal(a->val.numeric, b->val.numeric);
		case jbvBool:
			return a->val.boolean == b->val.boolean;
		case jbvBinary:
			/* the same bytes are the usual case and need no walk */
			if (a->val.binary.len == b->val.binary.len &&
				memcmp(a->val.binary.data, b->val.binary.data, a->val.binary.len) == 0)
				return true;
			return compareJsonbContainers(a->val.binary.data, b->val.binary.data) == 0;
		default:
			return false;
	}
}

bool
contacts_json_blank(const JsonbValue *value)
{
	if (value->type == jbvNull)
		return true;
	if (value->type == jbvString)
		return contacts_is_blank(value->val.string.val, (size_t) value->val.string.len);
	return value->type == jbvBinary && JsonContainerIsArray(value->val.binary.data) &&
		   JsonContainerSize(value->val.binary.data) == 0;
}

int
contacts_json_depth(const JsonbValue *value, int max)
{
	JsonbIterator *iterator;
	JsonbValue part;
	JsonbIteratorToken token;
	int depth = 0;
	int deepest = 0;

	if (value->type != jbvBinary)
		return 0;
	iterator = JsonbIteratorInit(value->val.binary.data);
	while (deepest <= max && (token = JsonbIteratorNext(&iterator, &part, false)) != WJB_DONE)
	{
		if (token == WJB_BEGIN_ARRAY || token == WJB_BEGIN_OBJECT)
		{
			depth++;
			deepest = Max(deepest, depth);
		}
		else if (token == WJB_END_ARRAY || token == WJB_END_OBJECT)
			depth--;
	}
	return deepest;
}

int
contacts_json_size(const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvString:
			return value->val.string.len;
		case jbvNumeric:
			return (int) VARSIZE_ANY(value->val.numeric);
		case jbvBinary:
			return value->val.binary.len;
		default:
			return 0;
	}
}

Jsonb *
contacts_empty_object(void)
{
	Jsonb *object = palloc(VARHDRSZ + sizeof(uint32));

	SET_VARSIZE(object, VARHDRSZ + sizeof(uint32));
	object->root.header = JB_FOBJECT;
	return object;
}

Jsonb *
contacts_json_concat(Jsonb *object, Jsonb *other)
{
	if (other == NULL || JB_ROOT_COUNT(other) == 0)
		return object;
	if (object == NULL || JB_ROOT_COUNT(object) == 0)
		return other;
	return DatumGetJsonbP(
		DirectFunctionCall2(jsonb_concat, JsonbPGetDatum(object), JsonbPGetDatum(other)));
}

Jsonb *
contacts_json_copy(const Jsonb *value)
{
	Jsonb *copy = palloc(VARSIZE(value));

	memcpy(copy, value, VARSIZE(value));
	return copy;
}

Jsonb *
contacts_json_member(Jsonb *object, const char *key)
{
	JsonbValue room;
	JsonbValue *value = NULL;

	if (contacts_object_count(object) > 0)
		value = getKeyJsonValueFromContainer(&object->root, key, (int) strlen(key), &room);
	return value == NULL || value->type == jbvNull ? NULL : JsonbValueToJsonb(value);
}

/* Replaces containers in stored form, at any depth, by those that JsonbValueToJsonb() takes. */
static void
unpack(JsonbValue *value)
{
	if (value->type == jbvBinary)
		unpack_binary(value);
	else if (value->type == jbvArray)
	{
		for (int i = 0; i < value->val.array.nElems; i++)
			unpack(&value->val.array.elems[i]);
	}
	else if (value->type == jbvObject)
	{
		for (int i = 0; i < value->val.object.nPairs; i++)
			unpack(&value->val.object.pairs[i].value);
	}
}

/* One level: elements and values within come as jbvBinary again, and unpack() goes on with them. */
static void
unpack_binary(JsonbValue *value)
{
	JsonbIterator *iterator = JsonbIteratorInit(value->val.binary.data);
	JsonbIteratorToken token = JsonbIteratorNext(&iterator, value, true);

	check_stack_depth();
	if (token == WJB_BEGIN_ARRAY)
	{
		value->val.array.elems = palloc(sizeof(JsonbValue) * Max(value->val.array.nElems, 1));
		for (int i = 0; i < value->val.array.nElems; i++)
			(void) JsonbIteratorNext(&iterator, &value->val.array.elems[i], true);
	}
	else
	{
		value->val.object.pairs = palloc(sizeof(JsonbPair) * Max(value->val.object.nPairs, 1));
		for (int i = 0; i < value->val.object.nPairs; i++)
		{
			(void) JsonbIteratorNext(&iterator, &value->val.object.pairs[i].key, true);
			(void) JsonbIteratorNext(&iterator, &value->val.object.pairs[i].value, true);
		}
	}
	unpack(value);
}

/* 1 and 1.0 are stored differently but are the same number. */
static bool
numeric_equal(Numeric a, Numeric b)
{
	return DatumGetBool(DirectFunctionCall2(numeric_eq, NumericGetDatum(a), NumericGetDatum(b)));
}
