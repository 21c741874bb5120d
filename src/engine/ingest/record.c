/* -------------------------------------------------------------------------
 * record.c
 *		Writes the activities of a batch: new ones at once, repeated ones into their row (R31).
 *
 * Items with the same source and source_ref are one activity.  They go in the order of that key,
 * so that two batches that repeat the same activities wait for each other and do not deadlock.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"

#include "engine/contact/payload.h"
#include "engine/ingest/batch.h"
#include "engine/ingest/ingest.h"
#include "engine/session/access.h"
#include "engine/session/actor.h"
#include "store/activity.h"
#include "store/event.h"
#include "store/spi/rows.h"

/* One activity, and the items that gave it, in order. */
typedef struct Pending
{
	ContactsActivity row; /* as one insert would make it */
	int first_item;
	int last_item;
	int64 known_contact; /* whose it was before the recording; 0 = new or unlinked */
	bool hidden;         /* the session does not see that contact */
} Pending;

/* An activity by its key of idempotency (R31); a source may leave its name out. */
typedef struct RefEntry
{
	const ContactsActivity *row;
	int number;
	char status; /* for the table */
} RefEntry;

static inline uint32
hash_ref(const ContactsActivity *activity)
{
	return hash_bytes((const unsigned char *) activity->source_ref,
					  (int) strlen(activity->source_ref));
}

static inline bool
same_ref(const ContactsActivity *a, const ContactsActivity *b)
{
	return strcmp(a->source_ref, b->source_ref) == 0 &&
		   strcmp(a->source ? a->source : "", b->source ? b->source : "") == 0;
}

#define SH_PREFIX ref_table
#define SH_ELEMENT_TYPE RefEntry
#define SH_KEY_TYPE const ContactsActivity *
#define SH_KEY row
#define SH_HASH_KEY(table, key) hash_ref(key)
#define SH_EQUAL(table, a, b) same_ref(a, b)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* The activities of a batch while they are collected. */
typedef struct Recording
{
	int count;
	Pending *pending;
	int *next_item;               /* the next item of the same activity; -1 = none */
	struct ref_table_hash *table; /* of those with a key of idempotency */
} Recording;

static void collect(ContactsBatch *batch, Recording *recording);
static int find_pending(Recording *recording, const ContactsActivity *activity);
static void add_pending(Recording *recording, int item, const ContactsActivity *activity);
static int compare_keys(const void *a, const void *b);
static void raise_events(ContactsBatch *batch, const Recording *recording);
static void tell_items(ContactsBatch *batch, const Recording *recording, const Pending *pending);
static void fold_into_stored(ContactsBatch *batch, const Recording *recording, Pending *pending);

void
contacts_write_activities(ContactsBatch *batch)
{
	ContactsActivity **rows;
	Recording recording;

	collect(batch, &recording);
	if (recording.count == 0)
		return;
	rows = palloc(recording.count * sizeof(ContactsActivity *));
	for (int i = 0; i < recording.count; i++)
		rows[i] = &recording.pending[i].row;
	qsort(rows, recording.count, sizeof(ContactsActivity *), compare_keys);
	contacts_insert_activities(batch->account->account_id, rows, recording.count, batch->now);
	for (int i = 0; i < recording.count; i++)
		if (!rows[i]->is_recorded)
			fold_into_stored(batch, &recording, (Pending *) rows[i]);
	for (int i = 0; i < recording.count; i++)
		tell_items(batch, &recording, &recording.pending[i]);
	if (batch->account->activity_events)
		raise_events(batch, &recording);
}

/* Off by default: an event for each activity doubles what is written (R100). */
static void
raise_events(ContactsBatch *batch, const Recording *recording)
{
	ContactsEvent *events = palloc(recording->count * sizeof(ContactsEvent));
	int count = 0;

	for (int i = 0; i < recording->count; i++)
	{
		const ContactsActivity *row = &recording->pending[i].row;

		if (row->is_recorded)
			events[count++] = (ContactsEvent){row->contact_id, "activity.recorded",
											  contacts_activity_payload(row)};
	}
	if (count > 0)
		contacts_insert_events(batch->account->account_id, events, count, contacts_actor_at_work(),
							   batch->now);
}

/* Each item is told what a call of its own would have been told. */
static void
tell_items(ContactsBatch *batch, const Recording *recording, const Pending *pending)
{
	int64 contact_id = pending->known_contact;

	for (int i = pending->first_item; i >= 0; i = recording->next_item[i])
	{
		ContactsIncoming *incoming = batch->items[i];

		if (contact_id == 0)
			contact_id = incoming->contact_id;
		incoming->contact_id = contact_id;
		incoming->hidden |= pending->hidden;
		incoming->activity->activity_id = pending->row.activity_id;
	}
}

static void
collect(ContactsBatch *batch, Recording *recording)
{
	int room = Max(batch->item_count, 1);

	recording->count = 0;
	recording->pending = MemoryContextAllocHuge(CurrentMemoryContext, room * sizeof(Pending));
	recording->next_item = palloc(room * sizeof(int));
	recording->table = ref_table_create(CurrentMemoryContext, room, NULL);
	for (int i = 0; i < batch->item_count; i++)
	{
		ContactsIncoming *incoming = batch->items[i];
		int known;

		recording->next_item[i] = -1;
		if (incoming->problem || incoming->activity == NULL)
			continue;
		incoming->activity->contact_id = incoming->contact_id;
		known = find_pending(recording, incoming->activity);
		if (known < 0)
			add_pending(recording, i, incoming->activity);
		else
		{
			(void) contacts_fold_activity(&recording->pending[known].row, incoming->activity);
			recording->next_item[recording->pending[known].last_item] = i;
			recording->pending[known].last_item = i;
		}
	}
}

/* The activity of the batch with this key; -1 when it is the first, whose place is then taken. */
static int
find_pending(Recording *recording, const ContactsActivity *activity)
{
	RefEntry *entry;
	bool found;

	if (activity->source_ref == NULL)
		return -1;
	entry = ref_table_insert(recording->table, activity, &found);
	if (found)
		return entry->number;
	entry->number = recording->count;
	return -1;
}

static void
add_pending(Recording *recording, int item, const ContactsActivity *activity)
{
	Pending *pending = &recording->pending[recording->count];

	pending->row = *activity;
	pending->row.activity_id = contacts_next_id("activity_activity_id_seq");
	pending->first_item = pending->last_item = item;
	pending->known_contact = 0;
	pending->hidden = false;
	recording->count++;
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
 * An activity that was recorded before: its items are folded into the stored row, one by one.
 * No stored row means that a trigger of the user's left it out; then it has no id.
 */
static void
fold_into_stored(ContactsBatch *batch, const Recording *recording, Pending *pending)
{
	int64 account_id = batch->account->account_id;
	ContactsActivity *row = &pending->row;
	ContactsActivity stored = {0};
	bool changed = false;

	if (row->source_ref &&
		contacts_read_repeated(account_id, row->source, row->source_ref, &stored))
	{
		pending->known_contact = stored.contact_id;
		pending->hidden = stored.contact_id && !contacts_sees(account_id, stored.contact_id);
		for (int i = pending->first_item; i >= 0; i = recording->next_item[i])
		{
			ContactsActivity *told = batch->items[i]->activity;

			if (pending->hidden)
				told->assigned_to = 0; /* it would let the member in (R81) */
			changed |= contacts_fold_activity(&stored, told);
		}
	}
	if (changed)
		contacts_update_activity(account_id, &stored);
	row->activity_id = stored.activity_id;
}
