/* -------------------------------------------------------------------------
 * payload.c
 *		Small JSON objects: what events say, what activities keep.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/numeric.h"

#include "engine/payload.h"

static void push_text(JsonbParseState **state, JsonbIteratorToken token, const char *text);
static void push_pair(JsonbParseState **state, const char *key, const char *text);

Jsonb *
contacts_change_payload(int64 contact_id, const char *key, const char *text, Jsonb *changes)
{
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	contacts_push_id(&state, "contact_id", contact_id);
	if (key)
		push_pair(&state, key, text);
	contacts_push_json(&state, "changes", changes);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

Jsonb *
contacts_reached_payload(const ContactsReached *reached, Jsonb *changes)
{
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	contacts_push_id(&state, "contact_id", reached->contact_id);
	contacts_push_id(&state, "activity_id", reached->activity_id);
	push_pair(&state, "calendar", reached->calendar);
	contacts_push_json(&state, "changes", changes);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

Jsonb *
contacts_merge_payload(int64 merge_id, int64 primary_id, const int64 *duplicate_ids, int count,
					   Jsonb *changes)
{
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	contacts_push_id(&state, "contact_id", primary_id);
	contacts_push_id(&state, "merge_id", merge_id);
	contacts_push_key(&state, "duplicate_ids");
	pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < count; i++)
	{
		JsonbValue id = {.type = jbvNumeric};

		id.val.numeric = int64_to_numeric(duplicate_ids[i]);
		pushJsonbValue(&state, WJB_ELEM, &id);
	}
	pushJsonbValue(&state, WJB_END_ARRAY, NULL);
	contacts_push_json(&state, "changes", changes);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

Jsonb *
contacts_activity_payload(const ContactsActivity *activity)
{
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	contacts_push_id(&state, "contact_id", activity->contact_id);
	contacts_push_id(&state, "activity_id", activity->activity_id);
	push_pair(&state, "kind", activity->kind);
	push_pair(&state, "source", activity->source);
	push_pair(&state, "state", contacts_enum_label(CONTACTS_ENUM_STATE, activity->state));
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

Jsonb *
contacts_invalid_payload(const char *const *invalid)
{
	static const char *const names[CONTACTS_KINDS] = {"email", "phone", "external_id", "visitor"};
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	push_text(&state, WJB_KEY, "invalid");
	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	for (int kind = 0; kind < CONTACTS_KINDS; kind++)
		if (invalid[kind])
			push_pair(&state, names[kind], invalid[kind]);
	pushJsonbValue(&state, WJB_END_OBJECT, NULL);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

void
contacts_push_key(JsonbParseState **state, const char *key)
{
	push_text(state, WJB_KEY, key);
}

void
contacts_push_json(JsonbParseState **state, const char *key, Jsonb *json)
{
	JsonbValue value = {.type = jbvNull};

	push_text(state, WJB_KEY, key);
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

void
contacts_push_id(JsonbParseState **state, const char *key, int64 id)
{
	JsonbValue value = {.type = id ? jbvNumeric : jbvNull};

	push_text(state, WJB_KEY, key);
	if (id)
		value.val.numeric = int64_to_numeric(id);
	pushJsonbValue(state, WJB_VALUE, &value);
}

/* NULL becomes JSON null. */
static void
push_pair(JsonbParseState **state, const char *key, const char *text)
{
	push_text(state, WJB_KEY, key);
	push_text(state, WJB_VALUE, text);
}

static void
push_text(JsonbParseState **state, JsonbIteratorToken token, const char *text)
{
	JsonbValue value = {.type = text ? jbvString : jbvNull};

	if (text)
	{
		value.val.string.val = unconstify(char *, text);
		value.val.string.len = (int) strlen(text);
	}
	pushJsonbValue(state, token, &value);
}
