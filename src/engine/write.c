/* -------------------------------------------------------------------------
 * write.c
 *		Writes what a batch decided, one statement per table.
 *
 * Order: new contacts, claims of keys (the point where another session may have been faster),
 * changed contacts, cookies that move, primary keys, history, pairs, tags, page views.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/fmgrprotos.h"

#include "engine/cause.h"
#include "engine/ingest.h"
#include "engine/world.h"
#include "store/merge.h"

/* Depth of triggers at which the engine itself writes to contacts.contact; -1 = it does not. */
static int writing_at_depth = -1;

/* One write to contacts.contact: rows, or redirects when ids are given. */
typedef struct OwnWrite
{
	int64 account_id;
	ContactsContact **rows;
	int count;
	bool is_new;
	const int64 *ids;
	int64 survivor;
} OwnWrite;

static void write_own(const OwnWrite *write);
static int trigger_depth(void);
static void write_people(ContactsWorld *world, bool is_new);
static void write_tags(ContactsWorld *world);
static bool write_claims(ContactsWorld *world);
static bool write_moves(ContactsWorld *world);
static void write_primary_keys(ContactsWorld *world);
static void link_page_views(ContactsWorld *world);
static ContactsClaim claim_of(const ContactsWorld *world, int key);

bool
contacts_world_is_changed(const ContactsWorld *world)
{
	if (world->change_count || world->pair_count || world->tagging_count)
		return true;
	for (int i = 0; i < world->person_count; i++)
		if (world->people[i]->is_new || world->people[i]->changed)
			return true;
	for (int i = 0; i < world->key_count; i++)
		if (world->keys[i].is_claimed || world->keys[i].is_moved)
			return true;
	return false;
}

bool
contacts_world_changes_people(const ContactsWorld *world)
{
	for (int i = 0; i < world->person_count; i++)
		if (world->people[i]->changed && !world->people[i]->is_new)
			return true;
	/* a further key decides who matches next, so two sessions that add one take turns (R16) */
	for (int i = 0; i < world->key_count; i++)
		if (world->keys[i].is_claimed && !world->people[world->keys[i].owner]->is_new)
			return true;
	return false;
}

bool
contacts_world_write(ContactsWorld *world)
{
	int64 account_id = world->account->account_id;

	write_people(world, true);
	if (!write_claims(world) || !write_moves(world))
		return false;
	write_people(world, false);
	write_primary_keys(world);
	if (world->change_count)
		contacts_insert_status_changes(account_id, world->changes, world->change_count,
									   contacts_by());
	if (world->pair_count)
		contacts_insert_pairs(account_id, world->pairs, world->pair_count);
	if (world->tagging_count)
		write_tags(world);
	link_page_views(world);
	return true;
}

bool
contacts_is_own_write(void)
{
	return writing_at_depth >= 0 && trigger_depth() == writing_at_depth + 1;
}

/* How many triggers deep we are; pg_trigger_depth() does not look at its arguments. */
static int
trigger_depth(void)
{
	return DatumGetInt32(pg_trigger_depth(NULL));
}

/* New people are inserted, changed ones updated. */
static void
write_people(ContactsWorld *world, bool is_new)
{
	ContactsContact **rows = palloc(Max(world->person_count, 1) * sizeof(ContactsContact *));
	int count = 0;

	for (int i = 0; i < world->person_count; i++)
		if (world->people[i]->is_new == is_new && (is_new || world->people[i]->changed))
			rows[count++] = &world->people[i]->row;
	if (count > 0)
		contacts_write_own(world->account->account_id, rows, count, is_new);
}

void
contacts_write_own(int64 account_id, ContactsContact **rows, int count, bool is_new)
{
	OwnWrite write = {.account_id = account_id, .rows = rows, .count = count, .is_new = is_new};

	write_own(&write);
}

void
contacts_redirect_own(int64 account_id, const int64 *ids, int count, int64 survivor)
{
	OwnWrite write = {.account_id = account_id, .count = count, .ids = ids, .survivor = survivor};

	write_own(&write);
}

static void
write_own(const OwnWrite *write)
{
	int before = writing_at_depth;

	writing_at_depth = trigger_depth();
	PG_TRY();
	{
		if (write->ids)
			contacts_redirect(write->account_id, write->ids, write->count, write->survivor);
		else if (write->is_new)
			contacts_insert_contacts(write->account_id, write->rows, write->count);
		else
			contacts_update_contacts(write->account_id, write->rows, write->count);
	}
	PG_FINALLY();
	{
		writing_at_depth = before;
	}
	PG_END_TRY();
}

/* For a report alone it is known whether its tags were new. */
static void
write_tags(ContactsWorld *world)
{
	int added =
		contacts_add_tags(world->account->account_id, world->taggings, world->tagging_count);

	if (added > 0 && world->report_count == 1 && world->reports[0]->outcome == CONTACTS_UNCHANGED)
		world->reports[0]->outcome = CONTACTS_UPDATED;
}

static bool
write_claims(ContactsWorld *world)
{
	ContactsClaim *claims = palloc(Max(world->key_count, 1) * sizeof(ContactsClaim));
	int count = 0;

	for (int i = 0; i < world->key_count; i++)
		if (world->keys[i].is_claimed)
			claims[count++] = claim_of(world, i);
	return count == 0 ||
		   contacts_claim(world->account->account_id, claims, count, world->now) == count;
}

static bool
write_moves(ContactsWorld *world)
{
	ContactsClaim *moves = palloc(Max(world->key_count, 1) * sizeof(ContactsClaim));
	int count = 0;

	for (int i = 0; i < world->key_count; i++)
		if (world->keys[i].is_moved)
			moves[count++] = claim_of(world, i);
	return count == 0 || contacts_move_visitors(world->account->account_id, moves, count) == count;
}

/* Existing contacts that show another key than before; new ones claimed theirs as primary. */
static void
write_primary_keys(ContactsWorld *world)
{
	ContactsClaim *keys = palloc(Max(world->person_count, 1) * 2 * sizeof(ContactsClaim));
	int count = 0;

	for (int i = 0; i < world->person_count; i++)
		for (int kind = CONTACTS_EMAIL; kind <= CONTACTS_PHONE; kind++)
			if (world->people[i]->new_primary[kind] && !world->people[i]->is_new)
				keys[count++] = claim_of(world, world->people[i]->primary[kind]);
	if (count > 0)
		contacts_set_primary(world->account->account_id, keys, count);
}

/* Pages that a visitor looked at before we knew who it is (R15). */
static void
link_page_views(ContactsWorld *world)
{
	ContactsClaim *visitors = palloc(Max(world->key_count, 1) * sizeof(ContactsClaim));
	int count = 0;

	for (int i = 0; i < world->key_count; i++)
		if (world->keys[i].kind == CONTACTS_VISITOR &&
			(world->keys[i].is_claimed || world->keys[i].is_moved))
		{
			visitors[count] = claim_of(world, i);
			visitors[count++].contact_id =
				world->people[world->keys[i].first_owner]->row.contact_id;
		}
	if (count > 0)
		contacts_link_page_views(world->account->account_id, visitors, count);
}

static ContactsClaim
claim_of(const ContactsWorld *world, int key)
{
	const ContactsKnownKey *known = &world->keys[key];
	const ContactsPerson *owner = world->people[known->owner];
	ContactsClaim claim = {known->kind, known->value, owner->row.contact_id, false};

	if (known->kind <= CONTACTS_PHONE)
		claim.is_primary = owner->primary[known->kind] == key;
	return claim;
}
