/* -------------------------------------------------------------------------
 * evidence.c
 *		What two contacts have in common, and how sure that makes that they are one person.
 *
 * After Fellegi and Sunter: each comparison adds the logarithm of how much more often it comes
 * out like that for one person than for two, in bits; a value agrees the less by chance the rarer
 * it is.  The sum begins with the odds for two contacts taken at random, and the score is the
 * chance that follows.  Things that go together (a city and its postcode) are not counted twice.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "engine/duplicates/model.h"
#include "text/fold.h"
#include "text/similarity.h"
#include "values/field.h"

#define SHARED_PHONE 4.0     /* bits: nobody has another's number by chance */
#define OTHER_EXTENSION -4.0 /* bits: a company has one number and many people */
#define OTHER_PHONE -2.0
#define SAME_MAILBOX 9.0 /* bits above what makes it even */
#define LOCAL_MOST 18.0
#define COLLEAGUE -3.0   /* bits: two addresses in one domain */
#define LIKE_TEXT -2.5   /* bits: less than the same */
#define LIKE_NUMBER -6.0 /* and of numbers and dates, which have more neighbours */
#define ESTABLISHED 3    /* contacts that have a spelling which is no slip */
#define PHONE_LEAST 7    /* digits that two writings of a number share */

typedef struct Values
{
	int value; /* as in model->agree */
	int column;
	int reason; /* for the same, -1 = a field */
} Values;

/* How two values compare. */
typedef enum Likeness
{
	VALUE_SAME,
	VALUE_ALIKE,
	VALUE_OTHER
} Likeness;

static void weigh_phones(const ContactsModel *model, const uint32 *one, const uint32 *other,
						 ContactsEvidence *evidence);
static bool is_same_number(ContactsPiece one, ContactsPiece other);
static void weigh_emails(const ContactsModel *model, const uint32 *one, const uint32 *other,
						 ContactsEvidence *evidence);
static double local_bits(const ContactsModel *model, const uint32 *one, const uint32 *other,
						 const ContactsEvidence *evidence);
static bool is_made_of_name(const ContactsModel *model, const uint32 *row);
static void weigh_values(const ContactsModel *model, const uint32 *one, const uint32 *other,
						 ContactsEvidence *evidence);
static Likeness likeness_of(const ContactsModel *model, const Values *at, const uint32 *one,
							const uint32 *other);
static double value_bits(const ContactsModel *model, const Values *at, const uint32 *one,
						 const uint32 *other, Likeness likeness);
static double company_word_rarity(const ContactsModel *model, const uint32 *one,
								  const uint32 *other);
static double rarity_of(const ContactsModel *model, uint32 one, uint32 other);
static bool has_letters(ContactsPiece text);
static bool is_like_number(const ContactsField *field, ContactsPiece one, ContactsPiece other);

void
contacts_weigh_pair(const ContactsModel *model, uint32 one, uint32 other,
					ContactsEvidence *evidence)
{
	const uint32 *rows[2] = {contacts_model_row(model, one), contacts_model_row(model, other)};

	*evidence = (ContactsEvidence){.bits = model->prior};
	contacts_weigh_names(model, rows[0], rows[1], evidence);
	weigh_phones(model, rows[0], rows[1], evidence);
	weigh_emails(model, rows[0], rows[1], evidence);
	weigh_values(model, rows[0], rows[1], evidence);
}

float
contacts_evidence_score(const ContactsEvidence *evidence)
{
	return (float) (1.0 / (1.0 + exp2(-evidence->bits)));
}

double
contacts_term_rarity(const ContactsModel *model, uint32 term, int of_pair)
{
	const ContactsTerm *known = &model->terms.terms[term];
	bool is_own = known->kind < CONTACTS_SHARED_KINDS;

	if (model->is_sample && !is_own)
		return log2(model->measured / Max(known->count, 0.5));
	return log2(model->population / Max((double) known->count - of_pair, 0.5));
}

double
contacts_doubt_of_slip(const ContactsModel *model, uint32 one, uint32 other)
{
	const ContactsTerm *terms = model->terms.terms;
	double scale = model->population / model->measured;
	double rarer = Min(terms[one].count, terms[other].count) * scale;

	return rarer > ESTABLISHED ? log2(rarer / ESTABLISHED) : 0;
}

int
contacts_evidence_words(const ContactsModel *model, const ContactsEvidence *evidence,
						const char ***words)
{
	static const char *const reasons[CONTACTS_REASON_COUNT] = {
		[CONTACTS_REASON_PHONE] = "same phone",
		[CONTACTS_REASON_MAILBOX] = "same e-mail at the provider",
		[CONTACTS_REASON_NAME] = "same name",
		[CONTACTS_REASON_SWAPPED] = "names swapped",
		[CONTACTS_REASON_LIKE_NAME] = "similar name",
		[CONTACTS_REASON_LOCAL] = "same e-mail name",
		[CONTACTS_REASON_COMPANY] = "same company",
		[CONTACTS_REASON_LIKE_COMPANY] = "similar company",
		[CONTACTS_REASON_DOMAIN] = "same e-mail domain"};
	int count = 0;

	*words = palloc((CONTACTS_REASON_COUNT + CONTACTS_MATCH_FIELDS) * sizeof(char *));
	for (int i = 0; i < CONTACTS_REASON_COUNT; i++)
		if (evidence->reasons & 1 << i)
			(*words)[count++] = reasons[i];
	for (int i = 0; i < model->field_count; i++)
		if ((evidence->same_fields | evidence->alike_fields) & 1 << i)
			(*words)[count++] =
				psprintf("%s %s", evidence->same_fields & 1 << i ? "same" : "similar",
						 model->fields[i]->key);
	return count;
}

static void
weigh_phones(const ContactsModel *model, const uint32 *one, const uint32 *other,
			 ContactsEvidence *evidence)
{
	uint32 extensions[2] = {one[CONTACTS_COLUMN_EXTENSION], other[CONTACTS_COLUMN_EXTENSION]};

	if (one[CONTACTS_COLUMN_PHONE] == 0 || other[CONTACTS_COLUMN_PHONE] == 0)
		return;
	if (one[CONTACTS_COLUMN_TAIL] != other[CONTACTS_COLUMN_TAIL] ||
		!is_same_number(contacts_term_text(&model->terms, one[CONTACTS_COLUMN_PHONE]),
						contacts_term_text(&model->terms, other[CONTACTS_COLUMN_PHONE])))
	{
		evidence->bits += OTHER_PHONE;
		return;
	}
	evidence->reasons |= 1 << CONTACTS_REASON_PHONE;
	if (evidence->other_names)
		return;
	evidence->bits += SHARED_PHONE + contacts_term_rarity(model, one[CONTACTS_COLUMN_TAIL], 2);
	if (extensions[0] != extensions[1] && extensions[0] != 0 && extensions[1] != 0)
		evidence->bits += OTHER_EXTENSION;
}

/* One may lack the country, or the zero before the area. */
static bool
is_same_number(ContactsPiece one, ContactsPiece other)
{
	size_t shorter = Min(one.size, other.size);

	return shorter >= PHONE_LEAST &&
		   memcmp(one.start + one.size - shorter, other.start + other.size - shorter, shorter) == 0;
}

static void
weigh_emails(const ContactsModel *model, const uint32 *one, const uint32 *other,
			 ContactsEvidence *evidence)
{
	uint32 locals[2] = {one[CONTACTS_COLUMN_LOCAL], other[CONTACTS_COLUMN_LOCAL]};

	if (one[CONTACTS_COLUMN_MAILBOX] == 0 || other[CONTACTS_COLUMN_MAILBOX] == 0)
		return;
	if (one[CONTACTS_COLUMN_MAILBOX] == other[CONTACTS_COLUMN_MAILBOX])
	{
		evidence->reasons |= 1 << CONTACTS_REASON_MAILBOX;
		evidence->bits += SAME_MAILBOX - model->prior;
	}
	else if (locals[0] != 0 && locals[0] == locals[1])
	{
		evidence->reasons |= 1 << CONTACTS_REASON_LOCAL;
		evidence->bits += local_bits(model, one, other, evidence);
	}
	else if (locals[0] != 0 && locals[1] != 0 &&
			 one[CONTACTS_COLUMN_DOMAIN] == other[CONTACTS_COLUMN_DOMAIN])
	{
		ContactsPiece texts[2] = {contacts_term_text(&model->terms, locals[0]),
								  contacts_term_text(&model->terms, locals[1])};

		if (one[CONTACTS_COLUMN_DOMAIN] != 0 && !contacts_is_misspelled(texts[0], texts[1]))
			evidence->bits += COLLEAGUE;
	}
}

/*
 * A local part made of the name, and the name, are one thing: what is rarer of the two counts, so
 * the digits behind the name, or a rare nickname.  Made of one of two names that differ, it says
 * nothing.
 */
static double
local_bits(const ContactsModel *model, const uint32 *one, const uint32 *other,
		   const ContactsEvidence *evidence)
{
	double rarity = Min(contacts_term_rarity(model, one[CONTACTS_COLUMN_LOCAL], 2), LOCAL_MOST);

	if (!is_made_of_name(model, one) && !is_made_of_name(model, other))
		return rarity;
	if (evidence->other_names)
		return 0;
	return Max(rarity - Max(evidence->name_bits, 0), 0);
}

static bool
is_made_of_name(const ContactsModel *model, const uint32 *row)
{
	ContactsPiece local = contacts_term_text(&model->terms, row[CONTACTS_COLUMN_LOCAL]);

	for (int i = CONTACTS_COLUMN_WORD; i < CONTACTS_COLUMN_FIELD && row[i] != 0; i++)
	{
		ContactsPiece word = contacts_term_text(&model->terms, row[i]);

		if (word.size >= 3 && word.size <= local.size &&
			memmem(local.start, local.size, word.start, word.size) != NULL)
			return true;
	}
	return false;
}

/* Fields, company and the domain of the e-mail, which stands for a company too. */
static void
weigh_values(const ContactsModel *model, const uint32 *one, const uint32 *other,
			 ContactsEvidence *evidence)
{
	double agreed[CONTACTS_MATCH_VALUES];
	int count = 0;

	for (int value = 0; value < model->field_count + 2; value++)
	{
		Values at = {value, CONTACTS_COLUMN_FIELD + value, -1};
		Likeness likeness;

		agreed[value] = 0;
		if (value == model->field_count)
			at = (Values){value, CONTACTS_COLUMN_COMPANY, CONTACTS_REASON_COMPANY};
		else if (value > model->field_count)
			at = (Values){value, CONTACTS_COLUMN_DOMAIN, CONTACTS_REASON_DOMAIN};
		if (one[at.column] == 0 || other[at.column] == 0)
			continue;
		likeness = likeness_of(model, &at, one, other);
		if (likeness == VALUE_OTHER)
		{
			/* people have several addresses */
			if (at.reason != CONTACTS_REASON_DOMAIN)
				evidence->bits += log2(1 - model->agree[value]);
			continue;
		}
		agreed[value] = value_bits(model, &at, one, other, likeness);
		if (agreed[value] <= 0)
			continue;
		count++;
		if (at.reason < 0)
			*(likeness == VALUE_SAME ? &evidence->same_fields : &evidence->alike_fields) |=
				1 << value;
		else
			evidence->reasons |= 1 << (at.reason + (likeness == VALUE_ALIKE));
		if (at.reason >= 0 && evidence->other_names)
			agreed[value] = 0;
	}
	if (count > 0)
		evidence->bits += contacts_untied_sum(model, agreed);
}

static Likeness
likeness_of(const ContactsModel *model, const Values *at, const uint32 *one, const uint32 *other)
{
	uint32 terms[2] = {one[at->column], other[at->column]};
	ContactsPiece texts[2] = {contacts_term_text(&model->terms, terms[0]),
							  contacts_term_text(&model->terms, terms[1])};
	const ContactsField *field = at->value < model->field_count ? model->fields[at->value] : NULL;

	if (terms[0] == terms[1])
		return VALUE_SAME;
	if (at->reason == CONTACTS_REASON_DOMAIN)
		return VALUE_OTHER;
	if (at->reason == CONTACTS_REASON_COMPANY)
		return contacts_is_like_company(texts[0], texts[1]) ? VALUE_ALIKE : VALUE_OTHER;
	if (field->type == CONTACTS_FIELD_TEXT && has_letters(texts[0]) && has_letters(texts[1]))
		return rarity_of(model, terms[0], terms[1]) + LIKE_TEXT -
							   contacts_doubt_of_slip(model, terms[0], terms[1]) >
						   0 &&
					   contacts_is_alike(texts[0], texts[1])
				   ? VALUE_ALIKE
				   : VALUE_OTHER;
	return is_like_number(field, texts[0], texts[1]) ? VALUE_ALIKE : VALUE_OTHER;
}

/* What an agreement says, 0 or more; never more for two values that are alike than for the same. */
static double
value_bits(const ContactsModel *model, const Values *at, const uint32 *one, const uint32 *other,
		   Likeness likeness)
{
	uint32 terms[2] = {one[at->column], other[at->column]};
	double bits = rarity_of(model, terms[0], terms[1]);

	if (likeness == VALUE_SAME)
		bits += log2(model->agree[at->value]);
	else if (at->reason == CONTACTS_REASON_COMPANY)
		bits = Min(bits, company_word_rarity(model, one, other)) + LIKE_TEXT;
	else
		bits += has_letters(contacts_term_text(&model->terms, terms[0]))
					? LIKE_TEXT - contacts_doubt_of_slip(model, terms[0], terms[1])
					: LIKE_NUMBER;
	return Max(bits, 0);
}

/* Companies that are only alike have no more in common than the word that they begin with. */
static double
company_word_rarity(const ContactsModel *model, const uint32 *one, const uint32 *other)
{
	uint32 words[2] = {one[CONTACTS_COLUMN_COMPANY_WORD], other[CONTACTS_COLUMN_COMPANY_WORD]};

	return rarity_of(model, words[0], words[1]) + (words[0] != words[1] ? LIKE_TEXT : 0);
}

/* Of the more frequent one. */
static double
rarity_of(const ContactsModel *model, uint32 one, uint32 other)
{
	if (one == other)
		return contacts_term_rarity(model, one, 2);
	return Min(contacts_term_rarity(model, one, 1), contacts_term_rarity(model, other, 1));
}

static bool
has_letters(ContactsPiece text)
{
	for (size_t i = 0; i < text.size; i++)
		if ((text.start[i] < '0' || text.start[i] > '9') && text.start[i] != ' ')
			return true;
	return false;
}

/* One slip in four digits at least, or two of year, month and day the same. */
static bool
is_like_number(const ContactsField *field, ContactsPiece one, ContactsPiece other)
{
	ContactsPiece parts[2][3];
	int same = 0;

	if (Min(one.size, other.size) < 4 || has_letters(one) || has_letters(other))
		return false;
	if (contacts_edit_distance(one, other, 1) <= 1)
		return true;
	if (field->type != CONTACTS_FIELD_DATE ||
		contacts_words(one.start, one.size, parts[0], 3) != 3 ||
		contacts_words(other.start, other.size, parts[1], 3) != 3)
		return false;
	for (int i = 0; i < 3; i++)
		same += contacts_edit_distance(parts[0][i], parts[1][i], 0) == 0;
	return same == 2;
}
