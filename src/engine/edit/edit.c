/* -------------------------------------------------------------------------
 * edit.c
 *		Changes that somebody makes to known contacts.
 *
 * Contacts are locked and read, changed in memory, and those that differ are written by one UPDATE.
 * The triggers do the rest as for anybody's: claim and free keys, keep the status history.  So
 * nothing of that stands here.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/timestamp.h"

#include "engine/contact/clean.h"
#include "engine/contact/detail.h"
#include "engine/contact/resolve.h"
#include "engine/edit/edit.h"
#include "engine/session/own_write.h"
#include "store/account.h"
#include "store/contact.h"
#include "store/identifier.h"
#include "store/spi/enums.h"
#include "text/problem.h"
#include "values/field.h"
#include "values/json.h"
#include "values/json_read.h"
#include "values/survivorship.h"

static bool apply_change(const ContactsAccount *account, ContactsContact *contact,
						 const JsonbValue *key, const JsonbValue *value, ContactsProblem *problem);
static void show_next(int64 account_id, const ContactsContact *before, ContactsContact *contact,
					  ContactsIdentifierKind kind);
static bool edit_fields(const ContactsAccount *account, ContactsContact *contact,
						const JsonbValue *key, const JsonbValue *value, ContactsProblem *problem);
static int64 edit_detail(int64 account_id, const ContactsIds *ids, ContactsDetail detail,
						 const ContactsContact *given, const char *source,
						 ContactsProblem *problem);
static void write_edited(int64 account_id, ContactsContact **contacts, int count,
						 const char *source);

bool
contacts_edit_contact(int64 account_id, int64 *contact_id, Jsonb *changes, bool *changed,
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
	show_next(account_id, &before, contact, CONTACTS_EMAIL);
	show_next(account_id, &before, contact, CONTACTS_PHONE);
	*contact_id = contact->contact_id;
	*changed = contacts_details_differ(&before, contact);
	if (*changed)
		write_edited(account_id, &contact, 1, "api");
	return true;
}

/*
 * What is cleared makes room for the oldest other one of the contact, as when it is removed:
 * none that finds it is out of sight (R11).  The triggers would see to it, too, by a second change.
 */
static void
show_next(int64 account_id, const ContactsContact *before, ContactsContact *contact,
		  ContactsIdentifierKind kind)
{
	ContactsContact old = *before;
	const char **shown = contacts_shown_detail(contact, kind);
	ContactsClaim *next;

	if (*contacts_shown_detail(&old, kind) == NULL || *shown != NULL ||
		contacts_read_next_identifiers(account_id, &contact->contact_id, 1, kind, &next) == 0)
		return;
	*shown = contact->keys[kind] = next[0].value;
}

int64
contacts_edit_status(int64 account_id, const ContactsIds *ids, int status, const char *source,
					 ContactsProblem *problem)
{
	ContactsContact given = {.status = status};

	return edit_detail(account_id, ids, CONTACTS_DETAIL_STATUS, &given, source, problem);
}

int64
contacts_edit_owner(int64 account_id, const ContactsIds *ids, int64 owner_id,
					ContactsProblem *problem)
{
	ContactsContact given = {.owner_id = owner_id};

	if (!contacts_check_member(account_id, owner_id, problem))
		return -1;
	return edit_detail(account_id, ids, CONTACTS_DETAIL_OWNER, &given, "manual", problem);
}

/* Gives many contacts one detail; returns how many had another, -1 with *problem filled. */
static int64
edit_detail(int64 account_id, const ContactsIds *ids, ContactsDetail detail,
			const ContactsContact *given, const char *source, ContactsProblem *problem)
{
	ContactsContact *contacts;
	int count = contacts_lock_contacts(account_id, ids, CONTACTS_LOCK_WRITE, &contacts, problem);
	ContactsContact **changed = palloc(Max(count, 1) * sizeof(ContactsContact *));
	int changed_count = 0;

	for (int i = 0; i < count; i++)
		if (!contacts_same_detail(&contacts[i], given, detail))
		{
			contacts_copy_detail(&contacts[i], given, detail);
			changed[changed_count++] = &contacts[i];
		}
	write_edited(account_id, changed, changed_count, source);
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
			 const JsonbValue *value, ContactsProblem *problem)
{
	int detail = contacts_detail_named(key->val.string.val, key->val.string.len);
	int kind = contacts_kind_shown(detail);
	const char *text;

	if (contacts_json_key_is(key, "fields"))
		return edit_fields(account, contact, key, value, problem);
	if (detail < 0 || detail >= CONTACTS_EDITED_DETAILS)
		return contacts_field_misplaced(
			&account->fields, key,
			"name, email, phone, company, timezone, status, owner_id, fields", problem);
	if (detail == CONTACTS_DETAIL_OWNER)
		return contacts_json_read_id(key, value, &contact->owner_id, problem) &&
			   contacts_check_member(account->account_id, contact->owner_id, problem);
	if (!contacts_json_read_text(key, value, &text, problem))
		return false;
	if (detail == CONTACTS_DETAIL_STATUS)
		return contacts_enum_read(CONTACTS_ENUM_STATUS, "status", text, &contact->status, problem);
	return (kind >= 0 && contacts_is_shown(kind, *contacts_shown_detail(contact, kind), text)) ||
		   contacts_clean_detail(account, contact, detail, text, problem);
}

/* Only what differs from the stored fields is checked: archived ones may stay or be cleared. */
static bool
edit_fields(const ContactsAccount *account, ContactsContact *contact, const JsonbValue *key,
			const JsonbValue *value, ContactsProblem *problem)
{
	Jsonb *fields;

	if (!contacts_json_read_object(key, value, &fields, problem))
		return false;
	if (fields == NULL)
	{
		contact->fields = contacts_empty_object();
		return true;
	}
	fields = contacts_fields_check_edit(&account->fields, contact->fields, fields, problem);
	if (fields == NULL)
		return false;
	fields = contacts_surviving_fields(contact->fields, fields, CONTACTS_EDIT_VALUES);
	if (!contacts_fields_fit(contact->fields, fields, problem))
		return false;
	contact->fields = fields;
	return true;
}

/* What changed has its details from now. */
static void
write_edited(int64 account_id, ContactsContact **contacts, int count, const char *source)
{
	for (int i = 0; i < count; i++)
		contacts[i]->details_at = GetCurrentTransactionStartTimestamp();
	contacts_update_own(account_id, contacts, count, 0, source);
}
