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
#include "common/hashfn.h"
#include "port/pg_bitutils.h"
#include "utils/fmgrprotos.h"

#include "engine/activity.h"
#include "engine/cause.h"
#include "engine/ingest.h"
#include "engine/world.h"

/* Depth of triggers at which ingest writes to contacts.contact; -1 = it does not. */
static int writing_at_depth = -1;

static int trigger_depth(void);
static void write_people(ContactsWorld *world, bool is_new);
static void write_tags(ContactsWorld *world);
static bool write_claims(ContactsWorld *world);
static bool write_moves(ContactsWorld *world);
static void write_primary_keys(ContactsWorld *world);
static void link_page_views(ContactsWorld *world);
static ContactsClaim claim_of(const ContactsWorld *world, int key);
static void repeat_activity(ContactsWorld *world, const int *number_of_report, int number,
							ContactsActivity *row);
static int collect_activities(ContactsWorld *world, ContactsActivity **distinct,
							  int *number_of_report);

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
		contacts_insert_pairs(account_id, world->pairs, world->pair_count, world->now);
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
	int before = writing_at_depth;

	writing_at_depth = trigger_depth();
	PG_TRY();
	{
		if (is_new)
			contacts_insert_contacts(account_id, rows, count,
									 GetCurrentTransactionStartTimestamp());
		else
			contacts_update_contacts(account_id, rows, count);
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
			visitors[count++] = claim_of(world, i);
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

void
contacts_world_write_activities(ContactsWorld *world)
{
	int64 account_id = world->account->account_id;
	ContactsActivity **distinct = palloc(Max(world->report_count, 1) * sizeof(ContactsActivity *));
	int *number = palloc(Max(world->report_count, 1) * sizeof(int));
	bool *recorded = palloc(Max(world->report_count, 1) * sizeof(bool));
	int count = collect_activities(world, distinct, number);

	if (count == 0)
		return;
	contacts_insert_activities(account_id, distinct, count, world->now, recorded);
	for (int i = 0; i < count; i++)
		if (!recorded[i])
			repeat_activity(world, number, i, distinct[i]);
	for (int i = 0; i < world->report_count; i++)
		if (number[i] >= 0)
		{
			ContactsReport *report = world->reports[i];

			report->activity->activity_id = distinct[number[i]]->activity_id;
			report->activity->contact_id = distinct[number[i]]->contact_id;
			report->contact_id = report->activity->contact_id;
		}
}

/*
 * An activity that was recorded before: the reports of it are folded into the stored row, one by
 * one.  No stored row means that a trigger of the user's left it out; then it has no id.
 */
static void
repeat_activity(ContactsWorld *world, const int *number_of_report, int number,
				ContactsActivity *row)
{
	int64 account_id = world->account->account_id;
	ContactsActivity stored = {0};
	bool changed = false;

	if (row->source_ref &&
		contacts_read_repeated(account_id, row->source, row->source_ref, &stored))
		for (int i = 0; i < world->report_count; i++)
			if (number_of_report[i] == number)
				changed |= contacts_fold_activity(&stored, world->reports[i]->activity);
	if (changed)
		contacts_update_activity(account_id, &stored);
	row->activity_id = stored.activity_id;
	row->contact_id = stored.contact_id;
}

/* The activities of the batch, those with the same key of idempotency folded into one (R31). */
static int
collect_activities(ContactsWorld *world, ContactsActivity **distinct, int *number_of_report)
{
	uint32 mask = pg_nextpower2_32(Max(world->report_count, 1) * 2) - 1;
	int *index = palloc0((mask + 1) * sizeof(int));
	int count = 0;

	for (int i = 0; i < world->report_count; i++)
	{
		ContactsReport *report = world->reports[i];
		int known;

		number_of_report[i] = -1;
		if (report->problem || report->activity == NULL)
			continue;
		report->activity->contact_id = report->contact_id;
		known = contacts_find_repeated(distinct, index, mask, report->activity, count);
		if (known < 0)
		{
			ContactsActivity *row = palloc(sizeof(ContactsActivity));

			*row = *report->activity;
			row->activity_id = contacts_next_id("activity_activity_id_seq");
			distinct[known = count++] = row;
		}
		else
			contacts_fold_activity(distinct[known], report->activity);
		number_of_report[i] = known;
	}
	return count;
}
