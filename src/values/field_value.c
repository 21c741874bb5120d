/* -------------------------------------------------------------------------
 * field_value.c
 *		One value of a custom field, coerced to the type of its definition (R23).
 *
 * One short function per type, found by the type's number.  Each gets a value that is not
 * blank, changes it in place where its spelling is not the canonical one, and returns false
 * where it does not fit.  What reaches numeric_in() was scanned before, so it cannot raise.
 *
 * Never decides what a blank means: it becomes JSON null, absent or clear is up to the caller.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "text/blank.h"
#include "text/lower.h"
#include "text/problem.h"
#include "values/composed.h"
#include "values/field.h"
#include "values/json.h"
#include "values/scan.h"

/* A value on its way to the type of its field. */
typedef struct Coercion
{
	const ContactsField *field;
	JsonbValue *value;  /* in place */
	bool changed;       /* it is not what was given */
	JsonbValue culprit; /* what to quote of a misfit: the value as given, or its bad element */
	const char *reason; /* of a misfit, behind "The field is of type …"; NULL = nothing to add */
} Coercion;

static bool as_text(Coercion *coercion);
static bool as_number(Coercion *coercion);
static bool as_date(Coercion *coercion);
static bool as_boolean(Coercion *coercion);
static bool as_dropdown(Coercion *coercion);
static bool as_multi_select(Coercion *coercion);
static bool choose(Coercion *coercion, JsonbValue *element, bool *chosen);
static bool replace_by_choices(Coercion *coercion, const bool *chosen);
static bool same_choices(const JsonbValue *given, const JsonbValue *elems, int count);
static int find_option(Coercion *coercion, const JsonbValue *value);
static int find_option_folded(Coercion *coercion, const char *text, int size);
static char *fold(const char *text, int size, size_t *folded_size);
static bool scalar_text(JsonbValue *value, bool *changed);
static const char *trimmed(const JsonbValue *value, int *size);
static void set_text(JsonbValue *value, const char *text, int size);
static bool number_in_range(Numeric number);

static bool (*const coerce_to[])(Coercion *) = {
	[CONTACTS_FIELD_TEXT] = as_text,         [CONTACTS_FIELD_NUMBER] = as_number,
	[CONTACTS_FIELD_DATE] = as_date,         [CONTACTS_FIELD_BOOLEAN] = as_boolean,
	[CONTACTS_FIELD_DROPDOWN] = as_dropdown, [CONTACTS_FIELD_MULTI_SELECT] = as_multi_select,
};

bool
contacts_field_coerce(const ContactsField *field, JsonbValue *value, bool *changed,
					  ContactsProblem *problem)
{
	Coercion coercion = {.field = field, .value = value, .culprit = *value};

	if (value->type == jbvNull)
		return true;
	/* an empty array is a blank for multi_select only, which says so itself */
	if (value->type == jbvString && contacts_json_blank(value))
	{
		value->type = jbvNull;
		coercion.changed = true;
	}
	else if (!coerce_to[field->type](&coercion))
		return contacts_field_unfit(field, &coercion.culprit, coercion.reason, problem);
	*changed |= coercion.changed;
	return true;
}

Jsonb *
contacts_field_check_value(const ContactsField *field, Jsonb *value, ContactsProblem *problem)
{
	JsonbValue whole;
	bool changed = false;

	/* a jsonb that is a scalar is stored as an array with that one element */
	if (!JsonbExtractScalar(&value->root, &whole))
	{
		whole.type = jbvBinary;
		whole.val.binary.data = &value->root;
		whole.val.binary.len = VARSIZE(value) - VARHDRSZ;
	}
	if (!contacts_field_coerce(field, &whole, &changed, problem))
		return NULL;
	return changed ? JsonbValueToJsonb(&whole) : value;
}

/*
 * A number keeps the digits that it was written with (1.50), since PostgreSQL keeps them in jsonb.
 * Inner white space stays: line breaks of an address are part of it.
 */
static bool
as_text(Coercion *coercion)
{
	JsonbValue *value = coercion->value;
	const char *text;
	int size;

	if (!scalar_text(value, &coercion->changed))
		return false;
	text = trimmed(value, &size);
	if (size > CONTACTS_FIELD_VALUE_MAX)
	{
		coercion->reason = "; its values have at most 10000 bytes";
		return false;
	}
	if (text != value->val.string.val || size != value->val.string.len)
	{
		set_text(value, text, size);
		coercion->changed = true;
	}
	return true;
}

/*
 * Separators of thousands are refused, since "1,000" is one in half of the world.  JSON has no NaN
 * and no infinity, and the scanner lets none in.
 */
static bool
as_number(Coercion *coercion)
{
	JsonbValue *value = coercion->value;

	if (value->type == jbvString)
	{
		int size;
		const char *text = trimmed(value, &size);
		char *terminated;

		if (!contacts_scan_number(text, size))
			return false;
		terminated = pnstrdup(text, size);
		value->type = jbvNumeric;
		value->val.numeric =
			DatumGetNumeric(DirectFunctionCall3(numeric_in, CStringGetDatum(terminated),
												ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
		coercion->changed = true;
	}
	if (value->type != jbvNumeric)
		return false;
	if (number_in_range(value->val.numeric))
		return true;
	coercion->reason = "; its values have at most 300 digits on each side of the decimal point";
	return false;
}

/* The date stands at the front of the text, so the value is only shortened. */
static bool
as_date(Coercion *coercion)
{
	JsonbValue *value = coercion->value;
	const char *text;
	int size;

	if (value->type != jbvString)
		return false;
	text = trimmed(value, &size);
	if (!contacts_scan_date(text, size))
		return false;
	if (!contacts_scan_real_date(text))
	{
		coercion->reason = "; the calendar has no such day";
		return false;
	}
	if (value->val.string.len != 10)
	{
		set_text(value, text, 10);
		coercion->changed = true;
	}
	return true;
}

/* The words are those that PostgreSQL takes for a boolean, but whole ones and one letter only. */
static bool
as_boolean(Coercion *coercion)
{
	static const char *const words[] = {"false", "true", "no", "yes", "off", "on",
										"f",     "t",    "n",  "y",   "0",   "1"};
	JsonbValue *value = coercion->value;
	const char *text;
	int size;

	if (value->type == jbvBool)
		return true;
	if (!scalar_text(value, &coercion->changed))
		return false;
	text = trimmed(value, &size);
	for (int i = 0; i < (int) lengthof(words); i++)
	{
		if (size == (int) strlen(words[i]) && pg_strncasecmp(text, words[i], size) == 0)
		{
			value->type = jbvBool;
			value->val.boolean = i % 2 == 1; /* they stand in pairs, false first */
			coercion->changed = true;
			return true;
		}
	}
	return false;
}

/* Stores the spelling of the definition, so that filters and reports see each option once. */
static bool
as_dropdown(Coercion *coercion)
{
	JsonbValue *value = coercion->value;
	const char *option;
	int found;

	if (!scalar_text(value, &coercion->changed))
		return false;
	found = find_option(coercion, value);
	if (found < 0)
		return false;
	option = coercion->field->options[found];
	if (value->val.string.len != (int) strlen(option) ||
		memcmp(value->val.string.val, option, value->val.string.len) != 0)
	{
		set_text(value, option, (int) strlen(option));
		coercion->changed = true;
	}
	return true;
}

/* One string stands for an array of one; blank elements count for nothing. */
static bool
as_multi_select(Coercion *coercion)
{
	JsonbValue *value = coercion->value;
	bool *chosen = palloc0(sizeof(bool) * Max(coercion->field->option_count, 1));
	JsonbContainer *container = value->val.binary.data;

	if (value->type != jbvBinary)
		return choose(coercion, value, chosen) && replace_by_choices(coercion, chosen);
	if (!JsonContainerIsArray(container))
		return false;
	if (JsonContainerSize(container) > CONTACTS_FIELD_CHOICES_MAX)
	{
		coercion->reason = "; it takes at most 1000 choices";
		return false;
	}
	for (uint32 i = 0; i < JsonContainerSize(container); i++)
	{
		JsonbValue *element = getIthJsonbValueFromContainer(container, i);

		if (!contacts_json_blank(element) && !choose(coercion, element, chosen))
			return false;
	}
	return replace_by_choices(coercion, chosen);
}

/* Ticks the option that an element names; on failure the element is what the message quotes. */
static bool
choose(Coercion *coercion, JsonbValue *element, bool *chosen)
{
	bool ignored;
	int found;

	coercion->culprit = *element;
	if (!scalar_text(element, &ignored))
		return false;
	found = find_option(coercion, element);
	if (found >= 0)
		chosen[found] = true;
	return found >= 0;
}

/* The chosen options in the definition's order; JSON null when there is none. */
static bool
replace_by_choices(Coercion *coercion, const bool *chosen)
{
	const ContactsField *field = coercion->field;
	JsonbValue given = *coercion->value;
	JsonbValue *elems = palloc(sizeof(JsonbValue) * Max(field->option_count, 1));
	int count = 0;

	for (int i = 0; i < field->option_count; i++)
	{
		if (chosen[i])
			set_text(&elems[count++], field->options[i], (int) strlen(field->options[i]));
	}
	if (count > 0 && same_choices(&given, elems, count))
		return true;
	coercion->changed = true;
	coercion->value->type = count > 0 ? jbvArray : jbvNull;
	coercion->value->val.array.nElems = count;
	coercion->value->val.array.elems = elems;
	coercion->value->val.array.rawScalar = false;
	return true;
}

/* Is what was given already what would be stored?  Then nothing is copied. */
static bool
same_choices(const JsonbValue *given, const JsonbValue *elems, int count)
{
	if (given->type != jbvBinary || (int) JsonContainerSize(given->val.binary.data) != count)
		return false;
	for (int i = 0; i < count; i++)
	{
		JsonbValue *element = getIthJsonbValueFromContainer(given->val.binary.data, i);

		if (element->type != jbvString || contacts_object_key_order(element, &elems[i]) != 0)
			return false;
	}
	return true;
}

/* Index of the option that the text names, exactly or else but for case; -1 when none. */
static int
find_option(Coercion *coercion, const JsonbValue *value)
{
	const ContactsField *field = coercion->field;
	int size;
	const char *text = trimmed(value, &size);

	for (int i = 0; i < field->option_count; i++)
	{
		if (strncmp(field->options[i], text, size) == 0 && field->options[i][size] == '\0')
			return i;
	}
	return size > CONTACTS_FIELD_VALUE_MAX ? -1 : find_option_folded(coercion, text, size);
}

/*
 * Lower case comes from the table of text/lower.h, not from the locale, so that an upgrade of the
 * system changes no answer.  Two options that differ only in case are told apart by exact spelling
 * alone: a guess between them would be wrong half of the time.
 */
static int
find_option_folded(Coercion *coercion, const char *text, int size)
{
	const ContactsField *field = coercion->field;
	size_t wanted_size;
	char *wanted = fold(text, size, &wanted_size);
	int found = -1;

	for (int i = 0; i < field->option_count; i++)
	{
		size_t option_size;
		char *option = fold(field->options[i], (int) strlen(field->options[i]), &option_size);
		bool fits = option_size == wanted_size && memcmp(option, wanted, wanted_size) == 0;

		pfree(option);
		if (fits && found >= 0)
		{
			coercion->reason = "; more than one of its options differs from the value only in case";
			return -1;
		}
		if (fits)
			found = i;
	}
	return found;
}

/* Lower case, palloc'd and without terminator. */
static char *
fold(const char *text, int size, size_t *folded_size)
{
	char *folded = palloc(CONTACTS_LOWER_MAX((size_t) size));

	*folded_size = contacts_lower_text(text, (size_t) size, folded);
	return folded;
}

/* Turns a number or boolean into its text; false for arrays and objects. */
static bool
scalar_text(JsonbValue *value, bool *changed)
{
	char *text;

	if (value->type == jbvString)
		return true;
	if (value->type == jbvNumeric && number_in_range(value->val.numeric))
		text =
			DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
	else if (value->type == jbvBool)
		text = pstrdup(value->val.boolean ? "true" : "false");
	else
		return false;
	value->type = jbvString;
	value->val.string.val = text;
	value->val.string.len = (int) strlen(text);
	*changed = true;
	return true;
}

/*
 * The text without what cannot be seen at its edges, with composed letters; where it has such
 * anyway, it points into the value.
 */
static const char *
trimmed(const JsonbValue *value, int *size)
{
	const char *start;
	size_t length;

	contacts_trim(value->val.string.val, (size_t) value->val.string.len, &start, &length);
	start = contacts_composed_span(start, &length);
	*size = (int) length;
	return start;
}

/* Copies, since the value may point into the object that it came in. */
static void
set_text(JsonbValue *value, const char *text, int size)
{
	value->type = jbvString;
	value->val.string.val = pnstrdup(text, size);
	value->val.string.len = size;
}

/* A few bytes of jsonb can hold a number whose text is huge; such a number is refused. */
static bool
number_in_range(Numeric number)
{
	static Numeric limit = NULL; /* lives as long as the backend */
	Datum given = NumericGetDatum(number);
	int32 scale = DatumGetInt32(DirectFunctionCall1(numeric_scale, given));

	if (limit == NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(TopMemoryContext);

		limit =
			DatumGetNumeric(DirectFunctionCall3(numeric_in, CStringGetDatum("1e300"),
												ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
		MemoryContextSwitchTo(caller);
	}
	return scale <= CONTACTS_FIELD_DIGITS_MAX &&
		   DatumGetBool(DirectFunctionCall2(numeric_lt, DirectFunctionCall1(numeric_abs, given),
											NumericGetDatum(limit)));
}
