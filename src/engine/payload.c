/* -------------------------------------------------------------------------
 * payload.c
 *		What events say: small JSON objects.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/numeric.h"

#include "engine/payload.h"

static void push_text(JsonbParseState **state, JsonbIteratorToken token, const char *text);
static void push_pair(JsonbParseState **state, const char *key, const char *text);
static void push_id(JsonbParseState **state, const char *key, int64 id);

Jsonb *
contacts_change_payload(int64 contact_id, const char *key, const char *text, Jsonb *diff)
{
	JsonbParseState *state = NULL;
	JsonbValue changes = {.type = jbvBinary};

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	push_id(&state, "contact_id", contact_id);
	if (key)
		push_pair(&state, key, text);
	push_text(&state, WJB_KEY, "changes");
	changes.val.binary.data = &diff->root;
	changes.val.binary.len = VARSIZE_ANY_EXHDR(diff);
	pushJsonbValue(&state, WJB_VALUE, &changes);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

Jsonb *
contacts_reached_payload(const ContactsReached *reached)
{
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	push_id(&state, "contact_id", reached->contact_id);
	push_id(&state, "activity_id", reached->activity_id);
	push_pair(&state, "calendar", reached->calendar);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

Jsonb *
contacts_activity_payload(const ContactsActivity *activity)
{
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	push_id(&state, "contact_id", activity->contact_id);
	push_id(&state, "activity_id", activity->activity_id);
	push_pair(&state, "kind", activity->kind);
	push_pair(&state, "source", activity->source);
	push_pair(&state, "state", contacts_enum_label(CONTACTS_ENUM_STATE, activity->state));
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
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

/* 0 becomes JSON null. */
static void
push_id(JsonbParseState **state, const char *key, int64 id)
{
	JsonbValue value = {.type = id ? jbvNumeric : jbvNull};

	push_text(state, WJB_KEY, key);
	if (id)
		value.val.numeric = int64_to_numeric(id);
	pushJsonbValue(state, WJB_VALUE, &value);
}
