/*-------------------------------------------------------------------------
 *
 * email_test.c
 *	  Unit tests of contacts_email_parse.
 *
 * Usage: email_test [FILE]		all tests; FILE is test/data/emails_sample.tsv by default
 *		  email_test --bench		nanoseconds per address
 *
 * Build: cc -O2 -Isrc test/unit/email_test.c
 *	src/text/{email,email_wrap,email_local,email_domain,compose,utf8,visible,ascii}.c
 *	src/text/{lower,lower_data}.c
 *	-lidn2 -lunistring
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "email_cases.h"
#include "text/email.h"

/* Lengths of the local part and the labels of a generated address, and why it is rejected. */
typedef struct LengthCase
{
	const char *title;
	size_t local;
	size_t labels[6];
	const char *reason;
} LengthCase;

static const char *const sample_file = "test/data/emails_sample.tsv";

static int passed;
static int failed;

static void test_accepted(void);
static void test_rejected(void);
static void test_lengths(void);
static void test_local_sizes(void);
static void test_raw_bytes(void);
static void test_other_encodings(void);
static void test_sample(const char *file);
static void expect(const char *text, size_t size, bool utf8, const char *value, const char *reason);
static size_t unescape(char *text);
static void bench(void);
static void bench_one(const char *title, const char *const *texts, size_t count, long rounds);

int
main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--bench") == 0)
	{
		bench();
		return 0;
	}
	test_accepted();
	test_rejected();
	test_lengths();
	test_local_sizes();
	test_raw_bytes();
	test_other_encodings();
	test_sample(argc > 1 ? argv[1] : sample_file);
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0;
}

static void
test_accepted(void)
{
	for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++)
		expect(accepted[i][0], strlen(accepted[i][0]), true, accepted[i][1], NULL);
}

static void
test_rejected(void)
{
	for (size_t i = 0; i < sizeof(rejected) / sizeof(rejected[0]); i++)
		expect(rejected[i][0], strlen(rejected[i][0]), true, NULL, rejected[i][1]);
}

/* Addresses of "a" and dots; what is accepted is its own canonical form. */
static void
test_lengths(void)
{
	static const LengthCase cases[] = {
		{"local 64", 64, {7, 3}, NULL},
		{"local 65", 65, {7, 3}, "local part longer than 64 bytes"},
		{"label 63", 1, {63, 3}, NULL},
		{"label 64", 1, {64, 3}, "domain label too long"},
		{"last label 63", 1, {3, 63}, NULL},
		{"last label 64", 1, {3, 64}, "domain label too long"},
		{"all 253", 1, {63, 63, 63, 59}, NULL},
		{"all 254", 1, {63, 63, 63, 60}, NULL},
		{"all 255", 1, {63, 63, 63, 61}, "address longer than 254 bytes"},
		{"all 255, long local", 64, {63, 63, 62}, "address longer than 254 bytes"},
		{"all 254, long local", 64, {63, 63, 61}, NULL},
		{"domain 254", 1, {63, 63, 63, 62}, "domain longer than 253 bytes"},
		{"domain 320", 1, {63, 63, 63, 63, 63}, "domain longer than 253 bytes"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		char text[1024];
		size_t size = cases[i].local;

		memset(text, 'a', sizeof(text));
		text[size++] = '@';
		for (size_t label = 0; cases[i].labels[label] > 0; label++)
		{
			size += cases[i].labels[label];
			text[size++] = '.';
		}
		text[--size] = '\0';
		expect(text, size, true, cases[i].reason == NULL ? text : NULL, cases[i].reason);
		/* the same the long way, and with a dot at the end */
		memmove(text + 1, text, size);
		text[0] = '<';
		text[size + 1] = '.';
		text[size + 2] = '>';
		text[size + 3] = '\0';
		if (cases[i].reason != NULL)
			expect(text, size + 3, true, NULL, cases[i].reason);
	}
}

/* The canonical form has to fit, whatever the length of what was written. */
static void
test_local_sizes(void)
{
	static const struct
	{
		const char *unit;
		size_t count;
		const char *before;
		bool fits;
	} cases[] = {
		{"é", 32, "", true},          {"é", 33, "", false},        {"e\u0301", 32, "", true},
		{"e\u0301", 33, "", false},   {"\u212A", 64, "", true},    {"\u212A", 65, "", false},
		{"Ⱥ", 21, "", true},          {"Ⱥ", 22, "", false},        {"\\a", 64, "\"", true},
		{"\\a", 65, "\"", false},     {" ", 62, "\"", true},       {" ", 63, "\"", false},
		{"\\\"", 31, "\"", true},     {"\\\"", 32, "\"", false},   {"a", 4000, "", false},
		{"é", 1900, "", false},       {"\u0301", 1900, "", false}, {"\U0001D160", 5, "", true},
		{"\U0001D160", 6, "", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		char text[8192] = "";
		ContactsEmail email;
		const char *reason;

		strcat(text, cases[i].before);
		for (size_t unit = 0; unit < cases[i].count; unit++)
			strcat(text, cases[i].unit);
		strcat(text, cases[i].before);
		strcat(text, "@example.net");
		reason = contacts_email_parse(text, strlen(text), true, &email);
		if (cases[i].fits)
			expect(text, strlen(text), true, reason == NULL ? email.value : "", NULL);
		else
			expect(text, strlen(text), true, NULL, "local part longer than 64 bytes");
	}
}

static void
test_raw_bytes(void)
{
	static const char *const broken[] = {
		"a\xFF@example.net",
		"\xC3@example.net",
		"a@example.net\xC3",
		"\xC0\x80@example.net",
		"\xE0\x80\x80@example.net",
		"\xED\xA0\x80@example.net",
		"\xF4\x90\x80\x80@x.yy",
		"\xF8\x88\x80\x80\x80@x.yy",
		"\x80@example.net",
		"\xE2\x80 a@example.net",
		"a@\xE9.net",
	};
	char large[CONTACTS_EMAIL_TEXT_MAX + 2];

	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		expect(broken[i], strlen(broken[i]), true, NULL, "not valid UTF-8");
	expect("a\0@example.net", 14, true, NULL, "control character");
	expect("a@example.net\0", 14, true, NULL, "control character");
	expect("a@example.netxxx", 13, true, "a@example.net", NULL);

	memset(large, ' ', sizeof(large));
	memcpy(large + 2000, "\"A b\"@example.net", 17);
	expect(large, CONTACTS_EMAIL_TEXT_MAX, true, "\"a b\"@example.net", NULL);
	expect(large, CONTACTS_EMAIL_TEXT_MAX + 1, true, NULL, "text longer than 4096 bytes");
	memset(large, '(', sizeof(large));
	expect(large, CONTACTS_EMAIL_TEXT_MAX, true, NULL, "comment without closing parenthesis");
}

static void
test_other_encodings(void)
{
	static const char *const reason = "characters beyond ASCII need a UTF-8 database";

	expect(" Sara <A@example.net>", 21, false, "a@example.net", NULL);
	expect("mailto:a%2Bb@example.net", 24, false, "a+b@example.net", NULL);
	expect("jos\xE9@example.net", 16, false, NULL, reason);
	expect("jos\u00E9@example.net", 17, false, NULL, reason);
	expect("\xA0"
		   "a@example.net",
		   14, false, NULL, reason);
	expect("mailto:%E9@example.net", 22, false, NULL, reason);
}

/* Columns input and expected, in the escapes of COPY. */
static void
test_sample(const char *file)
{
	FILE *lines = fopen(file, "r");
	char line[8192];
	int before = failed;
	int count = 0;

	if (lines == NULL || fgets(line, sizeof(line), lines) == NULL)
	{
		fprintf(stderr, "could not read %s\n", file);
		exit(2);
	}
	while (fgets(line, sizeof(line), lines) != NULL)
	{
		char *expected = line + strcspn(line, "\t");
		size_t size;

		*expected++ = '\0';
		expected[strcspn(expected, "\t\n")] = '\0';
		size = unescape(line);
		unescape(expected);
		if (strcmp(expected, "REJECT") == 0)
			expect(line, size, true, NULL, NULL);
		else
			expect(line, size, true, expected, NULL);
		count++;
	}
	fclose(lines);
	printf("%s: %d of %d\n", file, count - (failed - before), count);
}

/* value NULL: must be rejected, with this reason unless that is NULL too. */
static void
expect(const char *text, size_t size, bool utf8, const char *value, const char *reason)
{
	ContactsEmail email;
	ContactsEmail again;
	const char *found = contacts_email_parse(text, size, utf8, &email);
	bool good;

	if (value == NULL)
		good = found != NULL && (reason == NULL || strcmp(found, reason) == 0);
	else
		good = found == NULL && strcmp(email.value, value) == 0 && strlen(value) == email.size &&
			   contacts_email_parse(email.value, email.size, utf8, &again) == NULL &&
			   again.size == email.size && strcmp(again.value, email.value) == 0;
	passed += good;
	failed += !good;
	if (!good)
		printf("FAILED \"%.*s\"\n  expected %s\n  found    %s\n", (int) size, text,
			   value != NULL ? value : reason, found == NULL ? email.value : found);
}

static size_t
unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++)
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
	return (size_t) (to - text);
}

static void
bench(void)
{
	static const char *const plain[] = {
		"sara.roe@example.net",
		"Tom42@News.Example.com",
		"o'brien+crm@widgets.example.co.uk",
		" info@example.org ",
		"first.last@department.example.edu",
	};
	static const char *const wrapped[] = {
		"Sara Roe <sara@example.net>",
		"mailto:tom@example.net?subject=x",
		"'mia@example.net';",
		"leon@example.net (work)",
	};
	static const char *const local[] = {"josé@example.net", "Иван@example.net"};
	static const char *const domain[] = {"a@łódź.pl", "a@президент.рф", "a@straße.de"};
	static const char *const junk[] = {"n/a", "john doe", "a.example.net", "a@b@c.dd"};

	bench_one("plain", plain, 5, 2000000);
	bench_one("wrapped", wrapped, 4, 500000);
	bench_one("local part beyond ASCII", local, 2, 500000);
	bench_one("domain beyond ASCII", domain, 3, 50000);
	bench_one("junk", junk, 4, 1000000);
}

/* Best of seven, so that other work on the machine counts little. */
static void
bench_one(const char *title, const char *const *texts, size_t count, long rounds)
{
	size_t sizes[8];
	size_t total = 0;
	double best = 0;

	for (size_t i = 0; i < count; i++)
		sizes[i] = strlen(texts[i]);
	for (int repeat = 0; repeat < 7; repeat++)
	{
		struct timespec start;
		struct timespec end;
		double spent;

		clock_gettime(CLOCK_MONOTONIC, &start);
		for (long round = 0; round < rounds; round++)
		{
			ContactsEmail email;
			size_t which = (size_t) round % count;

			if (contacts_email_parse(texts[which], sizes[which], true, &email) == NULL)
				total += email.size;
		}
		clock_gettime(CLOCK_MONOTONIC, &end);
		spent = (double) (end.tv_sec - start.tv_sec) * 1e9 + (double) (end.tv_nsec - start.tv_nsec);
		if (repeat == 0 || spent < best)
			best = spent;
	}
	printf("%-24s %7.1f ns per address (%zu)\n", title, best / (double) rounds, total);
}
