/* -------------------------------------------------------------------------
 * ties.c
 *		Which values go together: a postcode and its city, a company and its domain.
 *
 * Two agreements are worth less than their sum when one follows from the other.  How much less
 * shows in contacts taken at random: how often two of them agree in both values, against how often
 * in either.  Only agreements of strangers tell that, so values so rare that those who share them
 * may be the same person are left alone.
 *
 * What agrees is summed along trees, each value below the one that it is tied to most: what it has
 * in common with the next one above that agrees too is taken off once.  The sum is the best one of
 * any part of what agrees, so one agreement more never makes it smaller.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "port/pg_bitutils.h"

#include "engine/duplicates/model.h"

#define SAMPLE 10000  /* contacts that are looked at, evenly spread */
#define SAME_PEOPLE 2 /* pairs of one person that a contact is in, at most, on average */

/* Values that agree, in order of the trees. */
typedef struct Agreed
{
	const ContactsModel *model;
	const double *bits;
	int count;
	int values[CONTACTS_MATCH_VALUES];
	int above[CONTACTS_MATCH_VALUES]; /* place of the next one above, -1 = none */
	/* of the tree below a place, by the place that is taken above it, counted from 1; 0 = none */
	double best[CONTACTS_MATCH_VALUES][CONTACTS_MATCH_VALUES + 1];
} Agreed;

static void plant_trees(ContactsModel *model);
static void weigh_below(Agreed *agreed, int at, int above);
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
	plant_trees(model);
}

double
contacts_untied_sum(const ContactsModel *model, const double *bits)
{
	Agreed agreed;
	int places[CONTACTS_MATCH_VALUES];
	double sum = 0;

	agreed.model = model;
	agreed.bits = bits;
	agreed.count = 0;
	for (int i = 0; i < model->field_count + 2; i++)
	{
		int value = model->order[i];
		int above = model->parent[value] < 0 ? -1 : places[model->parent[value]];

		/* a value that does not agree stands for the one above it */
		places[value] = above;
		if (bits[value] <= 0)
			continue;
		agreed.values[agreed.count] = value;
		agreed.above[agreed.count] = above;
		places[value] = agreed.count++;
	}
	for (int at = agreed.count - 1; at >= 0; at--)
	{
		int above = agreed.above[at];

		weigh_below(&agreed, at, -1);
		for (; above >= 0; above = agreed.above[above])
			weigh_below(&agreed, at, above);
		if (agreed.above[at] < 0)
			sum += agreed.best[at][0];
	}
	return sum;
}

/* Notes the largest sum of the tree below a place, when this is the next one taken above it. */
static void
weigh_below(Agreed *agreed, int at, int above)
{
	int value = agreed->values[at];
	double with = agreed->bits[value];
	double without = 0;

	if (above >= 0)
		with -= agreed->model->tie[value][agreed->values[above]];
	for (int child = at + 1; child < agreed->count; child++)
	{
		if (agreed->above[child] != at)
			continue;
		with += agreed->best[child][at + 1];
		without += agreed->best[child][above + 1];
	}
	agreed->best[at][above + 1] = Max(with, without);
}

/* Prim's way: next comes the value that is tied most to one that is there. */
static void
plant_trees(ContactsModel *model)
{
	int count = model->field_count + 2;
	bool planted[CONTACTS_MATCH_VALUES] = {false};

	for (int place = 0; place < count; place++)
	{
		int best = 0;
		float most = -1;

		for (int value = 0; value < count; value++)
		{
			float tie = 0;
			int parent = -1;

			if (planted[value])
				continue;
			for (int i = 0; i < place; i++)
			{
				if (model->tie[value][model->order[i]] <= tie)
					continue;
				parent = model->order[i];
				tie = model->tie[value][parent];
			}
			if (tie <= most)
				continue;
			most = tie;
			best = value;
			model->parent[value] = parent;
		}
		planted[best] = true;
		model->order[place] = best;
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
