/* -------------------------------------------------------------------------
 * identifier.c
 *		Identifiers as an account means them: its region, what it blocks.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "engine/contact/identifier.h"
#include "engine/session/access.h"
#include "identity/decide.h"
#include "identity/identifier.h"
#include "settings.h"
#include "store/account.h"
#include "store/duplicate.h"
#include "store/identifier.h"
#include "text/email.h"
#include "text/problem.h"

#define REMEMBERED_MAX 320 /* bytes of a text that is remembered; longer ones are rare */

/* The e-mail that was read last. */
static struct
{
	size_t size; /* of the text; 0 = none */
	char text[REMEMBERED_MAX];
	ContactsEmail email;
} last_email = {0};

static void remember_email(const char *text, size_t size, const ContactsKey *key);

const char *
contacts_effective_region(const ContactsAccount *account, const char *given)
{
	if (given)
		return given;
	if (contacts_setting_region[0])
		return contacts_setting_region;
	return account->default_region[0] ? account->default_region : NULL;
}

bool
contacts_read_identifier_of(const ContactsAccount *account, ContactsIdentifierKind kind,
							const char *text, const char *region, ContactsKey *key,
							ContactsProblem *problem)
{
	ContactsGivenIdentifier given = {kind, text, strlen(text), region,
									 GetDatabaseEncoding() == PG_UTF8};

	if (!contacts_read_identifier(&given, key, problem))
		return false;
	if (kind == CONTACTS_EMAIL && key->use == CONTACTS_KEY_FINDS)
		remember_email(given.text, given.size, key);
	if (key->use == CONTACTS_KEY_FINDS && contacts_is_blocked(account, kind, key->value))
		key->use = CONTACTS_KEY_ABSENT;
	return true;
}

static void
remember_email(const char *text, size_t size, const ContactsKey *key)
{
	last_email.size = size <= REMEMBERED_MAX ? size : 0;
	memcpy(last_email.text, text, last_email.size);
	last_email.email.size = key->size;
	memcpy(last_email.email.value, key->value, key->size + 1);
}

const ContactsEmail *
contacts_known_email(const char *text, size_t size)
{
	return size > 0 && size == last_email.size && memcmp(text, last_email.text, size) == 0
			   ? &last_email.email
			   : NULL;
}

bool
contacts_shows_key(const ContactsAccount *account, ContactsIdentifierKind kind, const char *shown,
				   const char *key)
{
	ContactsProblem ignored;
	ContactsKey read;

	return shown != NULL &&
		   contacts_read_identifier_of(account, kind, shown, NULL, &read, &ignored) &&
		   strcmp(read.value, key) == 0;
}

bool
contacts_identifier_taken(int64 account_id, ContactsIdentifierKind kind, int64 owner,
						  ContactsProblem *problem)
{
	if (!contacts_sees(account_id, owner))
		return contacts_hidden_problem(problem);
	return contacts_taken_problem(problem, kind, owner);
}

void
contacts_review_taken(int64 account_id, const ContactsTakenIdentifier *taken, int count)
{
	ContactsConflict *pairs = palloc(Max(count, 1) * sizeof(ContactsConflict));

	for (int i = 0; i < count; i++)
		pairs[i] = (ContactsConflict){taken[i].contact_id, taken[i].owner_id,
									  contacts_taken_reason(taken[i].kind), i};
	if (count > 0)
		contacts_insert_conflicts(account_id, pairs, count);
}
