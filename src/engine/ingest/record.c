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
#include "miscadmin.h"

#include "engine/contact/payload.h"
#include "engine/ingest/batch.h"
#include "engine/ingest/ingest.h"
#include "engine/session/access.h"
#include "engine/session/actor.h"
#include "store/activity.h"
#include "store/event.h"
#include "store/spi/ids.h"
#include "values/json_gather.h"

/* One activity, and the items that gave it, in order. */
typedef struct Pending
{
	ContactsActivity row; /* as one insert would make it */
	ContactsGather *data; /* its data, where several items tell of it; else NULL */
	int first_item;
	int last_item;
	int64 known_contact; /* whose it was before the recording; 0 = new or unlinked */
	bool hidden;         /* the session does not see that contact */
	bool is_unseen;      /* the session, a restricted one, does not see the activity by now */
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
	bool refuses;                 /* some item had to be left out */
} Recording;

static void collect(ContactsBatch *batch, Recording *recording);
static int find_pending(Recording *recording, const ContactsActivity *activity);
static Pending *add_pending(int64 account_id, Recording *recording, int item,
							const ContactsActivity *activity);
static int compare_keys(const void *a, const void *b);
static void raise_events(ContactsBatch *batch, const Recording *recording);
static void tell_items(ContactsBatch *batch, const Recording *recording, const Pending *pending);
static void fold_into_pending(ContactsBatch *batch, Recording *recording, Pending *pending,
							  int item);
static void fold_into_stored(ContactsBatch *batch, Recording *recording, Pending *pending);
static bool fold_item(ContactsBatch *batch, Pending *pending, ContactsActivity *activity,
					  ContactsGather *data, ContactsIncoming *incoming, bool *changed);
static bool is_unseen(const ContactsBatch *batch, const ContactsActivity *activity,
					  const ContactsIncoming *incoming);

bool
contacts_write_activities(ContactsBatch *batch)
{
	ContactsActivity **rows;
	Recording recording;

	collect(batch, &recording);
	if (recording.count == 0)
		return true;
	rows = palloc(recording.count * sizeof(ContactsActivity *));
	for (int i = 0; i < recording.count; i++)
		rows[i] = &recording.pending[i].row;
	qsort(rows, recording.count, sizeof(ContactsActivity *), compare_keys);
	contacts_insert_activities(batch->account->account_id, rows, recording.count,
							   contacts_actor_at_work(), batch->now);
	for (int i = 0; i < recording.count; i++)
		if (!rows[i]->is_recorded)
			fold_into_stored(batch, &recording, (Pending *) rows[i]);
	for (int i = 0; i < recording.count; i++)
		tell_items(batch, &recording, &recording.pending[i]);
	if (batch->account->activity_events)
		raise_events(batch, &recording);
	return !recording.refuses;
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
	recording->refuses = false;
	recording->pending = MemoryContextAllocHuge(CurrentMemoryContext, room * sizeof(Pending));
	recording->next_item = palloc(room * sizeof(int));
	recording->table = ref_table_create(CurrentMemoryContext, room, NULL);
	for (int i = 0; i < batch->item_count; i++)
	{
		ContactsIncoming *incoming = batch->items[i];
		int known;

		CHECK_FOR_INTERRUPTS();
		recording->next_item[i] = -1;
		if (incoming->problem || incoming->activity == NULL)
			continue;
		incoming->activity->contact_id = incoming->contact_id;
		known = find_pending(recording, incoming->activity);
		if (known < 0)
		{
			Pending *pending =
				add_pending(batch->account->account_id, recording, i, incoming->activity);

			pending->is_unseen = is_unseen(batch, incoming->activity, incoming);
		}
		else
			fold_into_pending(batch, recording, &recording->pending[known], i);
	}
	for (int i = 0; i < recording->count; i++)
		if (recording->pending[i].data)
			recording->pending[i].row.data = contacts_gather_object(recording->pending[i].data);
}

static void
fold_into_pending(ContactsBatch *batch, Recording *recording, Pending *pending, int item)
{
	bool changed;

	if (pending->data == NULL)
		pending->data = contacts_gather_begin(pending->row.data);
	if (!fold_item(batch, pending, &pending->row, pending->data, batch->items[item], &changed))
	{
		recording->refuses = true;
		return;
	}
	recording->next_item[pending->last_item] = item;
	pending->last_item = item;
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

static Pending *
add_pending(int64 account_id, Recording *recording, int item, const ContactsActivity *activity)
{
	Pending *pending = &recording->pending[recording->count];

	pending->row = *activity;
	pending->data = NULL;
	pending->row.activity_id = contacts_next_id("activity", account_id);
	pending->first_item = pending->last_item = item;
	pending->known_contact = 0;
	pending->hidden = pending->is_unseen = false;
	recording->count++;
	return pending;
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
fold_into_stored(ContactsBatch *batch, Recording *recording, Pending *pending)
{
	int64 account_id = batch->account->account_id;
	ContactsActivity *row = &pending->row;
	ContactsActivity stored = {0};
	ContactsGather *data;
	bool changed = false;

	row->activity_id = 0;
	if (row->source_ref == NULL ||
		!contacts_read_repeated(account_id, row->source, row->source_ref, &stored))
		return;
	row->activity_id = stored.activity_id;
	pending->known_contact = stored.contact_id;
	pending->is_unseen =
		batch->is_restricted && !contacts_sees_activity(account_id, stored.contact_id,
														stored.assigned_to, stored.member_id);
	pending->hidden =
		pending->is_unseen || (stored.contact_id && !contacts_sees(account_id, stored.contact_id));
	data = contacts_gather_begin(stored.data);
	for (int i = pending->first_item; i >= 0; i = recording->next_item[i])
	{
		CHECK_FOR_INTERRUPTS();
		if (!fold_item(batch, pending, &stored, data, batch->items[i], &changed))
			recording->refuses = true;
	}
	if (changed)
	{
		stored.data = contacts_gather_object(data);
		contacts_update_activity(account_id, &stored);
	}
	contacts_gather_end(data);
}

/*
 * One more report of an activity.  Whoever does not see it by now changes nothing of it, and is
 * told nothing (R83).  False when the item cannot be folded; then it has its problem.
 */
static bool
fold_item(ContactsBatch *batch, Pending *pending, ContactsActivity *activity, ContactsGather *data,
		  ContactsIncoming *incoming, bool *changed)
{
	ContactsProblem problem;

	if (pending->is_unseen)
	{
		incoming->hidden = true;
		return true;
	}
	contacts_guard_link(batch, activity, incoming);
	if (contacts_fold_activity(activity, data, incoming->activity, changed, &problem))
	{
		pending->is_unseen = is_unseen(batch, activity, incoming);
		return true;
	}
	incoming->problem = palloc(sizeof(ContactsProblem));
	*incoming->problem = problem;
	return false;
}

/* Whether a restricted session does not see the activity after this report of it. */
static bool
is_unseen(const ContactsBatch *batch, const ContactsActivity *activity,
		  const ContactsIncoming *incoming)
{
	return batch->is_restricted && activity->contact_id != 0 &&
		   !contacts_sees_member(batch->account->account_id, activity->assigned_to) &&
		   activity->contact_id == incoming->contact_id &&
		   (incoming->hidden || incoming->outcome == CONTACTS_CREATED);
}
