/* -------------------------------------------------------------------------
 * batch.c
 *		What a batch of items knows: each key once, each person once.
 *
 * The keys of all items are collected once; each attempt then asks the tables for their owners
 * in one statement.  Lists grow by doubling and are bounded by the number of items.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "engine/contact/resolve.h"
#include "engine/ingest/batch.h"
#include "engine/ingest/ingest.h"
#include "engine/session/access.h"
#include "identity/decide.h"
#include "identity/identifier.h"
#include "list.h"
#include "store/account.h"
#include "store/contact.h"
#include "store/duplicate.h"
#include "store/identifier.h"
#include "store/spi/enums.h"
#include "store/spi/query.h"
#include "store/status.h"
#include "store/tag.h"

/* A key by its name: which number does it have in the batch? */
typedef struct KeyName
{
	ContactsIdentifierKind kind;
	const char *value;
} KeyName;

typedef struct KeyEntry
{
	KeyName name;
	int number;
	char status; /* for the table */
} KeyEntry;

static inline uint32
hash_name(KeyName name)
{
	return hash_bytes((const unsigned char *) name.value, (int) strlen(name.value)) + name.kind;
}

static inline bool
same_name(KeyName a, KeyName b)
{
	return a.kind == b.kind && strcmp(a.value, b.value) == 0;
}

#define SH_PREFIX key_table
#define SH_ELEMENT_TYPE KeyEntry
#define SH_KEY_TYPE KeyName
#define SH_KEY name
#define SH_HASH_KEY(table, key) hash_name(key)
#define SH_EQUAL(table, a, b) same_name(a, b)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* A system in which a person has an external id: a list of these would be walked for each item. */
typedef struct SystemName
{
	int person;
	int size; /* of the system in the value */
	const char *value;
} SystemName;

typedef struct SystemEntry
{
	SystemName name;
	char status; /* for the table */
} SystemEntry;

static inline uint32
hash_system(SystemName name)
{
	return hash_bytes((const unsigned char *) name.value, name.size) ^
		   hash_bytes_uint32((uint32) name.person);
}

static inline bool
same_system(SystemName a, SystemName b)
{
	return a.person == b.person && contacts_same_system(a.value, b.value);
}

#define SH_PREFIX system_table
#define SH_ELEMENT_TYPE SystemEntry
#define SH_KEY_TYPE SystemName
#define SH_KEY name
#define SH_HASH_KEY(table, key) hash_system(key)
#define SH_EQUAL(table, a, b) same_system(a, b)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

static int intern_key(ContactsBatch *batch, key_table_hash *table, ContactsIdentifierKind kind,
					  const char *value);
static void note_named(ContactsBatch *batch);
static bool find_named(const ContactsBatch *batch, const int64 *survivors,
					   const ContactsOwner *owners, int count);
static void give_key(ContactsBatch *batch, int number, int person, bool is_primary);
static bool find_owners(const ContactsBatch *batch, ContactsLock lock, ContactsOwner **owners,
						int *count);
static bool still_own(const ContactsBatch *batch, const ContactsOwner *owners, int count);
static void load_people(ContactsBatch *batch, const ContactsOwner *owners, int count);
static void mark_hidden(ContactsBatch *batch);
static void load_external_ids(ContactsBatch *batch);

void
contacts_batch_begin(ContactsBatch *batch, const ContactsAccount *account, ContactsIncoming **items,
					 int count, TimestampTz now)
{
	int room = Max(count, 1) * CONTACTS_KINDS;
	key_table_hash *table = key_table_create(CurrentMemoryContext, room, NULL);

	memset(batch, 0, sizeof(*batch));
	batch->account = account;
	batch->now = now;
	batch->scratch =
		AllocSetContextCreate(CurrentMemoryContext, "contacts item", ALLOCSET_SMALL_SIZES);
	batch->items = items;
	batch->item_count = count;
	batch->is_restricted = contacts_is_restricted(account->account_id);
	batch->keys = palloc(room * sizeof(ContactsBatchKey));
	batch->key_kinds = palloc(room * sizeof(Datum));
	batch->key_values = palloc(room * sizeof(Datum));
	batch->item_keys = palloc(Max(count, 1) * sizeof(*batch->item_keys));
	for (int i = 0; i < count; i++)
		for (int kind = 0; kind < CONTACTS_KINDS; kind++)
		{
			const char *value = items[i]->problem ? NULL : items[i]->keys[kind];

			batch->item_keys[i][kind] = value ? intern_key(batch, table, kind, value) : -1;
			batch->asks_external |= value != NULL && kind == CONTACTS_EXTERNAL;
		}
	key_table_destroy(table);
	note_named(batch);
}

bool
contacts_batch_load(ContactsBatch *batch, ContactsLock lock)
{
	ContactsOwner *owners;
	int count;

	batch->person_count = batch->change_count = batch->conflict_count = batch->tagging_count = 0;
	batch->looks_again = false;
	if (batch->systems)
		system_table_reset(batch->systems);
	for (int i = 0; i < batch->key_count; i++)
	{
		batch->keys[i].owner = CONTACTS_NOBODY;
		batch->keys[i].is_claimed = batch->keys[i].is_moved = false;
	}
	if (batch->key_count == 0 && batch->named_count == 0)
		return true;
	if (!find_owners(batch, lock, &owners, &count))
		return false;
	load_people(batch, owners, count);
	mark_hidden(batch);
	if (batch->asks_external && count > 0)
		load_external_ids(batch);
	return true;
}

/* The items that say themselves whose they are. */
static void
note_named(ContactsBatch *batch)
{
	int room = Max(batch->item_count, 1);

	batch->item_named = palloc(room * sizeof(int));
	for (int i = 0; i < batch->item_count; i++)
	{
		batch->item_named[i] = -1;
		if (batch->items[i]->problem || batch->items[i]->named == 0)
			continue;
		if (batch->named == NULL)
		{
			batch->named = palloc(room * sizeof(int64));
			batch->named_people = palloc(room * sizeof(int));
		}
		batch->named[batch->named_count] = batch->items[i]->named;
		batch->item_named[i] = batch->named_count++;
	}
}

/*
 * While we waited for a contact's lock, its keys may have gone to another one: a merge was undone.
 * From then on they stay, as long as the contact is locked.  A contact that an item names may have
 * been merged or deleted likewise.
 */
static bool
find_owners(const ContactsBatch *batch, ContactsLock lock, ContactsOwner **owners, int *count)
{
	int64 account_id = batch->account->account_id;
	uint64 ended = contacts_ended_transactions();
	ContactsIds named = {batch->named_count, batch->named};
	ContactsSought sought = {batch->key_kinds, batch->key_values, batch->key_count, NULL,
							 batch->named_count};
	int64 *survivors = palloc(Max(named.count, 1) * sizeof(int64));

	if (named.count > 0)
		contacts_read_survivors(account_id, named.ids, named.count, false, false, survivors);
	sought.ids = survivors;
	*count = contacts_find_owners(account_id, &sought, lock, owners);
	if (!find_named(batch, survivors, *owners, *count) ||
		!contacts_still_survive(account_id, &named, survivors))
		return false;
	return lock == CONTACTS_LOCK_NONE || *count == 0 || contacts_ended_transactions() == ended ||
		   still_own(batch, *owners, *count);
}

static bool
still_own(const ContactsBatch *batch, const ContactsOwner *owners, int count)
{
	ContactsClaim *claims = palloc(count * sizeof(ContactsClaim));
	ContactsTakenIdentifier *taken;
	int claimed = 0;

	for (int i = 0; i < count; i++)
		if (owners[i].key < batch->key_count)
		{
			const ContactsBatchKey *key = &batch->keys[owners[i].key];

			claims[claimed++] =
				(ContactsClaim){key->kind, key->value, owners[i].contact.contact_id, false};
		}
	return claimed == 0 ||
		   contacts_read_taken(batch->account->account_id, claims, claimed, &taken) == 0;
}

/* Whether every survivor was found alive; one that there is not is none from the start. */
static bool
find_named(const ContactsBatch *batch, const int64 *survivors, const ContactsOwner *owners,
		   int count)
{
	int expected = 0;
	int found = 0;

	for (int i = 0; i < batch->named_count; i++)
		expected += survivors[i] != 0;
	for (int i = 0; i < count; i++)
		found += owners[i].key >= batch->key_count;
	return found == expected;
}

int
contacts_batch_add_person(ContactsBatch *batch)
{
	ContactsPerson *person = palloc0(sizeof(ContactsPerson));

	person->primary[0] = person->primary[1] = -1;
	person->row.status = CONTACTS_NO_STATUS;
	person->row.details_at = DT_NOBEGIN;
	batch->people = contacts_grown(batch->people, batch->person_count, &batch->person_room,
								   sizeof(ContactsPerson *));
	batch->people[batch->person_count] = person;
	return batch->person_count++;
}

void
contacts_batch_add_external(ContactsBatch *batch, int person, const char *value)
{
	SystemName name = {person, (int) strcspn(value, ":"), value};
	bool found;

	if (batch->systems == NULL)
		batch->systems = system_table_create(CurrentMemoryContext, batch->item_count, NULL);
	system_table_insert(batch->systems, name, &found);
}

bool
contacts_batch_has_system(const ContactsBatch *batch, int person, const char *value)
{
	SystemName name = {person, (int) strcspn(value, ":"), value};

	return batch->systems && system_table_lookup(batch->systems, name);
}

void
contacts_batch_add_status_change(ContactsBatch *batch, const ContactsStatusChange *change)
{
	batch->changes = contacts_grown(batch->changes, batch->change_count, &batch->change_room,
									sizeof(ContactsStatusChange));
	batch->changes[batch->change_count++] = *change;
}

void
contacts_batch_add_conflict(ContactsBatch *batch, const ContactsConflict *conflict)
{
	batch->conflicts = contacts_grown(batch->conflicts, batch->conflict_count,
									  &batch->conflict_room, sizeof(ContactsConflict));
	batch->conflicts[batch->conflict_count++] = *conflict;
}

void
contacts_batch_add_tagging(ContactsBatch *batch, const ContactsTagging *tagging)
{
	batch->taggings = contacts_grown(batch->taggings, batch->tagging_count, &batch->tagging_room,
									 sizeof(ContactsTagging));
	batch->taggings[batch->tagging_count++] = *tagging;
}

bool
contacts_batch_has_changes(const ContactsBatch *batch)
{
	if (batch->change_count || batch->conflict_count || batch->tagging_count)
		return true;
	for (int i = 0; i < batch->person_count; i++)
		if (batch->people[i]->is_new || batch->people[i]->changed)
			return true;
	for (int i = 0; i < batch->key_count; i++)
		if (batch->keys[i].is_claimed || batch->keys[i].is_moved)
			return true;
	return false;
}

bool
contacts_batch_changes_people(const ContactsBatch *batch)
{
	for (int i = 0; i < batch->person_count; i++)
		if (batch->people[i]->changed && !batch->people[i]->is_new)
			return true;
	/* a further key decides who matches next, so two sessions that add one take turns (R16) */
	for (int i = 0; i < batch->key_count; i++)
		if (batch->keys[i].is_claimed && !batch->people[batch->keys[i].owner]->is_new)
			return true;
	return false;
}

/* The number of a key, the same for equal ones. */
static int
intern_key(ContactsBatch *batch, key_table_hash *table, ContactsIdentifierKind kind,
		   const char *value)
{
	bool found;
	KeyEntry *entry = key_table_insert(table, (KeyName){kind, value}, &found);
	int number = batch->key_count;

	if (found)
		return entry->number;
	batch->keys[number].kind = kind;
	batch->keys[number].value = value;
	batch->key_kinds[number] = contacts_enum_datum(CONTACTS_ENUM_KIND, kind);
	batch->key_values[number] = CStringGetTextDatum(value);
	entry->number = batch->key_count++;
	return number;
}

/* Owners come in order of contact_id, so those of one contact stand together. */
static void
load_people(ContactsBatch *batch, const ContactsOwner *owners, int count)
{
	int person = -1;

	for (int i = 0; i < batch->named_count; i++)
		batch->named_people[i] = CONTACTS_NOBODY;
	for (int i = 0; i < count; i++)
	{
		if (i == 0 || owners[i].contact.contact_id != owners[i - 1].contact.contact_id)
		{
			person = contacts_batch_add_person(batch);
			batch->people[person]->row = owners[i].contact;
		}
		if (owners[i].key >= batch->key_count)
			batch->named_people[owners[i].key - batch->key_count] = person;
		else
			give_key(batch, owners[i].key, person, owners[i].is_primary);
	}
}

static void
give_key(ContactsBatch *batch, int number, int person, bool is_primary)
{
	ContactsBatchKey *key = &batch->keys[number];

	key->owner = person;
	if (is_primary && key->kind <= CONTACTS_PHONE)
		batch->people[person]->primary[key->kind] = number;
}

/* Whom the session does not see: linked to all the same, but not shown (R82). */
static void
mark_hidden(ContactsBatch *batch)
{
	const int64 *members;
	int64 *ids;
	bool *visible;
	int count;

	if (contacts_session_sees_all(batch->account->account_id, &members, &count))
		return;
	ids = palloc(Max(batch->person_count, 1) * sizeof(int64));
	visible = palloc(Max(batch->person_count, 1) * sizeof(bool));
	for (int i = 0; i < batch->person_count; i++)
		ids[i] = batch->people[i]->row.contact_id;
	contacts_see(batch->account->account_id, ids, batch->person_count, visible);
	for (int i = 0; i < batch->person_count; i++)
		batch->people[i]->hidden = !visible[i];
}

static void
load_external_ids(ContactsBatch *batch)
{
	int64 *ids = palloc(batch->person_count * sizeof(int64));
	ContactsExternalId *external;
	int count;
	int person = 0;

	for (int i = 0; i < batch->person_count; i++)
		ids[i] = batch->people[i]->row.contact_id;
	count =
		contacts_read_external_ids(batch->account->account_id, ids, batch->person_count, &external);
	/* both lists are in order of contact_id */
	for (int i = 0; i < count; i++)
	{
		while (ids[person] != external[i].contact_id)
			person++;
		contacts_batch_add_external(batch, person, external[i].value);
	}
}
