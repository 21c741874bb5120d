/*
 * world.h - what a batch of reports knows and does: keys, people, and changes not yet written.
 *
 * ingest.c fills it from the tables, goes through the reports in order as if each were alone, and
 * writes what came of it, set by set.  One report is a batch of one.
 */
#ifndef CONTACTS_WORLD_H
#define CONTACTS_WORLD_H

#include "engine/report.h"

/* A person in the batch: an existing contact, or one that the batch creates. */
typedef struct ContactsPerson
{
	ContactsContact row; /* as it will be; pointers of the stored row where unchanged */
	bool is_new;         /* created by this batch */
	bool changed;        /* row differs from the stored one */
	bool hidden;         /* the session may not see the contact (R41, R82) */
	int primary[2];      /* key that is the primary e-mail, phone; -1 = not among the keys */
	bool new_primary[2]; /* that key became primary in this batch */
	int external_count;  /* external ids it has, as far as loaded or claimed */
	const char **external;
} ContactsPerson;

/* A key that some report gives. */
typedef struct ContactsKnownKey
{
	ContactsIdentifierKind kind;
	const char *value;
	int owner;       /* person; CONTACTS_NOBODY */
	bool is_claimed; /* by this batch */
	bool is_moved;   /* a cookie that changes its owner in this batch */
	int first_owner; /* who first got it in this batch: earlier page views are his */
} ContactsKnownKey;

/* An activity to write, and the reports that gave it. */
typedef struct ContactsPendingActivity
{
	ContactsActivity *row;
	int report; /* the first report that gave it */
} ContactsPendingActivity;

typedef struct ContactsWorld
{
	/* unchanging: established by contacts_world_begin() */
	const ContactsAccount *account;
	TimestampTz now;
	ContactsReport **reports; /* those without problem are worked on */
	int report_count;
	int key_count;
	ContactsKnownKey *keys;
	int (*report_keys)[CONTACTS_KINDS]; /* key of each report by kind; -1 = none */
	uint32 *key_index;                  /* open addressing over keys; 0 = free, else key + 1 */
	uint32 key_mask;
	Datum *key_kinds; /* the keys once more, as the look-up takes them */
	Datum *key_values;
	bool asks_external; /* some report gives an external id */

	/* mutable: one attempt, emptied by contacts_world_load() */
	int person_count, person_room;
	ContactsPerson **people;
	int change_count, change_room;
	ContactsStatusChange *changes; /* contact_id is set */
	int pair_count, pair_room;
	ContactsPair *pairs;
	int tagging_count, tagging_room;
	ContactsTagging *taggings;
} ContactsWorld;

/* world.c */

extern void contacts_world_begin(ContactsWorld *world, const ContactsAccount *account,
								 ContactsReport **reports, int count, TimestampTz now);
/* Empties the world and fills it with the owners of the keys, locked. */
extern void contacts_world_load(ContactsWorld *world, ContactsLock lock);
extern int contacts_world_add_person(ContactsWorld *world);
extern void contacts_world_add_external(ContactsPerson *person, const char *value);
extern void contacts_world_add_change(ContactsWorld *world, const ContactsStatusChange *change);
extern void contacts_world_add_pair(ContactsWorld *world, const ContactsPair *pair);
extern void contacts_world_add_tagging(ContactsWorld *world, const ContactsTagging *tagging);

/* apply.c: one report against the world, nothing written */

extern void contacts_apply(ContactsWorld *world, int report);
/* The person that a report finds, CONTACTS_NOBODY; the world stays as it is. */
extern int contacts_match(ContactsWorld *world, int report);

#endif
