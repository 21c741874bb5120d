/* -------------------------------------------------------------------------
 * terms.c
 *		Distinct texts by number, and how many contacts have each.
 *
 * A hash table of numbers over one array of terms and one text: a million contacts have some three
 * million distinct texts, so a term costs what its text does and some 30 bytes.  The table compares
 * texts through the numbers; the text that is looked for has the number 0 while it is.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "utils/memutils.h"

#include "engine/duplicates/model.h"
#include "list.h"
#include "text/fold.h"
#include "text/traits.h"

/* A place of the table. */
typedef struct TermSlot
{
	uint32 term; /* its number */
	char status; /* for the table */
} TermSlot;

static inline ContactsPiece
text_of(const ContactsTerms *terms, uint32 term)
{
	return term == 0 ? terms->wanted : contacts_term_text(terms, term);
}

static inline int
kind_of(const ContactsTerms *terms, uint32 term)
{
	return term == 0 ? terms->wanted_kind : terms->terms[term].kind;
}

static inline uint32
hash_term(const ContactsTerms *terms, uint32 term)
{
	ContactsPiece text = text_of(terms, term);

	return hash_bytes((const unsigned char *) text.start, (int) text.size) +
		   kind_of(terms, term) * 0x9E3779B1;
}

static inline bool
same_term(const ContactsTerms *terms, uint32 a, uint32 b)
{
	ContactsPiece one = text_of(terms, a);
	ContactsPiece other = text_of(terms, b);

	return one.size == other.size && kind_of(terms, a) == kind_of(terms, b) &&
		   memcmp(one.start, other.start, one.size) == 0;
}

#define SH_PREFIX term_table
#define SH_ELEMENT_TYPE TermSlot
#define SH_KEY_TYPE uint32
#define SH_KEY term
#define SH_HASH_KEY(table, key) hash_term((table)->private_data, key)
#define SH_EQUAL(table, a, b) same_term((table)->private_data, a, b)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

#define EXPECTED_TERMS 4096

static bool counts(const ContactsTerms *terms, int kind);
static uint32 add_term(ContactsTerms *terms, int kind, ContactsPiece text);

void
contacts_terms_begin(ContactsTerms *terms)
{
	memset(terms, 0, sizeof(*terms));
	terms->counts_own = terms->counts_shared = true;
	terms->table = term_table_create(CurrentMemoryContext, EXPECTED_TERMS, terms);
	/* number 0 is no text */
	terms->terms = contacts_grown(NULL, 0, &terms->room, sizeof(ContactsTerm));
	terms->terms[0] = (ContactsTerm){0};
	terms->count = 1;
	terms->text_room = 16 * EXPECTED_TERMS;
	terms->text = palloc(terms->text_room);
}

uint32
contacts_term_add(ContactsTerms *terms, int kind, ContactsPiece text)
{
	TermSlot *slot;
	bool found;

	if (text.size == 0)
		return 0;
	terms->wanted = text;
	terms->wanted_kind = kind;
	slot = term_table_insert(terms->table, 0, &found);
	if (found)
		terms->terms[slot->term].count += counts(terms, kind);
	else
		slot->term = add_term(terms, kind, text);
	return slot->term;
}

uint32
contacts_term_find(const ContactsTerms *terms, int kind, ContactsPiece text)
{
	ContactsTerms *own = terms->table->private_data;
	TermSlot *slot;

	own->wanted = text;
	own->wanted_kind = kind;
	slot = term_table_lookup(own->table, 0);
	return slot ? slot->term : 0;
}

static bool
counts(const ContactsTerms *terms, int kind)
{
	return kind < CONTACTS_SHARED_KINDS ? terms->counts_own : terms->counts_shared;
}

static uint32
add_term(ContactsTerms *terms, int kind, ContactsPiece text)
{
	terms->terms = contacts_grown(terms->terms, terms->count, &terms->room, sizeof(ContactsTerm));
	if (terms->text_size + text.size > PG_UINT32_MAX)
		elog(ERROR, "too many distinct texts to compare");
	if (terms->text_size + text.size > terms->text_room)
	{
		terms->text_room *= 2;
		terms->text = repalloc_huge(terms->text, terms->text_room);
	}
	memcpy(terms->text + terms->text_size, text.start, text.size);
	terms->terms[terms->count] =
		(ContactsTerm){(uint32) terms->text_size, counts(terms, kind), (uint16) text.size,
					   (uint8) kind, kind == CONTACTS_COLUMN_WORD ? contacts_word_bits(text) : 0};
	terms->text_size += text.size;
	return terms->count++;
}
