/* -------------------------------------------------------------------------
 * world.c
 *		What a batch of reports knows: each key once, each person once.
 *
 * The keys of all reports are collected once; each attempt then asks the tables for their owners
 * in one statement.  Lists grow by doubling and are bounded by the number of reports.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/builtins.h"

#include "engine/access.h"
#include "engine/world.h"

static int intern_key(ContactsWorld *world, ContactsIdentifierKind kind, const char *value);
static uint32 *find_slot(ContactsWorld *world, ContactsIdentifierKind kind, const char *value);
static int find_owners(const ContactsWorld *world, ContactsLock lock, ContactsOwner **owners);
static bool still_own(const ContactsWorld *world, const ContactsOwner *owners, int count);
static void load_people(ContactsWorld *world, const ContactsOwner *owners, int count);
static void mark_hidden(ContactsWorld *world);
static void load_external_ids(ContactsWorld *world);
static void *grown(void *list, int count, int *room, size_t size);

void
contacts_world_begin(ContactsWorld *world, const ContactsAccount *account, ContactsReport **reports,
					 int count, TimestampTz now)
{
	int slots = pg_nextpower2_32(Max(count, 1) * CONTACTS_KINDS * 2);

	memset(world, 0, sizeof(*world));
	world->account = account;
	world->now = now;
	world->reports = reports;
	world->report_count = count;
	world->keys = palloc(Max(count, 1) * CONTACTS_KINDS * sizeof(ContactsKnownKey));
	world->key_kinds = palloc(Max(count, 1) * CONTACTS_KINDS * sizeof(Datum));
	world->key_values = palloc(Max(count, 1) * CONTACTS_KINDS * sizeof(Datum));
	world->report_keys = palloc(Max(count, 1) * sizeof(*world->report_keys));
	world->key_index = palloc0(slots * sizeof(uint32));
	world->key_mask = slots - 1;
	for (int i = 0; i < count; i++)
		for (int kind = 0; kind < CONTACTS_KINDS; kind++)
		{
			const char *value = reports[i]->problem ? NULL : reports[i]->keys[kind];

			world->report_keys[i][kind] = value ? intern_key(world, kind, value) : -1;
			world->asks_external |= value != NULL && kind == CONTACTS_EXTERNAL;
		}
}

void
contacts_world_load(ContactsWorld *world, ContactsLock lock)
{
	ContactsOwner *owners;
	int count = 0;

	world->person_count = world->change_count = world->pair_count = world->tagging_count = 0;
	for (int i = 0; i < world->key_count; i++)
	{
		world->keys[i].owner = CONTACTS_NOBODY;
		world->keys[i].is_claimed = world->keys[i].is_moved = false;
	}
	if (world->key_count > 0)
		count = find_owners(world, lock, &owners);
	if (count > 0)
		load_people(world, owners, count);
	mark_hidden(world);
	if (world->asks_external && world->person_count > 0)
		load_external_ids(world);
}

/*
 * While we waited for a contact's lock, its keys may have gone to another one: a merge was undone.
 * From then on they stay, as long as the contact is locked.
 */
static int
find_owners(const ContactsWorld *world, ContactsLock lock, ContactsOwner **owners)
{
	uint64 ended;
	int count;

	do
	{
		CHECK_FOR_INTERRUPTS();
		ended = contacts_ended_transactions();
		count = contacts_find_owners(world->account->account_id, world->key_kinds,
									 world->key_values, world->key_count, lock, owners);
	} while (lock != CONTACTS_LOCK_NONE && count > 0 && contacts_ended_transactions() != ended &&
			 !still_own(world, *owners, count));
	return count;
}

static bool
still_own(const ContactsWorld *world, const ContactsOwner *owners, int count)
{
	ContactsClaim *claims = palloc(count * sizeof(ContactsClaim));
	ContactsTakenKey *taken;

	for (int i = 0; i < count; i++)
	{
		const ContactsKnownKey *key = &world->keys[owners[i].key];

		claims[i] = (ContactsClaim){key->kind, key->value, owners[i].contact.contact_id, false};
	}
	return contacts_read_taken(world->account->account_id, claims, count, &taken) == 0;
}

int
contacts_world_add_person(ContactsWorld *world)
{
	ContactsPerson *person = palloc0(sizeof(ContactsPerson));

	person->primary[0] = person->primary[1] = -1;
	person->row.status = CONTACTS_NO_STATUS;
	person->row.details_at = DT_NOBEGIN;
	world->people =
		grown(world->people, world->person_count, &world->person_room, sizeof(ContactsPerson *));
	world->people[world->person_count] = person;
	return world->person_count++;
}

void
contacts_world_add_external(ContactsPerson *person, const char *value)
{
	const char **list = palloc((person->external_count + 1) * sizeof(char *));

	if (person->external_count > 0)
		memcpy(list, person->external, person->external_count * sizeof(char *));
	list[person->external_count++] = value;
	person->external = list;
}

void
contacts_world_add_change(ContactsWorld *world, const ContactsStatusChange *change)
{
	world->changes = grown(world->changes, world->change_count, &world->change_room,
						   sizeof(ContactsStatusChange));
	world->changes[world->change_count++] = *change;
}

void
contacts_world_add_pair(ContactsWorld *world, const ContactsPair *pair)
{
	world->pairs = grown(world->pairs, world->pair_count, &world->pair_room, sizeof(ContactsPair));
	world->pairs[world->pair_count++] = *pair;
}

void
contacts_world_add_tagging(ContactsWorld *world, const ContactsTagging *tagging)
{
	world->taggings =
		grown(world->taggings, world->tagging_count, &world->tagging_room, sizeof(ContactsTagging));
	world->taggings[world->tagging_count++] = *tagging;
}

/* The number of a key, the same for equal ones. */
static int
intern_key(ContactsWorld *world, ContactsIdentifierKind kind, const char *value)
{
	uint32 *slot = find_slot(world, kind, value);

	if (*slot == 0)
	{
		ContactsKnownKey *key = &world->keys[world->key_count];

		key->kind = kind;
		key->value = value;
		world->key_kinds[world->key_count] = contacts_enum_datum(CONTACTS_ENUM_KIND, kind);
		world->key_values[world->key_count] = CStringGetTextDatum(value);
		*slot = ++world->key_count;
	}
	return *slot - 1;
}

static uint32 *
find_slot(ContactsWorld *world, ContactsIdentifierKind kind, const char *value)
{
	uint32 at = hash_bytes((const unsigned char *) value, (int) strlen(value)) + kind;

	for (;; at++)
	{
		uint32 *slot = &world->key_index[at & world->key_mask];

		if (*slot == 0 || (world->keys[*slot - 1].kind == kind &&
						   strcmp(world->keys[*slot - 1].value, value) == 0))
			return slot;
	}
}

/* Owners come in order of contact_id, so those of one contact stand together. */
static void
load_people(ContactsWorld *world, const ContactsOwner *owners, int count)
{
	int person = -1;

	for (int i = 0; i < count; i++)
	{
		ContactsKnownKey *key = &world->keys[owners[i].key];

		if (i == 0 || owners[i].contact.contact_id != owners[i - 1].contact.contact_id)
		{
			person = contacts_world_add_person(world);
			world->people[person]->row = owners[i].contact;
		}
		key->owner = person;
		if (owners[i].is_primary && key->kind <= CONTACTS_PHONE)
			world->people[person]->primary[key->kind] = owners[i].key;
	}
}

/* Whom the session does not see: linked to all the same, but not shown (R82). */
static void
mark_hidden(ContactsWorld *world)
{
	const int64 *members;
	int64 *ids;
	bool *visible;
	int count;

	if (contacts_sees_all(world->account->account_id, &members, &count))
		return;
	ids = palloc(Max(world->person_count, 1) * sizeof(int64));
	visible = palloc(Max(world->person_count, 1) * sizeof(bool));
	for (int i = 0; i < world->person_count; i++)
		ids[i] = world->people[i]->row.contact_id;
	contacts_see(world->account->account_id, ids, world->person_count, visible);
	for (int i = 0; i < world->person_count; i++)
		world->people[i]->hidden = !visible[i];
}

static void
load_external_ids(ContactsWorld *world)
{
	int64 *ids = palloc(world->person_count * sizeof(int64));
	ContactsExternalId *external;
	int count;
	int person = 0;

	for (int i = 0; i < world->person_count; i++)
		ids[i] = world->people[i]->row.contact_id;
	count =
		contacts_read_external_ids(world->account->account_id, ids, world->person_count, &external);
	/* both lists are in order of contact_id */
	for (int i = 0; i < count; i++)
	{
		while (ids[person] != external[i].contact_id)
			person++;
		contacts_world_add_external(world->people[person], external[i].value);
	}
}

/* The list with room for one more. */
static void *
grown(void *list, int count, int *room, size_t size)
{
	if (count < *room)
		return list;
	*room = Max(8, *room * 2);
	return list ? repalloc_huge(list, *room * size) : palloc(*room * size);
}
