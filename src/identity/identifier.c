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
#include "text/email.h"
#include "text/phone.h"
#include "text/token.h"

static const char *read_email(const char *text, size_t size, bool utf8, ContactsKey *key);
static const char *read_phone(const char *text, size_t size, const char *region,
							  ContactsKey *key);
static const char *read_token(ContactsIdentifierKind kind, const char *text, size_t size,
							  ContactsKey *key);
static bool is_absent(ContactsIdentifierKind kind, const char *text, size_t size);
static void set_key(ContactsKey *key, const char *value, size_t size);
static bool invalid_key(ContactsIdentifierKind kind, const char *text, size_t size,
						const char *reason, ContactsProblem *problem);

/* What to do about a bad one; by kind. */
static const char *const hints[CONTACTS_KINDS] = {
	"Give one address of the form name@example.com.",
	"Give the number with + and country code, or the region it is dialled in.",
	"Give the name of the system and the id there, as in crm:4711.",
	"Give the visitor's cookie as the site sets it."};

bool
contacts_key_read(ContactsIdentifierKind kind, const char *text, size_t size, const char *region,
				  bool utf8, ContactsKey *key, ContactsProblem *problem)
{
	key->use = CONTACTS_KEY_ABSENT;
	key->reason = NULL;
	key->value[key->size = 0] = '\0';
	if (is_absent(kind, text, size))
		return true;
	if (kind == CONTACTS_EMAIL)
		key->reason = read_email(text, size, utf8, key);
	else if (kind == CONTACTS_PHONE)
		key->reason = read_phone(text, size, region, key);
	else
		key->reason = read_token(kind, text, size, key);
	if (key->reason != NULL)
		return invalid_key(kind, text, size, key->reason, problem);
	return true;
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
	contacts_problem(problem, CONTACTS_TAKEN, "%s is already used by another contact",
					 contacts_kind_noun(kind));
	contacts_problem_detail(problem, "It belongs to contact %lld.", contact_id);
	contacts_problem_hint(problem, "Merge the two contacts, or take the %s from the other first.",
						  contacts_kind_noun(kind));
	return false;
}

static bool
is_absent(ContactsIdentifierKind kind, const char *text, size_t size)
{
	if (kind == CONTACTS_PHONE)
		return contacts_is_placeholder_phone(text, size);
	if (kind == CONTACTS_EXTERNAL)
		return contacts_is_placeholder_external_id(text, size);
	return contacts_is_placeholder(text, size);
}

static const char *
read_email(const char *text, size_t size, bool utf8, ContactsKey *key)
{
	ContactsEmail email;
	const char *reason = contacts_email_parse(text, size, utf8, &email);

	if (reason == NULL)
		set_key(key, email.value, email.size);
	return reason;
}

static const char *
read_phone(const char *text, size_t size, const char *region, ContactsKey *key)
{
	ContactsPhone phone;
	const char *reason = contacts_phone_parse(text, size, region, &phone);

	if (reason != NULL)
		return reason;
	set_key(key, phone.key, strlen(phone.key));
	if (!contacts_phone_matches_person(phone.type))
		key->use = CONTACTS_KEY_SHOWN;
	return NULL;
}

static const char *
read_token(ContactsIdentifierKind kind, const char *text, size_t size, ContactsKey *key)
{
	const char *start;
	size_t length;
	const char *reason = kind == CONTACTS_EXTERNAL
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
invalid_key(ContactsIdentifierKind kind, const char *text, size_t size, const char *reason,
			ContactsProblem *problem)
{
	char quoted[CONTACTS_QUOTE_SIZE];

	contacts_problem(problem, CONTACTS_INVALID_VALUE, "invalid %s: \"%s\"",
					 contacts_kind_noun(kind), contacts_quote_value(text, size, quoted));
	contacts_problem_detail(problem, "The reason is: %s.", reason);
	contacts_problem_hint(problem, "%s", hints[kind]);
	return false;
}
