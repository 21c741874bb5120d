/* -------------------------------------------------------------------------
 * phone_bench.c
 *	  Prints nanoseconds per call of contacts_phone_parse by kind of input.
 *
 * Numbers are made by random walks through the plans, 50 000 of each kind, all
 * regions alike; best of 7 rounds.  With a number of nanoseconds as argument
 * (what libphonenumber takes for one E.164 number here) also the ratio.
 *
 *	  gcc -O2 test/unit/phone_bench.c src/text/phone*.c -Isrc -o bench && ./bench 13300
 * -------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "text/phone.h"
#include "text/phone_data.h"

#define NUMBERS 50000
#define ROUNDS 7

typedef struct Input
{
	char text[48];
	size_t size;
	const char *region;
} Input;

static Input inputs[NUMBERS];
static unsigned seed = 1;

static void fill(const char *kind);
static void make_number(char *national, const ContactsPhoneCode **code);
static void write_spaced(char *to, const char *national);
static double measure(unsigned *valid);

static unsigned
below(unsigned limit)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8) % limit;
}

int
main(int argc, char **argv)
{
	static const char *const kinds[] = {"E.164",           "international", "national",
										"national digits", "extension",     "junk"};
	double library = argc > 1 ? atof(argv[1]) : 0;

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
	{
		unsigned valid;
		double ns;

		fill(kinds[i]);
		ns = measure(&valid);
		printf("%-16s %6.1f ns per call, %3u %% valid", kinds[i], ns, valid);
		if (library > 0 && i == 0)
			printf(", %.0f x libphonenumber", library / ns);
		printf("\n");
	}
	return 0;
}

static void
fill(const char *kind)
{
	static const char *const junk[] = {"n/a", "john doe", "call me", "a@b.example", "-", "?"};

	for (size_t i = 0; i < NUMBERS; i++)
	{
		Input *in = &inputs[i];
		char national[24];
		const ContactsPhoneCode *code;

		make_number(national, &code);
		in->region = contacts_phone_regions[code->main].id;
		if (strcmp(kind, "E.164") == 0)
			snprintf(in->text, sizeof in->text, "+%d%s", code->code, national);
		else if (strcmp(kind, "international") == 0)
		{
			int width = snprintf(in->text, sizeof in->text, "+%d ", code->code);

			write_spaced(in->text + width, national);
		}
		else if (strcmp(kind, "national") == 0)
			write_spaced(in->text, national);
		else if (strcmp(kind, "national digits") == 0)
			snprintf(in->text, sizeof in->text, "0%s", national);
		else if (strcmp(kind, "extension") == 0)
			snprintf(in->text, sizeof in->text, "+%d %s ext. 12", code->code, national);
		else
			strcpy(in->text, junk[below(6)]);
		in->size = strlen(in->text);
	}
}

/* A valid number of any plan. */
static void
make_number(char *national, const ContactsPhoneCode **code)
{
	for (;;)
	{
		unsigned state;
		unsigned length = 0;

		*code = &contacts_phone_codes[contacts_phone_code_index[1 + below(999)]];
		state = (*code)->start;
		while (state != 0 && (contacts_phone_states[state].label & 15) == 0 && length < 17)
		{
			unsigned digit = below(10);

			national[length++] = (char) ('0' + digit);
			state = contacts_phone_states[state].next[digit];
		}
		national[length] = '\0';
		if ((*code)->code != 0 && (contacts_phone_states[state].label & 15) != 0)
			return;
	}
}

/* "(20) 79-46-09": groups as people write them. */
static void
write_spaced(char *to, const char *national)
{
	*to++ = '(';
	for (size_t i = 0; national[i] != '\0'; i++)
	{
		if (i == 2)
		{
			*to++ = ')';
			*to++ = ' ';
		}
		else if (i > 2 && i % 3 == 0)
			*to++ = '-';
		*to++ = national[i];
	}
	*to = '\0';
}

static double
measure(unsigned *valid)
{
	double best = 1e9;
	unsigned count = 0;

	for (int round = 0; round < ROUNDS; round++)
	{
		struct timespec from;
		struct timespec to;
		ContactsPhone phone;

		count = 0;
		clock_gettime(CLOCK_MONOTONIC, &from);
		for (size_t i = 0; i < NUMBERS; i++)
			count += contacts_phone_parse(inputs[i].text, inputs[i].size, inputs[i].region,
										  &phone) == NULL;
		clock_gettime(CLOCK_MONOTONIC, &to);
		best =
			best < (double) (to.tv_sec - from.tv_sec) * 1e9 + (double) (to.tv_nsec - from.tv_nsec)
				? best
				: (double) (to.tv_sec - from.tv_sec) * 1e9 + (double) (to.tv_nsec - from.tv_nsec);
	}
	*valid = count / (NUMBERS / 100);
	return best / NUMBERS;
}
