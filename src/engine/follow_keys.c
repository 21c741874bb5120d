/* -------------------------------------------------------------------------
 * follow_keys.c
 *		The keys behind changed contacts: freed, then claimed (R5, R11).
 *
 * All keys are freed before any is claimed, so that two contacts can exchange their addresses in
 * one UPDATE.  A deleted contact's keys are noted; when it is restored it claims them again, and
 * one that somebody else has meanwhile stays there and makes a pair to review (R51).
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
static bool is_restored(const ContactsChange *change);
static void restore_keys(const ContactsAccount *account, const ContactsChange *changes, int count);
static void put_up_for_review(int64 account_id, const ContactsTakenKey *taken, int count);
static void claim_shown(const ContactsAccount *account, ContactsIdentifierKind kind,
						const ContactsChange *changes, int count);
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
	restore_keys(account, changes, count);
	return follow_kind(account, CONTACTS_EMAIL, changes, count, problem) &&
		   follow_kind(account, CONTACTS_PHONE, changes, count, problem);
}

/* Contacts that are no longer live own nothing. */
static void
free_all_keys(int64 account_id, const ContactsChange *changes, int count)
{
	int64 *freed = palloc(count * sizeof(int64));
	int freed_count = 0;

	for (int i = 0; i < count; i++)
		if (changes[i].after.contact_id != 0 && changes[i].before.live && !changes[i].after.live)
			freed[freed_count++] = changes[i].after.contact_id;
	if (freed_count > 0)
		contacts_free_all(account_id, freed, freed_count);
}

static bool
is_restored(const ContactsChange *change)
{
	return change->before.contact_id != 0 && !change->before.live && change->after.live;
}

static void
restore_keys(const ContactsAccount *account, const ContactsChange *changes, int count)
{
	int64 account_id = account->account_id;
	int64 *restored = palloc(count * sizeof(int64));
	int restored_count = 0;
	ContactsTakenKey *taken;
	int taken_count;

	for (int i = 0; i < count; i++)
		if (is_restored(&changes[i]))
			restored[restored_count++] = changes[i].after.contact_id;
	if (restored_count == 0)
		return;
	taken_count = contacts_reclaim_all(account_id, restored, restored_count, &taken);
	put_up_for_review(account_id, taken, taken_count);
	for (int kind = CONTACTS_EMAIL; kind <= CONTACTS_PHONE; kind++)
		claim_shown(account, kind, changes, count);
}

static void
put_up_for_review(int64 account_id, const ContactsTakenKey *taken, int count)
{
	ContactsPair *pairs = palloc(Max(count, 1) * sizeof(ContactsPair));

	for (int i = 0; i < count; i++)
		pairs[i] = (ContactsPair){taken[i].contact_id, taken[i].owner_id,
								  contacts_taken_reason(taken[i].kind), i};
	if (count > 0)
		contacts_insert_pairs(account_id, pairs, count);
}

/* What a restored contact shows may not be what it had: then that is claimed, too. */
static void
claim_shown(const ContactsAccount *account, ContactsIdentifierKind kind,
			const ContactsChange *changes, int count)
{
	ContactsClaim *claims = palloc(count * sizeof(ContactsClaim));
	ContactsTakenKey *taken;
	ContactsKey key;
	int claim_count = 0;
	int taken_count;

	for (int i = 0; i < count; i++)
		if (is_restored(&changes[i]) && key_of(account, kind, &changes[i].after, &key))
			claims[claim_count++] =
				(ContactsClaim){kind, pstrdup(key.value), changes[i].contact_id, true};
	if (claim_count == 0)
		return;
	contacts_claim(account->account_id, claims, claim_count, GetCurrentTransactionStartTimestamp());
	contacts_set_primary(account->account_id, claims, claim_count);
	taken_count = contacts_read_taken(account->account_id, claims, claim_count, &taken);
	put_up_for_review(account->account_id, taken, taken_count);
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

		if (!after->live || is_restored(&changes[i]) ||
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
