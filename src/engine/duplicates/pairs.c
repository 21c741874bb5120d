/* -------------------------------------------------------------------------
 * pairs.c
 *		Which contacts are compared at all.
 *
 * Contacts that share a match key, a word of their name, a company, a domain, the value of a
 * field or a word of it stand in one block.  In a small block each is compared with each.  A large
 * block is cut by a second thing that its contacts have in common, and again by a third; only
 * things that are common themselves are asked, since the block of a rare one has all its pairs
 * anyway.  What then is still large is ordered by name and each compared with its neighbours.  So
 * the number of pairs grows with the number of contacts and not with its square.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "engine/duplicates/model.h"
#include "text/traits.h"

#define SMALL_BLOCK 32   /* each is compared with each */
#define COMMON_LEAST 200 /* a term of so many contacts cuts blocks in any account */
#define COMMON_SHARE 30  /* one that each 30th contact has does not */
#define CUTS 3           /* things that the contacts of a block have in common, at most */
#define NEIGHBOURS 6     /* compared in a large block */
#define KEY_PORTIONS 16  /* keys are sorted in so many portions */

typedef struct Blocks
{
	const ContactsModel *model;
	ContactsPairTaker take;
	void *taker;
	uint8 *common; /* bit set of the terms that cut blocks */
} Blocks;

/* A contact in a block, by what it was put there for. */
typedef struct Entry
{
	uint64 key;
	uint32 contact;
} Entry;

static void find_common_terms(Blocks *blocks);
static void pairs_by_key(Blocks *blocks);
static void pairs_by_term(Blocks *blocks);
static void pairs_of_term(Blocks *blocks, uint32 term, const uint32 *contacts);
static bool leads_to_pairs(const Blocks *blocks, uint32 term);
static void pairs_of_entries(Blocks *blocks, Entry *entries, uint32 count, int depth);
static void pairs_of_block(Blocks *blocks, const Entry *entries, uint32 count, int depth);
static void pairs_of_cut(Blocks *blocks, const Entry *entries, uint32 count, int depth);
static void pairs_of_neighbours(Blocks *blocks, const Entry *entries, uint32 count);
static bool is_common(const Blocks *blocks, uint32 term);
static int compare_entries(const void *a, const void *b);

void
contacts_model_pairs(const ContactsModel *model, ContactsPairTaker take, void *taker)
{
	Blocks blocks = {model, take, taker, NULL};

	find_common_terms(&blocks);
	pairs_by_key(&blocks);
	pairs_by_term(&blocks);
	pfree(blocks.common);
}

static void
find_common_terms(Blocks *blocks)
{
	const ContactsTerms *terms = &blocks->model->terms;
	uint32 most = Max(blocks->model->count / COMMON_SHARE, COMMON_LEAST);

	blocks->common = palloc0(terms->count / 8 + 1);
	for (int term = 1; term < terms->count; term++)
		if (terms->terms[term].kind >= CONTACTS_SHARED_KINDS &&
			terms->terms[term].count > SMALL_BLOCK && terms->terms[term].count <= most)
			blocks->common[term / 8] |= 1 << term % 8;
}

/* Keys are hashes, so their last bits make portions of one size. */
static void
pairs_by_key(Blocks *blocks)
{
	const ContactsModel *model = blocks->model;
	Size all = (Size) model->count * CONTACTS_MATCH_KEYS;
	Size room = all / KEY_PORTIONS + all / KEY_PORTIONS / 4 + 1024;
	Entry *entries = MemoryContextAllocHuge(CurrentMemoryContext, room * sizeof(Entry));

	for (int portion = 0; portion < KEY_PORTIONS; portion++)
	{
		uint32 count = 0;

		CHECK_FOR_INTERRUPTS();
		for (Size i = 0; i < all; i++)
		{
			if (model->keys[i] % KEY_PORTIONS != (uint64) portion || model->keys[i] == 0)
				continue;
			if (count == room)
				entries = repalloc_huge(entries, (room *= 2) * sizeof(Entry));
			entries[count++] = (Entry){model->keys[i], (uint32) (i / CONTACTS_MATCH_KEYS)};
		}
		pairs_of_entries(blocks, entries, count, 0);
	}
	pfree(entries);
}

/* The contacts of each term stand together in one array: counted, placed, then read. */
static void
pairs_by_term(Blocks *blocks)
{
	const ContactsModel *model = blocks->model;
	uint32 *ends =
		MemoryContextAllocExtended(CurrentMemoryContext, (model->terms.count + 1) * sizeof(uint32),
								   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	uint32 *postings;
	uint32 sum = 0;

	for (int term = 1; term < model->terms.count; term++)
	{
		ends[term] = sum;
		sum += leads_to_pairs(blocks, term) ? model->terms.terms[term].count : 0;
	}
	postings = MemoryContextAllocHuge(CurrentMemoryContext, ((Size) sum + 1) * sizeof(uint32));
	for (uint32 i = 0; i < model->count; i++)
	{
		const uint32 *row = contacts_model_row(model, i);

		CHECK_FOR_INTERRUPTS();
		for (int column = CONTACTS_SHARED_KINDS; column < model->stride; column++)
			if (row[column] != 0 && leads_to_pairs(blocks, row[column]))
				postings[ends[row[column]]++] = i;
	}
	for (int term = 1; term < model->terms.count; term++)
		if (leads_to_pairs(blocks, term))
			pairs_of_term(blocks, term, postings + ends[term] - model->terms.terms[term].count);
	pfree(postings);
	pfree(ends);
}

static bool
leads_to_pairs(const Blocks *blocks, uint32 term)
{
	const ContactsTerm *known = &blocks->model->terms.terms[term];

	return known->kind >= CONTACTS_SHARED_KINDS && known->count > 1 &&
		   (known->count <= SMALL_BLOCK || is_common(blocks, term));
}

static void
pairs_of_term(Blocks *blocks, uint32 term, const uint32 *contacts)
{
	uint32 count = blocks->model->terms.terms[term].count;
	Entry *entries = palloc(count * sizeof(Entry));

	for (uint32 i = 0; i < count; i++)
		entries[i] = (Entry){term, contacts[i]};
	pairs_of_block(blocks, entries, count, 1);
	pfree(entries);
}

/* Entries in any order; those with the same key are a block. */
static void
pairs_of_entries(Blocks *blocks, Entry *entries, uint32 count, int depth)
{
	uint32 start = 0;

	qsort(entries, count, sizeof(Entry), compare_entries);
	for (uint32 i = 1; i <= count; i++)
	{
		if (i < count && entries[i].key == entries[start].key)
			continue;
		pairs_of_block(blocks, entries + start, i - start, depth);
		start = i;
	}
}

static void
pairs_of_block(Blocks *blocks, const Entry *entries, uint32 count, int depth)
{
	CHECK_FOR_INTERRUPTS();
	if (count > SMALL_BLOCK)
	{
		if (depth < CUTS)
			pairs_of_cut(blocks, entries, count, depth);
		pairs_of_neighbours(blocks, entries, count);
		return;
	}
	for (uint32 i = 1; i < count; i++)
		for (uint32 j = 0; j < i; j++)
			blocks->take(blocks->taker, entries[i].contact, entries[j].contact);
}

/*
 * A block of a term is cut by terms of higher numbers only: the block of the other term has the
 * same contacts the other way round.
 */
static void
pairs_of_cut(Blocks *blocks, const Entry *entries, uint32 count, int depth)
{
	const ContactsModel *model = blocks->model;
	uint64 after = depth == 0 ? 0 : entries[0].key;
	Size room = (Size) count * (model->stride - CONTACTS_SHARED_KINDS);
	Entry *cut = MemoryContextAllocHuge(CurrentMemoryContext, room * sizeof(Entry));
	uint32 cut_count = 0;

	for (uint32 i = 0; i < count; i++)
	{
		const uint32 *row = contacts_model_row(model, entries[i].contact);

		for (int column = CONTACTS_SHARED_KINDS; column < model->stride; column++)
			if (row[column] > after && is_common(blocks, row[column]))
				cut[cut_count++] = (Entry){row[column], entries[i].contact};
	}
	pairs_of_entries(blocks, cut, cut_count, depth + 1);
	pfree(cut);
}

/* Ordered by the number of the whole name: the same names stand together, wherever that is. */
static void
pairs_of_neighbours(Blocks *blocks, const Entry *entries, uint32 count)
{
	Entry *ordered = palloc_extended(count * sizeof(Entry), MCXT_ALLOC_HUGE);

	for (uint32 i = 0; i < count; i++)
	{
		const uint32 *row = contacts_model_row(blocks->model, entries[i].contact);

		ordered[i] = (Entry){row[CONTACTS_COLUMN_PERSON], entries[i].contact};
	}
	qsort(ordered, count, sizeof(Entry), compare_entries);
	for (uint32 i = 1; i < count; i++)
		for (uint32 j = i - Min(i, NEIGHBOURS); j < i; j++)
			if (ordered[i].key == ordered[j].key && ordered[i].key != 0)
				blocks->take(blocks->taker, ordered[i].contact, ordered[j].contact);
	pfree(ordered);
}

static bool
is_common(const Blocks *blocks, uint32 term)
{
	return (blocks->common[term / 8] >> term % 8 & 1) != 0;
}

static int
compare_entries(const void *a, const void *b)
{
	const Entry *one = a;
	const Entry *other = b;

	CHECK_FOR_INTERRUPTS(); /* millions may be sorted */
	if (one->key != other->key)
		return one->key < other->key ? -1 : 1;
	return (one->contact > other->contact) - (one->contact < other->contact);
}
