/* -------------------------------------------------------------------------
 * json_gather.c
 *		An object that is told piece by piece, and built once.
 *
 * Joining objects one after the other copies all that is there for each piece: a thousand reports
 * of one activity copy a thousand times what the first ones said.  Here a piece costs what it
 * brings: its keys are looked up in a table, whose values stay where the pieces have them.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"

#include "values/json.h"
#include "values/json_gather.h"

typedef struct GatheredPair
{
	JsonbValue key;
	JsonbValue value;
	char status; /* for the table */
} GatheredPair;

#define SH_PREFIX pair_table
#define SH_ELEMENT_TYPE GatheredPair
#define SH_KEY_TYPE JsonbValue
#define SH_KEY key
#define SH_HASH_KEY(table, key) \
	hash_bytes((const unsigned char *) (key).val.string.val, (key).val.string.len)
#define SH_EQUAL(table, a, b) (contacts_object_key_order(&(a), &(b)) == 0)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

struct ContactsGather
{
	pair_table_hash *table;
	size_t size; /* bytes of the keys and values */
};

static bool is_said_anew(const GatheredPair *known, JsonbPair *said, bool replaces);
static size_t size_of(const JsonbValue *key, const JsonbValue *value);
static int compare_pairs(const void *a, const void *b);

ContactsGather *
contacts_gather_begin(Jsonb *object)
{
	ContactsGather *gather = palloc0(sizeof(ContactsGather));
	bool changed;

	gather->table = pair_table_create(CurrentMemoryContext, contacts_object_count(object), NULL);
	(void) contacts_gather(gather, object, true, SIZE_MAX, &changed);
	return gather;
}

bool
contacts_gather(ContactsGather *gather, Jsonb *object, bool replaces, size_t most, bool *changed)
{
	int count = contacts_object_count(object);
	JsonbPair *said = contacts_object_read(object);
	size_t size = gather->size;
	int anew = 0;

	for (int i = 0; i < count; i++)
	{
		GatheredPair *known = pair_table_lookup(gather->table, said[i].key);

		if (!is_said_anew(known, &said[i], replaces))
			continue;
		size += size_of(&said[i].key, &said[i].value);
		size -= known ? size_of(&known->key, &known->value) : 0;
		said[anew++] = said[i];
	}
	if (size > most && size > gather->size)
		return false;
	for (int i = 0; i < anew; i++)
	{
		bool found;

		pair_table_insert(gather->table, said[i].key, &found)->value = said[i].value;
	}
	if (said)
		pfree(said);
	gather->size = size;
	*changed = anew > 0;
	return true;
}

Jsonb *
contacts_gather_object(ContactsGather *gather)
{
	JsonbPair *pairs = MemoryContextAllocHuge(CurrentMemoryContext,
											  Max(gather->table->members, 1) * sizeof(JsonbPair));
	pair_table_iterator iterator;
	GatheredPair *pair;
	Jsonb *object;
	int count = 0;

	pair_table_start_iterate(gather->table, &iterator);
	while ((pair = pair_table_iterate(gather->table, &iterator)) != NULL)
		pairs[count++] = (JsonbPair){pair->key, pair->value, 0};
	qsort(pairs, count, sizeof(JsonbPair), compare_pairs);
	object = contacts_object_build(pairs, count);
	pfree(pairs);
	return object;
}

void
contacts_gather_end(ContactsGather *gather)
{
	pair_table_destroy(gather->table);
	pfree(gather);
}

static bool
is_said_anew(const GatheredPair *known, JsonbPair *said, bool replaces)
{
	JsonbValue before;

	if (known == NULL)
		return true;
	before = known->value;
	return replaces && !contacts_json_equal(&before, &said->value);
}

static size_t
size_of(const JsonbValue *key, const JsonbValue *value)
{
	return (size_t) key->val.string.len + contacts_json_size(value);
}

static int
compare_pairs(const void *a, const void *b)
{
	return contacts_object_key_order(&((const JsonbPair *) a)->key, &((const JsonbPair *) b)->key);
}
