/* -------------------------------------------------------------------------
 * json_write.c
 *		Texts and numbers as JSON values and back; objects built piece by piece.
 *
 * Keys and texts are not copied while an object is on its way: they must live until it is made.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "values/json.h"

static void push_scalar(JsonbParseState **state, JsonbIteratorToken token, const char *text);

Jsonb *
contacts_json_text(const char *text)
{
	JsonbValue value = {.type = jbvString};

	if (text == NULL)
		return NULL;
	value.val.string.val = unconstify(char *, text);
	value.val.string.len = (int) strlen(text);
	return JsonbValueToJsonb(&value);
}

Jsonb *
contacts_json_int64(int64 number)
{
	JsonbValue value = {.type = jbvNumeric};

	value.val.numeric = int64_to_numeric(number);
	return JsonbValueToJsonb(&value);
}

const char *
contacts_text_of_json(Jsonb *value)
{
	JsonbValue scalar;

	if (value == NULL || !JsonbExtractScalar(&value->root, &scalar) || scalar.type != jbvString)
		return NULL;
	return pnstrdup(scalar.val.string.val, scalar.val.string.len);
}

int64
contacts_int64_of_json(Jsonb *value)
{
	return value ? DatumGetInt64(DirectFunctionCall1(jsonb_int8, JsonbPGetDatum(value))) : 0;
}

bool
contacts_json_same(Jsonb *a, Jsonb *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return compareJsonbContainers(&a->root, &b->root) == 0;
}

void
contacts_object_begin(JsonbParseState **state)
{
	*state = NULL;
	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
}

Jsonb *
contacts_object_end(JsonbParseState **state)
{
	return JsonbValueToJsonb(pushJsonbValue(state, WJB_END_OBJECT, NULL));
}

void
contacts_push_key(JsonbParseState **state, const char *key)
{
	push_scalar(state, WJB_KEY, key);
}

void
contacts_push_string(JsonbParseState **state, const char *text)
{
	push_scalar(state, WJB_VALUE, text);
}

void
contacts_push_text(JsonbParseState **state, const char *key, const char *text)
{
	push_scalar(state, WJB_KEY, key);
	push_scalar(state, WJB_VALUE, text);
}

void
contacts_push_id(JsonbParseState **state, const char *key, int64 id)
{
	JsonbValue value = {.type = id ? jbvNumeric : jbvNull};

	push_scalar(state, WJB_KEY, key);
	if (id)
		value.val.numeric = int64_to_numeric(id);
	pushJsonbValue(state, WJB_VALUE, &value);
}

void
contacts_push_json(JsonbParseState **state, const char *key, Jsonb *json)
{
	push_scalar(state, WJB_KEY, key);
	contacts_push_value(state, json);
}

void
contacts_push_value(JsonbParseState **state, Jsonb *json)
{
	JsonbValue value = {.type = jbvNull};

	if (json && JB_ROOT_IS_SCALAR(json))
		(void) JsonbExtractScalar(&json->root, &value);
	else if (json)
	{
		value.type = jbvBinary;
		value.val.binary.data = &json->root;
		value.val.binary.len = VARSIZE_ANY_EXHDR(json);
	}
	pushJsonbValue(state, WJB_VALUE, &value);
}

static void
push_scalar(JsonbParseState **state, JsonbIteratorToken token, const char *text)
{
	JsonbValue value = {.type = text ? jbvString : jbvNull};

	if (text)
	{
		value.val.string.val = unconstify(char *, text);
		value.val.string.len = (int) strlen(text);
	}
	pushJsonbValue(state, token, &value);
}
