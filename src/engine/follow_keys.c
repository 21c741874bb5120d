/* -------------------------------------------------------------------------
 * follow_keys.c
 *		The keys behind changed contacts: freed, then claimed (R5, R11).
 *
 * All keys are freed before any is claimed, so that two contacts can exchange their addresses in
 * one UPDATE.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/timestamp.h"

#include "engine/access.h"
#include "engine/follow.h"
#include "values/merge.h"
#include "engine/report.h"

static void free_all_keys(int64 account_id, const ContactsChange *changes, int count);
static bool follow_kind(const ContactsAccount *account, ContactsIdentifierKind kind,
						const ContactsChange *changes, int count, ContactsProblem *problem);
static bool key_of(const ContactsAccount *account, ContactsIdentifierKind kind,
				   const ContactsState *state, ContactsKey *key);
static bool claim_all(const ContactsAccount *account, ContactsClaim *claims, int count,
					  ContactsProblem *problem);

bool
contacts_follow_keys(const ContactsAccount *account, const ContactsChange *changes, int count,
					 ContactsProblem *problem)
{
	free_all_keys(account->account_id, changes, count);
	return follow_kind(account, CONTACTS_EMAIL, changes, count, problem) &&
		   follow_kind(account, CONTACTS_PHONE, changes, count, problem);
}

/* Contacts that are gone, or no longer live, own nothing; activities outlive their contact. */
static void
free_all_keys(int64 account_id, const ContactsChange *changes, int count)
{
	int64 *freed = palloc(count * sizeof(int64));
	int64 *removed = palloc(count * sizeof(int64));
	int freed_count = 0;
	int removed_count = 0;

	for (int i = 0; i < count; i++)
	{
		if (changes[i].after.contact_id == 0)
			removed[removed_count++] = changes[i].before.contact_id;
		else if (changes[i].before.contact_id != 0 && changes[i].before.live &&
				 !changes[i].after.live)
			freed[freed_count++] = changes[i].after.contact_id;
	}
	if (freed_count > 0)
		contacts_free_all(account_id, freed, freed_count);
	if (removed_count > 0)
		contacts_unlink_history(account_id, removed, removed_count);
}

/* The key behind a changed e-mail or phone: the former one is freed, the new one claimed. */
static bool
follow_kind(const ContactsAccount *account, ContactsIdentifierKind kind,
			const ContactsChange *changes, int count, ContactsProblem *problem)
{
	int64 *freed = palloc(count * sizeof(int64));
	ContactsClaim *claims = palloc(count * sizeof(ContactsClaim));
	int freed_count = 0;
	int claim_count = 0;

	for (int i = 0; i < count; i++)
	{
		const ContactsState *before = &changes[i].before;
		const ContactsState *after = &changes[i].after;
		ContactsKey old_key;
		ContactsKey new_key;
		bool had_key = before->live && key_of(account, kind, before, &old_key);

		if (!after->live ||
			(before->live && contacts_same_text(before->shown[kind], after->shown[kind])))
			continue;
		if (!key_of(account, kind, after, &new_key))
			new_key.value[0] = '\0';
		if (had_key && strcmp(old_key.value, new_key.value) == 0)
			continue; /* another spelling */
		if (before->live && before->shown[kind])
			freed[freed_count++] = after->contact_id;
		if (new_key.value[0])
			claims[claim_count++] =
				(ContactsClaim){kind, pstrdup(new_key.value), after->contact_id, true};
	}
	if (freed_count > 0)
		contacts_free_primary(account->account_id, kind, freed, freed_count);
	return claim_count == 0 || claim_all(account, claims, claim_count, problem);
}

/* The row passed guard.c, so what cannot be read is a phone that was given with a region. */
static bool
key_of(const ContactsAccount *account, ContactsIdentifierKind kind, const ContactsState *state,
	   ContactsKey *key)
{
	ContactsProblem ignored;

	return state->shown[kind] != NULL &&
		   contacts_account_key(account, kind, state->shown[kind],
								contacts_effective_region(account, NULL), key, &ignored) &&
		   key->use == CONTACTS_KEY_FINDS;
}

/* Claims keys; one that the contact has as a further key becomes its primary one. */
static bool
claim_all(const ContactsAccount *account, ContactsClaim *claims, int count,
		  ContactsProblem *problem)
{
	int64 account_id = account->account_id;

	if (contacts_claim(account_id, claims, count, GetCurrentTransactionStartTimestamp()) == count)
		return true;
	for (int i = 0; i < count; i++)
	{
		int64 owner = contacts_owner_of(account_id, claims[i].kind, claims[i].value);

		if (owner == 0)
			return contacts_busy_problem(problem);
		if (owner != claims[i].contact_id)
			return contacts_key_taken(account_id, claims[i].kind, owner, problem);
	}
	contacts_set_primary(account_id, claims, count);
	return true;
}
