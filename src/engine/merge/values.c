/* -------------------------------------------------------------------------
 * values.c
 *		Which values the survivor of a merge has (R42).
 *
 * The contacts are asked in order of preference, and the first that has a value gives it; for
 * owner, status and source the primary comes first whatever is preferred.  Choices of multi_select
 * fields unite, the earliest time of creation and the newest of details count.  What the reviewer
 * gave is applied last, as an edit.  Then each value is compared with those of the contacts: so it
 * is told who gave it and who disagrees, for a preview and for the journal alike.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "engine/contact/clean.h"
#include "engine/contact/detail.h"
#include "engine/edit/edit.h"
#include "engine/merge/merge.h"
#include "engine/merge/plan.h"
#include "store/contact.h"
#include "text/problem.h"
#include "values/json.h"
#include "values/survivorship.h"

static void take_shown(ContactsMergePlan *plan, ContactsIdentifierKind kind, Jsonb *overrides);
static void merge_details(ContactsMergePlan *plan);
static bool is_of_primary(ContactsDetail detail);
static void merge_times(ContactsMergePlan *plan);
static void merge_fields(ContactsMergePlan *plan);
static void describe_details(ContactsMergePlan *plan);
static void describe_fields(ContactsMergePlan *plan);
static void describe(ContactsMergePlan *plan, const char *name, Jsonb *const *values,
					 Jsonb *result);

bool
contacts_decide_values(ContactsMergePlan *plan, const ContactsMergeRequest *request,
					   ContactsProblem *problem)
{
	plan->result = plan->contacts[0];
	merge_details(plan);
	merge_times(plan);
	merge_fields(plan);
	for (int kind = CONTACTS_EMAIL; kind <= CONTACTS_PHONE && request->overrides; kind++)
		take_shown(plan, kind, request->overrides);
	if (request->overrides &&
		!contacts_apply_changes(plan->account, &plan->result, request->overrides, problem))
		return false;
	if (!contacts_fields_fit(plan->contacts[0].fields, plan->result.fields, problem))
		return false;
	describe_details(plan);
	describe_fields(plan);
	return true;
}

/* A reviewed e-mail or phone that one of them shows is that contact's, and not read again. */
static void
take_shown(ContactsMergePlan *plan, ContactsIdentifierKind kind, Jsonb *overrides)
{
	const char *name = contacts_detail_name(kind == CONTACTS_EMAIL ? CONTACTS_DETAIL_EMAIL
																   : CONTACTS_DETAIL_PHONE);
	const char *reviewed = JB_ROOT_IS_OBJECT(overrides)
							   ? contacts_text_of_json(contacts_json_member(overrides, name))
							   : NULL;

	for (int i = 0; i < plan->count; i++)
	{
		const char *shown = *contacts_shown_detail(&plan->contacts[plan->order[i]], kind);

		if (contacts_is_shown(kind, shown, reviewed))
		{
			*contacts_shown_detail(&plan->result, kind) = shown;
			return;
		}
	}
}

static void
merge_details(ContactsMergePlan *plan)
{
	for (ContactsDetail detail = 0; detail < CONTACTS_DETAILS; detail++)
		for (int i = 0; i < plan->count; i++)
		{
			const ContactsContact *contact =
				&plan->contacts[is_of_primary(detail) ? i : plan->order[i]];

			if (contacts_detail_value(contact, detail) == NULL)
				continue;
			contacts_copy_detail(&plan->result, contact, detail);
			break;
		}
}

static bool
is_of_primary(ContactsDetail detail)
{
	return detail == CONTACTS_DETAIL_OWNER || detail == CONTACTS_DETAIL_STATUS ||
		   detail == CONTACTS_DETAIL_SOURCE;
}

static void
merge_times(ContactsMergePlan *plan)
{
	for (int i = 0; i < plan->count; i++)
	{
		plan->result.created_at = Min(plan->result.created_at, plan->contacts[i].created_at);
		plan->result.details_at = Max(plan->result.details_at, plan->contacts[i].details_at);
	}
}

static void
merge_fields(ContactsMergePlan *plan)
{
	Jsonb *fields = NULL;

	for (int i = 0; i < plan->count; i++)
		fields =
			contacts_surviving_fields(fields, plan->contacts[plan->order[i]].fields, CONTACTS_FILL);
	for (int i = 0; i < plan->count; i++)
		fields = contacts_fields_unite(&plan->account->fields, fields,
									   plan->contacts[plan->order[i]].fields);
	plan->result.fields = fields ? fields : contacts_empty_object();
}

static void
describe_details(ContactsMergePlan *plan)
{
	Jsonb **values = palloc(plan->count * sizeof(Jsonb *));

	plan->values = palloc(CONTACTS_DETAILS * sizeof(ContactsMergeValue));
	for (ContactsDetail detail = 0; detail < CONTACTS_DETAILS; detail++)
	{
		for (int i = 0; i < plan->count; i++)
			values[i] = contacts_detail_value(&plan->contacts[i], detail);
		describe(plan, contacts_detail_name(detail), values,
				 contacts_detail_value(&plan->result, detail));
	}
}

/* Each key that the result or any of the contacts has. */
static void
describe_fields(ContactsMergePlan *plan)
{
	Jsonb **values = palloc(plan->count * sizeof(Jsonb *));
	Jsonb *all = plan->result.fields;
	JsonbPair *pairs;
	int count;

	for (int i = 0; i < plan->count; i++)
		all = contacts_surviving_fields(all, plan->contacts[i].fields, CONTACTS_FILL);
	pairs = contacts_object_read(all);
	count = contacts_object_count(all);
	plan->values = repalloc(plan->values, (CONTACTS_DETAILS + count) * sizeof(ContactsMergeValue));
	for (int at = 0; at < count; at++)
	{
		const char *key = pairs[at].key.val.string.val;
		int size = pairs[at].key.val.string.len;

		for (int i = 0; i < plan->count; i++)
			values[i] = contacts_field_value(&plan->contacts[i], key, size);
		describe(plan, psprintf("fields.%.*s", size, key), values,
				 contacts_field_value(&plan->result, key, size));
	}
}

/* values: what each contact has. */
static void
describe(ContactsMergePlan *plan, const char *name, Jsonb *const *values, Jsonb *result)
{
	ContactsMergeValue *value = &plan->values[plan->value_count++];
	Jsonb *first = NULL;

	*value = (ContactsMergeValue){.name = name, .before = values[0], .result = result};
	for (int i = 0; i < plan->count; i++)
	{
		int at = plan->order[i];

		if (value->source_id == 0 && result && contacts_json_same(values[at], result))
			value->source_id = plan->contacts[at].contact_id;
		if (first == NULL)
			first = values[at];
		value->disagree |= values[at] != NULL && !contacts_json_same(values[at], first);
	}
	value->candidates = contacts_candidates(plan->contacts, values, plan->count);
}

Jsonb *
contacts_candidates(const ContactsContact *contacts, Jsonb *const *values, int count)
{
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < count; i++)
	{
		if (values[i] == NULL)
			continue;
		pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
		contacts_push_id(&state, "contact_id", contacts[i].contact_id);
		contacts_push_json(&state, "value", values[i]);
		pushJsonbValue(&state, WJB_END_OBJECT, NULL);
	}
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_ARRAY, NULL));
}

Jsonb *
contacts_merge_changes(const ContactsMergePlan *plan)
{
	JsonbParseState *state;

	contacts_object_begin(&state);
	for (int i = 0; i < plan->value_count; i++)
	{
		const ContactsMergeValue *value = &plan->values[i];

		if (contacts_json_same(value->before, value->result))
			continue;
		contacts_push_key(&state, value->name);
		pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
		contacts_push_json(&state, "old", value->before);
		contacts_push_json(&state, "new", value->result);
		contacts_push_id(&state, "from", value->source_id);
		pushJsonbValue(&state, WJB_END_OBJECT, NULL);
	}
	return contacts_object_end(&state);
}
