/* -------------------------------------------------------------------------
 * ways.c
 *	  Ways in which people and programs write phone numbers.
 * -------------------------------------------------------------------------
 */
#include "inputs.h"

static const char *const trunks[] = {"0", "1", "8", "06", "01", "00", "0", "15", "3"};
static const char *const abroads[] = {
	"00",  "011", "0011", "810",   "010",   "001",      "00700", "119",  "99", "000",
	"009", "0",   "00 ",  "8~10 ", "0015 ", "14140011", "00100", "0052", "16", "0161",
};
static const char *const extension_words[] = {
	" ext ",       " ext. ",  "x",  " x",         " X ", "#",      " #",      ";ext=",
	" extension ", " Extn: ", ", ", ",,",         ";",   " int ",  " anexo ", " extensi\xc3\xb3n ",
	"~",           " xt ",    ",",  " extensio ", " - ", "  ext:", " EXT:",
};
static const char *const befores[] = {
	"Tel: ", "tel:", "Phone ",   "Cell:+", "call me at ",   "'",    "\"", "(",
	" ",     "* ",   "mobile: ", "M: ",    "\xe2\x98\x8e ", "no. ", "\n", "T\xc3\xa9l. ",
};
static const char *const afters[] = {
	" (home)", " office", ";",  ",",  ".",       " ", "'", "\"",   " /", " or 5551234",
	" /x5",    "\n",      " -", " !", " - work", ")", "#", " ext", " x", "?",
};
static const char *const noises[] = {"_", ",",  ";", "\t", "\\", "'",
									 ":", "  ", "&", "|",  "=",  "\n"};
static const char *const odd_separators[] = {
	"\xc2\xa0",
	"\xe2\x80\x90",
	"\xe2\x80\x91",
	"\xe2\x80\x93",
	"\xe2\x80\x94",
	"\xe2\x88\x92",
	"\xe3\x83\xbc",
	"\xef\xbc\x8d",
	"\xe2\x80\x8b",
	"\xe2\x81\xa0",
	"\xc2\xad",
	"\xe3\x80\x80",
	"\xef\xbc\x88",
	"\xef\xbc\x89",
	"\xe2\x81\x93",
	"\xe2\x88\xbc",
	"\xef\xbc\x8f",
	"\xef\xbc\x8e",
	"\xe2\x80\x95",
	"\xef\xbc\xbb",
	"\xef\xbc\xbd",
	"~",
	"[",
	"]",
};
void
write_e164(Made *made)
{
	add_code(made, "");
	add(made, made->national);
}

static void
changed(Made *made)
{
	for (unsigned i = below(3) + 1; i > 0; i--)
		made->national[below((unsigned) strlen(made->national))] = (char) ('0' + below(10));
	write_e164(made);
}

static void
longer(Made *made)
{
	write_e164(made);
	for (unsigned i = below(4) + 1; i > 0; i--)
		add_digit(made, below(10));
}

static void
shorter(Made *made)
{
	size_t length = strlen(made->national);

	made->national[length - 1 - below((unsigned) (length > 5 ? 4 : length - 1))] = '\0';
	write_e164(made);
}

static void
random_digits(Made *made)
{
	if (below(2))
		add(made, "+");
	for (unsigned i = below(16) + 1; i > 0; i--)
		add_digit(made, below(10));
}

void
write_spaced(Made *made)
{
	if (below(6) == 0)
		add(made, "(");
	add_code(made, below(4) ? " " : "-");
	add_digits(made, made->national, " -.()/");
}

void
write_national(Made *made)
{
	if (below(2))
		add(made, PICK(trunks));
	if (below(3) == 0)
		add(made, "(");
	add_digits(made, made->national, " -.()/");
}

static void
national_digits(Made *made)
{
	if (below(2))
		add(made, PICK(trunks));
	add(made, made->national);
}

static void
abroad(Made *made)
{
	char code[8];

	snprintf(code, sizeof code, "%d", made->code);
	add(made, PICK(abroads));
	add(made, below(2) ? "" : "-");
	add(made, code);
	add_digits(made, made->national, " -");
	made->region = contacts_phone_regions[1 + below(254)].id;
}

static void
code_without_plus(Made *made)
{
	char code[8];

	snprintf(code, sizeof code, "%d", made->code);
	add(made, code);
	if (below(3) == 0)
		add(made, PICK(trunks));
	add_digits(made, made->national, " ");
}

static void
prefix_left_in(Made *made)
{
	add_code(made, " ");
	add(made, PICK(trunks));
	add_digits(made, made->national, " ");
}

static void
prefix_in_brackets(Made *made)
{
	add_code(made, below(2) ? " " : "");
	add(made, "(");
	add(made, PICK(trunks));
	add(made, below(2) ? ")" : ") ");
	add_digits(made, made->national, " ");
}

static void
leading_zeros(Made *made)
{
	add_code(made, "");
	for (unsigned i = below(4); i > 0; i--)
		add(made, "0");
	add(made, made->national);
	if (below(2))
		made->text[below((unsigned) strlen(made->text) - 1) + 1] = '0';
}

/* Countries whose prefixes carry carriers or mobile tokens. */
static void
tokens(Made *made)
{
	static const struct
	{
		const char *region;
		const char *token;
	} list[] = {
		{"AR", "9"},    {"AR", "0 11 15 "}, {"AR", "15"},      {"AR", "0"},      {"AR", "0 9"},
		{"MX", "1"},    {"MX", "044"},      {"MX", "045"},     {"MX", "01"},     {"BR", "0 15 "},
		{"BR", "90"},   {"BR", "0 31"},     {"BR", "9015"},    {"CN", "17951"},  {"CN", "12593 0"},
		{"CN", "0"},    {"CO", "09"},       {"CO", "0 456"},   {"KR", "082"},    {"KR", "08555"},
		{"CR", "1904"}, {"GA", "0"},        {"JP", "0037680"}, {"JP", "000"},    {"LU", "15066"},
		{"LI", "1001"}, {"AU", "1831"},     {"BO", "010"},     {"FO", "1002"},   {"LT", "8"},
		{"BY", "80"},   {"BY", "8"},        {"HU", "06"},      {"GB", "180020"}, {"SM", "0549"},
		{"NF", ""},     {"CC", ""},         {"MG", ""},        {"GG", ""},       {"JE", "0"},
		{"IM", ""},
	};
	unsigned i = below(COUNT(list));
	bool plus = below(3) == 0;

	for (int tries = 0; tries < 2000; tries++)
	{
		bool found = false;

		for (unsigned r = 1; r < 255 && !found; r++)
			found = strcmp(contacts_phone_regions[r].id, list[i].region) == 0 &&
					contacts_phone_regions[r].code == made->code;
		if (found)
			break;
		make_number(made);
	}
	if (plus)
		add_code(made, "");
	add(made, list[i].token);
	add(made, made->national + (below(3) == 0 && strlen(made->national) > 8 ? 2 : 0));
	made->region = list[i].region;
}

void
write_extended(Made *made)
{
	char digits[24];
	unsigned length = below(8) ? below(6) + 1 : below(22) + 1;

	below(2) ? write_spaced(made) : write_national(made);
	add(made, PICK(extension_words));
	for (unsigned i = 0; i < length; i++)
		digits[i] = (char) ('0' + below(10));
	digits[length] = '\0';
	add(made, digits);
	if (below(6) == 0)
		add(made, "#");
}

static void
letters(Made *made)
{
	size_t length = strlen(made->national);
	unsigned count = below(8);

	for (unsigned i = 0; i < count && i < length; i++)
		made->national[length - 1 - i] = (char) ((below(2) ? 'a' : 'A') + below(26));
	below(2) ? write_spaced(made) : write_national(made);
}

static void
rfc3966(Made *made)
{
	if (below(4))
		add(made, "tel:");
	if (below(2))
	{
		write_spaced(made);
		if (below(2))
			add(made, below(2) ? ";ext=77" : ";isub=12345");
		return;
	}
	add_digits(made, made->national, "-.");
	if (below(4) == 0)
		add(made, ";ext=12");
	add(made, ";phone-context=");
	if (below(3) == 0)
		add(made, below(2) ? "example.com" : "www.a-b.org");
	else
		add_code(made, "");
	if (below(6) == 0)
		add(made, ";isub=1");
}

static void
surrounded(Made *made)
{
	if (below(2))
		add(made, PICK(befores));
	below(2) ? write_spaced(made) : write_national(made);
	if (below(2))
		add(made, PICK(afters));
}

static void
unicode(Made *made)
{
	char plain[48];
	unsigned script = below(4);

	strcpy(plain, made->national);
	if (below(2))
		add(made, below(2) ? "\xef\xbc\x8b" : "+");
	if (made->text[0] != '\0')
		snprintf(plain, sizeof plain, "%d%s", made->code, made->national);
	for (const char *c = plain; *c; c++)
	{
		char digit[4] = {*c, '\0'};

		if (script == 1)
			memcpy(digit, (char[]){'\xef', '\xbc', (char) (0x90 + *c - '0'), '\0'}, 4);
		else if (script == 2)
			memcpy(digit, (char[]){'\xd9', (char) (0xa0 + *c - '0'), '\0'}, 3);
		else if (script == 3)
			memcpy(digit, (char[]){'\xdb', (char) (0xb0 + *c - '0'), '\0'}, 3);
		add(made, digit);
		if (below(4) == 0)
			add(made, PICK(odd_separators));
	}
}

static void
noisy(Made *made)
{
	below(2) ? add_code(made, " ") : (void) 0;
	for (const char *c = made->national; *c; c++)
	{
		add(made, (char[]){*c, '\0'});
		if (below(8) == 0)
			add(made, PICK(noises));
	}
}

static void
without_area(Made *made)
{
	size_t length = strlen(made->national);

	add_digits(made, made->national + below((unsigned) (length > 5 ? 5 : length)), " -");
}

static void
plus_signs(Made *made)
{
	for (unsigned i = below(3) + 1; i > 0; i--)
		add(made, below(4) ? "+" : "\xef\xbc\x8b");
	write_spaced(made);
	if (below(3) == 0)
		put(made, '+');
}

static void
stars(Made *made)
{
	static const char *const list[] = {"*67", "#31#", "*", "**", "#", "*31# "};

	if (below(2))
		add(made, PICK(list));
	below(2) ? write_spaced(made) : write_national(made);
	if (below(3) == 0)
		put(made, '*');
	if (below(4) == 0)
		add(made, PICK(list));
}

static void
other_region(Made *made)
{
	made->region = contacts_phone_regions[1 + below(254)].id;
	below(2) ? write_national(made) : national_digits(made);
}

static void
two_or_three(Made *made)
{
	unsigned length = below(5) + 1;

	made->national[length < strlen(made->national) ? length : 1] = '\0';
	if (below(3) == 0)
		add_code(made, "");
	add_digits(made, made->national, " -");
}

static void
repeated(Made *made)
{
	char digit[2] = {(char) ('0' + below(10)), '\0'};

	if (below(2))
		add_code(made, " ");
	for (unsigned i = below(14) + 2; i > 0; i--)
		add(made, digit);
}

const Way ordinary_ways[] = {
	{"e164", write_e164},
	{"changed", changed},
	{"longer", longer},
	{"shorter", shorter},
	{"random-digits", random_digits},
	{"spaced", write_spaced},
	{"national", write_national},
	{"national-digits", national_digits},
	{"abroad", abroad},
	{"code-without-plus", code_without_plus},
	{"prefix-left-in", prefix_left_in},
	{"prefix-in-brackets", prefix_in_brackets},
	{"leading-zeros", leading_zeros},
	{"tokens", tokens},
	{"extended", write_extended},
	{"letters", letters},
	{"rfc3966", rfc3966},
	{"surrounded", surrounded},
	{"unicode", unicode},
	{"noisy", noisy},
	{"without-area", without_area},
	{"plus-signs", plus_signs},
	{"stars", stars},
	{"other-region", other_region},
	{"two-or-three", two_or_three},
	{"repeated", repeated},
};

const unsigned ordinary_count = COUNT(ordinary_ways);
