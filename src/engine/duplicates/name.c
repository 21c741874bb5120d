/* -------------------------------------------------------------------------
 * name.c
 *		What two names say about two contacts.
 *
 * Words are paired, whatever their order: the same, misspelled, short forms, initials.  The same
 * word says as much as it is rare.  A misspelled one says something only when one of the two
 * spellings is rare, as slips of the pen are: Marie and Maria are two names.  Words on both sides
 * that find no partner speak against: a family shares one word of two, and often phone and
 * address too.  So do two generations: father and son may share all words.
 *
 * A worse word never says more: the same, misspelled, short, initial, missing, another is the order
 * of what a word can say, and what the name as a whole says has the same bounds however well its
 * words are spelled.
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
#define NICKNAME -2.0           /* bits: a usual short form, however frequent it is */
#define INITIAL 2.0             /* bits, in all */
#define OTHER_NAME -4.0         /* bits: two names that are both frequent are not one */
#define MISSING -1.5            /* bits of a word on one side only; no partner says less */
#define MISSING_LETTER -3.0     /* the same of a letter that is a word */
#define MISSING_GENERATION -0.4 /* most people leave it out */
#define STRANGER -7.0           /* bits of a word on either side without a partner */
#define STRANGERS_OF 3          /* words that agree, for each that does not, to be one person */
#define FAMILY_MOST -8.0
#define RARE_NAME 2.5 /* bits above what makes it even */
#define WORST -14.0

/* Words of two names and how they were paired. */
typedef struct Pairing
{
	const ContactsModel *model;
	uint32 persons[2];
	const uint32 *words[2]; /* CONTACTS_NAME_WORDS each, 0 = none */
	bool paired[2][CONTACTS_NAME_WORDS];
	double bits;
	int matches;
	int letters; /* of the matches */
} Pairing;

/* Words of one name without a partner. */
typedef struct Unpaired
{
	int count;
	int letters; /* of them letters that are words */
} Unpaired;

static void pair_same_words(Pairing *pairing);
static void pair_like_words(Pairing *pairing);
static double likeness_bits(const ContactsModel *model, uint32 one, uint32 other);
static void note_partners(Pairing *pairing, int one, int other, double bits);
static double spelling_rarity(const ContactsModel *model, uint32 one, uint32 other);
static double generation_rarity(const ContactsModel *model, uint32 generation);
static Unpaired unpaired(const Pairing *pairing, int side);
static double missing_bits(const Pairing *pairing, const Unpaired rest[2]);
static double bounded_bits(const Pairing *pairing);
static double person_rarity(const Pairing *pairing, uint32 person);
static uint32 paired_person(const Pairing *pairing, int side);
static bool is_swapped(const Pairing *pairing);

void
contacts_weigh_names(const ContactsModel *model, const uint32 *one, const uint32 *other,
					 ContactsEvidence *evidence)
{
	Pairing pairing = {.model = model,
					   .persons = {one[CONTACTS_COLUMN_PERSON], other[CONTACTS_COLUMN_PERSON]},
					   .words = {one + CONTACTS_COLUMN_WORD, other + CONTACTS_COLUMN_WORD}};
	uint32 generations[2] = {one[CONTACTS_COLUMN_GENERATION], other[CONTACTS_COLUMN_GENERATION]};
	Unpaired rest[2];
	int strangers;
	double bits;

	if (pairing.persons[0] == 0 || pairing.persons[1] == 0)
		return;
	pair_same_words(&pairing);
	if (pairing.persons[0] != pairing.persons[1])
		pair_like_words(&pairing);
	for (int side = 0; side < 2; side++)
		rest[side] = unpaired(&pairing, side);
	strangers = Min(rest[0].count, rest[1].count);
	evidence->other_names =
		STRANGERS_OF * strangers > pairing.matches || Min(rest[0].letters, rest[1].letters) > 0;
	if (generations[0] != 0 && generations[1] != 0)
	{
		if (generations[0] == generations[1])
			pairing.bits += generation_rarity(model, generations[0]);
		else
			evidence->other_names = true;
	}
	bits = bounded_bits(&pairing) + missing_bits(&pairing, rest) + strangers * STRANGER;
	if ((generations[0] == 0) != (generations[1] == 0))
		bits += MISSING_GENERATION;
	if (strangers == 0)
		bits = Max(bits, 0); /* as far as they go they agree */
	if (evidence->other_names)
		bits = Min(bits, FAMILY_MOST);
	else if (pairing.persons[0] != pairing.persons[1])
		evidence->reasons |= 1 << CONTACTS_REASON_LIKE_NAME;
	else
		evidence->reasons |=
			1 << (is_swapped(&pairing) ? CONTACTS_REASON_SWAPPED : CONTACTS_REASON_NAME);
	evidence->name_bits = Max(bits, WORST);
	evidence->bits += evidence->name_bits;
}

static void
pair_same_words(Pairing *pairing)
{
	for (int i = 0; i < CONTACTS_NAME_WORDS && pairing->words[0][i] != 0; i++)
	{
		for (int j = 0; j < CONTACTS_NAME_WORDS && pairing->words[1][j] != 0; j++)
		{
			if (pairing->words[0][i] != pairing->words[1][j] || pairing->paired[1][j])
				continue;
			note_partners(pairing, i, j,
						  contacts_term_rarity(pairing->model, pairing->words[0][i], 1));
			break;
		}
	}
}

/* The most alike words first. */
static void
pair_like_words(Pairing *pairing)
{
	double best;

	do
	{
		int places[2] = {0, 0};

		best = -INFINITY;
		for (int i = 0; i < CONTACTS_NAME_WORDS && pairing->words[0][i] != 0; i++)
		{
			for (int j = 0; j < CONTACTS_NAME_WORDS && pairing->words[1][j] != 0; j++)
			{
				double bits;

				if (pairing->paired[0][i] || pairing->paired[1][j])
					continue;
				bits = likeness_bits(pairing->model, pairing->words[0][i], pairing->words[1][j]);
				if (bits <= best)
					continue;
				best = bits;
				places[0] = i;
				places[1] = j;
			}
		}
		if (best >= OTHER_NAME)
			note_partners(pairing, places[0], places[1], Max(best, MISSING));
	} while (best >= OTHER_NAME);
}

/* What it says that two different words are one name, minus infinity when they are not alike. */
static double
likeness_bits(const ContactsModel *model, uint32 one, uint32 other)
{
	const ContactsTerm *terms[2] = {&model->terms.terms[one], &model->terms.terms[other]};
	ContactsPiece texts[2] = {contacts_term_text(&model->terms, one),
							  contacts_term_text(&model->terms, other)};
	double bits = -INFINITY;

	if ((terms[0]->bits | terms[1]->bits) & CONTACTS_WORD_UNSPACED)
		return bits;
	if (contacts_is_initial(texts[0], texts[1]))
	{
		uint32 longer = texts[0].size > texts[1].size ? one : other;

		return Min(INITIAL, Max(contacts_term_rarity(model, longer, 0) + SHORT_FORM, MISSING));
	}
	if (contacts_is_misspelled(texts[0], texts[1]))
		bits = (contacts_edit_distance(texts[0], texts[1], 1) > 1 ? TWO_SLIPS : MISSPELLED) -
			   contacts_doubt_of_slip(model, one, other);
	else if (contacts_is_short_form(texts[0], texts[1]))
		bits = SHORT_FORM - contacts_doubt_of_slip(model, one, other);
	if ((terms[0]->bits & terms[1]->bits & CONTACTS_WORD_NICKNAME) && bits < NICKNAME &&
		contacts_is_nickname(texts[0], texts[1]))
		bits = NICKNAME;
	return bits + spelling_rarity(model, one, other);
}

static void
note_partners(Pairing *pairing, int one, int other, double bits)
{
	uint32 word = pairing->words[0][one];

	pairing->paired[0][one] = pairing->paired[1][other] = true;
	pairing->bits += bits;
	pairing->matches++;
	pairing->letters += (pairing->model->terms.terms[word].bits & CONTACTS_WORD_UNSPACED) != 0;
}

/* That of the more frequent spelling. */
static double
spelling_rarity(const ContactsModel *model, uint32 one, uint32 other)
{
	return Min(contacts_term_rarity(model, one, 0), contacts_term_rarity(model, other, 0));
}

static double
generation_rarity(const ContactsModel *model, uint32 generation)
{
	double count = model->generations[generation] - (model->is_sample ? 0 : 1.0);

	return log2(model->measured / Max(count, 1));
}

static Unpaired
unpaired(const Pairing *pairing, int side)
{
	Unpaired rest = {0, 0};

	for (int i = 0; i < CONTACTS_NAME_WORDS && pairing->words[side][i] != 0; i++)
	{
		if (pairing->paired[side][i])
			continue;
		rest.count++;
		rest.letters += (pairing->model->terms.terms[pairing->words[side][i]].bits &
						 CONTACTS_WORD_UNSPACED) != 0;
	}
	return rest;
}

/* Where one side has no letters that are words, all of the other side's are one word. */
static double
missing_bits(const Pairing *pairing, const Unpaired rest[2])
{
	int words = abs((rest[0].count - rest[0].letters) - (rest[1].count - rest[1].letters));
	int letters = abs(rest[0].letters - rest[1].letters);

	if (pairing->letters > 0 || Min(rest[0].letters, rest[1].letters) > 0)
		return words * MISSING + letters * MISSING_LETTER;
	return (words + (letters > 0)) * MISSING;
}

/*
 * What the words that agree say.  How often strangers have the same name is what its words let
 * expect, or, where more have it, how many do; that holds for either name, and for the words alone
 * that were paired.
 */
static double
bounded_bits(const Pairing *pairing)
{
	double bits = pairing->bits;

	if (pairing->matches > 1)
		bits = Max(bits - NAMES_GO_TOGETHER, Min(bits, 0));
	bits = Min(bits, RARE_NAME - pairing->model->prior);
	bits = Min(bits, person_rarity(pairing, pairing->persons[0]));
	if (pairing->persons[0] == pairing->persons[1] || pairing->matches < 2)
		return bits;
	bits = Min(bits, person_rarity(pairing, pairing->persons[1]));
	for (int side = 0; side < 2; side++)
		bits = Min(bits, person_rarity(pairing, paired_person(pairing, side)));
	return bits;
}

/* Infinite when nobody else has the name. */
static double
person_rarity(const Pairing *pairing, uint32 person)
{
	const ContactsModel *model = pairing->model;
	int of_pair = (person == pairing->persons[0]) + (person == pairing->persons[1]);

	if (person == 0 || model->terms.terms[person].count <= (uint32) of_pair)
		return INFINITY;
	return contacts_term_rarity(model, person, of_pair);
}

/* The name of the paired words alone. */
static uint32
paired_person(const Pairing *pairing, int side)
{
	ContactsPiece words[CONTACTS_NAME_WORDS];
	int count = 0;
	int all = 0;

	for (; all < CONTACTS_NAME_WORDS && pairing->words[side][all] != 0; all++)
		if (pairing->paired[side][all])
			words[count++] = contacts_term_text(&pairing->model->terms, pairing->words[side][all]);
	if (count == all)
		return pairing->persons[side];
	return contacts_model_person(pairing->model, words, count);
}

static bool
is_swapped(const Pairing *pairing)
{
	return memcmp(pairing->words[0], pairing->words[1], CONTACTS_NAME_WORDS * sizeof(uint32)) != 0;
}
