/* -------------------------------------------------------------------------
 * name.c
 *		What two names say about two contacts.
 *
 * Words are paired, whatever their order: the same, misspelled, short forms, initials.  The same
 * word says as much as it is rare.  A misspelled one says something only when one of the two
 * spellings is rare, as slips of the pen are: Marie and Maria are two names.  Words on both sides
 * that find no partner speak against: a family shares one word of two, and often phone and
 * address too.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "engine/duplicates/model.h"
#include "text/fold.h"
#include "text/similarity.h"
#include "text/traits.h"

#define NAMES_GO_TOGETHER 1.0 /* bits: first and last names do not meet at random */
#define MISSPELLED -2.0       /* bits: how often the same person is */
#define TWO_SLIPS -5.0
#define SHORT_FORM -3.0
#define INITIAL 2.0     /* bits, in all */
#define OTHER_NAME -4.0 /* bits: two names that are both frequent are not one */
#define MISSING -1.5    /* bits of a word on one side only */
#define STRANGER -7.0   /* bits of a word on either side without a partner */
#define STRANGERS_OF 3  /* words that agree, for each that does not, to be one person */
#define FAMILY_MOST -8.0
#define RARE_NAME 2.5 /* bits above what makes it even */
#define WORST -14.0

/* Words of two names and how they were paired. */
typedef struct Pairing
{
	const ContactsModel *model;
	const uint32 *words[2]; /* CONTACTS_NAME_WORDS each, 0 = none */
	bool paired[2][CONTACTS_NAME_WORDS];
	double bits;
	int matches;
} Pairing;

static void weigh_same_name(const ContactsModel *model, const uint32 *one, const uint32 *other,
							ContactsEvidence *evidence);
static void pair_words(Pairing *pairing, bool exactly);
static bool weigh_words(Pairing *pairing, uint32 one, uint32 other, bool exactly);
static double spelling_bits(const ContactsModel *model, uint32 one, uint32 other);
static int unpaired(const Pairing *pairing, int side);
static double word_rarity(const ContactsModel *model, uint32 word);

void
contacts_weigh_names(const ContactsModel *model, const uint32 *one, const uint32 *other,
					 ContactsEvidence *evidence)
{
	Pairing pairing = {.model = model,
					   .words = {one + CONTACTS_COLUMN_WORD, other + CONTACTS_COLUMN_WORD}};
	int strangers;

	if (one[CONTACTS_COLUMN_PERSON] == 0 || other[CONTACTS_COLUMN_PERSON] == 0)
		return;
	if (one[CONTACTS_COLUMN_PERSON] == other[CONTACTS_COLUMN_PERSON])
	{
		weigh_same_name(model, one, other, evidence);
		return;
	}
	pair_words(&pairing, true);
	pair_words(&pairing, false);
	strangers = Min(unpaired(&pairing, 0), unpaired(&pairing, 1));
	pairing.bits += MISSING * abs(unpaired(&pairing, 0) - unpaired(&pairing, 1));
	if (strangers > 0)
		pairing.bits += strangers * STRANGER;
	evidence->other_names = STRANGERS_OF * strangers > pairing.matches;
	if (evidence->other_names)
		pairing.bits = Min(pairing.bits, FAMILY_MOST);
	else
		evidence->reasons |= 1 << CONTACTS_REASON_LIKE_NAME;
	if (pairing.matches > 1 && strangers == 0)
		pairing.bits -= NAMES_GO_TOGETHER;
	evidence->bits += Max(pairing.bits, WORST);
}

/*
 * How often strangers have the same name is what its words let expect, or, where more have it, how
 * many do.
 */
static void
weigh_same_name(const ContactsModel *model, const uint32 *one, const uint32 *other,
				ContactsEvidence *evidence)
{
	double expected = 0;
	int count = 0;
	bool swapped = false;

	for (int i = CONTACTS_COLUMN_WORD; i < CONTACTS_COLUMN_FIELD && one[i] != 0; i++)
	{
		expected += word_rarity(model, one[i]);
		swapped |= one[i] != other[i];
		count++;
	}
	if (count > 1)
		expected -= NAMES_GO_TOGETHER;
	if (model->terms.terms[one[CONTACTS_COLUMN_PERSON]].count > 2)
		expected = Min(expected, contacts_term_rarity(model, one[CONTACTS_COLUMN_PERSON]));
	evidence->bits += Min(expected, RARE_NAME - model->prior);
	evidence->reasons |= 1 << (swapped ? CONTACTS_REASON_SWAPPED : CONTACTS_REASON_NAME);
}

/* Pairs each word with the first free one of the other name that fits. */
static void
pair_words(Pairing *pairing, bool exactly)
{
	for (int i = 0; i < CONTACTS_NAME_WORDS && pairing->words[0][i] != 0; i++)
	{
		for (int j = 0; j < CONTACTS_NAME_WORDS && pairing->words[1][j] != 0; j++)
		{
			if (pairing->paired[0][i] || pairing->paired[1][j] ||
				!weigh_words(pairing, pairing->words[0][i], pairing->words[1][j], exactly))
				continue;
			pairing->paired[0][i] = pairing->paired[1][j] = true;
		}
	}
}

/* Whether two words are one, adding what that says. */
static bool
weigh_words(Pairing *pairing, uint32 one, uint32 other, bool exactly)
{
	const ContactsTerms *terms = &pairing->model->terms;
	ContactsPiece texts[2];
	double bits;

	if (exactly || one == other)
	{
		if (one != other)
			return false;
		pairing->bits += word_rarity(pairing->model, one);
		pairing->matches++;
		return true;
	}
	texts[0] = contacts_term_text(terms, one);
	texts[1] = contacts_term_text(terms, other);
	if (Min(texts[0].size, texts[1].size) == 1)
	{
		if (texts[0].start[0] != texts[1].start[0])
			return false;
		bits = INITIAL;
	}
	else if (contacts_is_misspelled(texts[0], texts[1]))
		bits = spelling_bits(pairing->model, one, other) +
			   (contacts_edit_distance(texts[0], texts[1], 1) > 1 ? TWO_SLIPS : MISSPELLED);
	else if (contacts_is_short_form(texts[0], texts[1]))
		bits = spelling_bits(pairing->model, one, other) + SHORT_FORM;
	else
		return false;
	if (bits < OTHER_NAME)
		return false;
	pairing->bits += bits;
	pairing->matches++;
	return true;
}

/* The rarity of the more frequent spelling, less when the other one is frequent too. */
static double
spelling_bits(const ContactsModel *model, uint32 one, uint32 other)
{
	double rarity = Min(word_rarity(model, one), word_rarity(model, other));

	return rarity - contacts_doubt_of_slip(model, one, other);
}

static int
unpaired(const Pairing *pairing, int side)
{
	int count = 0;

	for (int i = 0; i < CONTACTS_NAME_WORDS && pairing->words[side][i] != 0; i++)
		count += !pairing->paired[side][i];
	return count;
}

static double
word_rarity(const ContactsModel *model, uint32 word)
{
	double count = model->terms.terms[word].count - (model->is_sample ? 0 : 1.0);

	return log2(model->measured / Max(count, 0.5));
}
