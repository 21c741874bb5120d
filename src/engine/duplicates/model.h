/*
 * model.h - contacts in memory, in the form in which they are compared; shared by the files of this
 * folder, in the order of the work: model, pairs, evidence.
 *
 * Each distinct text is kept once, as a term with the number of contacts that have it.  A contact
 * is a row of term numbers, one column for each trait, so equal texts are equal numbers.
 */
#ifndef CONTACTS_DUPLICATES_MODEL_H
#define CONTACTS_DUPLICATES_MODEL_H

#include "store/account.h"
#include "store/traits.h"
#include "text/fold.h"
#include "text/traits.h"
#include "values/field.h"

#define CONTACTS_MATCH_FIELDS 24     /* custom fields that are compared */
#define CONTACTS_MATCH_WORD_FIELDS 8 /* text fields whose words lead to pairs */
#define CONTACTS_MATCH_FIELD_WORDS 4 /* words of one value */
#define CONTACTS_MATCH_VALUES (CONTACTS_MATCH_FIELDS + 2)

/* Columns of a contact; fields follow, and then words of fields. */
typedef enum ContactsColumn
{
	CONTACTS_COLUMN_PERSON,     /* all words of the name, sorted */
	CONTACTS_COLUMN_GENERATION, /* no term: the number itself */
	CONTACTS_COLUMN_PHONE,      /* digits */
	CONTACTS_COLUMN_TAIL,       /* the last of them */
	CONTACTS_COLUMN_EXTENSION,  /* of the phone */
	CONTACTS_COLUMN_MAILBOX,    /* e-mail as its provider reads it */
	CONTACTS_COLUMN_LOCAL,      /* its local part; none for info@ and the like */
	CONTACTS_COLUMN_DOMAIN,     /* its domain; none for free mail */
	CONTACTS_COLUMN_COMPANY,
	CONTACTS_COLUMN_COMPANY_WORD, /* its first word: Acme Foods, Acme Foods Berlin */
	CONTACTS_COLUMN_WORD,         /* words of the name, in the order given */
	CONTACTS_COLUMN_FIELD = CONTACTS_COLUMN_WORD + CONTACTS_NAME_WORDS
} ContactsColumn;

/* One distinct text of one kind; kinds are columns, the words of a name share one. */
typedef struct ContactsTerm
{
	uint32 start; /* in the text of all terms */
	uint32 count; /* contacts that have it */
	uint16 size;
	uint8 kind;
	uint8 bits; /* of a word of a name, as in text/traits.h */
} ContactsTerm;

/* Kinds below this one are each person's own; the others many share. */
#define CONTACTS_SHARED_KINDS CONTACTS_COLUMN_DOMAIN

/* All distinct texts; number 0 is no text. */
typedef struct ContactsTerms
{
	bool counts_own;    /* whether adding a text counts it: one of a person's own kinds, */
	bool counts_shared; /* one of the others */
	ContactsTerm *terms;
	int count, room;
	struct term_table_hash *table; /* of numbers */
	ContactsPiece wanted;          /* the text that is looked for */
	int wanted_kind;
	char *text;
	size_t text_size;
	size_t text_room;
} ContactsTerms;

typedef struct ContactsModel
{
	int64 account_id;
	ContactsTerms terms;
	int field_count;
	const ContactsField *fields[CONTACTS_MATCH_FIELDS];
	int field_words[CONTACTS_MATCH_FIELDS]; /* column of the first word of a field; 0 = none */
	int stride;                             /* columns of a contact */
	uint32 count, room;                     /* contacts */
	int64 *ids;
	uint32 *cells;                            /* stride for each contact */
	uint64 *keys;                             /* CONTACTS_MATCH_KEYS for each contact, 0 = none */
	uint32 generations[CONTACTS_GENERATIONS]; /* contacts that are of each */
	/* What frequencies are shares of.  A search for one contact knows a sample only. */
	bool is_sample;
	double population; /* contacts of the account */
	double measured;   /* contacts whose terms are counted: the population or the sample */
	double prior;      /* evidence against two contacts taken at random, in bits, negative */
	/* How often the same people agree, by value: fields, then company, then domain. */
	double agree[CONTACTS_MATCH_VALUES];
	/* How much more often two values agree together than apart, in bits. */
	float tie[CONTACTS_MATCH_VALUES][CONTACTS_MATCH_VALUES];
	/* The values as trees, each below the one that it is tied to most; parents come first. */
	int order[CONTACTS_MATCH_VALUES];
	int parent[CONTACTS_MATCH_VALUES]; /* by value; -1 = none */
} ContactsModel;

/* ---- terms.c ---- */

extern void contacts_terms_begin(ContactsTerms *terms);
/* Number of a text, counting it once more; 0 for an empty one. */
extern uint32 contacts_term_add(ContactsTerms *terms, int kind, ContactsPiece text);
/* Number of a text that is there, else 0. */
extern uint32 contacts_term_find(const ContactsTerms *terms, int kind, ContactsPiece text);

static inline ContactsPiece
contacts_term_text(const ContactsTerms *terms, uint32 term)
{
	return (ContactsPiece){terms->text + terms->terms[term].start, terms->terms[term].size};
}

/* ---- model.c ---- */

extern ContactsModel *contacts_model_new(const ContactsAccount *account);
/*
 * Adds the contacts; those already there are not looked for.  For a sample only what many share is
 * counted, and only what is a person's own for those that are found by it.
 */
extern void contacts_model_add(ContactsModel *model, const ContactsTraitsRow *rows, int count);
/* To be called when all are added: frequencies are known from here on. */
extern void contacts_model_finish(ContactsModel *model, double population);
/* The number of the name that has just these words, 0 when nobody has it; sorts the words. */
extern uint32 contacts_model_person(const ContactsModel *model, ContactsPiece *words, int count);

static inline const uint32 *
contacts_model_row(const ContactsModel *model, uint32 contact)
{
	return model->cells + (size_t) contact * model->stride;
}

/* ---- ties.c ---- */

/* Fills tie, order and parent: which values agree together. */
extern void contacts_model_tie(ContactsModel *model);
/* The sum of what values that agree say (0 = it does not), what they have in common once. */
extern double contacts_untied_sum(const ContactsModel *model, const double *bits);

/* ---- pairs.c ---- */

typedef void (*ContactsPairTaker)(void *taker, uint32 one, uint32 other);

/* Hands over pairs that may be the same person; a pair may come more than once. */
extern void contacts_model_pairs(const ContactsModel *model, ContactsPairTaker take, void *taker);

/* ---- evidence.c, name.c ---- */

typedef enum ContactsReason
{
	CONTACTS_REASON_PHONE,
	CONTACTS_REASON_MAILBOX,
	CONTACTS_REASON_NAME,
	CONTACTS_REASON_SWAPPED,
	CONTACTS_REASON_LIKE_NAME,
	CONTACTS_REASON_LOCAL,
	CONTACTS_REASON_COMPANY,
	CONTACTS_REASON_LIKE_COMPANY,
	CONTACTS_REASON_DOMAIN,
	CONTACTS_REASON_COUNT
} ContactsReason;

/* What two contacts have in common, and what that says. */
typedef struct ContactsEvidence
{
	double bits;         /* for the same person, against when negative */
	double name_bits;    /* of them those of the name */
	uint32 reasons;      /* bit set of ContactsReason */
	uint32 same_fields;  /* bit set of fields */
	uint32 alike_fields; /* likewise */
	bool other_names;    /* a family or colleagues: phone and company are what they share */
} ContactsEvidence;

extern void contacts_weigh_pair(const ContactsModel *model, uint32 one, uint32 other,
								ContactsEvidence *evidence);
/* From bits to a score between 0 and 1: the chance that they are one person. */
extern float contacts_evidence_score(const ContactsEvidence *evidence);
/* The reasons in words; returns how many, *words is palloc'd. */
extern int contacts_evidence_words(const ContactsModel *model, const ContactsEvidence *evidence,
								   const char ***words);
/* Adds what the names say. */
extern void contacts_weigh_names(const ContactsModel *model, const uint32 *one, const uint32 *other,
								 ContactsEvidence *evidence);
/* Bits to take off where two spellings are alike, but both are frequent: Marie and Maria. */
extern double contacts_doubt_of_slip(const ContactsModel *model, uint32 one, uint32 other);
/*
 * How much an agreement in a term says: its rarity in bits, without those of the pair itself that
 * have it, two where they agree.  So it does not depend on what the pair is.
 */
extern double contacts_term_rarity(const ContactsModel *model, uint32 term, int of_pair);

#endif
