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
static bool check_data(const ContactsActivity *activity, ContactsProblem *problem);
static bool check_identifiers(const ContactsAccount *account, ContactsIncoming *incoming,
							  ContactsProblem *problem);
static bool check_identifier(const ContactsAccount *account, ContactsIncoming *incoming,
							 ContactsIdentifierKind kind, const char *given,
							 ContactsProblem *problem);
static bool check_details(const ContactsAccount *account, ContactsIncoming *incoming,
						  ContactsProblem *problem);
static bool check_tags(ContactsIncoming *incoming, ContactsProblem *problem);
static bool check_activity(ContactsIncoming *incoming, ContactsProblem *problem);

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
	return check_options(incoming, problem) &&
		   contacts_clean_label("source", &incoming->source, problem) &&
		   contacts_check_region(incoming->region, problem) &&
		   check_data(incoming->activity, problem) &&
		   check_identifiers(account, incoming, problem) &&
		   check_details(account, incoming, problem) &&
		   (incoming->activity == NULL || check_activity(incoming, problem));
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
											  "It says what to do with an invalid identifier."};
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
check_data(const ContactsActivity *activity, ContactsProblem *problem)
{
	if (activity == NULL || activity->data == NULL || JB_ROOT_IS_OBJECT(activity->data))
		return true;
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
	ContactsActivity *activity = incoming->activity;
	const char *invalid[CONTACTS_KINDS] = {0};
	bool any_invalid = false;

	for (int kind = 0; kind < CONTACTS_KINDS; kind++)
	{
		const char *given = incoming->identifiers[kind];

		incoming->identifiers[kind] = NULL;
		if (given == NULL || check_identifier(account, incoming, kind, given, problem))
			continue;
		if (!incoming->keep_invalid || activity == NULL)
			return false;
		invalid[kind] = given;
		any_invalid = true;
	}
	if (activity)
	{
		/* as they were given (R30) */
		activity->recipient_email = incoming->identifiers[CONTACTS_EMAIL];
		activity->recipient_phone = incoming->identifiers[CONTACTS_PHONE];
	}
	if (any_invalid)
		activity->data = contacts_json_concat(activity->data, contacts_invalid_payload(invalid));
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

	if (details->fields &&
		(details->fields = contacts_fields_check(&account->fields, details->fields, problem)) ==
			NULL)
		return false;
	for (ContactsDetail detail = 0; detail < CONTACTS_TEXT_DETAILS; detail++)
		if (contacts_kind_shown(detail) < 0 &&
			!contacts_clean_detail(account, details, detail, *contacts_detail_text(details, detail),
								   problem))
			return false;
	return contacts_enum_read(CONTACTS_ENUM_STATUS, "status", incoming->status, &details->status,
							  problem) &&
		   check_tags(incoming, problem);
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
	if (!contacts_clean_label("kind", &activity->kind, problem) ||
		!contacts_clean_label("source_ref", &activity->source_ref, problem) ||
		!contacts_clean_label("title", &activity->title, problem) ||
		!contacts_clean_label("calendar", &activity->calendar, problem))
		return false;
	activity->source = incoming->source;
	return contacts_enum_read(CONTACTS_ENUM_STATE, "state",
							  incoming->state ? incoming->state : "completed", &activity->state,
							  problem) &&
		   contacts_check_times(activity->starts_at, activity->ends_at, problem);
}
