/* -------------------------------------------------------------------------
 * inputs.c
 *	  Makes up phone numbers in many ways of writing, good and bad.
 *
 *	  inputs SEED COUNT ordinary|hostile
 *
 * Prints lines "way TAB region TAB text"; the same seed gives the same lines.
 * Numbers come from random walks through the plans' automata, so that every
 * region and line type has its share; many are then damaged.  Text is UTF-8
 * without NUL; tab, newline, return and backslash are written as in COPY.
 * -------------------------------------------------------------------------
 */
#include <stdint.h>
#include <stdlib.h>

#include "inputs.h"

static uint64_t random_state;

static uint64_t draw(void);
static void pick_region(Made *made);
static void print_line(const char *way, const Made *made);

int
main(int argc, char **argv)
{
	bool mean = argc == 4 && strcmp(argv[3], "hostile") == 0;
	const Way *ways = mean ? hostile_ways : ordinary_ways;
	unsigned count = mean ? hostile_count : ordinary_count;

	if (argc != 4)
	{
		fprintf(stderr, "usage: inputs SEED COUNT ordinary|hostile\n");
		return 2;
	}
	random_state = strtoull(argv[1], NULL, 10) * UINT64_C(0x9e3779b97f4a7c15) + 1;
	for (long i = 0; i < atol(argv[2]); i++)
	{
		const Way *way = &ways[(unsigned long) i % count];
		Made made;

		made.text[0] = '\0';
		make_number(&made);
		way->write(&made);
		print_line(way->name, &made);
	}
	return 0;
}

/* splitmix64 */
static uint64_t
draw(void)
{
	uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

unsigned
below(unsigned limit)
{
	return limit == 0 ? 0 : (unsigned) (draw() % limit);
}

/* A number of any plan, by a walk that avoids dead ends. */
void
make_number(Made *made)
{
	const ContactsPhoneCode *code = NULL;
	unsigned state;
	unsigned length = 0;

	while (code == NULL)
	{
		made->code = (int) below(1000);
		if (contacts_phone_code_index[made->code] != 0)
			code = &contacts_phone_codes[contacts_phone_code_index[made->code]];
	}
	state = code->start;
	while (length < 18)
	{
		unsigned digit = below(10);

		for (int tries = 0; tries < 40 && contacts_phone_states[state].next[digit] == 0; tries++)
			digit = below(10);
		made->national[length++] = (char) ('0' + digit);
		state = contacts_phone_states[state].next[digit];
		if (state == 0 || ((contacts_phone_states[state].label & 15) != 0 && below(3)))
			break;
	}
	made->national[length] = '\0';
	pick_region(made);
}

static void
pick_region(Made *made)
{
	unsigned first = 1;
	unsigned count = 0;

	while (contacts_phone_regions[first].code != made->code)
		first++;
	while (first + count < 255 && contacts_phone_regions[first + count].code == made->code)
		count++;
	made->region = contacts_phone_regions[first + below(count)].id;
	if (below(10) == 0 || strcmp(made->region, "001") == 0)
		made->region = below(2) ? "ZZ" : contacts_phone_regions[1 + below(254)].id;
}

void
add(Made *made, const char *piece)
{
	size_t length = strlen(made->text);

	snprintf(made->text + length, sizeof made->text - length, "%s", piece);
}

void
add_digit(Made *made, unsigned digit)
{
	add(made, (char[]){(char) ('0' + digit), '\0'});
}

void
add_digits(Made *made, const char *digits, const char *separators)
{
	for (; *digits; digits++)
	{
		add(made, (char[]){*digits, '\0'});
		if (below(4) == 0)
			add(made, (char[]){separators[below((unsigned) strlen(separators))], '\0'});
	}
}

void
add_code(Made *made, const char *separator)
{
	char code[8];

	snprintf(code, sizeof code, "+%d", made->code);
	add(made, code);
	add(made, separator);
}

/* In place of any ASCII character. */
void
put(Made *made, char c)
{
	size_t at = below((unsigned) strlen(made->text));

	if ((made->text[at] & 0x80) == 0)
		made->text[at] = c;
}

static void
print_line(const char *way, const Made *made)
{
	printf("%s\t%s\t", way, made->region);
	for (const char *c = made->text; *c; c++)
	{
		if (*c == '\t' || *c == '\n' || *c == '\r' || *c == '\\')
			printf("\\%c", *c == '\t' ? 't' : *c == '\n' ? 'n' : *c == '\r' ? 'r' : '\\');
		else
			putchar(*c);
	}
	putchar('\n');
}
