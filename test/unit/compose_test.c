/*-------------------------------------------------------------------------
 *
 * compose_test.c
 *	  Unit tests of compose: forms, limits, and the promises of the quick look, for each character.
 *
 * Build: cc -O2 -Isrc test/unit/compose_test.c
 *	src/text/{compose,squeeze,blank,utf8,visible,ascii}.c -lunistring
 *
 *-------------------------------------------------------------------------
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <uninorm.h>

#include "text/compose.h"
#include "text/squeeze.h"
#include "text/utf8.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LAST_CHARACTER 0x10FFFF

static int passed;
static int failed;
static uint8_t melts[LAST_CHARACTER + 1]; /* with the character before it */

static void test_forms(void);
static void test_bad_input(void);
static void test_room(void);
static void test_every_character(void);
static void test_growth(void);
static void test_random_texts(void);
static void find_melting(void);
static size_t random_text(char *text, size_t max);
static bool composes_to(const char *text, size_t size, const char *wanted, size_t wanted_size);
static void expect(bool condition, const char *what, const char *text);
/* Counts failures only. */
static void expect_character(bool condition, const char *what, uint32_t code);

int
main(void)
{
	find_melting();
	test_forms();
	test_bad_input();
	test_room();
	test_every_character();
	test_growth();
	test_random_texts();
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0;
}

static void
test_forms(void)
{
	static const char *const cases[][2] = {
		{"", ""},
		{"Sara Roe", "Sara Roe"},
		{"Jose\u0301", "Jos\u00E9"},
		{"Jos\u00E9", "Jos\u00E9"},
		{"\u212Bngstr\u00F6m", "\u00C5ngstr\u00F6m"}, /* a sign that is a letter */
		{"\u212Aelvin", "Kelvin"},                    /* it becomes ASCII */
		{"e\u0302\u0323", "\u1EC7"},                  /* the marks in another order */
		{"e\u0323\u0302", "\u1EC7"},
		{"\u1EB9\u0302", "\u1EC7"},
		{"\u00EA\u0323", "\u1EC7"},
		{"a\u0323\u0301\u0325", "\u1EA1\u0325\u0301"},
		{"\u1112\u1161\u11AB\u1100\u1173\u11AF", "\uD55C\uAE00"}, /* Hangul letter by letter */
		{"\uD558\u11AB\uADF8\u11AF", "\uD55C\uAE00"},             /* a syllable and a final */
		{"\uD55C\u11AF", "\uD55C\u11AF"},                         /* it has a final already */
		{"\u1112\u1112\u1161", "\u1112\uD558"},
		{"\u304B\u3099", "\u304C"}, /* Japanese, voiced */
		{"\uFF76\uFF9E", "\uFF76\uFF9E"},
		{"\u0627\u0653", "\u0622"}, /* Arabic */
		{"\u0915\u093C", "\u0915\u093C"},
		{"\u0958", "\u0915\u093C"}, /* never composed */
		{"\u05E9\u05C1", "\u05E9\u05C1"},
		{"\uFB2A", "\u05E9\u05C1"},
		{"\uF900", "\u8C48"}, /* the same Chinese character */
		{"\uFB01", "\uFB01"}, /* a ligature is another text */
		{"\u0301", "\u0301"},
		{"\u03B1\u0313\u0300\u0345", "\u1F82"},
		{"e\u034F\u0301", "e\u034F\u0301"}, /* kept apart on purpose */
	};

	for (size_t i = 0; i < COUNT(cases); i++)
	{
		size_t wanted = strlen(cases[i][1]);

		expect(composes_to(cases[i][0], strlen(cases[i][0]), cases[i][1], wanted), "form",
			   cases[i][0]);
		expect(composes_to(cases[i][1], wanted, cases[i][1], wanted), "form again", cases[i][1]);
		if (contacts_is_composed(cases[i][0], strlen(cases[i][0])))
			expect(strcmp(cases[i][0], cases[i][1]) == 0, "quick look", cases[i][0]);
	}
	expect(contacts_is_composed("Ann \xC5\xAF", 6), "quick look at Latin", "");
	expect(contacts_is_composed("\u97E9\uD55C\u0416", strlen("\u97E9\uD55C\u0416")),
		   "quick look at letters", "");
	/* the text ends where its size says, not at a NUL */
	expect(composes_to("e\0e\u0301", 5, "e\0\u00E9", 4), "NUL inside", "");
}

/* Overlong forms, surrogates, cut characters, bytes of other encodings: the text stays. */
static void
test_bad_input(void)
{
	static const char *const cases[] = {
		"e\u0301\xFF",      "\xC0\x80",         "e\xCC",          "\xCC\x81\xCC",
		"\xE0\x80\x80",     "\xE1\xBB",         "\xED\xA0\x80",   "\xF0\x80\x80\x80",
		"\xF4\x90\x80\x80", "\xF8\x88\x80\x80", "M\xFCller GmbH", "\xCC",
	};

	for (size_t i = 0; i < COUNT(cases); i++)
	{
		char out[100] = "untouched";
		size_t out_size = sizeof(out);

		expect(!contacts_compose(cases[i], strlen(cases[i]), out, &out_size), "bad UTF-8",
			   cases[i]);
		expect(strcmp(out, "untouched") == 0, "nothing written", cases[i]);
	}
	expect(!contacts_is_composed("\xCC", 1), "quick look at half a character", "");
	expect(!contacts_is_composed("e\xCC\x81", 2), "quick look at a cut text", "");
}

/* What fits, to the byte, and what does not. */
static void
test_room(void)
{
	char text[3 * 400];
	char out[2 * 400];

	for (size_t letters = 1; letters <= 400; letters++)
	{
		size_t out_size = 2 * letters;

		memcpy(text + 3 * (letters - 1), "e\u0301", 3);
		expect(contacts_compose(text, 3 * letters, out, &out_size) && out_size == 2 * letters,
			   "just enough room", "");
		out_size = 2 * letters - 1;
		expect(!contacts_compose(text, 3 * letters, out, &out_size), "a byte too little", "");
	}
}

/* A quick yes means: nothing to do, whatever comes before. */
static void
test_every_character(void)
{
	for (uint32_t code = 0; code <= LAST_CHARACTER; code++)
	{
		char text[CONTACTS_UTF8_MAX];
		size_t size = contacts_utf8_encode(code, text);

		if ((code >= 0xD800 && code <= 0xDFFF) || !contacts_is_composed(text, size))
			continue;
		expect_character(composes_to(text, size, text, size), "changed by NFC", code);
		expect_character(uc_combining_class(code) == 0, "a mark that may move", code);
		expect_character(!melts[code], "melts with the character before it", code);
	}
	expect(true, "every character", "");
}

static void
test_growth(void)
{
	for (uint32_t code = 1; code <= LAST_CHARACTER; code++)
	{
		char text[CONTACTS_UTF8_MAX];
		char out[64];
		size_t out_size = sizeof(out);
		size_t size;

		if (code >= 0xD800 && code <= 0xDFFF)
			continue;
		size = contacts_utf8_encode(code, text);
		if (!contacts_compose(text, size, out, &out_size) ||
			out_size > size * CONTACTS_COMPOSED_GROWTH ||
			size > out_size * CONTACTS_COMPOSED_SHRINK)
			expect_character(false, "grows or shrinks too much", code);
	}
	expect(true, "growth", "");
}

/* The same done twice, by itself and together with squeezing as names are cleaned. */
static void
test_random_texts(void)
{
	srand(20);
	for (int round = 0; round < 100000; round++)
	{
		char text[100];
		char once[3 * 100];
		char twice[3 * 100];
		size_t size = random_text(text, 12);
		size_t once_size = sizeof(once);
		size_t twice_size = sizeof(twice);
		bool good = contacts_compose(text, size, once, &once_size) &&
					contacts_compose(once, once_size, twice, &twice_size) &&
					twice_size == once_size && memcmp(once, twice, once_size) == 0 &&
					once_size <= size * CONTACTS_COMPOSED_GROWTH &&
					size <= once_size * CONTACTS_COMPOSED_SHRINK;

		if (contacts_is_composed(text, size))
			good &= once_size == size && memcmp(once, text, size) == 0;
		/* squeeze, compose, squeeze, compose: then squeezing and composing change nothing */
		size = contacts_squeeze(text, size, text);
		once_size = sizeof(once);
		good &= contacts_compose(text, size, once, &once_size);
		once_size = contacts_squeeze(once, once_size, once);
		twice_size = sizeof(twice);
		good &= contacts_compose(once, once_size, twice, &twice_size);
		once_size = sizeof(once);
		good &= contacts_squeeze(twice, twice_size, once) == twice_size &&
				memcmp(once, twice, twice_size) == 0;
		good &= contacts_compose(twice, twice_size, once, &once_size) && once_size == twice_size &&
				memcmp(once, twice, twice_size) == 0;
		if (!good)
			expect(false, "random text", text);
	}
	expect(true, "random texts", "");
}

/* Letters, marks, signs that become others, Hangul, and what squeezing takes away. */
static size_t
random_text(char *text, size_t max)
{
	static const uint32_t characters[] = {'e',    'A',    ' ',    0xE9,   0xEA,    0x301,   0x302,
										  0x323,  0x327,  0x345,  0x344,  0x3B1,   0x313,   0x300,
										  0x212A, 0x212B, 0x2126, 0x1100, 0x1112,  0x1161,  0x11A8,
										  0xAC00, 0xD558, 0x304B, 0x3099, 0x627,   0x653,   0x915,
										  0x93C,  0x958,  0xFB2C, 0x200B, 0x200D,  0x200C,  0xAD,
										  0x34F,  0x2800, 0x3000, 0x2000, 0x1D15E, 0x1F469, 0xFE0F,
										  0x7F,   '\t'};
	size_t count = (size_t) rand() % max + 1;
	size_t size = 0;

	for (size_t i = 0; i < count; i++)
		size += contacts_utf8_encode(characters[(size_t) rand() % COUNT(characters)], text + size);
	return size;
}

/* Second characters of canonical compositions, and the vowels and finals of Hangul. */
static void
find_melting(void)
{
	for (uint32_t code = 0; code <= LAST_CHARACTER; code++)
	{
		ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
		int count = uc_canonical_decomposition(code, parts);

		for (int i = 1; i < count; i++)
			melts[parts[i]] = 1;
	}
	for (uint32_t code = 0x1161; code <= 0x11C2; code++)
		melts[code] = 1;
}

static bool
composes_to(const char *text, size_t size, const char *wanted, size_t wanted_size)
{
	char out[200];
	size_t out_size = sizeof(out);

	return contacts_compose(text, size, out, &out_size) && out_size == wanted_size &&
		   memcmp(out, wanted, wanted_size) == 0;
}

static void
expect(bool condition, const char *what, const char *text)
{
	if (condition)
	{
		passed++;
		return;
	}
	failed++;
	printf("%s: \"%s\"\n", what, text);
}

static void
expect_character(bool condition, const char *what, uint32_t code)
{
	if (condition)
		return;
	failed++;
	printf("%s: U+%04X\n", what, (unsigned) code);
}
