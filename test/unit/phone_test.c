/* -------------------------------------------------------------------------
 * phone_test.c
 *	  Unit test of text/phone.
 *
 * Reads data/phones_sample.tsv, from here or below test/ (or the file given), then
 * checks cases of its own.  Prints each failure and a total; exit status 1 on a failure.
 *
 *	  gcc test/unit/phone_test.c src/text/phone*.c -Isrc -o phone_test && ./phone_test
 * -------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/phone.h"

#define FIELDS 5

/* One case: what it is, what must come out (key, or "" and a reason). */
typedef struct Case
{
	const char *text;
	const char *region;
	const char *key;
	const char *problem;
} Case;

static const Case cases[] = {
	/* regions */
	{"030 123456", "DE", "+4930123456", NULL},
	{"030 123456", NULL, "", "no country code"},
	{"030 123456", "ZZ", "", "no country code"},
	{"030 123456", "XX", "", "no country code"},
	{"030 123456", "de", "", "no country code"},
	{"030 123456", "DEU", "", "no country code"},
	{"030 123456", "001", "", "no country code"},
	{"030 123456", "", "", "no country code"},
	{"+4930123456", "XX", "+4930123456", NULL},
	{"+4930123456", NULL, "+4930123456", NULL},
	/* nothing, junk */
	{"", "US", "", "not a number"},
	{" ", "US", "", "not a number"},
	{"+", "US", "", "not a number"},
	{"n/a", "US", "", "not a number"},
	{"1", "US", "", "not a number"},
	{"12", "US", "", "too short"},
	{"1 2", "US", "", "not a number"},
	{"0000000000", "US", "", "possible length, but not assigned"},
	{"john@example.com", "US", "", "not a number"},
	{"+999 123456", NULL, "", "unknown country code"},
	{"+0 123456", NULL, "", "unknown country code"},
	{"+1415555267", NULL, "", "too short"},
	{"+80012345", NULL, "", "too short"},
	{"+3544101234567", NULL, "", "too long"},
	{"+35438612345", NULL, "", "impossible length"},
	{"+14155552", NULL, "", "no area code"},
	{"+141555", NULL, "", "too short"},
	{"+141555526711", NULL, "", "too long"},
	{"+4912345678901234567890", NULL, "", "too long"},
	{"555-2671", "US", "", "no area code"},
	/* a plus that should not be there */
	{"+030 123456", "DE", "", "unknown country code"},
	{"+69 30 123456", "DE", "", "unknown country code"},
	{"+00 44 20 7946 0958", "DE", "+442079460958", NULL},
	/* zeros that belong to the number */
	{"+39 06 6982", NULL, "+39066982", NULL},
	{"06 6982", "IT", "+39066982", NULL},
	/* extensions */
	{"+1 415 555 2671 ext. 12", NULL, "+14155552671;ext=12", NULL},
	{"+1 415 555 2671;ext=12", NULL, "+14155552671;ext=12", NULL},
	{"+1 415 555 2671 EXTENSION 12", NULL, "+14155552671;ext=12", NULL},
	{"+1 415 555 2671 extensi\xc3\xb3n: 12", NULL, "+14155552671;ext=12", NULL},
	{"+1 415 555 2671 extensio\xcc\x81n: 12", NULL, "+14155552671;ext=12", NULL},
	{"+1 415 555 2671 x12", NULL, "+14155552671;ext=12", NULL},
	{"+1 415 555 2671 #12", NULL, "+14155552671;ext=12", NULL},
	{"+1 415 555 2671 - 12#", NULL, "+14155552671;ext=12", NULL},
	{"+1 415 555 2671 int 12", NULL, "+14155552671;ext=12", NULL},
	{"+1 415 555 2671 anexo 12", NULL, "+14155552671;ext=12", NULL},
	{"+1 415 555 2671 ~12", NULL, "+14155552671;ext=12", NULL},
	{"+1 415 555 2671,,12#", NULL, "+14155552671;ext=12", NULL},
	{"+1 415 555 2671;12", NULL, "+14155552671;ext=12", NULL},
	{"+1 415 555 2671, 12", NULL, "+14155552671;ext=12", NULL},
	{"+1 415 555 2671 \xd0\xb4\xd0\xbe\xd0\xb1. 12", NULL, "+14155552671;ext=12", NULL},
	{"+1 415 555 2671 \xd0\x94\xd0\x9e\xd0\x91 12", NULL, "+14155552671;ext=12", NULL},
	{"+1 415 555 2671 \xef\xbd\x98\xef\xbc\x91\xef\xbc\x92", NULL, "+14155552671;ext=12", NULL},
	{"+1 415 555 2671 ext 12345678901234567890", NULL, "+14155552671;ext=12345678901234567890",
	 NULL},
	{"+1 415 555 2671 ext 123456789012345678901", NULL, "", "too long"},
	{"+1 415 555 2671 x302/x2303", NULL, "+14155552671;ext=302", NULL},
	/* letters */
	{"1-800-FLOWERS", "US", "+18003569377", NULL},
	{"1-800-flowers", "US", "+18003569377", NULL},
	/* RFC 3966 */
	{"tel:+1-415-555-2671", NULL, "+14155552671", NULL},
	{"tel:555-2671;phone-context=+1-415", NULL, "+14155552671", NULL},
	{"tel:4155552671;phone-context=example.com", "US", "+14155552671", NULL},
	{"tel:4155552671;phone-context=example.com.", "US", "+14155552671", NULL},
	{"tel:4155552671;phone-context=", "US", "", "not a number"},
	{"tel:4155552671;phone-context=-x", "US", "", "not a number"},
	{"tel:4155552671;phone-context=a..b", "US", "", "not a number"},
	{"tel:4155552671;phone-context=+", "US", "", "not a number"},
	{"tel:+1-415-555-2671;isub=123", NULL, "+14155552671", NULL},
	{"415;phone-context=+1;tel:5552671", NULL, "", "not a number"},
	/* other scripts: Arabic, Devanagari, fullwidth, a mathematical digit */
	{"+\xd9\xa1 415 555 2671", NULL, "+14155552671", NULL},
	{"+1 415 555 267\xe0\xa5\xa7", NULL, "+14155552671", NULL},
	{"\xef\xbc\x8b\xef\xbc\x91 415 555 2671", NULL, "+14155552671", NULL},
	{"+1 415 555 267\xf0\x9d\x9f\x8f", NULL, "+14155552671", NULL},
	{"+1 415 555 2671 \xf0\x9f\x93\x9e", NULL, "+14155552671", NULL},
	/* text that is not UTF-8 */
	{"+1 415 555 2671\xff", NULL, "", "not valid UTF-8"},
	{"\xc0\xb1+1 415 555 2671", NULL, "", "not valid UTF-8"},
	{"\xed\xa0\x80+1 415 555 2671", NULL, "", "not valid UTF-8"},
	{"+1 415 555 2671\xe2\x80", NULL, "", "not valid UTF-8"},
};

static unsigned passed;
static unsigned failed;

static void check(bool good, const char *what, const char *expected, const char *got);
static void check_sample(const char *file);
static void check_row(char *field[FIELDS]);
static void check_note(const char *input, char *note, const ContactsPhone *phone);
static void unescape(char *text);
static void check_cases(void);
static void check_fields(void);
static void check_sizes(void);
static void check_names(void);

int
main(int argc, char **argv)
{
	check_sample(argc > 1 ? argv[1] : "data/phones_sample.tsv");
	check_cases();
	check_fields();
	check_sizes();
	check_names();
	printf("%u passed, %u failed\n", passed, failed);
	return failed == 0 ? 0 : 1;
}

static void
check(bool good, const char *what, const char *expected, const char *got)
{
	if (good)
	{
		passed++;
		return;
	}
	failed++;
	printf("FAIL %s: expected %s, got %s\n", what, expected ? expected : "(none)",
		   got ? got : "(none)");
}

/* ---- the sample file: one check per row ---- */

static void
check_sample(const char *file)
{
	FILE *in = fopen(file, "r");
	char line[1024];
	char nothing[1] = "";
	bool first = true;

	if (in == NULL)
		in = fopen("test/data/phones_sample.tsv", "r");
	if (in == NULL)
	{
		check(false, file, "a readable file", "none");
		return;
	}
	while (fgets(line, sizeof line, in) != NULL)
	{
		char *field[FIELDS];
		char *rest = line;

		line[strcspn(line, "\n")] = '\0';
		for (int i = 0; i < FIELDS; i++)
			field[i] = rest == NULL ? nothing : strsep(&rest, "\t");
		if (!first)
			check_row(field);
		first = false;
	}
	fclose(in);
}

static void
check_row(char *field[FIELDS])
{
	ContactsPhone phone;
	const char *problem;

	unescape(field[0]);
	problem = contacts_phone_parse(field[0], strlen(field[0]), field[1], &phone);
	if (strcmp(field[2], "REJECT") == 0)
		check(problem != NULL && phone.key[0] == '\0' && !phone.valid, field[0], "a reason",
			  phone.key);
	else if (problem != NULL || strcmp(phone.e164, field[2]) != 0)
		check(false, field[0], field[2], problem ? problem : phone.e164);
	else
		check_note(field[0], field[4], &phone);
}

/* "toll-free,KG,ext=799", or free text for rows of a category of its own. */
static void
check_note(const char *input, char *note, const ContactsPhone *phone)
{
	char got[64];
	char key[64];
	const char *extension = strstr(note, "ext=");

	snprintf(key, sizeof key, extension ? "%s;ext=%s" : "%s", phone->e164,
			 extension ? extension + 4 : "");
	if (strcmp(key, phone->key) != 0)
	{
		check(false, input, key, phone->key);
		return;
	}
	snprintf(got, sizeof got, "%s,%s", contacts_phone_type_name(phone->type), phone->region);
	for (char *c = got; *c; c++)
		if (*c == ' ')
			*c = '-';
	check(strstr(note, " plan") != NULL || strncmp(note, got, strlen(got)) == 0, input, note, got);
}

/* The escapes of COPY's text format. */
static void
unescape(char *text)
{
	char *to = text;

	for (char *from = text; *from != '\0'; from++)
	{
		if (*from != '\\')
			*to++ = *from;
		else
		{
			from++;
			*to++ = *from == 't' ? '\t' : *from == 'n' ? '\n' : *from == 'r' ? '\r' : *from;
		}
	}
	*to = '\0';
}

/* ---- own cases ---- */

static void
check_cases(void)
{
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
	{
		const Case *c = &cases[i];
		ContactsPhone phone;
		const char *problem = contacts_phone_parse(c->text, strlen(c->text), c->region, &phone);

		check(strcmp(phone.key, c->key) == 0, c->text, c->key, phone.key);
		check(problem == NULL ? c->problem == NULL
							  : c->problem != NULL && strcmp(problem, c->problem) == 0,
			  c->text, c->problem, problem);
	}
}

static void
check_fields(void)
{
	static const char swiss[] = "044 668 18 00 ext 5";
	static const char short_one[] = "+1 415 555 26 ext. 7";
	ContactsPhone phone;

	contacts_phone_parse(swiss, strlen(swiss), "CH", &phone);
	check(strcmp(phone.e164, "+41446681800") == 0, "e164", "+41446681800", phone.e164);
	check(strcmp(phone.national, "446681800") == 0, "national", "446681800", phone.national);
	check(strcmp(phone.extension, "5") == 0, "extension", "5", phone.extension);
	check(phone.region != NULL && strcmp(phone.region, "CH") == 0, "region", "CH", phone.region);
	check(phone.country_code == 41, "country code", "41", "another");
	check(phone.type == CONTACTS_PHONE_FIXED, "type", "fixed",
		  contacts_phone_type_name(phone.type));
	check(phone.possible && phone.valid, "verdict", "possible and valid", "not");

	/* What is known of a bad number stays. */
	contacts_phone_parse(short_one, strlen(short_one), NULL, &phone);
	check(strcmp(phone.e164, "+141555526") == 0, "bad e164", "+141555526", phone.e164);
	check(strcmp(phone.extension, "7") == 0, "bad extension", "7", phone.extension);
	check(phone.key[0] == '\0', "bad key", "", phone.key);
	check(phone.region == NULL && phone.country_code == 1, "bad region", "(none)", phone.region);
	check(!phone.possible && !phone.valid, "bad verdict", "neither", "another");
}

/* The limit, a megabyte, a NUL within, nothing at all. */
static void
check_sizes(void)
{
	size_t size = 1 << 20;
	char *large = malloc(size);
	ContactsPhone phone;
	const char *problem;

	memset(large, ' ', size);
	memcpy(large, "+14155552671", 12);
	problem = contacts_phone_parse(large, size, "US", &phone);
	check(problem != NULL && strcmp(problem, "too long") == 0, "a megabyte", "too long", problem);
	problem = contacts_phone_parse(large, CONTACTS_PHONE_MAX_TEXT + 1, "US", &phone);
	check(problem != NULL && strcmp(problem, "too long") == 0, "251 characters", "too long",
		  problem);
	problem = contacts_phone_parse(large, CONTACTS_PHONE_MAX_TEXT, "US", &phone);
	check(problem == NULL, "250 characters", NULL, problem);
	memset(large, '1', size);
	problem = contacts_phone_parse(large, CONTACTS_PHONE_MAX_TEXT, "US", &phone);
	check(problem != NULL && strcmp(problem, "too long") == 0, "250 digits", "too long", problem);
	problem = contacts_phone_parse("+1415555\0"
								   "2671",
								   13, "US", &phone);
	check(problem != NULL, "a NUL within", "a reason", problem);
	problem = contacts_phone_parse("+14155552671\0", 13, "US", &phone);
	check(problem == NULL, "a NUL at the end", NULL, problem);
	problem = contacts_phone_parse(NULL, 0, "US", &phone);
	check(problem != NULL, "no text", "a reason", problem);
	/* Bytes behind the size must not be read. */
	problem = contacts_phone_parse("+141555526719999", 12, "US", &phone);
	check(problem == NULL && strcmp(phone.key, "+14155552671") == 0, "12 bytes", "+14155552671",
		  phone.key);
	free(large);
}

static void
check_names(void)
{
	check(contacts_phone_region_known("DE"), "DE", "known", "unknown");
	check(!contacts_phone_region_known("ZZ"), "ZZ", "unknown", "known");
	check(!contacts_phone_region_known("de"), "de", "unknown", "known");
	check(!contacts_phone_region_known("001"), "001", "unknown", "known");
	check(!contacts_phone_region_known(""), "empty region", "unknown", "known");
	check(!contacts_phone_region_known(NULL), "no region", "unknown", "known");
	check(strcmp(contacts_phone_type_name(CONTACTS_PHONE_FIXED_OR_MOBILE), "fixed or mobile") == 0,
		  "type name", "fixed or mobile", "another");
	check(strcmp(contacts_phone_type_name((ContactsPhoneType) 99), "unknown") == 0, "type name",
		  "unknown", "another");
	check(contacts_phone_matches_person(CONTACTS_PHONE_MOBILE), "mobile", "a person", "none");
	check(!contacts_phone_matches_person(CONTACTS_PHONE_TOLL_FREE), "toll-free", "none",
		  "a person");
	check(!contacts_phone_matches_person(CONTACTS_PHONE_UAN), "uan", "none", "a person");
	check(contacts_phone_metadata_version()[0] != '\0', "data version", "a text", "none");
}
