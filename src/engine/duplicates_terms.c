/* -------------------------------------------------------------------------
 * duplicates_terms.c
 *		Distinct texts by number, and how many contacts have each.
 *
 * A hash table with open addresses over one array of terms and one text: a million contacts have
 * some three million distinct texts, so a term costs what its text does and 20 bytes.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "utils/memutils.h"

#include "engine/duplicates_model.h"

#define INITIAL_SLOTS 4096

static bool counts(const ContactsTerms *terms, int kind);
static uint32 hash_text(int kind, ContactsPiece text);
static bool is_term(const ContactsTerms *terms, uint32 term, int kind, ContactsPiece text);
static uint32 add_term(ContactsTerms *terms, int kind, ContactsPiece text);
static void enlarge(ContactsTerms *terms);

void
contacts_terms_begin(ContactsTerms *terms)
{
	terms->counts_own = terms->counts_shared = true;
	terms->slot_count = INITIAL_SLOTS;
	terms->slots = palloc0(INITIAL_SLOTS * sizeof(uint32));
	terms->room = INITIAL_SLOTS;
	terms->terms = palloc0(INITIAL_SLOTS * sizeof(ContactsTerm));
	terms->count = 1;
	terms->text_room = 16 * INITIAL_SLOTS;
	terms->text = palloc(terms->text_room);
	terms->text_size = 0;
}

uint32
contacts_term_add(ContactsTerms *terms, int kind, ContactsPiece text)
{
	uint32 slot;

	if (text.size == 0)
		return 0;
	slot = hash_text(kind, text) & (terms->slot_count - 1);
	while (terms->slots[slot] != 0)
	{
		uint32 term = terms->slots[slot];

		if (is_term(terms, term, kind, text))
		{
			terms->terms[term].count += counts(terms, kind);
			return term;
		}
		slot = (slot + 1) & (terms->slot_count - 1);
	}
	terms->slots[slot] = add_term(terms, kind, text);
	if (terms->count > terms->slot_count / 3 * 2)
		enlarge(terms);
	return terms->count - 1;
}

static bool
counts(const ContactsTerms *terms, int kind)
{
	return kind < CONTACTS_SHARED_KINDS ? terms->counts_own : terms->counts_shared;
}

static uint32
hash_text(int kind, ContactsPiece text)
{
	return hash_bytes((const unsigned char *) text.start, (int) text.size) + kind * 0x9E3779B1;
}

static bool
is_term(const ContactsTerms *terms, uint32 term, int kind, ContactsPiece text)
{
	const ContactsTerm *known = &terms->terms[term];

	return known->size == text.size && known->kind == kind &&
		   memcmp(terms->text + known->start, text.start, text.size) == 0;
}

static uint32
add_term(ContactsTerms *terms, int kind, ContactsPiece text)
{
	if (terms->count == terms->room)
	{
		terms->room *= 2;
		terms->terms = repalloc_huge(terms->terms, terms->room * sizeof(ContactsTerm));
	}
	if (terms->text_size + text.size > terms->text_room)
	{
		terms->text_room *= 2;
		terms->text = repalloc_huge(terms->text, terms->text_room);
	}
	if (terms->text_size + text.size > PG_UINT32_MAX)
		elog(ERROR, "too many distinct texts to compare");
	memcpy(terms->text + terms->text_size, text.start, text.size);
	terms->terms[terms->count] = (ContactsTerm){(uint32) terms->text_size, counts(terms, kind),
												(uint16) text.size, (uint16) kind};
	terms->text_size += text.size;
	return terms->count++;
}

static void
enlarge(ContactsTerms *terms)
{
	pfree(terms->slots);
	terms->slot_count *= 2;
	terms->slots =
		MemoryContextAllocExtended(CurrentMemoryContext, terms->slot_count * sizeof(uint32),
								   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (uint32 term = 1; term < terms->count; term++)
	{
		uint32 slot = hash_text(terms->terms[term].kind, contacts_term_text(terms, term)) &
					  (terms->slot_count - 1);

		while (terms->slots[slot] != 0)
			slot = (slot + 1) & (terms->slot_count - 1);
		terms->slots[slot] = term;
	}
}
