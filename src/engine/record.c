/* -------------------------------------------------------------------------
 * record.c
 *		Writes the activities of a batch: new ones at once, repeated ones into their row (R31).
 *
 * Reports with the same source and source_ref are one activity.  They go in the order of that key,
 * so that two batches that repeat the same activities wait for each other and do not deadlock.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "port/pg_bitutils.h"

#include "engine/access.h"
#include "engine/activity.h"
#include "engine/cause.h"
#include "engine/payload.h"
#include "engine/ingest.h"
#include "engine/world.h"

/* One activity, and the reports that gave it, in order. */
typedef struct Pending
{
	ContactsActivity row; /* as one insert would make it */
	int first_report;
	int last_report;
	int64 known_contact; /* whose it was before the batch; 0 = new or unlinked */
	bool hidden;         /* the session does not see that contact */
} Pending;

/* The activities of a batch while they are collected. */
typedef struct Batch
{
	int count;
	Pending *pending;
	int *number;      /* activity of each report; -1 = none */
	int *next_report; /* the next report of the same activity; -1 = none */
	uint32 mask;
	int *index; /* open addressing over pending by key; 0 = free, else number + 1 */
} Batch;

static void collect(ContactsWorld *world, Batch *batch);
static int find_pending(Batch *batch, const ContactsActivity *activity);
static void add_pending(Batch *batch, int report, const ContactsActivity *activity);
static bool same_key(const ContactsActivity *a, const ContactsActivity *b);
static int compare_keys(const void *a, const void *b);
static void raise_events(ContactsWorld *world, const Batch *batch);
static void tell_reports(ContactsWorld *world, const Batch *batch, const Pending *pending);
static void fold_into_stored(ContactsWorld *world, const Batch *batch, Pending *pending);

void
contacts_world_write_activities(ContactsWorld *world)
{
	ContactsActivity **rows;
	Batch batch;

	collect(world, &batch);
	if (batch.count == 0)
		return;
	rows = palloc(batch.count * sizeof(ContactsActivity *));
	for (int i = 0; i < batch.count; i++)
		rows[i] = &batch.pending[i].row;
	qsort(rows, batch.count, sizeof(ContactsActivity *), compare_keys);
	contacts_insert_activities(world->account->account_id, rows, batch.count, world->now);
	for (int i = 0; i < batch.count; i++)
		if (!rows[i]->is_recorded)
			fold_into_stored(world, &batch, (Pending *) rows[i]);
	for (int i = 0; i < batch.count; i++)
		tell_reports(world, &batch, &batch.pending[i]);
	if (world->account->activity_events)
		raise_events(world, &batch);
}

/* Off by default: an event for each activity doubles what is written (R100). */
static void
raise_events(ContactsWorld *world, const Batch *batch)
{
	ContactsEvent *events = palloc(batch->count * sizeof(ContactsEvent));
	int count = 0;

	for (int i = 0; i < batch->count; i++)
	{
		const ContactsActivity *row = &batch->pending[i].row;

		if (row->is_recorded)
			events[count++] = (ContactsEvent){row->contact_id, "activity.recorded",
											  contacts_activity_payload(row)};
	}
	if (count > 0)
		contacts_insert_events(world->account->account_id, events, count, contacts_by(),
							   world->now);
}

/* Each report is told what a call of its own would have been told. */
static void
tell_reports(ContactsWorld *world, const Batch *batch, const Pending *pending)
{
	int64 contact_id = pending->known_contact;

	for (int i = pending->first_report; i >= 0; i = batch->next_report[i])
	{
		ContactsReport *report = world->reports[i];

		if (contact_id == 0)
			contact_id = report->contact_id;
		report->contact_id = contact_id;
		report->hidden |= pending->hidden;
		report->activity->activity_id = pending->row.activity_id;
	}
}

static void
collect(ContactsWorld *world, Batch *batch)
{
	int room = Max(world->report_count, 1);

	batch->count = 0;
	batch->pending = MemoryContextAllocHuge(CurrentMemoryContext, room * sizeof(Pending));
	batch->number = palloc(room * sizeof(int));
	batch->next_report = palloc(room * sizeof(int));
	batch->mask = pg_nextpower2_32(room * 2) - 1;
	batch->index = palloc0((batch->mask + 1) * sizeof(int));
	for (int i = 0; i < world->report_count; i++)
	{
		ContactsReport *report = world->reports[i];
		int known;

		batch->number[i] = batch->next_report[i] = -1;
		if (report->problem || report->activity == NULL)
			continue;
		report->activity->contact_id = report->contact_id;
		known = find_pending(batch, report->activity);
		if (known < 0)
			add_pending(batch, i, report->activity);
		else
		{
			(void) contacts_fold_activity(&batch->pending[known].row, report->activity);
			batch->next_report[batch->pending[known].last_report] = i;
			batch->pending[known].last_report = i;
			batch->number[i] = known;
		}
	}
}

/* The activity of the batch with this key; -1 when it is the first, whose place is then taken. */
static int
find_pending(Batch *batch, const ContactsActivity *activity)
{
	uint32 at;

	if (activity->source_ref == NULL)
		return -1;
	at = hash_bytes((const unsigned char *) activity->source_ref,
					(int) strlen(activity->source_ref));
	for (;; at++)
	{
		int *slot = &batch->index[at & batch->mask];

		if (*slot == 0)
		{
			*slot = batch->count + 1;
			return -1;
		}
		if (same_key(&batch->pending[*slot - 1].row, activity))
			return *slot - 1;
	}
}

static void
add_pending(Batch *batch, int report, const ContactsActivity *activity)
{
	Pending *pending = &batch->pending[batch->count];

	pending->row = *activity;
	pending->row.activity_id = contacts_next_id("activity_activity_id_seq");
	pending->first_report = pending->last_report = report;
	pending->known_contact = 0;
	pending->hidden = false;
	batch->number[report] = batch->count++;
}

static bool
same_key(const ContactsActivity *a, const ContactsActivity *b)
{
	return strcmp(a->source_ref, b->source_ref) == 0 &&
		   strcmp(a->source ? a->source : "", b->source ? b->source : "") == 0;
}

/* Those without a key keep their order, before the others. */
static int
compare_keys(const void *a, const void *b)
{
	const ContactsActivity *left = *(ContactsActivity *const *) a;
	const ContactsActivity *right = *(ContactsActivity *const *) b;
	int order = 0;

	if (left->source_ref && right->source_ref)
	{
		order = strcmp(left->source ? left->source : "", right->source ? right->source : "");
		if (order == 0)
			order = strcmp(left->source_ref, right->source_ref);
	}
	else if (left->source_ref || right->source_ref)
		order = left->source_ref ? 1 : -1;
	if (order == 0)
		order = left->activity_id < right->activity_id ? -1 : 1;
	return order;
}

/*
 * An activity that was recorded before: its reports are folded into the stored row, one by one.
 * No stored row means that a trigger of the user's left it out; then it has no id.
 */
static void
fold_into_stored(ContactsWorld *world, const Batch *batch, Pending *pending)
{
	int64 account_id = world->account->account_id;
	ContactsActivity *row = &pending->row;
	ContactsActivity stored = {0};
	bool changed = false;

	if (row->source_ref &&
		contacts_read_repeated(account_id, row->source, row->source_ref, &stored))
	{
		pending->known_contact = stored.contact_id;
		pending->hidden = stored.contact_id && !contacts_sees(account_id, stored.contact_id);
		for (int i = pending->first_report; i >= 0; i = batch->next_report[i])
		{
			ContactsActivity *report = world->reports[i]->activity;

			if (pending->hidden)
				report->assigned_to = 0; /* it would let the member in (R81) */
			changed |= contacts_fold_activity(&stored, report);
		}
	}
	if (changed)
		contacts_update_activity(account_id, &stored);
	row->activity_id = stored.activity_id;
}
