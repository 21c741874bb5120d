/* -------------------------------------------------------------------------
 * keys.c
 *		The identifiers of one contact: adding, removing, choosing the primary one.
 *
 * The contact is locked first, then its keys are changed.  When the primary e-mail or phone
 * changes, the contact shows the other one; its former one stays an identifier here, unlike in
 * an edit, which replaces it.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/timestamp.h"

#include "engine/access.h"
#include "engine/detail.h"
#include "engine/edit.h"
#include "engine/ingest.h"
#include "text/blank.h"

static bool read_key(int64 account_id, const char *label, const char *value, int *kind,
					 ContactsKey *key, ContactsProblem *problem);
static void show_key(int64 account_id, ContactsContact *contact, int kind, const char *shown,
					 const char *key);
static bool no_such_key(ContactsProblem *problem, int kind, int64 contact_id);

bool
contacts_add_key(int64 account_id, int64 contact_id, const char *label, const char *value,
				 bool make_primary, ContactsProblem *problem)
{
	ContactsContact *contact;
	ContactsClaim claim = {0};
	ContactsKey key;
	int64 owner;
	int kind;

	if (!read_key(account_id, label, value, &kind, &key, problem) ||
		(contact = contacts_lock_contact(account_id, contact_id, problem)) == NULL)
		return false;
	claim = (ContactsClaim){kind, key.value, contact->contact_id, false};
	if (contacts_claim(account_id, &claim, 1, GetCurrentTransactionStartTimestamp()) == 0)
	{
		owner = contacts_owner_of(account_id, kind, key.value);
		if (owner != contact->contact_id)
			return contacts_key_taken(account_id, kind, owner, problem);
	}
	if (kind <= CONTACTS_PHONE && (make_primary || *contacts_shown(contact, kind) == NULL ||
								   contacts_shows_key(contacts_account(account_id), kind,
													  *contacts_shown(contact, kind), key.value)))
		show_key(account_id, contact, kind, value, key.value);
	return true;
}

bool
contacts_remove_key(int64 account_id, int64 contact_id, const char *label, const char *value,
					ContactsProblem *problem)
{
	ContactsContact *contact;
	ContactsKey key;
	bool was_primary;
	int kind;

	if (!read_key(account_id, label, value, &kind, &key, problem) ||
		(contact = contacts_lock_contact(account_id, contact_id, problem)) == NULL)
		return false;
	if (contacts_free_key(account_id, contact->contact_id, kind, key.value, &was_primary) == 0)
		return no_such_key(problem, kind, contact->contact_id);
	if (was_primary)
	{
		const char *next = contacts_oldest_key(account_id, contact->contact_id, kind);

		show_key(account_id, contact, kind, next, next);
	}
	return true;
}

bool
contacts_make_key_primary(int64 account_id, int64 contact_id, const char *label, const char *value,
						  ContactsProblem *problem)
{
	ContactsContact *contact;
	ContactsKey key;
	int kind;

	if (!read_key(account_id, label, value, &kind, &key, problem))
		return false;
	if (kind > CONTACTS_PHONE)
	{
		contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid kind: \"%s\"", label);
		contacts_problem_detail(problem, "Only an e-mail or phone can be the primary one.");
		contacts_problem_hint(problem, "Allowed are: email, phone.");
		return false;
	}
	if ((contact = contacts_lock_contact(account_id, contact_id, problem)) == NULL)
		return false;
	if (contacts_owner_of(account_id, kind, key.value) != contact->contact_id)
		return no_such_key(problem, kind, contact->contact_id);
	show_key(account_id, contact, kind, value, key.value);
	return true;
}

static bool
read_key(int64 account_id, const char *label, const char *value, int *kind, ContactsKey *key,
		 ContactsProblem *problem)
{
	const ContactsAccount *account = contacts_account(account_id);

	if (!contacts_read_label(CONTACTS_ENUM_KIND, "kind", label, kind, problem) ||
		!contacts_account_key(account, *kind, value, contacts_effective_region(account, NULL), key,
							  problem))
		return false;
	return key->use == CONTACTS_KEY_FINDS || contacts_nobody_problem(problem, *kind);
}

/* Shows an e-mail or phone on the contact and marks its key; both NULL = none is left. */
static void
show_key(int64 account_id, ContactsContact *contact, int kind, const char *shown, const char *key)
{
	ContactsClaim primary = {kind, key, contact->contact_id, true};
	const char *start;
	size_t size;

	if (kind > CONTACTS_PHONE)
		return;
	if (shown && contacts_trim(shown, strlen(shown), &start, &size))
		shown = pnstrdup(start, size);
	*contacts_shown(contact, kind) = shown;
	contacts_write_own(account_id, &contact, 1, false);
	if (key)
		contacts_set_primary(account_id, &primary, 1);
}

static bool
no_such_key(ContactsProblem *problem, int kind, int64 contact_id)
{
	contacts_problem(problem, CONTACTS_MISSING, "%s does not exist on the contact",
					 contacts_kind_noun(kind));
	contacts_problem_detail(problem, "Contact %lld has no such identifier.",
							(long long) contact_id);
	contacts_problem_hint(problem, "Add it with contacts.add_identifier().");
	return false;
}
