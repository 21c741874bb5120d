/*-------------------------------------------------------------------------
 *
 * text_test.c
 *	  Unit tests of utf8, lower, blank, squeeze and token.
 *
 * Build: cc -O2 -Isrc test/unit/text_test.c
 *	src/text/{utf8,lower,lower_data,blank,squeeze,token,visible,ascii}.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/blank.h"
#include "text/lower.h"
#include "text/squeeze.h"
#include "text/token.h"
#include "text/utf8.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TEN(text) text text text text text text text text text text

typedef const char *Parse(const char *text, size_t size, const char **start, size_t *length);

static int passed;
static int failed;

static void test_utf8(void);
static void test_utf8_every_character(void);
static void test_lower(void);
static void test_blank(void);
static void test_placeholder(void);
static void test_placeholder_phone(void);
static void test_placeholder_external_id(void);
static void test_squeeze(void);
static void test_token(void);
static void test_external_id(void);
static void test_token_sizes(void);
static void expect_token(Parse *parse, const char *text, const char *value, const char *reason);
static void expect(bool condition, const char *what, const char *text);

int
main(void)
{
	test_utf8();
	test_utf8_every_character();
	test_lower();
	test_blank();
	test_placeholder();
	test_placeholder_phone();
	test_placeholder_external_id();
	test_squeeze();
	test_token();
	test_external_id();
	test_token_sizes();
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0;
}

static void
test_utf8(void)
{
	static const struct
	{
		const char *bytes;
		size_t size;
		size_t length;
		uint32_t code;
	} cases[] = {
		{"", 0, 0, 0},
		{"a", 1, 1, 'a'},
		{"\0", 1, 1, 0},
		{"\x7F", 1, 1, 0x7F},
		{"\xC2\x80", 2, 2, 0x80},
		{"\xDF\xBF", 2, 2, 0x7FF},
		{"\xE0\xA0\x80", 3, 3, 0x800},
		{"\xED\x9F\xBF", 3, 3, 0xD7FF},
		{"\xEE\x80\x80", 3, 3, 0xE000},
		{"\xF0\x90\x80\x80", 4, 4, 0x10000},
		{"\xF4\x8F\xBF\xBF", 4, 4, 0x10FFFF},
		{"\xC3\xA9zz", 4, 2, 0xE9},
		/* cut off, lone, overlong, surrogate, too large */
		{"\xC3", 1, 0, 0},
		{"\xE2\x80\x8D", 2, 0, 0},
		{"\xF0\x90\x80\x80", 3, 0, 0},
		{"\x80", 1, 0, 0},
		{"\xBF", 1, 0, 0},
		{"\xC0\x80", 2, 0, 0},
		{"\xC1\xBF", 2, 0, 0},
		{"\xE0\x9F\xBF", 3, 0, 0},
		{"\xF0\x8F\xBF\xBF", 4, 0, 0},
		{"\xED\xA0\x80", 3, 0, 0},
		{"\xED\xBF\xBF", 3, 0, 0},
		{"\xF4\x90\x80\x80", 4, 0, 0},
		{"\xF5\x80\x80\x80", 4, 0, 0},
		{"\xFF", 1, 0, 0},
		{"\xC3z", 2, 0, 0},
		{"\xE2\x80z", 3, 0, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
	{
		uint32_t code = 0;
		size_t length = contacts_utf8_decode(cases[i].bytes, cases[i].size, &code);

		expect(length == cases[i].length && code == cases[i].code, "decode", cases[i].bytes);
	}
}

static void
test_utf8_every_character(void)
{
	size_t wrong = 0;

	for (uint32_t code = 0; code <= 0x10FFFF; code++)
	{
		char bytes[CONTACTS_UTF8_MAX];
		size_t length = contacts_utf8_encode(code, bytes);
		uint32_t found = 0;
		bool surrogate = code >= 0xD800 && code <= 0xDFFF;

		if (surrogate)
			wrong += contacts_utf8_decode(bytes, length, &found) != 0;
		else
			wrong += contacts_utf8_decode(bytes, length, &found) != length || found != code;
	}
	expect(wrong == 0, "round trip of every character", "");
}

static void
test_lower(void)
{
	static const char *const cases[][2] = {
		{"", ""},
		{"ABCxyz019@[`{", "abcxyz019@[`{"},
		{"ÀÖØÞ×ß", "àöøþ×ß"},
		{"ĀāĂŸ", "āāăÿ"},
		{"İ", "i\u0307"},
		{"Iı", "iı"},
		{"ǄǅǆǇǈ", "ǆǆǆǉǉ"},
		{"\u212A\u212B\u2126", "kåω"},
		{"ẞ", "ß"},
		{"ΑΆΈΏ", "αάέώ"},
		{"ᾈᾼ", "ᾀᾳ"},
		{"ЀЏАЯӀ", "ѐџаяӏ"},
		{"ԱՖ", "աֆ"},
		{"ႠჅ", "ⴀⴥ"},
		{"ᲐᲺ", "აჺ"},
		{"Ꭰ", "ꭰ"},
		{"ᏰⰀꙀ", "ᏸⰰꙁ"},
		{"Ⅷ", "ⅷ"},
		{"Ⓐ", "ⓐ"},
		{"Ａ", "ａ"},
		{"𐐀𞤀", "𐐨𞤢"},
		{"Ⱥ", "ⱥ"},
		/* Greek sigma: final only behind a letter and not before one */
		{"Σ", "σ"},
		{"ΑΣ", "ας"},
		{"ΑΣΑ", "ασα"},
		{"ΑΣ ΑΣ", "ας ας"},
		{"ΑΣ.", "ας."},
		{"ΑΣ.Α", "ασ.α"},
		{"Α.Σ", "α.ς"},
		{"1Σ", "1σ"},
		{"ΑΣ1", "ας1"},
		{"ΑΣΣ", "ασς"},
		{"Α\u0301Σ\u0301", "α\u0301ς\u0301"},
		{"ΑΣ\u0301Α", "ασ\u0301α"},
		{"aΣ", "aς"},
		{"ςσ", "ςσ"},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
	{
		char out[CONTACTS_LOWER_MAX(100)];
		size_t size = contacts_lower_text(cases[i][0], strlen(cases[i][0]), out);

		expect(size == strlen(cases[i][1]) && memcmp(out, cases[i][1], size) == 0, "lower",
			   cases[i][0]);
	}
	expect(strcmp(contacts_lower_version, "14.0.0") == 0, "Unicode", contacts_lower_version);
}

static void
test_blank(void)
{
	static const char *const blank[] = {
		"",
		" ",
		" \t\r\n\v\f",
		"\xC2\x85",
		"\u00A0",
		"\u3000",
		"\u2003\u2028\u202F\u205F\u1680",
		"\u200B",
		"\uFEFF",
		"\u00AD",
		"\u200C\u200D",
		"\u2060 \u2066",
		"\u061C\u180E\u200E\u202A",
		"\u3164",
		"\u2800",
		"\u115F\u1160",
		"\uFFA0",
		"\u034F",
		"\uFE0F",
		"\U000E0020",
		"\u2061",
	};
	static const char *const seen[] = {
		"a",  " a ", "0",    "-",    ".",    "\u200Bé", "é",
		"日", "😀",   "\x01", "\x7F", "\xFF", "\xC3",    "\u0301",
	};

	for (size_t i = 0; i < COUNT(blank); i++)
		expect(contacts_is_blank(blank[i], strlen(blank[i])), "is blank", blank[i]);
	for (size_t i = 0; i < COUNT(seen); i++)
		expect(!contacts_is_blank(seen[i], strlen(seen[i])), "is not blank", seen[i]);
	expect(!contacts_is_blank("\0", 1), "is not blank", "NUL");
	expect(contacts_is_blank("a", 0), "is blank", "a of no bytes");
}

static void
test_placeholder(void)
{
	static const char *const words[] = {
		"",
		" ",
		"\u200B",
		"null",
		"NULL",
		"Null",
		" null\n",
		"\uFEFFnull\u00A0",
		"(null)",
		"nil",
		"none",
		"None",
		"(none)",
		"n/a",
		"N/A",
		"na",
		"NA",
		"n.a.",
		"anonymous",
		"Anonymous",
		"guest",
		"undefined",
		"Undefined",
		"nan",
		"NaN",
		"0",
		" 0 ",
		"-",
		"--",
		"---",
		"–",
		"—",
		"[object Object]",
		"[OBJECT OBJECT]",
		"[object Undefined]",
		"true",
		"TRUE",
		"false",
		"00000000-0000-0000-0000-000000000000",
		"{00000000-0000-0000-0000-000000000000}",
		"00000000000000000000000000000000",
	};
	static const char *const values[] = {
		"nul",
		"nulls",
		"null null",
		"none@none.com",
		"nan1",
		"00",
		"007",
		"01",
		"1",
		"-1",
		"a-",
		"annie",
		"nana",
		"guest42",
		"undefined-7",
		"truer",
		"00000000-0000-0000-0000-000000000001",
		"object",
		".",
		"ñ",
		"\xFF",
		"0000",
		"\x01",
	};

	for (size_t i = 0; i < COUNT(words); i++)
		expect(contacts_is_placeholder(words[i], strlen(words[i])), "placeholder", words[i]);
	for (size_t i = 0; i < COUNT(values); i++)
		expect(!contacts_is_placeholder(values[i], strlen(values[i])), "no placeholder", values[i]);
}

static void
test_placeholder_phone(void)
{
	static const char *const zeros[] = {
		"",           "null",         "n/a",     "0",
		"00",         "000-000-0000", "+0000",   "(000) 000-0000",
		"+0 000 000", "000.000.0000", "00/00",   "0000000000",
		" 000 ",      "000\u00A0000", "000–000", "＋０００",
		"-",
	};
	static const char *const phones[] = {
		"1", "000-000-0001", "+49", "0x", "000a", "+1 (555) 010", "0#", "+", "0\xFF", "()",
	};

	for (size_t i = 0; i < COUNT(zeros); i++)
		expect(contacts_is_placeholder_phone(zeros[i], strlen(zeros[i])), "no phone", zeros[i]);
	for (size_t i = 0; i < COUNT(phones); i++)
		expect(!contacts_is_placeholder_phone(phones[i], strlen(phones[i])), "phone", phones[i]);
}

static void
test_placeholder_external_id(void)
{
	static const char *const words[] = {
		"",     "null",  "crm:null", "crm:undefined", " crm:NaN ",
		"crm:", "crm: ", "crm:0",    "crm:-",         "crm:00000000-0000-0000-0000-000000000000",
	};
	static const char *const values[] = {
		"crm:42", "crm:nullify", "crm:null:1", "null:42", "crm", ":null", "crm:00",
	};

	for (size_t i = 0; i < COUNT(words); i++)
		expect(contacts_is_placeholder_external_id(words[i], strlen(words[i])), "no external id",
			   words[i]);
	for (size_t i = 0; i < COUNT(values); i++)
		expect(!contacts_is_placeholder_external_id(values[i], strlen(values[i])), "external id",
			   values[i]);
}

static void
test_squeeze(void)
{
	static const char *const cases[][2] = {
		{"", ""},
		{" ", ""},
		{"\u200B\u3164 ", ""},
		{"\x01\x02", ""},
		{"Sara Roe", "Sara Roe"},
		{"  Sara \t\r\n Roe  ", "Sara Roe"},
		{"Sara\u00A0\u3000Roe\u2003", "Sara Roe"},
		{"Sara\nRoe", "Sara Roe"},
		{"Sa\x01ra\x7F R\xC2\x80oe", "Sara Roe"},
		{"\uFEFFSa\u200Bra\u00AD \u200ERoe\u200F", "Sara Roe"},
		{"Sara \u200B Roe", "Sara Roe"},
		{"Sara\u200D Roe", "Sara Roe"},
		{"a\u200Db", "ab"},
		{"é\u200Db", "éb"},
		{"é\u200Dé", "é\u200Dé"},
		{"é\u200D", "é"},
		{"\u200Dé", "é"},
		{"é\u200D é", "é é"},
		{"é \u200Dé", "é é"},
		{"نامه\u200Cای", "نامه\u200Cای"},
		{"क्\u200Dष", "क्\u200Dष"},
		{"👩\u200D👩\u200D👧", "👩\u200D👩\u200D👧"},
		{"❤\uFE0F\u200D🔥", "❤\uFE0F\u200D🔥"},
		{"McDONALD straße É e\u0301", "McDONALD straße É e\u0301"},
		{"ＡＢＣ 株式会社", "ＡＢＣ 株式会社"},
		{"M\xFCller  GmbH", "M\xFCller GmbH"},
		{"a\u2800b", "a\u2800b"},
		{"\u0301", "\u0301"},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
	{
		char out[200];
		size_t size = contacts_squeeze(cases[i][0], strlen(cases[i][0]), out);
		bool good = size == strlen(cases[i][1]) && memcmp(out, cases[i][1], size) == 0;

		expect(good, "squeeze", cases[i][0]);
		expect(contacts_squeeze(out, size, out) == size && memcmp(out, cases[i][1], size) == 0,
			   "squeeze again", cases[i][0]);
		memcpy(out, cases[i][0], strlen(cases[i][0]));
		expect(contacts_squeeze(out, strlen(cases[i][0]), out) == size &&
				   memcmp(out, cases[i][1], size) == 0,
			   "squeeze in place", cases[i][0]);
	}
}

static void
test_token(void)
{
	static const char *const cases[][3] = {
		{"abc", "abc", NULL},
		{" abc ", "abc", NULL},
		{"\t\u00A0abc\r\n", "abc", NULL},
		{"\uFEFFabc\u200B\u200D", "abc", NULL},
		{"a  b", "a  b", NULL},
		{"a\u200Bb", "a\u200Bb", NULL},
		{"AbC", "AbC", NULL},
		{"007", "007", NULL},
		{"é日😀", "é日😀", NULL},
		{"\xFF\xFE", "\xFF\xFE", NULL},
		{"\"x\"", "\"x\"", NULL},
		{"", NULL, "empty"},
		{" \u200B", NULL, "empty"},
		{"\u3164", NULL, "empty"},
		{"a\tb", NULL, "control character"},
		{"a\nb", NULL, "control character"},
		{"a\x01", NULL, "control character"},
		{"\x1Bz", NULL, "control character"},
		{"a\x7F", NULL, "control character"},
		{"a\xC2\x80", NULL, "control character"},
		{"a\xC2\x85z", NULL, "control character"},
		{"a\xC2\x9Fz", NULL, "control character"},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		expect_token(contacts_token_parse, cases[i][0], cases[i][1], cases[i][2]);
}

static void
test_external_id(void)
{
	static const char *const cases[][3] = {
		{"crm:42", "crm:42", NULL},
		{" crm:42\n", "crm:42", NULL},
		{"Crm_2.x-y:Ab C", "Crm_2.x-y:Ab C", NULL},
		{"crm:a:b", "crm:a:b", NULL},
		{"crm::", "crm::", NULL},
		{"0:0", "0:0", NULL},
		{"crm:é", "crm:é", NULL},
		{"", NULL, "empty"},
		{"42", NULL, "no colon between system and id"},
		{":42", NULL, "nothing before the colon"},
		{"crm:", NULL, "nothing after the colon"},
		{"crm: ", NULL, "nothing after the colon"},
		{"crm: 42", NULL, "white space after the colon"},
		{"crm:\u00A042", NULL, "white space after the colon"},
		{"crm:\u200B42", NULL, "white space after the colon"},
		{"crm :42", NULL, "character not allowed in the system before the colon"},
		{"c/m:42", NULL, "character not allowed in the system before the colon"},
		{"é:42", NULL, "character not allowed in the system before the colon"},
		{"crm:4\t2", NULL, "control character"},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		expect_token(contacts_external_id_parse, cases[i][0], cases[i][1], cases[i][2]);
}

static void
test_token_sizes(void)
{
	static const char text255[] = TEN(TEN("ab")) TEN("abcde") "12345";
	static const char text256[] = TEN(TEN("ab")) TEN("abcde") "123456";
	static const char padded[] = "    " TEN(TEN("ab")) TEN("abcde") "12345    ";
	static const char system63[] = TEN("abcdef") "123:1";
	static const char system64[] = TEN("abcdef") "1234:1";

	expect_token(contacts_token_parse, text255, text255, NULL);
	expect_token(contacts_token_parse, padded, text255, NULL);
	expect_token(contacts_token_parse, text256, NULL, "longer than 255 bytes");
	expect_token(contacts_external_id_parse, system63, system63, NULL);
	expect_token(contacts_external_id_parse, system64, NULL, "system longer than 63 bytes");
}

static void
expect_token(Parse *parse, const char *text, const char *value, const char *reason)
{
	const char *start;
	size_t length;
	const char *found = parse(text, strlen(text), &start, &length);

	if (value == NULL)
		expect(found != NULL && strcmp(found, reason) == 0, reason, text);
	else
		expect(found == NULL && length == strlen(value) && memcmp(start, value, length) == 0,
			   "token", text);
}

static void
expect(bool condition, const char *what, const char *text)
{
	passed += condition;
	failed += !condition;
	if (!condition)
		printf("FAILED %s: \"%s\"\n", what, text);
}
