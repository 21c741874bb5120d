/* -------------------------------------------------------------------------
 * identifiers.c
 *		The identifiers of one contact: adding, removing, choosing the primary one.
 *
 * The contact is locked first, then its keys are changed.  When the primary e-mail or phone
 * changes, the contact shows the other one; its former one stays an identifier here, unlike in
 * an edit, which replaces it.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/timestamp.h"

#include "engine/contact/clean.h"
#include "engine/contact/detail.h"
#include "engine/contact/identifier.h"
#include "engine/contact/resolve.h"
#include "engine/edit/edit.h"
#include "engine/session/own_write.h"
#include "identity/identifier.h"
#include "store/account.h"
#include "store/contact.h"
#include "store/identifier.h"
#include "store/spi/enums.h"
#include "text/problem.h"

static bool read_key(int64 account_id, const ContactsNamedIdentifier *named, int *kind,
					 ContactsKey *key, ContactsProblem *problem);
static void show_key(int64 account_id, ContactsContact *contact, int kind, const char *shown,
					 const char *key);
static bool no_such_identifier(ContactsProblem *problem, int kind, int64 contact_id);

bool
contacts_edit_add_identifier(int64 account_id, const ContactsNamedIdentifier *named,
							 bool make_primary, ContactsProblem *problem)
{
	ContactsContact *contact;
	ContactsClaim claim = {0};
	ContactsKey key;
	int64 owner;
	int kind;

	if (!read_key(account_id, named, &kind, &key, problem) ||
		(contact = contacts_lock_contact(account_id, named->contact_id, problem)) == NULL)
		return false;
	claim = (ContactsClaim){kind, key.value, contact->contact_id, false};
	if (contacts_claim_own(account_id, &claim, 1, GetCurrentTransactionStartTimestamp()) == 0)
	{
		owner = contacts_owner_of(account_id, kind, key.value);
		if (owner != contact->contact_id)
			return contacts_identifier_taken(account_id, kind, owner, problem);
	}
	if (kind <= CONTACTS_PHONE &&
		(make_primary || *contacts_shown_detail(contact, kind) == NULL ||
		 contacts_shows_key(contacts_account(account_id), kind,
							*contacts_shown_detail(contact, kind), key.value)))
		show_key(account_id, contact, kind, contacts_trimmed(named->value), key.value);
	return true;
}

bool
contacts_edit_remove_identifier(int64 account_id, const ContactsNamedIdentifier *named,
								ContactsProblem *problem)
{
	ContactsContact *contact;
	ContactsKey key;
	bool was_primary;
	int kind;

	if (!read_key(account_id, named, &kind, &key, problem) ||
		(contact = contacts_lock_contact(account_id, named->contact_id, problem)) == NULL)
		return false;
	if (contacts_free_identifier(account_id, contact->contact_id, kind, key.value, &was_primary) ==
		0)
		return no_such_identifier(problem, kind, contact->contact_id);
	if (was_primary)
	{
		const char *next = contacts_oldest_identifier(account_id, contact->contact_id, kind);

		show_key(account_id, contact, kind, next, next);
	}
	return true;
}

bool
contacts_edit_primary_identifier(int64 account_id, const ContactsNamedIdentifier *named,
								 ContactsProblem *problem)
{
	ContactsContact *contact;
	ContactsKey key;
	int kind;

	if (!read_key(account_id, named, &kind, &key, problem))
		return false;
	if (kind > CONTACTS_PHONE)
	{
		contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid kind: \"%s\"", named->kind);
		contacts_problem_detail(problem, "Only an e-mail or phone can be the primary one.");
		contacts_problem_hint(problem, "Allowed are: email, phone.");
		return false;
	}
	if ((contact = contacts_lock_contact(account_id, named->contact_id, problem)) == NULL)
		return false;
	if (contacts_owner_of(account_id, kind, key.value) != contact->contact_id)
		return no_such_identifier(problem, kind, contact->contact_id);
	show_key(account_id, contact, kind, contacts_trimmed(named->value), key.value);
	return true;
}

static bool
read_key(int64 account_id, const ContactsNamedIdentifier *named, int *kind, ContactsKey *key,
		 ContactsProblem *problem)
{
	const ContactsAccount *account = contacts_account(account_id);

	if (!contacts_enum_read(CONTACTS_ENUM_KIND, "kind", named->kind, kind, problem) ||
		!contacts_read_identifier_of(account, *kind, named->value,
									 contacts_effective_region(account, NULL), key, problem))
		return false;
	return key->use == CONTACTS_KEY_FINDS || contacts_nobody_problem(problem, *kind);
}

/* Shows an e-mail or phone on the contact and marks its key; both NULL = none is left. */
static void
show_key(int64 account_id, ContactsContact *contact, int kind, const char *shown, const char *key)
{
	ContactsClaim primary = {kind, key, contact->contact_id, true};

	if (kind > CONTACTS_PHONE)
		return;
	*contacts_shown_detail(contact, kind) = shown;
	contacts_update_own(account_id, &contact, 1, CONTACTS_IDENTIFIERS_ARE_MINE, NULL);
	if (key)
		contacts_set_primary(account_id, &primary, 1);
}

static bool
no_such_identifier(ContactsProblem *problem, int kind, int64 contact_id)
{
	contacts_problem(problem, CONTACTS_MISSING, "%s does not exist on the contact",
					 contacts_kind_noun(kind));
	contacts_problem_detail(problem, "Contact %lld has no such identifier.",
							(long long) contact_id);
	contacts_problem_hint(problem, "Add it with contacts.add_identifier().");
	return false;
}
