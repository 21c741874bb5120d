/* -------------------------------------------------------------------------
 * effects_identifiers.c
 *		The keys behind changed contacts: freed, then claimed (R5, R11).
 *
 * All keys are freed before any is claimed, so that two contacts can exchange their addresses in
 * one UPDATE.  A deleted contact's keys are noted, also when what it shows is changed then; when it
 * is restored it claims them again, and one that somebody else has meanwhile stays there and makes
 * a pair to review (R51).  Where what is shown is cleared, the contact shows the oldest other one
 * that it has.  A text is read in the statement that writes it, and never again: another
 * session, or another day, may have another region for phones without their country.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/timestamp.h"

#include "engine/contact/detail.h"
#include "engine/contact/identifier.h"
#include "engine/session/own_write.h"
#include "engine/trigger/effects.h"
#include "identity/identifier.h"
#include "store/account.h"
#include "store/contact.h"
#include "store/identifier.h"
#include "text/problem.h"
#include "values/survivorship.h"

static void free_deleted(int64 account_id, const ContactsChange *changes, int count);
static bool is_restored(const ContactsChange *change);
static bool shows_another(const ContactsChange *change, ContactsIdentifierKind kind);
static void reclaim_restored(int64 account_id, const ContactsChange *changes, int count);
static void note_shown(const ContactsAccount *account, ContactsIdentifierKind kind,
					   const ContactsChange *changes, int count);
static bool change_kind(const ContactsAccount *account, ContactsIdentifierKind kind,
						const ContactsChange *changes, int count, ContactsProblem *problem);
static const char *key_of(const ContactsAccount *account, ContactsIdentifierKind kind,
						  const ContactsState *state);
static bool claim_all(const ContactsAccount *account, ContactsClaim *claims, int claim_count,
					  const ContactsChange *changes, int count, ContactsProblem *problem);
static void show_next(int64 account_id, ContactsIdentifierKind kind, const int64 *ids, int count);
static bool given_twice(int64 account_id, const ContactsChange *change, ContactsIdentifierKind kind,
						int64 owner, ContactsProblem *problem);

bool
contacts_identifier_effects(const ContactsAccount *account, const ContactsChange *changes,
							int count, ContactsProblem *problem)
{
	free_deleted(account->account_id, changes, count);
	for (int kind = CONTACTS_EMAIL; kind <= CONTACTS_PHONE; kind++)
		note_shown(account, kind, changes, count);
	reclaim_restored(account->account_id, changes, count);
	return change_kind(account, CONTACTS_EMAIL, changes, count, problem) &&
		   change_kind(account, CONTACTS_PHONE, changes, count, problem);
}

/* Contacts that are no longer live own nothing. */
static void
free_deleted(int64 account_id, const ContactsChange *changes, int count)
{
	int64 *freed = palloc(count * sizeof(int64));
	int freed_count = 0;

	for (int i = 0; i < count; i++)
		if (changes[i].after.contact_id != 0 && changes[i].before.live && !changes[i].after.live)
			freed[freed_count++] = changes[i].after.contact_id;
	if (freed_count > 0)
		contacts_free_identifiers(account_id, freed, freed_count);
}

/* What plain SQL lets a deleted contact show is noted, too: restored, it claims it. */
static void
note_shown(const ContactsAccount *account, ContactsIdentifierKind kind,
		   const ContactsChange *changes, int count)
{
	ContactsClaim *shown = palloc(count * sizeof(ContactsClaim));
	int found = 0;

	for (int i = 0; i < count; i++)
	{
		const ContactsState *after = &changes[i].after;
		const char *key;

		if (after->contact_id == 0 || after->live || after->merged ||
			!shows_another(&changes[i], kind))
			continue;
		key = key_of(account, kind, after);
		shown[found++] = (ContactsClaim){kind, key ? key : "", after->contact_id, true};
	}
	if (found > 0)
		contacts_note_shown(account->account_id, shown, found);
}

static bool
is_restored(const ContactsChange *change)
{
	return change->before.contact_id != 0 && !change->before.live && change->after.live;
}

/* Whether an e-mail or phone is shown that was not before, or one no longer is. */
static bool
shows_another(const ContactsChange *change, ContactsIdentifierKind kind)
{
	return !contacts_same_text(change->before.shown[kind], change->after.shown[kind]);
}

static void
reclaim_restored(int64 account_id, const ContactsChange *changes, int count)
{
	int64 *restored = palloc(count * sizeof(int64));
	int restored_count = 0;
	ContactsTakenIdentifier *taken;
	int taken_count;

	for (int i = 0; i < count; i++)
		if (is_restored(&changes[i]))
			restored[restored_count++] = changes[i].after.contact_id;
	if (restored_count == 0)
		return;
	taken_count = contacts_reclaim_identifiers(account_id, restored, restored_count, &taken);
	contacts_review_taken(account_id, taken, taken_count);
}

/* The key behind a changed e-mail or phone: the former one is freed, the new one claimed. */
static bool
change_kind(const ContactsAccount *account, ContactsIdentifierKind kind,
			const ContactsChange *changes, int count, ContactsProblem *problem)
{
	ContactsClaim *claims = palloc(count * sizeof(ContactsClaim));
	ContactsClaim *kept = palloc(count * sizeof(ContactsClaim));
	int64 *cleared = palloc(count * sizeof(int64));
	int claim_count = 0;
	int kept_count = 0;
	int cleared_count = 0;

	for (int i = 0; i < count; i++)
	{
		const ContactsState *before = &changes[i].before;
		const ContactsState *after = &changes[i].after;
		const char *key;

		if (!after->live || !shows_another(&changes[i], kind))
			continue;
		key = key_of(account, kind, after);
		if (before->contact_id != 0 && before->shown[kind])
			kept[kept_count++] = (ContactsClaim){kind, key ? key : "", after->contact_id, true};
		if (key)
			claims[claim_count++] = (ContactsClaim){kind, key, after->contact_id, true};
		if (before->contact_id != 0 && after->shown[kind] == NULL)
			cleared[cleared_count++] = after->contact_id;
	}
	if (kept_count > 0)
		contacts_free_other_primary(account->account_id, kept, kept_count);
	if (cleared_count > 0)
		show_next(account->account_id, kind, cleared, cleared_count);
	return claim_count == 0 || claim_all(account, claims, claim_count, changes, count, problem);
}

/* A change of its own, since the statement has written its rows. */
static void
show_next(int64 account_id, ContactsIdentifierKind kind, const int64 *ids, int count)
{
	ContactsClaim *next;
	int next_count = contacts_read_next_identifiers(account_id, ids, count, kind, &next);
	int64 *showing = palloc(Max(next_count, 1) * sizeof(int64));
	ContactsContact *contacts;
	ContactsContact **changed;
	int found;

	if (next_count == 0)
		return;
	for (int i = 0; i < next_count; i++)
		showing[i] = next[i].contact_id;
	found = contacts_read_contacts(account_id, showing, next_count, CONTACTS_LOCK_NONE, &contacts);
	changed = palloc(Max(found, 1) * sizeof(ContactsContact *));
	for (int i = 0, place = 0; i < found; i++)
	{
		/* both are in order of id */
		while (next[place].contact_id != contacts[i].contact_id)
			place++;
		*contacts_shown_detail(&contacts[i], kind) = next[place].value;
		changed[i] = &contacts[i];
	}
	contacts_update_own(account_id, changed, found, CONTACTS_IDENTIFIERS_ARE_MINE, NULL);
	contacts_set_primary(account_id, next, next_count);
}

/*
 * The key of what a contact has just come to show, NULL when it finds nobody.  The row is clean:
 * the check of this very statement has read it, under the same region.
 */
static const char *
key_of(const ContactsAccount *account, ContactsIdentifierKind kind, const ContactsState *state)
{
	const ContactsContact *own = contacts_own_contact(state->contact_id);
	const char *shown = state->shown[kind];
	ContactsProblem ignored;
	ContactsKey key;

	if (shown == NULL)
		return NULL;
	/* whoever writes it has just read it */
	if (own && own->keys[kind])
		return own->keys[kind][0] ? own->keys[kind] : NULL;
	return contacts_read_identifier_of(account, kind, shown,
									   contacts_effective_region(account, NULL), &key, &ignored) &&
				   key.use == CONTACTS_KEY_FINDS
			   ? pstrdup(key.value)
			   : NULL;
}

/* Claims keys; one that the contact has as a further key becomes its primary one. */
static bool
claim_all(const ContactsAccount *account, ContactsClaim *claims, int claim_count,
		  const ContactsChange *changes, int count, ContactsProblem *problem)
{
	int64 account_id = account->account_id;
	int64 *owners;

	if (contacts_claim_own(account_id, claims, claim_count,
						   GetCurrentTransactionStartTimestamp()) == claim_count)
		return true;
	owners = palloc(claim_count * sizeof(int64));
	contacts_read_owners(account_id, claims, claim_count, owners);
	for (int i = 0; i < claim_count; i++)
	{
		const ContactsChange *change;

		if (owners[i] == 0)
			return contacts_busy_problem(problem, "who owns an identifier");
		if (owners[i] == claims[i].contact_id)
			continue;
		/* another spelling of what it showed before without owning it */
		change = contacts_change_of(changes, count, claims[i].contact_id);
		if (!change->before.live ||
			!contacts_shows_key(account, claims[i].kind, change->before.shown[claims[i].kind],
								claims[i].value))
			return contacts_claimed_just_now(account_id, &claims[i])
					   ? given_twice(account_id, change, claims[i].kind, owners[i], problem)
					   : contacts_identifier_taken(account_id, claims[i].kind, owners[i], problem);
	}
	contacts_set_primary(account_id, claims, claim_count);
	return true;
}

/* The statement fails, and with it goes the other contact: say the value, not an id. */
static bool
given_twice(int64 account_id, const ContactsChange *change, ContactsIdentifierKind kind,
			int64 owner, ContactsProblem *problem)
{
	const char *spelling = change->after.shown[kind];
	const char *other = NULL;
	ContactsContact *contacts;

	if (contacts_read_contacts(account_id, &owner, 1, CONTACTS_LOCK_NONE, &contacts) == 1)
		other = *contacts_shown_detail(&contacts[0], kind);
	return contacts_given_twice_problem(problem, kind, spelling, other ? other : spelling);
}
