/* -------------------------------------------------------------------------
 * identifier.c
 *		An identifier as given, and the key it becomes.
 *
 * The one place that knows which reader belongs to which kind.  Blank and placeholder values are
 * absent; a phone that is valid but shared by many is shown and finds nobody (R10).
 * -------------------------------------------------------------------------
 */
#include "identity/identifier.h"

#include <string.h>

#include "text/blank.h"
#include "text/compose.h"
#include "text/email.h"
#include "text/phone.h"
#include "text/token.h"

static void begin_taken(ContactsProblem *problem, ContactsIdentifierKind kind);
static const char *read_email(const ContactsGivenIdentifier *given, ContactsKey *key);
static const char *read_phone(const ContactsGivenIdentifier *given, ContactsKey *key);
static const char *read_token(const ContactsGivenIdentifier *given, ContactsKey *key);
static bool is_absent(const ContactsGivenIdentifier *given);
static void set_key(ContactsKey *key, const char *value, size_t size);
static bool invalid_key(const ContactsGivenIdentifier *given, const char *reason,
						ContactsProblem *problem);

/* What to do about a bad one; by kind. */
static const char *const hints[CONTACTS_KINDS] = {
	"Give one address of the form name@example.com.",
	"Give the number with + and country code, or the region it is dialled in.",
	"Give the name of the system and the id there, as in crm:4711.",
	"Give the visitor's cookie as the site sets it."};

bool
contacts_read_identifier(const ContactsGivenIdentifier *given, ContactsKey *key,
						 ContactsProblem *problem)
{
	key->use = CONTACTS_KEY_ABSENT;
	key->reason = NULL;
	key->value[key->size = 0] = '\0';
	if (is_absent(given))
		return true;
	if (given->kind == CONTACTS_EMAIL)
		key->reason = read_email(given, key);
	else if (given->kind == CONTACTS_PHONE)
		key->reason = read_phone(given, key);
	else
		key->reason = read_token(given, key);
	return key->reason == NULL || invalid_key(given, key->reason, problem);
}

bool
contacts_same_system(const char *external, const char *other)
{
	size_t system = strcspn(external, ":");

	return strcspn(other, ":") == system && strncmp(external, other, system) == 0;
}

const char *
contacts_kind_noun(ContactsIdentifierKind kind)
{
	static const char *const nouns[CONTACTS_KINDS] = {"e-mail address", "phone number",
													  "external id", "visitor cookie"};

	return nouns[kind];
}

bool
contacts_taken_problem(ContactsProblem *problem, ContactsIdentifierKind kind, long long contact_id)
{
	begin_taken(problem, kind);
	contacts_problem_detail(problem, "It belongs to contact %lld.", contact_id);
	contacts_problem_hint(problem, "Merge the two contacts, or take the %s from the other first.",
						  contacts_kind_noun(kind));
	return false;
}

bool
contacts_given_twice_problem(ContactsProblem *problem, ContactsIdentifierKind kind,
							 const char *spelling, const char *other_spelling)
{
	char quoted[CONTACTS_QUOTE_SIZE];
	char other[CONTACTS_QUOTE_SIZE];

	begin_taken(problem, kind);
	contacts_quote_value(spelling, strlen(spelling), quoted);
	contacts_quote_value(other_spelling, strlen(other_spelling), other);
	if (strcmp(spelling, other_spelling) == 0)
		contacts_problem_detail(problem, "\"%s\" is given twice in this statement.", quoted);
	else
		contacts_problem_detail(
			problem, "\"%s\" is given twice in this statement, the other time as \"%s\".", quoted,
			other);
	contacts_problem_hint(problem, "Give the %s to one of the contacts only.",
						  contacts_kind_noun(kind));
	return false;
}

/* The column is named as the functions name the argument: two kinds have none in the table. */
static void
begin_taken(ContactsProblem *problem, ContactsIdentifierKind kind)
{
	static const char *const columns[CONTACTS_KINDS] = {"email", "phone", "external_id", "visitor"};

	contacts_problem(problem, CONTACTS_TAKEN, "%s is already used by another contact",
					 contacts_kind_noun(kind));
	contacts_problem_breaks(problem, "identifier_pkey", columns[kind]);
}

bool
contacts_nobody_problem(ContactsProblem *problem, ContactsIdentifierKind kind)
{
	contacts_problem(problem, CONTACTS_INVALID_VALUE, "invalid %s: it identifies nobody",
					 contacts_kind_noun(kind));
	contacts_problem_detail(problem,
							"It is blank, a placeholder, blocked, or shared by many people.");
	contacts_problem_hint(problem, "Keep it on the contact or in a field instead.");
	return false;
}

static bool
is_absent(const ContactsGivenIdentifier *given)
{
	if (given->kind == CONTACTS_PHONE)
		return contacts_is_placeholder_phone(given->text, given->size);
	if (given->kind == CONTACTS_EXTERNAL)
		return contacts_is_placeholder_external_id(given->text, given->size);
	return contacts_is_placeholder(given->text, given->size);
}

static const char *
read_email(const ContactsGivenIdentifier *given, ContactsKey *key)
{
	ContactsEmail email;
	const char *reason = contacts_email_parse(given->text, given->size, given->utf8, &email);

	if (reason == NULL)
		set_key(key, email.value, email.size);
	return reason;
}

static const char *
read_phone(const ContactsGivenIdentifier *given, ContactsKey *key)
{
	ContactsPhone phone;
	const char *reason = contacts_phone_parse(given->text, given->size, given->region, &phone);

	if (reason != NULL)
		return reason;
	set_key(key, phone.key, strlen(phone.key));
	if (!contacts_phone_matches_person(phone.type))
		key->use = CONTACTS_KEY_SHOWN;
	return NULL;
}

/* Composed first, so that its length is judged as it is kept. */
static const char *
read_token(const ContactsGivenIdentifier *given, ContactsKey *key)
{
	char composed[CONTACTS_KEY_MAX * CONTACTS_COMPOSED_SHRINK];
	size_t composed_size = sizeof(composed);
	const char *text = given->text;
	size_t size = given->size;
	const char *start;
	size_t length;
	const char *reason;

	if (given->utf8 && !contacts_is_composed(text, size) &&
		contacts_trim(text, size, &text, &size) &&
		contacts_compose(text, size, composed, &composed_size))
	{
		text = composed;
		size = composed_size;
	}
	reason = given->kind == CONTACTS_EXTERNAL
				 ? contacts_external_id_parse(text, size, &start, &length)
				 : contacts_token_parse(text, size, &start, &length);
	if (reason == NULL)
		set_key(key, start, length);
	return reason;
}

static void
set_key(ContactsKey *key, const char *value, size_t size)
{
	key->use = CONTACTS_KEY_FINDS;
	key->size = size;
	memcpy(key->value, value, size);
	key->value[size] = '\0';
}

static bool
invalid_key(const ContactsGivenIdentifier *given, const char *reason, ContactsProblem *problem)
{
	char quoted[CONTACTS_QUOTE_SIZE];

	contacts_problem(problem, CONTACTS_INVALID_VALUE, "invalid %s: \"%s\"",
					 contacts_kind_noun(given->kind),
					 contacts_quote_value(given->text, given->size, quoted));
	contacts_problem_detail(problem, "The reason is: %s.", reason);
	contacts_problem_hint(problem, "%s", hints[given->kind]);
	return false;
}
