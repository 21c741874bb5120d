/* -------------------------------------------------------------------------
 * write.c
 *		Writes what a batch decided, one statement per table.
 *
 * Order: new contacts, claims of keys (the point where another session may have been faster),
 * changed contacts, cookies that move, primary keys, history, pairs, tags, page views.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "engine/ingest/batch.h"
#include "engine/ingest/ingest.h"
#include "engine/session/actor.h"
#include "engine/session/own_write.h"
#include "engine/session/unclaimed.h"
#include "identity/identifier.h"
#include "store/contact.h"
#include "store/duplicate.h"
#include "store/identifier.h"
#include "store/page_view.h"
#include "store/status.h"
#include "store/tag.h"

static void write_people(ContactsBatch *batch, bool is_new);
static void write_tags(ContactsBatch *batch);
static bool write_claims(ContactsBatch *batch);
static bool write_moves(ContactsBatch *batch);
static bool hold_disputed(ContactsBatch *batch);
static void write_primary_keys(ContactsBatch *batch);
static void link_page_views(ContactsBatch *batch);
static ContactsClaim claim_of(const ContactsBatch *batch, int key);

bool
contacts_write_batch(ContactsBatch *batch)
{
	int64 account_id = batch->account->account_id;

	write_people(batch, true);
	if (!write_claims(batch) || !write_moves(batch) || !hold_disputed(batch))
		return false;
	contacts_note_claimed(false);
	write_people(batch, false);
	write_primary_keys(batch);
	if (batch->change_count)
		contacts_insert_status_changes(account_id, batch->changes, batch->change_count,
									   contacts_actor_at_work());
	if (batch->conflict_count)
		contacts_insert_conflicts(account_id, batch->conflicts, batch->conflict_count);
	if (batch->tagging_count)
		write_tags(batch);
	link_page_views(batch);
	return true;
}

/* New people are inserted, changed ones updated. */
static void
write_people(ContactsBatch *batch, bool is_new)
{
	static const int mine = CONTACTS_IDENTIFIERS_ARE_MINE | CONTACTS_STATUS_IS_MINE;
	ContactsContact **rows = palloc(Max(batch->person_count, 1) * sizeof(ContactsContact *));
	int count = 0;

	for (int i = 0; i < batch->person_count; i++)
		if (batch->people[i]->is_new == is_new && (is_new || batch->people[i]->changed))
			rows[count++] = &batch->people[i]->row;
	if (is_new)
		contacts_insert_own(batch->account->account_id, rows, count, mine);
	else
		contacts_update_own(batch->account->account_id, rows, count, mine, NULL);
}

/* For an item alone it is known whether its tags were new. */
static void
write_tags(ContactsBatch *batch)
{
	int added =
		contacts_add_tags(batch->account->account_id, batch->taggings, batch->tagging_count);

	if (added > 0 && batch->item_count == 1 && batch->items[0]->outcome == CONTACTS_UNCHANGED)
		batch->items[0]->outcome = CONTACTS_UPDATED;
}

static bool
write_claims(ContactsBatch *batch)
{
	ContactsClaim *claims = palloc(Max(batch->key_count, 1) * sizeof(ContactsClaim));
	int count = 0;

	for (int i = 0; i < batch->key_count; i++)
		if (batch->keys[i].is_claimed)
			claims[count++] = claim_of(batch, i);
	return count == 0 ||
		   contacts_claim_own(batch->account->account_id, claims, count, batch->now) == count;
}

static bool
write_moves(ContactsBatch *batch)
{
	ContactsClaim *moves = palloc(Max(batch->key_count, 1) * sizeof(ContactsClaim));
	int count = 0;

	for (int i = 0; i < batch->key_count; i++)
		if (batch->keys[i].is_moved)
			moves[count++] = claim_of(batch, i);
	return count == 0 || contacts_move_visitors(batch->account->account_id, moves, count) == count;
}

/*
 * Who gives up what somebody else shows from now on waits for us, and then leaves it to that one.
 * False when they were faster.
 */
static bool
hold_disputed(ContactsBatch *batch)
{
	ContactsClaim *held;
	int count = 0;

	if (batch->conflict_count == 0)
		return true;
	held = palloc(Max(batch->key_count, 1) * sizeof(ContactsClaim));
	for (int i = 0; i < batch->key_count; i++)
	{
		const ContactsBatchKey *key = &batch->keys[i];

		if (key->kind <= CONTACTS_PHONE && key->owner != CONTACTS_NOBODY && !key->is_claimed &&
			batch->people[key->owner]->is_disputed)
			held[count++] = claim_of(batch, i);
	}
	return count == 0 ||
		   contacts_hold_identifiers(batch->account->account_id, held, count) == count;
}

/* Existing contacts that show another key than before; new ones claimed theirs as primary. */
static void
write_primary_keys(ContactsBatch *batch)
{
	ContactsClaim *keys = palloc(Max(batch->person_count, 1) * 2 * sizeof(ContactsClaim));
	int count = 0;

	for (int i = 0; i < batch->person_count; i++)
		for (int kind = CONTACTS_EMAIL; kind <= CONTACTS_PHONE; kind++)
			if (batch->people[i]->new_primary[kind] && !batch->people[i]->is_new)
				keys[count++] = claim_of(batch, batch->people[i]->primary[kind]);
	if (count > 0)
		contacts_set_primary(batch->account->account_id, keys, count);
}

/* Pages that a visitor looked at before we knew who it is (R15). */
static void
link_page_views(ContactsBatch *batch)
{
	ContactsClaim *visitors = palloc(Max(batch->key_count, 1) * sizeof(ContactsClaim));
	int count = 0;

	for (int i = 0; i < batch->key_count; i++)
		if (batch->keys[i].kind == CONTACTS_VISITOR &&
			(batch->keys[i].is_claimed || batch->keys[i].is_moved))
		{
			visitors[count] = claim_of(batch, i);
			visitors[count++].contact_id =
				batch->people[batch->keys[i].first_owner]->row.contact_id;
		}
	if (count > 0)
		contacts_link_page_views(batch->account->account_id, visitors, count);
}

static ContactsClaim
claim_of(const ContactsBatch *batch, int key)
{
	const ContactsBatchKey *known = &batch->keys[key];
	const ContactsPerson *owner = batch->people[known->owner];
	ContactsClaim claim = {known->kind, known->value, owner->row.contact_id, false};

	if (known->kind <= CONTACTS_PHONE)
		claim.is_primary = owner->primary[known->kind] == key;
	return claim;
}
