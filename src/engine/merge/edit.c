/* -------------------------------------------------------------------------
 * edit.c
 *		An edit that gives a contact an e-mail or phone of others, and merges them (R40).
 *
 * Everything else of the edit is applied first, as any edit; then the others are merged into the
 * contact, the taken e-mail or phone being a reviewed value.  So what was entered wins, what the
 * contact has stays, and the others fill the blanks; and undoing the merge takes back the e-mail
 * or phone but leaves the rest of the edit.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/jsonb.h"

#include "engine/contact/clean.h"
#include "engine/contact/detail.h"
#include "engine/contact/resolve.h"
#include "engine/edit/edit.h"
#include "engine/merge/merge.h"
#include "engine/session/access.h"
#include "engine/session/retry.h"
#include "identity/identifier.h"
#include "store/account.h"
#include "store/contact.h"
#include "store/identifier.h"
#include "store/spi/enums.h"
#include "text/problem.h"
#include "values/json.h"
#include "values/json_read.h"

/* Who has the e-mail and phone of an edit. */
typedef struct Owners
{
	bool is_taken[2]; /* by another contact */
	int count;
	int64 ids[2];
} Owners;

static bool find_owners(const ContactsAccount *account, int64 contact_id, Jsonb *changes,
						Owners *owners, ContactsProblem *problem);
static bool lock_all(int64 account_id, int64 contact_id, const Owners *owners);
static bool same_owners(const Owners *a, const Owners *b);
static Jsonb *part_of(Jsonb *changes, const Owners *owners, bool taken);
static bool merge_owners(int64 account_id, int64 contact_id, Jsonb *changes, Owners *owners,
						 ContactsProblem *problem);

bool
contacts_merge_by_edit(int64 account_id, int64 *contact_id, Jsonb *changes, bool *changed,
					   bool *merged, ContactsProblem *problem)
{
	const ContactsAccount *account = contacts_account(account_id);
	ContactsRetry retry = {.what = "who owns an identifier"};
	Jsonb *rest;
	Owners owners;
	Owners locked;

	*merged = false;
	while (contacts_try_again(&retry, problem))
	{
		int64 survivor = contacts_resolve_one(account_id, *contact_id, 0, problem);

		if (survivor == 0 || !find_owners(account, survivor, changes, &owners, problem))
			return false;
		if (owners.count == 0)
			return contacts_edit_contact(account_id, contact_id, changes, changed, problem);
		if (!lock_all(account_id, survivor, &owners) ||
			!find_owners(account, survivor, changes, &locked, problem) ||
			!same_owners(&owners, &locked))
			continue;
		rest = part_of(changes, &owners, false);
		*merged = true;
		*contact_id = survivor;
		return (JB_ROOT_COUNT(rest) == 0 ||
				contacts_edit_contact(account_id, contact_id, rest, changed, problem)) &&
			   merge_owners(account_id, survivor, part_of(changes, &owners, true), &owners,
							problem);
	}
	return false;
}

/*
 * What is no e-mail or phone is nobody's; the edit itself complains about it.  What the contact
 * shows already is no news, whatever it would be read as today.
 */
static bool
find_owners(const ContactsAccount *account, int64 contact_id, Jsonb *changes, Owners *owners,
			ContactsProblem *problem)
{
	ContactsContact *contact;
	int read =
		contacts_read_contacts(account->account_id, &contact_id, 1, CONTACTS_LOCK_NONE, &contact);

	memset(owners, 0, sizeof(*owners));
	for (int kind = CONTACTS_EMAIL; kind <= CONTACTS_PHONE; kind++)
	{
		const char *name = contacts_enum_label(CONTACTS_ENUM_KIND, kind);
		JsonbValue room;
		JsonbValue *value =
			JB_ROOT_IS_OBJECT(changes)
				? getKeyJsonValueFromContainer(&changes->root, name, (int) strlen(name), &room)
				: NULL;
		ContactsContact edited;
		const char *text;
		ContactsProblem ignored;
		int64 owner;

		if (value == NULL || value->type != jbvString)
			continue;
		text = pnstrdup(value->val.string.val, value->val.string.len);
		if ((read && contacts_is_shown(kind, *contacts_shown_detail(contact, kind), text)) ||
			!contacts_clean_shown(account, &edited, kind, text, NULL, &ignored) ||
			edited.keys[kind][0] == '\0')
			continue;
		owner = contacts_owner_of(account->account_id, kind, edited.keys[kind]);
		if (owner == 0 || owner == contact_id)
			continue;
		if (!contacts_sees(account->account_id, owner))
			return contacts_hidden_problem(problem);
		owners->is_taken[kind] = true;
		if (owners->count == 0 || owners->ids[0] != owner)
			owners->ids[owners->count++] = owner;
	}
	return true;
}

/* In order of id, as a merge does; false when one is gone meanwhile. */
static bool
lock_all(int64 account_id, int64 contact_id, const Owners *owners)
{
	int64 ids[3] = {contact_id, owners->ids[0], owners->ids[1]};
	ContactsContact *contacts;

	return contacts_read_contacts(account_id, ids, owners->count + 1, CONTACTS_LOCK_LIFECYCLE,
								  &contacts) == owners->count + 1;
}

static bool
same_owners(const Owners *a, const Owners *b)
{
	return a->count == b->count && a->ids[0] == b->ids[0] && a->ids[1] == b->ids[1] &&
		   a->is_taken[CONTACTS_EMAIL] == b->is_taken[CONTACTS_EMAIL] &&
		   a->is_taken[CONTACTS_PHONE] == b->is_taken[CONTACTS_PHONE];
}

/* The keys of the changes that are taken, or all others. */
static Jsonb *
part_of(Jsonb *changes, const Owners *owners, bool taken)
{
	JsonbPair *pairs = contacts_object_read(changes);
	int count = contacts_object_count(changes);
	int kept = 0;

	for (int i = 0; i < count; i++)
	{
		bool is_taken =
			(owners->is_taken[CONTACTS_EMAIL] && contacts_json_key_is(&pairs[i].key, "email")) ||
			(owners->is_taken[CONTACTS_PHONE] && contacts_json_key_is(&pairs[i].key, "phone"));

		if (is_taken == taken)
			pairs[kept++] = pairs[i];
	}
	return contacts_object_build(pairs, kept);
}

static bool
merge_owners(int64 account_id, int64 contact_id, Jsonb *changes, Owners *owners,
			 ContactsProblem *problem)
{
	ContactsMergeRequest request = {contact_id, owners->ids, owners->count, "primary", changes};
	int64 merge_id;

	return contacts_run_merge(account_id, &request, &merge_id, problem);
}
