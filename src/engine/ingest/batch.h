/*
 * batch.h - what a batch of incoming items knows and does: keys, people, and changes not yet
 * written.
 *
 * ingest.c fills it from the tables, goes through the items in order as if each were alone, and
 * writes what came of it, set by set.  One item is a batch of one.
 */
#ifndef CONTACTS_BATCH_H
#define CONTACTS_BATCH_H

#include "engine/ingest/ingest.h"
#include "identity/identifier.h"
#include "store/account.h"
#include "store/activity.h"
#include "store/contact.h"
#include "store/duplicate.h"
#include "store/status.h"
#include "store/tag.h"
#include "values/json_gather.h"

/* A person in the batch: an existing contact, or one that the batch creates. */
typedef struct ContactsPerson
{
	ContactsContact row; /* as it will be; pointers of the stored row where unchanged */
	bool is_new;         /* created by this batch */
	bool changed;        /* row differs from the stored one */
	bool hidden;         /* the session may not see the contact (R41, R82) */
	bool is_disputed;    /* has a key that another one shows from now on (R13) */
	int primary[2];      /* key that is the primary e-mail, phone; -1 = not among the keys */
	bool new_primary[2]; /* that key became primary in this batch */
	bool owns_fields;    /* row.fields were made in this batch, and nobody else has them */
} ContactsPerson;

/* A key that some item gives. */
typedef struct ContactsBatchKey
{
	ContactsIdentifierKind kind;
	const char *value;
	int owner;       /* person; CONTACTS_NOBODY */
	bool is_claimed; /* by this batch */
	bool is_moved;   /* a cookie that changes its owner in this batch */
	int first_owner; /* who first got it in this batch: earlier page views are theirs */
} ContactsBatchKey;

typedef struct ContactsBatch
{
	/* unchanging: established by contacts_batch_begin() */
	const ContactsAccount *account;
	TimestampTz now;
	ContactsIncoming **items; /* those without problem are worked on */
	int item_count;
	int key_count;
	ContactsBatchKey *keys;           /* each once */
	int (*item_keys)[CONTACTS_KINDS]; /* key of each item by kind; -1 = none */
	Datum *key_kinds;                 /* the keys once more, as the look-up takes them */
	Datum *key_values;
	int named_count; /* items that name their contact (R35) */
	int64 *named;
	int *item_named;       /* number of each item among them; -1 = none */
	bool asks_external;    /* some item gives an external id */
	bool is_restricted;    /* a person reports who sees only some contacts (R83) */
	MemoryContext scratch; /* of one item; whoever uses it empties it */

	/* mutable: one attempt, emptied by contacts_batch_load() */
	int *named_people; /* the person of each; CONTACTS_NOBODY = there is none */
	bool looks_again;  /* an item was refused when some of it had been noted */
	int person_count, person_room;
	ContactsPerson **people;
	int change_count, change_room;
	ContactsStatusChange *changes; /* contact_id is set */
	int conflict_count, conflict_room;
	ContactsConflict *conflicts;
	int tagging_count, tagging_room;
	ContactsTagging *taggings;
	struct system_table_hash *systems; /* in which somebody has an external id; NULL = none asked */
} ContactsBatch;

/* batch.c */

extern void contacts_batch_begin(ContactsBatch *batch, const ContactsAccount *account,
								 ContactsIncoming **items, int count, TimestampTz now);
/*
 * Empties the batch and fills it with the owners of the keys, locked.  False when keys went to
 * others while we waited for a lock: then everything is to be looked at again.
 */
extern bool contacts_batch_load(ContactsBatch *batch, ContactsLock lock);
extern int contacts_batch_add_person(ContactsBatch *batch);
/* A person has an external id; and whether they have one of the same system as this one. */
extern void contacts_batch_add_external(ContactsBatch *batch, int person, const char *value);
extern bool contacts_batch_has_system(const ContactsBatch *batch, int person, const char *value);
extern void contacts_batch_add_status_change(ContactsBatch *batch,
											 const ContactsStatusChange *change);
extern void contacts_batch_add_conflict(ContactsBatch *batch, const ContactsConflict *conflict);
extern void contacts_batch_add_tagging(ContactsBatch *batch, const ContactsTagging *tagging);
/* Whether anything but activities is to be written. */
extern bool contacts_batch_has_changes(const ContactsBatch *batch);
/* Whether existing contacts are to be changed, or get further keys. */
extern bool contacts_batch_changes_people(const ContactsBatch *batch);

/* apply.c: one item against the batch, nothing written */

extern void contacts_apply_incoming(ContactsBatch *batch, int item);
/* The person that an item finds, CONTACTS_NOBODY; the batch stays as it is. */
extern int contacts_match_incoming(ContactsBatch *batch, int item);

/* write.c */

/* Writes all but activities; false when another session took a key meanwhile. */
extern bool contacts_write_batch(ContactsBatch *batch);

/* record.c */

/*
 * Writes the activities; repeated ones are updated (R31).  False when some item cannot be folded
 * into what is known of its activity: it has its problem then, and nothing of its activity is
 * written.
 */
extern bool contacts_write_activities(ContactsBatch *batch);

/* repeat.c */

/*
 * An activity without contact is to become that of the item: an assignment makes a contact visible
 * (R81), so the assignee goes unless who named them may let them in (R83).
 */
extern void contacts_guard_link(const ContactsBatch *batch, ContactsActivity *activity,
								const ContactsIncoming *incoming);

/*
 * Another report of the same activity: what it says replaces state, times, data and the rest;
 * late ones fill blanks.  The contact stays, an unlinked activity becomes linked (R31).  The data
 * are gathered beside the activity.  Sets *changed when anything changed; false with *problem
 * filled, and nothing changed, when it cannot be.
 */
extern bool contacts_fold_activity(ContactsActivity *activity, ContactsGather *data,
								   const ContactsActivity *news, bool *changed,
								   ContactsProblem *problem);

#endif
