/* -------------------------------------------------------------------------
 * incoming.c
 *		Checks one incoming item and makes it canonical.
 *
 * In order: options, identifiers, details, the activity.  Nothing is read from tables but the
 * account's settings, which are kept in memory; the members named are checked by ingest.c.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "engine/contact/clean.h"
#include "engine/contact/detail.h"
#include "engine/contact/identifier.h"
#include "engine/contact/payload.h"
#include "engine/ingest/incoming.h"
#include "engine/ingest/ingest.h"
#include "identity/identifier.h"
#include "store/account.h"
#include "store/activity.h"
#include "store/contact.h"
#include "store/spi/enums.h"
#include "text/blank.h"
#include "text/problem.h"
#include "values/choice.h"
#include "values/field.h"
#include "values/json.h"

static bool check_options(ContactsIncoming *incoming, ContactsProblem *problem);
static bool keep_text(ContactsIncoming *incoming, const char *name, const char *text);
static bool check_label(ContactsIncoming *incoming, const char *what, const char **text,
						ContactsProblem *problem);
static bool check_region(ContactsIncoming *incoming, ContactsProblem *problem);
static bool check_data(ContactsIncoming *incoming, ContactsProblem *problem);
static bool check_identifiers(const ContactsAccount *account, ContactsIncoming *incoming,
							  ContactsProblem *problem);
static bool check_identifier(const ContactsAccount *account, ContactsIncoming *incoming,
							 ContactsIdentifierKind kind, const char *given,
							 ContactsProblem *problem);
static bool check_details(const ContactsAccount *account, ContactsIncoming *incoming,
						  ContactsProblem *problem);
static bool check_fields(const ContactsAccount *account, ContactsIncoming *incoming,
						 ContactsProblem *problem);
static bool check_tags(ContactsIncoming *incoming, ContactsProblem *problem);
static bool check_activity(ContactsIncoming *incoming, ContactsProblem *problem);
static bool check_state(ContactsIncoming *incoming, ContactsProblem *problem);
static bool check_times(ContactsIncoming *incoming, ContactsProblem *problem);

void
contacts_incoming_init(ContactsIncoming *incoming, TimestampTz now)
{
	memset(incoming, 0, sizeof(*incoming));
	incoming->at = now;
	incoming->mode = CONTACTS_MODE_UPDATE;
	incoming->details.status = CONTACTS_NO_STATUS;
	incoming->outcome = CONTACTS_NO_OUTCOME;
	incoming->matched_by = -1;
}

bool
contacts_check_incoming(const ContactsAccount *account, ContactsIncoming *incoming,
						ContactsProblem *problem)
{
	if (!check_options(incoming, problem) ||
		!check_label(incoming, "source", &incoming->source, problem) ||
		!check_region(incoming, problem) || !check_data(incoming, problem) ||
		!check_identifiers(account, incoming, problem) ||
		!check_details(account, incoming, problem) ||
		(incoming->activity != NULL && !check_activity(incoming, problem)))
		return false;
	contacts_note_invalid(incoming);
	return true;
}

bool
contacts_keep_invalid(ContactsIncoming *incoming, const char *name, Jsonb *value)
{
	JsonbParseState *state;

	if (!incoming->keep_invalid || incoming->activity == NULL)
		return false;
	contacts_object_begin(&state);
	contacts_push_json(&state, name, value);
	incoming->invalid = contacts_json_concat(incoming->invalid, contacts_object_end(&state));
	return true;
}

void
contacts_note_invalid(ContactsIncoming *incoming)
{
	if (incoming->invalid)
		incoming->activity->data =
			contacts_json_concat(incoming->activity->data,
								 contacts_invalid_payload(incoming->invalid));
}

static bool
keep_text(ContactsIncoming *incoming, const char *name, const char *text)
{
	return contacts_keep_invalid(incoming, name, contacts_json_text(text));
}

static bool
check_label(ContactsIncoming *incoming, const char *what, const char **text,
			ContactsProblem *problem)
{
	if (contacts_clean_label(what, text, problem))
		return true;
	if (!keep_text(incoming, what, *text))
		return false;
	*text = NULL;
	return true;
}

static bool
check_region(ContactsIncoming *incoming, ContactsProblem *problem)
{
	const char *given = incoming->region;

	return contacts_clean_region(given, &incoming->region, problem) ||
		   keep_text(incoming, "region", given);
}

bool
contacts_incoming_says_who(const ContactsIncoming *incoming, ContactsProblem *problem)
{
	for (int kind = 0; kind < CONTACTS_KINDS; kind++)
		if (incoming->identifiers[kind])
			return true;
	if (incoming->activity || incoming->details.name || incoming->details.company)
		return true;
	contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid contact: nothing says who it is");
	contacts_problem_detail(problem, "No identifier, name or company is given.");
	contacts_problem_hint(problem, "Give an e-mail, phone, external id, visitor, name or company.");
	return false;
}

static bool
check_options(ContactsIncoming *incoming, ContactsProblem *problem)
{
	static const ContactsChoice on_invalid = {"on_invalid", "error, keep",
											  "It says what to do with what does not fit."};
	static const ContactsChoice mode = {"mode", "skip, update, fill, create", NULL};
	int chosen;

	if (!contacts_choose(&on_invalid, incoming->on_invalid, &chosen, problem))
		return false;
	incoming->keep_invalid = chosen == 1;
	if (!contacts_choose(&mode, incoming->mode_given, &chosen, problem))
		return false;
	if (chosen >= 0)
		incoming->mode = chosen;
	return true;
}

static bool
check_data(ContactsIncoming *incoming, ContactsProblem *problem)
{
	ContactsActivity *activity = incoming->activity;

	if (activity == NULL || activity->data == NULL)
		return true;
	if (JB_ROOT_IS_OBJECT(activity->data))
		return VARSIZE(activity->data) <= CONTACTS_DATA_MAX || contacts_data_problem(problem);
	if (contacts_keep_invalid(incoming, "data", activity->data))
	{
		activity->data = NULL;
		return true;
	}
	contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid data: not an object");
	contacts_problem_detail(problem, "The data of an activity are a JSON object.");
	contacts_problem_hint(problem, "Put the value into an object, under a key.");
	return false;
}

/* An invalid one loses no activity where that is wanted: its text is kept with it (R19). */
static bool
check_identifiers(const ContactsAccount *account, ContactsIncoming *incoming,
				  ContactsProblem *problem)
{
	static const char *const names[CONTACTS_KINDS] = {"email", "phone", "external_id", "visitor"};
	ContactsActivity *activity = incoming->activity;

	for (int kind = 0; kind < CONTACTS_KINDS; kind++)
	{
		const char *given = incoming->identifiers[kind];

		incoming->identifiers[kind] = NULL;
		if (given == NULL || check_identifier(account, incoming, kind, given, problem))
			continue;
		if (!keep_text(incoming, names[kind], given))
			return false;
	}
	if (activity)
	{
		/* as they were given (R30) */
		activity->recipient_email = incoming->identifiers[CONTACTS_EMAIL];
		activity->recipient_phone = incoming->identifiers[CONTACTS_PHONE];
	}
	return true;
}

/* Reads an identifier, once for the whole call: what is shown, and the key. */
static bool
check_identifier(const ContactsAccount *account, ContactsIncoming *incoming,
				 ContactsIdentifierKind kind, const char *given, ContactsProblem *problem)
{
	ContactsKey key;

	if (kind <= CONTACTS_PHONE)
	{
		if (!contacts_clean_shown(account, &incoming->details, kind, given, incoming->region,
								  problem))
			return false;
		if (*contacts_shown_detail(&incoming->details, kind) != NULL)
			incoming->identifiers[kind] = contacts_trimmed(given);
		if (incoming->details.keys[kind][0] != '\0')
			incoming->keys[kind] = incoming->details.keys[kind];
		return true;
	}
	if (!contacts_read_identifier_of(account, kind, given, NULL, &key, problem))
		return false;
	if (key.use == CONTACTS_KEY_FINDS)
		incoming->identifiers[kind] = incoming->keys[kind] = pstrdup(key.value);
	return true;
}

static bool
check_details(const ContactsAccount *account, ContactsIncoming *incoming, ContactsProblem *problem)
{
	ContactsContact *details = &incoming->details;

	if (details->fields && !check_fields(account, incoming, problem))
		return false;
	for (ContactsDetail detail = 0; detail < CONTACTS_TEXT_DETAILS; detail++)
	{
		const char *given = *contacts_detail_text(details, detail);

		if (contacts_kind_shown(detail) >= 0 ||
			contacts_clean_detail(account, details, detail, given, problem))
			continue;
		if (!keep_text(incoming, contacts_detail_name(detail), given))
			return false;
		*contacts_detail_text(details, detail) = NULL;
	}
	if (!contacts_enum_read(CONTACTS_ENUM_STATUS, "status", incoming->status, &details->status,
							problem))
	{
		if (!keep_text(incoming, "status", incoming->status))
			return false;
		details->status = CONTACTS_NO_STATUS;
	}
	return check_tags(incoming, problem);
}

/* Those that fit are taken, where what does not fit is kept. */
static bool
check_fields(const ContactsAccount *account, ContactsIncoming *incoming, ContactsProblem *problem)
{
	Jsonb *given = incoming->details.fields;
	Jsonb *misfits;

	incoming->details.fields = contacts_fields_check(&account->fields, given, problem);
	if (incoming->details.fields)
		return true;
	incoming->details.fields = contacts_fields_sift(&account->fields, given, &misfits);
	return contacts_keep_invalid(incoming, "fields", misfits);
}

static bool
check_tags(ContactsIncoming *incoming, ContactsProblem *problem)
{
	int kept = 0;

	for (int i = 0; i < incoming->tag_count; i++)
	{
		if (!contacts_clean_text("tag", incoming->tags[i], &incoming->tags[kept], problem))
			return false;
		kept += incoming->tags[kept] != NULL;
	}
	incoming->tag_count = kept;
	return true;
}

static bool
check_activity(ContactsIncoming *incoming, ContactsProblem *problem)
{
	ContactsActivity *activity = incoming->activity;

	if (activity->kind == NULL || contacts_is_blank(activity->kind, strlen(activity->kind)))
	{
		contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid kind: none given");
		contacts_problem_detail(problem, "An activity has a kind.");
		contacts_problem_hint(problem, "Give one, such as booking, conversation, form, email.");
		return false;
	}
	if (!check_label(incoming, "kind", &activity->kind, problem) ||
		!check_label(incoming, "source_ref", &activity->source_ref, problem) ||
		!check_label(incoming, "title", &activity->title, problem) ||
		!check_label(incoming, "calendar", &activity->calendar, problem))
		return false;
	if (activity->kind == NULL)
		activity->kind = "unknown"; /* what was given is kept */
	activity->source = incoming->source;
	return check_state(incoming, problem) && check_times(incoming, problem);
}

static bool
check_state(ContactsIncoming *incoming, ContactsProblem *problem)
{
	const char *state = incoming->state ? incoming->state : "completed";

	if (contacts_enum_read(CONTACTS_ENUM_STATE, "state", state, &incoming->activity->state,
						   problem))
		return true;
	incoming->activity->state = contacts_enum_index(CONTACTS_ENUM_STATE, "completed");
	return keep_text(incoming, "state", state);
}

static bool
check_times(ContactsIncoming *incoming, ContactsProblem *problem)
{
	ContactsActivity *activity = incoming->activity;

	if (contacts_check_times(activity->starts_at, activity->ends_at, problem))
		return true;
	if (!keep_text(incoming, "ends_at", timestamptz_to_str(activity->ends_at)))
		return false;
	activity->ends_at = DT_NOBEGIN;
	return true;
}
