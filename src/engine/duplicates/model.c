/* -------------------------------------------------------------------------
 * model.c
 *		Contacts in memory, in the form in which they are compared.
 *
 * One pass over the contacts makes a row of term numbers of each.  When all are there, the counts
 * of the terms are the frequencies that evidence is weighed by, so the weights come from the data
 * themselves: a name that two people have says more than one that a thousand have.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "compat.h"
#include "engine/duplicates/model.h"
#include "store/account.h"
#include "store/traits.h"
#include "text/fold.h"
#include "text/traits.h"
#include "values/field.h"

#define INITIAL_ROOM 1024
#define DUPLICATES_EACH 0.2 /* how many a contact has, before anything is known */
#define AGREE_FIELD 0.85    /* how often fields of the same person agree */
#define AGREE_COMPANY 0.6   /* people move */
#define NUMBER_TEXT_MAX 400
#define PERSON_MAX (CONTACTS_FOLD_MAX + CONTACTS_NAME_WORDS)

static bool is_compared(const ContactsAccount *account, const ContactsField *field);
static void make_room(ContactsModel *model);
static void add_contact(ContactsModel *model, const ContactsTraitsRow *row);
static void add_name(ContactsModel *model, const ContactsTraits *traits, uint32 *cells);
static size_t write_person(ContactsPiece *words, int count, char *out);
static void add_addresses(ContactsModel *model, const ContactsTraits *traits, uint32 *cells);
static void add_company(ContactsModel *model, const text *company, uint32 *cells);
static void add_field(ContactsModel *model, int field, const Jsonb *fields, uint32 *cells);
static int compare_pieces(const void *a, const void *b);
static ContactsPiece piece_of(const text *value);

ContactsModel *
contacts_model_new(const ContactsAccount *account)
{
	ContactsModel *model = palloc0(sizeof(ContactsModel));
	int word_fields = 0;

	model->account_id = account->account_id;
	contacts_terms_begin(&model->terms);
	for (int i = 0; i < account->fields.count; i++)
		if (model->field_count < CONTACTS_MATCH_FIELDS &&
			is_compared(account, &account->fields.fields[i]))
			model->fields[model->field_count++] = &account->fields.fields[i];
	model->stride = CONTACTS_COLUMN_FIELD + model->field_count;
	for (int i = 0; i < model->field_count; i++)
	{
		model->agree[i] = AGREE_FIELD;
		if (model->fields[i]->type != CONTACTS_FIELD_TEXT ||
			word_fields++ >= CONTACTS_MATCH_WORD_FIELDS)
			continue;
		model->field_words[i] = model->stride;
		model->stride += CONTACTS_MATCH_FIELD_WORDS;
	}
	model->agree[model->field_count] = model->agree[model->field_count + 1] = AGREE_COMPANY;
	model->room = INITIAL_ROOM;
	model->ids = palloc(model->room * sizeof(int64));
	model->cells = palloc(model->room * model->stride * sizeof(uint32));
	model->keys = palloc(model->room * CONTACTS_MATCH_KEYS * sizeof(uint64));
	return model;
}

void
contacts_model_add(ContactsModel *model, const ContactsTraitsRow *rows, int count)
{
	for (int i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (model->count == model->room)
			make_room(model);
		add_contact(model, &rows[i]);
		model->count++;
	}
}

void
contacts_model_finish(ContactsModel *model, double population)
{
	model->population = Max(population, 20);
	if (!model->is_sample)
		model->measured = model->population;
	model->prior = log2(DUPLICATES_EACH / model->population);
	contacts_model_tie(model);
}

uint32
contacts_model_person(const ContactsModel *model, ContactsPiece *words, int count)
{
	char person[PERSON_MAX];
	size_t size = write_person(words, count, person);

	return contacts_term_find(&model->terms, CONTACTS_COLUMN_PERSON, (ContactsPiece){person, size});
}

/* By default whatever a form of a person has; a chosen option is no trait of one. */
static bool
is_compared(const ContactsAccount *account, const ContactsField *field)
{
	if (field->archived)
		return false;
	if (account->match_fields == NULL)
		return field->type == CONTACTS_FIELD_TEXT || field->type == CONTACTS_FIELD_NUMBER ||
			   field->type == CONTACTS_FIELD_DATE;
	for (int i = 0; i < account->match_field_count; i++)
		if (strcmp(account->match_fields[i], field->key) == 0)
			return field->type != CONTACTS_FIELD_MULTI_SELECT;
	return false;
}

static void
make_room(ContactsModel *model)
{
	Size room;

	if (model->room > PG_INT32_MAX / 2)
		elog(ERROR, "too many contacts to compare");
	model->room *= 2;
	room = model->room;
	model->ids = repalloc_huge(model->ids, room * sizeof(int64));
	model->cells = repalloc_huge(model->cells, room * model->stride * sizeof(uint32));
	model->keys = repalloc_huge(model->keys, room * CONTACTS_MATCH_KEYS * sizeof(uint64));
}

static void
add_contact(ContactsModel *model, const ContactsTraitsRow *row)
{
	uint32 *cells = model->cells + (Size) model->count * model->stride;
	uint64 *keys = model->keys + (Size) model->count * CONTACTS_MATCH_KEYS;
	ContactsGivenTraits given = {piece_of(row->name), piece_of(row->email), piece_of(row->phone),
								 GetDatabaseEncoding() == PG_UTF8, NULL};
	ContactsTraits traits;

	contacts_read_traits(&given, &traits);
	memset(cells, 0, model->stride * sizeof(uint32));
	memset(keys, 0, CONTACTS_MATCH_KEYS * sizeof(uint64));
	model->ids[model->count] = row->contact_id;
	(void) contacts_traits_keys(model->account_id, &traits, keys);
	add_name(model, &traits, cells);
	add_addresses(model, &traits, cells);
	add_company(model, row->company, cells);
	for (int i = 0; i < model->field_count && row->fields; i++)
		add_field(model, i, row->fields, cells);
}

static void
add_name(ContactsModel *model, const ContactsTraits *traits, uint32 *cells)
{
	ContactsPiece sorted[CONTACTS_NAME_WORDS];
	char person[PERSON_MAX];
	size_t size;

	for (int i = 0; i < traits->word_count; i++)
		cells[CONTACTS_COLUMN_WORD + i] =
			contacts_term_add(&model->terms, CONTACTS_COLUMN_WORD, traits->words[i]);
	memcpy(sorted, traits->words, traits->word_count * sizeof(ContactsPiece));
	size = write_person(sorted, traits->word_count, person);
	cells[CONTACTS_COLUMN_PERSON] =
		contacts_term_add(&model->terms, CONTACTS_COLUMN_PERSON, (ContactsPiece){person, size});
	cells[CONTACTS_COLUMN_GENERATION] = traits->generation;
	model->generations[traits->generation] += model->terms.counts_shared;
}

/* Sorts the words and writes them, each with a space behind it. */
static size_t
write_person(ContactsPiece *words, int count, char *out)
{
	size_t size = 0;

	qsort(words, count, sizeof(ContactsPiece), compare_pieces);
	for (int i = 0; i < count; i++)
	{
		memcpy(out + size, words[i].start, words[i].size);
		size += words[i].size;
		out[size++] = ' ';
	}
	return size;
}

static void
add_addresses(ContactsModel *model, const ContactsTraits *traits, uint32 *cells)
{
	size_t tail = Min(traits->digit_count, CONTACTS_PHONE_TAIL);
	const ContactsPiece texts[] = {
		[CONTACTS_COLUMN_PHONE] = {traits->digits, traits->digit_count},
		[CONTACTS_COLUMN_TAIL] = {traits->digits + traits->digit_count - tail, tail},
		[CONTACTS_COLUMN_EXTENSION] = {traits->extension, traits->extension_size},
		[CONTACTS_COLUMN_MAILBOX] = {traits->mailbox, traits->mailbox_size},
		[CONTACTS_COLUMN_LOCAL] = {traits->local.start, traits->is_role ? 0 : traits->local.size},
		[CONTACTS_COLUMN_DOMAIN] = {traits->domain.start,
									traits->is_free_mail ? 0 : traits->domain.size}};

	for (int column = CONTACTS_COLUMN_PHONE; column <= CONTACTS_COLUMN_DOMAIN; column++)
		cells[column] = contacts_term_add(&model->terms, column, texts[column]);
}

static void
add_company(ContactsModel *model, const text *company, uint32 *cells)
{
	char folded[CONTACTS_FOLD_MAX];
	ContactsPiece given = piece_of(company);
	ContactsPiece whole = {folded, 0};
	ContactsPiece first = {folded, 0};

	if (given.size > 0)
		whole.size = contacts_fold_company(given.start, given.size, folded);
	(void) contacts_words(folded, whole.size, &first, 1);
	cells[CONTACTS_COLUMN_COMPANY] =
		contacts_term_add(&model->terms, CONTACTS_COLUMN_COMPANY, whole);
	cells[CONTACTS_COLUMN_COMPANY_WORD] =
		contacts_term_add(&model->terms, CONTACTS_COLUMN_COMPANY_WORD, first);
}

static void
add_field(ContactsModel *model, int field, const Jsonb *fields, uint32 *cells)
{
	const char *key = model->fields[field]->key;
	JsonbValue buffer;
	const JsonbValue *value =
		getKeyJsonValueFromContainer(unconstify(JsonbContainer *, &fields->root), key,
									 (int) strlen(key), &buffer);
	ContactsPiece words[CONTACTS_MATCH_FIELD_WORDS];
	char folded[CONTACTS_FOLD_MAX];
	size_t size = 0;
	int count;

	if (value && value->type == jbvString)
		size = contacts_fold(value->val.string.val, value->val.string.len, folded);
	else if (value && value->type == jbvNumeric)
	{
		char *number = numeric_normalize(value->val.numeric);

		size = contacts_fold(number, strnlen(number, NUMBER_TEXT_MAX), folded);
		pfree(number);
	}
	cells[CONTACTS_COLUMN_FIELD + field] =
		contacts_term_add(&model->terms, CONTACTS_COLUMN_FIELD + field,
						  (ContactsPiece){folded, size});
	if (model->field_words[field] == 0)
		return;
	count = contacts_words(folded, size, words, CONTACTS_MATCH_FIELD_WORDS);
	for (int i = 0; i < count && count > 1; i++)
		cells[model->field_words[field] + i] =
			contacts_term_add(&model->terms, model->field_words[field], words[i]);
}

static int
compare_pieces(const void *a, const void *b)
{
	const ContactsPiece *one = a;
	const ContactsPiece *other = b;
	int order = memcmp(one->start, other->start, Min(one->size, other->size));

	return order != 0 ? order : (one->size > other->size) - (one->size < other->size);
}

static ContactsPiece
piece_of(const text *value)
{
	if (value == NULL)
		return (ContactsPiece){NULL, 0};
	return (ContactsPiece){VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};
}
