/* -------------------------------------------------------------------------
 * ways_hostile.c
 *	  Text made to mislead a reader of phone numbers.
 * -------------------------------------------------------------------------
 */
#include "inputs.h"

static const char *const hostile_bits[] = {
	"\xe2\x91\xa0",
	"\xe2\x91\xa1",
	"\xef\xbd\x98",
	"\xef\xbc\xb8",
	"\xd0\xb4\xd0\xbe\xd0\xb1",
	"\xd0\x94\xd0\x9e\xd0\x91",
	"\xf0\x9f\x93\x9e",
	"\xe2\x80\xae",
	"\xe0\xa5\xa7",
	"\xe0\xb9\x91",
	"\xf0\x9d\x9f\x8f",
	"\xd9\xa3",
	"\xdb\xb4",
	"\xef\xbc\x8b",
	"+",
	"#",
	"*",
	"x",
	"X",
	";ext=",
	";isub=",
	"ext",
	"\xef\xbd\x85\xef\xbd\x98\xef\xbd\x94\xef\xbd\x8e",
	"\xef\xbd\x98\xef\xbd\x94",
	"\xef\xbd\x89\xef\xbd\x8e\xef\xbd\x94",
	"o\xcc\x81",
	"\xcc\x81",
	"\xc3\xb3",
	"\xef\xbc\x83",
	"\xef\xbc\x8e",
	"/x",
	"/ x",
	"\\ x",
	"/",
	"\\",
	"~",
	",",
	",,",
	";",
	":",
	".",
	"-",
	" ",
	"\t",
	"\xc2\xa0",
	"int",
	"anexo",
	"xt",
	"extn",
	"extensi\xc3\xb3n",
	"abc",
	"Q",
	"\xc2\xbd",
	"\xc2\xb2",
	"\xe4\xb8\x80",
	"\xce\xb1",
	"\xc3\xa9",
	"\xe2\x80\x8d",
	"\xef\xbb\xbf",
	"\xef\xbf\xbd",
	"(",
	")",
	"0",
	"00",
	"1",
	"tel:",
	"=",
	"?",
	"%20",
	"\n",
	"\r",
	"\xef\xbd\x9e",
	"\x01",
	"\x7f",
	"\xc2\x85",
};
static const char *const contexts[] = {
	"+1",         "+1-415",    "+44", "+49-30", "example.com",
	"a.b.c.",     "1.2.x3",    "+",   "",       "+(0)",
	"+1;isub=4",  "-a",        "a-",  "a--b",   "+x",
	"\xd9\xa1.a", "1a",        "a1",  ".",      "a..b",
	"+1 2",       "+44;ext=5", "tel", "+7.",    "+\xd9\xa4\xd9\xa4",
};

/* Any bits at any place of a number written in an ordinary way. */
static void
inserted(Made *made)
{
	char plain[1024];
	unsigned count = below(3) + 1;

	switch (below(4))
	{
		case 0:
			write_spaced(made);
			break;
		case 1:
			write_national(made);
			break;
		case 2:
			write_extended(made);
			break;
		default:
			write_e164(made);
			break;
	}
	for (; count > 0; count--)
	{
		size_t at = below((unsigned) strlen(made->text) + 1);

		while (at > 0 && (made->text[at] & 0xc0) == 0x80)
			at--;
		strcpy(plain, made->text + at);
		made->text[at] = '\0';
		add(made, PICK(hostile_bits));
		add(made, plain);
	}
}

static void
bits_only(Made *made)
{
	for (unsigned i = below(14) + 1; i > 0; i--)
	{
		if (below(2))
			for (unsigned j = below(6) + 1; j > 0; j--)
				add_digit(made, below(10));
		else
			add(made, PICK(hostile_bits));
	}
}

static void
hostile_context(Made *made)
{
	if (below(2))
		add(made, "tel:");
	below(2) ? write_spaced(made) : add(made, made->national);
	if (below(6) == 0)
		add(made, PICK(hostile_bits));
	add(made, ";phone-context=");
	add(made, PICK(contexts));
	if (below(6) == 0)
		add(made, PICK(hostile_bits));
	if (below(8) == 0)
		add(made, ";tel:12");
}

/* A number, then label bits and digits in any order. */
static void
hostile_extension(Made *made)
{
	below(2) ? write_spaced(made) : add(made, made->national);
	for (unsigned i = below(5) + 1; i > 0; i--)
		add(made, PICK(hostile_bits));
	for (unsigned j = below(12) + 1; j > 0; j--)
		add_digit(made, below(10));
	if (below(4) == 0)
		add(made, PICK(hostile_bits));
}

static void
any_characters(Made *made)
{
	static const char bytes[] = "0123456789+x#;,/\\ \t-.:~()[]*extnianoETX=";

	for (unsigned i = below(24) + 1; i > 0; i--)
		add(made, (char[]){bytes[below(sizeof bytes - 1)], '\0'});
}

/* A digit in each of the scripts that have them, and their neighbours. */
static void
any_script(Made *made)
{
	for (unsigned i = below(12) + 2; i > 0; i--)
	{
		uint32_t point = contacts_phone_zeros[below((unsigned) contacts_phone_zeros_count)] +
						 below(12) - (below(20) == 0);
		char bytes[5] = {0};

		if (below(3))
			point = '0' + below(10);
		if (point < 0x80)
			bytes[0] = (char) point;
		else if (point < 0x800)
			memcpy(bytes, (char[]){(char) (0xc0 | point >> 6), (char) (0x80 | (point & 63))}, 2);
		else if (point < 0x10000)
			memcpy(bytes,
				   (char[]){(char) (0xe0 | point >> 12), (char) (0x80 | (point >> 6 & 63)),
							(char) (0x80 | (point & 63))},
				   3);
		else
			memcpy(bytes,
				   (char[]){(char) (0xf0 | point >> 18), (char) (0x80 | (point >> 12 & 63)),
							(char) (0x80 | (point >> 6 & 63)), (char) (0x80 | (point & 63))},
				   4);
		add(made, bytes);
	}
}

const Way hostile_ways[] = {
	{"inserted", inserted},
	{"bits-only", bits_only},
	{"hostile-context", hostile_context},
	{"hostile-extension", hostile_extension},
	{"any-characters", any_characters},
	{"any-script", any_script},
};

const unsigned hostile_count = COUNT(hostile_ways);
