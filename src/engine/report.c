/* -------------------------------------------------------------------------
 * report.c
 *		Checks one report about a person and makes it canonical.
 *
 * In order: options, identifiers, details, the activity.  Nothing is read from tables but the
 * account's settings, which are kept in memory; the members named are checked by ingest.c.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "engine/payload.h"
#include "engine/report.h"
#include "settings.h"
#include "text/blank.h"
#include "text/phone.h"
#include "text/squeeze.h"
#include "values/timezone.h"

static bool check_on_invalid(ContactsReport *report, ContactsProblem *problem);
static bool check_region(const char *region, ContactsProblem *problem);
static bool check_data(const ContactsActivity *activity, ContactsProblem *problem);
static bool check_identifiers(const ContactsAccount *account, ContactsReport *report,
							  ContactsProblem *problem);
static void keep_recipients(const ContactsAccount *account, ContactsReport *report);
static bool reads_otherwise(const ContactsAccount *account, const ContactsReport *report);
static bool check_details(const ContactsAccount *account, ContactsReport *report,
						  ContactsProblem *problem);
static bool check_tags(ContactsReport *report, ContactsProblem *problem);
static bool check_activity(ContactsReport *report, ContactsProblem *problem);
static const char *trimmed(const char *text);

void
contacts_report_init(ContactsReport *report, TimestampTz now)
{
	memset(report, 0, sizeof(*report));
	report->at = now;
	report->mode = CONTACTS_MODE_UPDATE;
	report->status_index = CONTACTS_NO_STATUS;
	report->outcome = CONTACTS_NO_OUTCOME;
	report->matched_by = -1;
}

bool
contacts_report_check(const ContactsAccount *account, ContactsReport *report,
					  ContactsProblem *problem)
{
	return check_on_invalid(report, problem) &&
		   contacts_check_label("source", &report->source, problem) &&
		   check_region(report->region, problem) && check_data(report->activity, problem) &&
		   check_identifiers(account, report, problem) && check_details(account, report, problem) &&
		   (report->activity == NULL || check_activity(report, problem));
}

const char *
contacts_effective_region(const ContactsAccount *account, const char *given)
{
	if (given)
		return given;
	if (contacts_setting_region && contacts_setting_region[0])
		return contacts_setting_region;
	return account->default_region[0] ? account->default_region : NULL;
}

bool
contacts_account_key(const ContactsAccount *account, ContactsIdentifierKind kind, const char *text,
					 const char *region, ContactsKey *key, ContactsProblem *problem)
{
	ContactsGivenKey given = {kind, text, strlen(text), region, GetDatabaseEncoding() == PG_UTF8};

	if (!contacts_key_read(&given, key, problem))
		return false;
	if (key->use == CONTACTS_KEY_FINDS && contacts_is_blocked(account, kind, key->value))
		key->use = CONTACTS_KEY_ABSENT;
	return true;
}

bool
contacts_clean_text(const char *what, const char *text, const char **clean,
					ContactsProblem *problem)
{
	size_t size = text ? strlen(text) : 0;
	char *copy;

	*clean = NULL;
	if (size == 0)
		return true;
	copy = palloc(size + 1);
	size = contacts_squeeze(text, size, copy);
	copy[size] = '\0';
	if (size > CONTACTS_TEXT_MAX)
	{
		contacts_problem(problem, CONTACTS_INVALID_VALUE, "invalid %s: too long", what);
		contacts_problem_detail(problem, "It has %zu bytes, the limit is %d.", size,
								CONTACTS_TEXT_MAX);
		contacts_problem_hint(problem, "Shorten it, or keep the long text in a field or note.");
		return false;
	}
	*clean = size > 0 ? copy : NULL;
	return true;
}

bool
contacts_read_label(ContactsEnum type, const char *what, const char *label, int *index,
					ContactsProblem *problem)
{
	char quoted[CONTACTS_QUOTE_SIZE];

	*index = label ? contacts_enum_index(type, label) : -1;
	if (label == NULL || *index >= 0)
		return true;
	contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid %s: \"%s\"", what,
					 contacts_quote_value(label, strlen(label), quoted));
	contacts_problem_detail(problem, "The value is none of the type's labels.");
	contacts_problem_hint(problem, "Allowed are: %s.", contacts_enum_labels(type));
	return false;
}

static bool
check_on_invalid(ContactsReport *report, ContactsProblem *problem)
{
	char quoted[CONTACTS_QUOTE_SIZE];
	const char *value = report->on_invalid;

	report->keep_invalid = value && strcmp(value, "keep") == 0;
	if (value == NULL || report->keep_invalid || strcmp(value, "error") == 0)
		return true;
	contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid on_invalid: \"%s\"",
					 contacts_quote_value(value, strlen(value), quoted));
	contacts_problem_detail(problem, "It says what to do with an identifier that is none.");
	contacts_problem_hint(problem, "Allowed are: error, keep.");
	return false;
}

static bool
check_region(const char *region, ContactsProblem *problem)
{
	if (region == NULL || strcmp(region, "ZZ") == 0 || contacts_phone_region_known(region))
		return true;
	return contacts_region_problem(problem, region);
}

bool
contacts_region_problem(ContactsProblem *problem, const char *region)
{
	char quoted[CONTACTS_QUOTE_SIZE];

	contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid region: \"%s\"",
					 contacts_quote_value(region, strlen(region), quoted));
	contacts_problem_detail(problem, "The numbering plans know no such region.");
	contacts_problem_hint(problem,
						  "Give an ISO 3166 code of two capital letters, such as US, or ZZ.");
	return false;
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

static bool
check_identifiers(const ContactsAccount *account, ContactsReport *report, ContactsProblem *problem)
{
	const char *region = contacts_effective_region(account, report->region);
	const char *invalid[CONTACTS_KINDS] = {0};
	bool any_invalid = false;
	ContactsKey key;

	for (int kind = 0; kind < CONTACTS_KINDS; kind++)
	{
		if (report->identifiers[kind] == NULL)
			continue;
		if (!contacts_account_key(account, kind, report->identifiers[kind], region, &key, problem))
		{
			if (!report->keep_invalid || report->activity == NULL)
				return false;
			invalid[kind] = report->identifiers[kind];
			any_invalid = true;
			key.use = CONTACTS_KEY_ABSENT;
		}
		report->identifiers[kind] =
			key.use == CONTACTS_KEY_ABSENT ? NULL : trimmed(report->identifiers[kind]);
		report->keys[kind] = key.use == CONTACTS_KEY_FINDS ? pstrdup(key.value) : NULL;
		report->shown[kind] = key.use == CONTACTS_KEY_SHOWN;
	}
	keep_recipients(account, report);
	if (any_invalid)
		report->activity->data =
			contacts_json_concat(report->activity->data, contacts_invalid_payload(invalid));
	return true;
}

/* The activity keeps what was given (R30); the contact shows the bare address. */
static void
keep_recipients(const ContactsAccount *account, ContactsReport *report)
{
	if (report->activity)
	{
		report->activity->recipient_email = report->identifiers[CONTACTS_EMAIL];
		report->activity->recipient_phone = report->identifiers[CONTACTS_PHONE];
	}
	if (report->keys[CONTACTS_PHONE] && reads_otherwise(account, report))
		report->identifiers[CONTACTS_PHONE] = report->keys[CONTACTS_PHONE];
	report->identifiers[CONTACTS_EMAIL] =
		contacts_bare_email(report->identifiers[CONTACTS_EMAIL], report->keys[CONTACTS_EMAIL]);
}

/* Whether the phone as entered is another number for the account than for this report. */
static bool
reads_otherwise(const ContactsAccount *account, const ContactsReport *report)
{
	const char *region = account->default_region[0] ? account->default_region : NULL;
	ContactsProblem ignored;
	ContactsKey key;

	return region && report->identifiers[CONTACTS_PHONE][0] != '+' &&
		   contacts_account_key(account, CONTACTS_PHONE, report->identifiers[CONTACTS_PHONE],
								region, &key, &ignored) &&
		   strcmp(key.value, report->keys[CONTACTS_PHONE]) != 0;
}

bool
contacts_shows_key(const ContactsAccount *account, ContactsIdentifierKind kind, const char *shown,
				   const char *key)
{
	ContactsProblem ignored;
	ContactsKey read;

	return shown != NULL &&
		   contacts_account_key(account, kind, shown, contacts_effective_region(account, NULL),
								&read, &ignored) &&
		   strcmp(read.value, key) == 0;
}

bool
contacts_clean_shown(const ContactsAccount *account, ContactsIdentifierKind kind, const char *given,
					 const char **clean, ContactsProblem *problem)
{
	ContactsKey key;

	*clean = NULL;
	if (given == NULL)
		return true;
	if (!contacts_account_key(account, kind, given, contacts_effective_region(account, NULL), &key,
							  problem))
		return false;
	if (key.use != CONTACTS_KEY_ABSENT)
		*clean = trimmed(given);
	if (kind == CONTACTS_EMAIL && key.use == CONTACTS_KEY_FINDS)
		*clean = contacts_bare_email(*clean, pstrdup(key.value));
	return true;
}

const char *
contacts_bare_email(const char *email, const char *canonical)
{
	if (email == NULL || canonical == NULL)
		return email;
	return strpbrk(email, "<>:;,()\"' \t\r\n") || (unsigned char) email[0] >= 0x80 ? canonical
																				   : email;
}

static bool
check_details(const ContactsAccount *account, ContactsReport *report, ContactsProblem *problem)
{
	if (report->fields &&
		(report->fields = contacts_fields_check(&account->fields, report->fields, problem)) == NULL)
		return false;
	return contacts_clean_text("name", report->name, &report->name, problem) &&
		   contacts_clean_text("company", report->company, &report->company, problem) &&
		   contacts_clean_timezone(report->timezone, &report->timezone, problem) &&
		   contacts_read_label(CONTACTS_ENUM_STATUS, "status", report->status,
							   &report->status_index, problem) &&
		   check_tags(report, problem);
}

bool
contacts_clean_timezone(const char *given, const char **clean, ContactsProblem *problem)
{
	char canonical[TZ_STRLEN_MAX + 1];

	*clean = NULL;
	if (given == NULL || contacts_is_blank(given, strlen(given)))
		return true;
	if (!contacts_timezone_canonical(given, strlen(given), canonical, problem))
		return false;
	*clean = pstrdup(canonical);
	return true;
}

static bool
check_tags(ContactsReport *report, ContactsProblem *problem)
{
	int kept = 0;

	for (int i = 0; i < report->tag_count; i++)
	{
		if (!contacts_clean_text("tag", report->tags[i], &report->tags[kept], problem))
			return false;
		kept += report->tags[kept] != NULL;
	}
	report->tag_count = kept;
	return true;
}

static bool
check_activity(ContactsReport *report, ContactsProblem *problem)
{
	ContactsActivity *activity = report->activity;

	if (activity->kind == NULL || contacts_is_blank(activity->kind, strlen(activity->kind)))
	{
		contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid kind: none given");
		contacts_problem_detail(problem, "An activity has a kind.");
		contacts_problem_hint(problem, "Give one, such as booking, conversation, form, email.");
		return false;
	}
	if (!contacts_check_label("kind", &activity->kind, problem) ||
		!contacts_check_label("source", &activity->source, problem) ||
		!contacts_check_label("source_ref", &activity->source_ref, problem) ||
		!contacts_check_label("title", &activity->title, problem) ||
		!contacts_check_label("calendar", &activity->calendar, problem))
		return false;
	report->source = activity->source;
	if (!contacts_read_label(CONTACTS_ENUM_STATE, "state",
							 report->state ? report->state : "completed", &activity->state,
							 problem))
		return false;
	return contacts_check_times(activity->starts_at, activity->ends_at, problem);
}

bool
contacts_check_times(TimestampTz starts_at, TimestampTz ends_at, ContactsProblem *problem)
{
	if (starts_at == DT_NOBEGIN || ends_at == DT_NOBEGIN || ends_at >= starts_at)
		return true;
	contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid ends_at: before starts_at");
	contacts_problem_detail(problem, "An activity cannot end before it starts.");
	contacts_problem_hint(problem, "Check the two times and their time zones.");
	return false;
}

/* Trims a short text; blank = not given. */
bool
contacts_check_label(const char *what, const char **text, ContactsProblem *problem)
{
	if (*text == NULL || (*text = trimmed(*text)) == NULL || strlen(*text) <= CONTACTS_TEXT_MAX)
		return true;
	contacts_problem(problem, CONTACTS_INVALID_VALUE, "invalid %s: too long", what);
	contacts_problem_detail(problem, "It has %zu bytes, the limit is %d.", strlen(*text),
							CONTACTS_TEXT_MAX);
	contacts_problem_hint(problem, "Keep the long text in data.");
	return false;
}

bool
contacts_report_says_who(const ContactsReport *report, ContactsProblem *problem)
{
	for (int kind = 0; kind < CONTACTS_KINDS; kind++)
		if (report->identifiers[kind])
			return true;
	if (report->activity || report->name || report->company)
		return true;
	contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid contact: nothing says who it is");
	contacts_problem_detail(problem, "No identifier, name or company is given.");
	contacts_problem_hint(problem, "Give an e-mail, phone, external id, visitor, name or company.");
	return false;
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

/* A copy without white space at the edges. */
static const char *
trimmed(const char *text)
{
	const char *start;
	size_t size;

	if (!contacts_trim(text, strlen(text), &start, &size))
		return NULL;
	return pnstrdup(start, size);
}
