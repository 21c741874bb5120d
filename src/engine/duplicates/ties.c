/* -------------------------------------------------------------------------
 * ties.c
 *		Which values go together: a postcode and its city, a company and its domain.
 *
 * Two agreements are worth less than their sum when one follows from the other.  How much less
 * shows in contacts taken at random: how often two of them agree in both values, against how often
 * in either.  Only agreements of strangers tell that, so values so rare that those who share them
 * may be the same person are left alone.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "port/pg_bitutils.h"

#include "engine/duplicates/model.h"

#define SAMPLE 10000  /* contacts that are looked at, evenly spread */
#define SAME_PEOPLE 2 /* pairs of one person that a contact is in, at most, on average */

static double pairs_that_agree(const ContactsModel *model, int one, int other);
static int column_of(const ContactsModel *model, int value);
static int compare_numbers(const void *a, const void *b);

void
contacts_model_tie(ContactsModel *model)
{
	double all = Min(model->count, SAMPLE);
	double of_one_person = SAME_PEOPLE * all * all / Max(model->count, 1);
	int count = model->field_count + 2;
	double alone[CONTACTS_MATCH_VALUES];

	all = all * (all - 1) / 2;
	for (int i = 0; i < count; i++)
		alone[i] = pairs_that_agree(model, i, i);
	for (int i = 0; i < count; i++)
	{
		for (int j = 0; j < i; j++)
		{
			double both;

			CHECK_FOR_INTERRUPTS();
			if (Min(alone[i], alone[j]) <= of_one_person)
				continue;
			both = pairs_that_agree(model, i, j) - of_one_person;
			if (both > 0 && both * all > alone[i] * alone[j])
				model->tie[i][j] = model->tie[j][i] = log2(both * all / (alone[i] * alone[j]));
		}
	}
}

/* Number of pairs within the sample that agree in both values. */
static double
pairs_that_agree(const ContactsModel *model, int one, int other)
{
	uint32 step = Max(model->count / SAMPLE, 1);
	uint64 *values = palloc((SAMPLE + 1) * sizeof(uint64));
	double pairs = 0;
	int count = 0;
	int run = 0;

	for (uint32 i = 0; i < model->count && count < SAMPLE; i += step)
	{
		const uint32 *row = contacts_model_row(model, i);
		uint64 value = row[column_of(model, one)];

		if (value != 0 && row[column_of(model, other)] != 0)
			values[count++] = value << 32 | row[column_of(model, other)];
	}
	qsort(values, count, sizeof(uint64), compare_numbers);
	for (int i = 1; i < count; i++)
	{
		run = values[i] == values[i - 1] ? run + 1 : 0;
		pairs += run;
	}
	pfree(values);
	return pairs;
}

static int
column_of(const ContactsModel *model, int value)
{
	if (value < model->field_count)
		return CONTACTS_COLUMN_FIELD + value;
	return value == model->field_count ? CONTACTS_COLUMN_COMPANY : CONTACTS_COLUMN_DOMAIN;
}

static int
compare_numbers(const void *a, const void *b)
{
	uint64 one = *(const uint64 *) a;
	uint64 other = *(const uint64 *) b;

	return (one > other) - (one < other);
}
