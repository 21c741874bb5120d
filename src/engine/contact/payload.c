/* -------------------------------------------------------------------------
 * payload.c
 *		Small JSON objects: what events say, what activities keep.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/numeric.h"

#include "engine/contact/payload.h"
#include "identity/identifier.h"
#include "store/activity.h"
#include "store/spi/enums.h"
#include "values/json.h"

Jsonb *
contacts_change_payload(int64 contact_id, const char *key, const char *text, Jsonb *changes)
{
	JsonbParseState *state;

	contacts_object_begin(&state);
	contacts_push_id(&state, "contact_id", contact_id);
	if (key)
		contacts_push_text(&state, key, text);
	contacts_push_json(&state, "changes", changes);
	return contacts_object_end(&state);
}

Jsonb *
contacts_purge_payload(int64 contact_id, Jsonb *changes)
{
	JsonbParseState *state;
	JsonbValue yes = {.type = jbvBool, .val.boolean = true};

	contacts_object_begin(&state);
	contacts_push_id(&state, "contact_id", contact_id);
	contacts_push_key(&state, "purged");
	pushJsonbValue(&state, WJB_VALUE, &yes);
	contacts_push_json(&state, "changes", changes);
	return contacts_object_end(&state);
}

Jsonb *
contacts_calendar_payload(const ContactsReachedActivity *reached, Jsonb *changes)
{
	JsonbParseState *state;

	contacts_object_begin(&state);
	contacts_push_id(&state, "contact_id", reached->contact_id);
	contacts_push_id(&state, "activity_id", reached->activity_id);
	contacts_push_text(&state, "calendar", reached->calendar);
	contacts_push_json(&state, "changes", changes);
	return contacts_object_end(&state);
}

Jsonb *
contacts_merge_payload(int64 merge_id, int64 primary_id, const int64 *duplicate_ids, int count,
					   Jsonb *changes)
{
	JsonbParseState *state;

	contacts_object_begin(&state);
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
	return contacts_object_end(&state);
}

Jsonb *
contacts_activity_payload(const ContactsActivity *activity)
{
	JsonbParseState *state;

	contacts_object_begin(&state);
	contacts_push_id(&state, "contact_id", activity->contact_id);
	contacts_push_id(&state, "activity_id", activity->activity_id);
	contacts_push_text(&state, "kind", activity->kind);
	contacts_push_text(&state, "source", activity->source);
	contacts_push_text(&state, "state", contacts_enum_label(CONTACTS_ENUM_STATE, activity->state));
	return contacts_object_end(&state);
}

Jsonb *
contacts_invalid_payload(Jsonb *invalid)
{
	JsonbParseState *state;

	contacts_object_begin(&state);
	contacts_push_json(&state, "invalid", invalid);
	return contacts_object_end(&state);
}
