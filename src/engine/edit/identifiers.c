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

/* An identifier that a call names, as read. */
typedef struct Named
{
	int kind;
	const char *key;
	const char *shown; /* an e-mail or phone as a contact shows it */
} Named;

static bool read_named(int64 account_id, const ContactsNamedIdentifier *given, Named *named,
					   ContactsProblem *problem);
static bool is_to_show(const ContactsAccount *account, ContactsContact *contact, const Named *named,
					   bool make_primary);
static void show_key(int64 account_id, ContactsContact *contact, int kind, const char *shown,
					 const char *key);
static bool no_such_identifier(ContactsProblem *problem, int kind, int64 contact_id,
							   const char *hint);

bool
contacts_edit_add_identifier(int64 account_id, const ContactsNamedIdentifier *given,
							 bool make_primary, ContactsProblem *problem)
{
	ContactsContact *contact;
	ContactsClaim claim = {0};
	Named named;
	int64 owner;

	if (!read_named(account_id, given, &named, problem) ||
		(contact = contacts_lock_contact(account_id, given->contact_id, problem)) == NULL)
		return false;
	claim = (ContactsClaim){named.kind, named.key, contact->contact_id, false};
	if (contacts_claim_own(account_id, &claim, 1, GetCurrentTransactionStartTimestamp()) == 0)
	{
		owner = contacts_owner_of(account_id, named.kind, named.key);
		if (owner != contact->contact_id)
			return contacts_identifier_taken(account_id, named.kind, owner, problem);
	}
	if (is_to_show(contacts_account(account_id), contact, &named, make_primary))
		show_key(account_id, contact, named.kind, named.shown, named.key);
	return true;
}

/* Also what is the first of its kind, or was shown all along without being the contact's own. */
static bool
is_to_show(const ContactsAccount *account, ContactsContact *contact, const Named *named,
		   bool make_primary)
{
	const char *shown;

	if (named->kind > CONTACTS_PHONE)
		return false;
	shown = *contacts_shown_detail(contact, named->kind);
	return make_primary || shown == NULL ||
		   contacts_shows_key(account, named->kind, shown, named->key);
}

bool
contacts_edit_remove_identifier(int64 account_id, const ContactsNamedIdentifier *given,
								ContactsProblem *problem)
{
	ContactsContact *contact;
	Named named;
	bool was_primary;

	if (!read_named(account_id, given, &named, problem) ||
		(contact = contacts_lock_contact(account_id, given->contact_id, problem)) == NULL)
		return false;
	if (contacts_free_identifier(account_id, contact->contact_id, named.kind, named.key,
								 &was_primary) == 0)
		return no_such_identifier(
			problem, named.kind, contact->contact_id,
			"There is nothing to remove; contacts.identifier lists what the contact has.");
	if (was_primary)
	{
		ContactsClaim *next;
		int found =
			contacts_read_next_identifiers(account_id, &contact->contact_id, 1, named.kind, &next);
		const char *key = found > 0 ? next[0].value : NULL;

		show_key(account_id, contact, named.kind, key, key);
	}
	return true;
}

bool
contacts_edit_primary_identifier(int64 account_id, const ContactsNamedIdentifier *given,
								 ContactsProblem *problem)
{
	ContactsContact *contact;
	Named named;

	if (!read_named(account_id, given, &named, problem))
		return false;
	if (named.kind > CONTACTS_PHONE)
	{
		contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid kind: \"%s\"", given->kind);
		contacts_problem_detail(problem, "Only an e-mail or phone can be the primary one.");
		contacts_problem_hint(problem, "Allowed are: email, phone.");
		return false;
	}
	if ((contact = contacts_lock_contact(account_id, given->contact_id, problem)) == NULL)
		return false;
	if (contacts_owner_of(account_id, named.kind, named.key) != contact->contact_id)
		return no_such_identifier(problem, named.kind, contact->contact_id,
								  "Add it with contacts.add_identifier() first.");
	show_key(account_id, contact, named.kind, named.shown, named.key);
	return true;
}

static bool
read_named(int64 account_id, const ContactsNamedIdentifier *given, Named *named,
		   ContactsProblem *problem)
{
	const ContactsAccount *account = contacts_account(account_id);
	ContactsContact clean;
	ContactsKey key;

	if (!contacts_enum_read(CONTACTS_ENUM_KIND, "kind", given->kind, &named->kind, problem))
		return false;
	if (named->kind <= CONTACTS_PHONE)
	{
		if (!contacts_clean_shown(account, &clean, named->kind, given->value, NULL, problem))
			return false;
		named->key = clean.keys[named->kind];
		named->shown = *contacts_shown_detail(&clean, named->kind);
	}
	else
	{
		if (!contacts_read_identifier_of(account, named->kind, given->value, NULL, &key, problem))
			return false;
		named->key = key.use == CONTACTS_KEY_FINDS ? pstrdup(key.value) : "";
		named->shown = NULL;
	}
	return named->key[0] != '\0' || contacts_nobody_problem(problem, named->kind);
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
no_such_identifier(ContactsProblem *problem, int kind, int64 contact_id, const char *hint)
{
	contacts_problem(problem, CONTACTS_MISSING, "%s does not exist on the contact",
					 contacts_kind_noun(kind));
	contacts_problem_detail(problem, "Contact %lld has no such identifier.",
							(long long) contact_id);
	contacts_problem_hint(problem, "%s", hint);
	return false;
}
