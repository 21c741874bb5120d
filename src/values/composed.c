/* -------------------------------------------------------------------------
 * composed.c
 *		Texts with composed letters: the server's values around text/compose.h (R20, R25).
 *
 * What is composed already, as ASCII always is, is given back itself: no copy, no memory.  In
 * databases of another encoding than UTF-8 there are no marks to compose.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "text/compose.h"
#include "values/composed.h"

/* A longer text is refused wherever texts have a limit, so it need not be composed before. */
#define COMPOSED_TEXT_MAX (1024 * 1024)

static bool has_text(JsonbIteratorToken token, const JsonbValue *value);
static bool is_composed_json(Jsonb *value);

const char *
contacts_composed_span(const char *text, size_t *size)
{
	size_t composed_size = *size * CONTACTS_COMPOSED_GROWTH;
	char *composed;

	if (contacts_is_composed(text, *size) || *size > COMPOSED_TEXT_MAX ||
		GetDatabaseEncoding() != PG_UTF8)
		return text;
	composed = palloc(composed_size + 1);
	if (!contacts_compose(text, *size, composed, &composed_size) ||
		(composed_size == *size && memcmp(composed, text, *size) == 0))
	{
		pfree(composed);
		return text;
	}
	composed[composed_size] = '\0';
	*size = composed_size;
	return composed;
}

const char *
contacts_composed_text(const char *text)
{
	size_t size = text ? strlen(text) : 0;

	return contacts_composed_span(text, &size);
}

text *
contacts_composed_value(text *value)
{
	size_t size = VARSIZE_ANY_EXHDR(value);
	const char *given = VARDATA_ANY(value);
	const char *composed = contacts_composed_span(given, &size);

	return composed == given ? value : cstring_to_text_with_len(composed, (int) size);
}

ArrayType *
contacts_composed_array(ArrayType *array)
{
	Datum *elements;
	bool *nulls;
	bool changed = false;
	int count;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &count);
	for (int i = 0; i < count; i++)
	{
		text *given = nulls[i] ? NULL : DatumGetTextPP(elements[i]);
		text *composed = given ? contacts_composed_value(given) : NULL;

		if (composed == given)
			continue;
		elements[i] = PointerGetDatum(composed);
		changed = true;
	}
	return changed ? construct_md_array(elements, nulls, ARR_NDIM(array), ARR_DIMS(array),
										ARR_LBOUND(array), TEXTOID, -1, false, TYPALIGN_INT)
				   : array;
}

Jsonb *
contacts_composed_json(Jsonb *value)
{
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbParseState *state = NULL;
	JsonbValue *whole = NULL;
	JsonbValue part;

	if (is_composed_json(value))
		return value;
	iterator = JsonbIteratorInit(&value->root);
	while ((token = JsonbIteratorNext(&iterator, &part, false)) != WJB_DONE)
	{
		CHECK_FOR_INTERRUPTS();
		if (has_text(token, &part))
		{
			size_t size = (size_t) part.val.string.len;

			part.val.string.val =
				unconstify(char *, contacts_composed_span(part.val.string.val, &size));
			part.val.string.len = (int) size;
		}
		whole = pushJsonbValue(&state, token, token < WJB_BEGIN_ARRAY ? &part : NULL);
	}
	return JsonbValueToJsonb(whole);
}

static bool
has_text(JsonbIteratorToken token, const JsonbValue *value)
{
	return (token == WJB_KEY || token == WJB_VALUE || token == WJB_ELEM) &&
		   value->type == jbvString;
}

static bool
is_composed_json(Jsonb *value)
{
	JsonbIterator *iterator = JsonbIteratorInit(&value->root);
	JsonbIteratorToken token;
	JsonbValue part;

	while ((token = JsonbIteratorNext(&iterator, &part, false)) != WJB_DONE)
	{
		CHECK_FOR_INTERRUPTS();
		if (has_text(token, &part) &&
			!contacts_is_composed(part.val.string.val, (size_t) part.val.string.len))
			return false;
	}
	return true;
}
