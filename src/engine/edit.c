/* -------------------------------------------------------------------------
 * edit.c
 *		Changes that somebody makes to known contacts.
 *
 * Contacts are locked and read, changed in memory, and those that differ are written by one plain
 * UPDATE.  The triggers do the rest as for anybody's UPDATE: check, claim and free keys, keep the
 * status history.  So nothing of that stands here.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "engine/edit.h"
#include "engine/given.h"
#include "engine/access.h"
#include "engine/cause.h"
#include "values/merge.h"

static bool apply_change(const ContactsAccount *account, ContactsContact *contact,
						 const JsonbValue *key, JsonbValue *value, ContactsProblem *problem);
static bool edit_fields(const ContactsAccount *account, ContactsContact *contact,
						const JsonbValue *key, const JsonbValue *value, ContactsProblem *problem);
static bool member_exists(int64 account_id, int64 owner_id, ContactsProblem *problem);
static bool differs(const ContactsContact *before, const ContactsContact *after);
static void write_with_source(int64 account_id, ContactsContact **contacts, int count,
							  const char *source);

bool
contacts_edit(int64 account_id, int64 *contact_id, Jsonb *changes, bool *changed,
			  ContactsProblem *problem)
{
	const ContactsAccount *account = contacts_account(account_id);
	ContactsContact *contact = contacts_lock_contact(account_id, *contact_id, problem);
	ContactsContact before;

	if (contact == NULL)
		return false;
	before = *contact;
	if (!contacts_apply_changes(account, contact, changes, problem))
		return false;
	*contact_id = contact->contact_id;
	*changed = differs(&before, contact);
	if (*changed)
		write_with_source(account_id, &contact, 1, "api");
	return true;
}

int64
contacts_set_status_of(int64 account_id, const ContactsIds *ids, int status, const char *source,
					   ContactsProblem *problem)
{
	ContactsContact *contacts;
	int count = contacts_lock_contacts(account_id, ids, CONTACTS_LOCK_WRITE, &contacts, problem);
	ContactsContact **changed = palloc(Max(count, 1) * sizeof(ContactsContact *));
	int changed_count = 0;

	for (int i = 0; i < count; i++)
		if (contacts[i].status != status)
		{
			contacts[i].status = status;
			changed[changed_count++] = &contacts[i];
		}
	write_with_source(account_id, changed, changed_count, source);
	return count < 0 ? -1 : changed_count;
}

int64
contacts_assign(int64 account_id, const ContactsIds *ids, int64 owner_id, ContactsProblem *problem)
{
	ContactsContact *contacts;
	ContactsContact **changed;
	int count;
	int changed_count = 0;

	if (owner_id != 0 && !member_exists(account_id, owner_id, problem))
		return -1;
	count = contacts_lock_contacts(account_id, ids, CONTACTS_LOCK_WRITE, &contacts, problem);
	changed = palloc(Max(count, 1) * sizeof(ContactsContact *));
	for (int i = 0; i < count; i++)
		if (contacts[i].owner_id != owner_id)
		{
			contacts[i].owner_id = owner_id;
			changed[changed_count++] = &contacts[i];
		}
	write_with_source(account_id, changed, changed_count, "manual");
	return count < 0 ? -1 : changed_count;
}

bool
contacts_apply_changes(const ContactsAccount *account, ContactsContact *contact, Jsonb *changes,
					   ContactsProblem *problem)
{
	JsonbIterator *iterator = JsonbIteratorInit(&changes->root);
	JsonbIteratorToken token;
	JsonbValue key;
	JsonbValue value;

	if (!JB_ROOT_IS_OBJECT(changes))
	{
		contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid changes: not an object");
		contacts_problem_detail(problem, "Changes are a JSON object of details.");
		contacts_problem_hint(problem, "For example: {\"company\": \"Acme\", \"phone\": null}.");
		return false;
	}
	(void) JsonbIteratorNext(&iterator, &value, true);
	while ((token = JsonbIteratorNext(&iterator, &key, true)) == WJB_KEY)
	{
		(void) JsonbIteratorNext(&iterator, &value, true);
		if (!apply_change(account, contact, &key, &value, problem))
			return false;
	}
	return true;
}

/* One key of the changes; null clears (R22). */
static bool
apply_change(const ContactsAccount *account, ContactsContact *contact, const JsonbValue *key,
			 JsonbValue *value, ContactsProblem *problem)
{
	const char *label;

	if (contacts_given_key_is(key, "name"))
		return contacts_given_text(key, value, &contact->name, problem) &&
			   contacts_clean_text("name", contact->name, &contact->name, problem);
	if (contacts_given_key_is(key, "company"))
		return contacts_given_text(key, value, &contact->company, problem) &&
			   contacts_clean_text("company", contact->company, &contact->company, problem);
	if (contacts_given_key_is(key, "email"))
		return contacts_given_text(key, value, &contact->email, problem) &&
			   contacts_clean_shown(account, CONTACTS_EMAIL, contact->email, &contact->email,
									problem);
	if (contacts_given_key_is(key, "phone"))
		return contacts_given_text(key, value, &contact->phone, problem) &&
			   contacts_clean_shown(account, CONTACTS_PHONE, contact->phone, &contact->phone,
									problem);
	if (contacts_given_key_is(key, "timezone"))
		return contacts_given_text(key, value, &contact->timezone, problem) &&
			   contacts_clean_timezone(contact->timezone, &contact->timezone, problem);
	if (contacts_given_key_is(key, "status"))
		return contacts_given_text(key, value, &label, problem) &&
			   contacts_read_label(CONTACTS_ENUM_STATUS, "status", label, &contact->status,
								   problem);
	if (contacts_given_key_is(key, "owner_id"))
		return contacts_given_id(key, value, &contact->owner_id, problem) &&
			   (contact->owner_id == 0 ||
				member_exists(account->account_id, contact->owner_id, problem));
	if (contacts_given_key_is(key, "fields"))
		return edit_fields(account, contact, key, value, problem);
	return contacts_given_unknown(key,
								  "name, email, phone, company, timezone, status, owner_id, fields",
								  problem);
}

/* Only what differs from the stored fields is checked: archived ones may stay or be cleared. */
static bool
edit_fields(const ContactsAccount *account, ContactsContact *contact, const JsonbValue *key,
			const JsonbValue *value, ContactsProblem *problem)
{
	Jsonb *fields;

	if (!contacts_given_object(key, value, &fields, problem))
		return false;
	if (fields == NULL)
	{
		contact->fields = contacts_empty_object();
		return true;
	}
	fields = contacts_fields_check_edit(&account->fields, contact->fields, fields, problem);
	if (fields == NULL)
		return false;
	contact->fields = contacts_fields_merge(contact->fields, fields, CONTACTS_MERGE_EDIT);
	return true;
}

static bool
member_exists(int64 account_id, int64 owner_id, ContactsProblem *problem)
{
	bool found;

	contacts_members_exist(account_id, &owner_id, 1, &found);
	return found || contacts_missing_problem(problem, "member", owner_id);
}

static bool
differs(const ContactsContact *before, const ContactsContact *after)
{
	return !contacts_same_text(before->name, after->name) ||
		   !contacts_same_text(before->email, after->email) ||
		   !contacts_same_text(before->phone, after->phone) ||
		   !contacts_same_text(before->company, after->company) ||
		   !contacts_same_text(before->timezone, after->timezone) ||
		   before->status != after->status || before->owner_id != after->owner_id ||
		   compareJsonbContainers(&before->fields->root, &after->fields->root) != 0;
}

static void
write_with_source(int64 account_id, ContactsContact **contacts, int count, const char *source)
{
	const char *before;

	if (count <= 0)
		return;
	before = contacts_set_source(source);
	PG_TRY();
	{
		contacts_update_contacts(account_id, contacts, count);
	}
	PG_FINALLY();
	{
		contacts_set_source(before);
	}
	PG_END_TRY();
}
