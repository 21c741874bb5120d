/*-------------------------------------------------------------------------
 *
 * similarity_test.c
 *	  Unit tests of what contacts are compared by: fold, similarity, traits, match_keys (R46).
 *
 *-------------------------------------------------------------------------
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/similarity.h"
#include "text/traits.h"
#include "text/traits_data.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int passed;
static int failed;

static void test_fold(void);
static void test_fold_sizes(void);
static void test_company(void);
static void test_distance(void);
static void test_distance_is_symmetrical(void);
static void test_likeness(void);
static void test_mailbox(void);
static void test_phone(void);
static void test_keys(void);
static void test_generations(void);
static void test_unspaced(void);
static void test_nicknames(void);
static ContactsTraits traits_of(const char *name, const char *email, const char *phone);
static bool share_key(const ContactsTraits *one, const ContactsTraits *other);
static ContactsPiece piece(const char *text);
static void expect(bool condition, const char *what, const char *text);

int
main(void)
{
	test_fold();
	test_fold_sizes();
	test_company();
	test_distance();
	test_distance_is_symmetrical();
	test_likeness();
	test_mailbox();
	test_phone();
	test_keys();
	test_generations();
	test_unspaced();
	test_nicknames();
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0;
}

static void
test_fold(void)
{
	static const char *const cases[][2] = {{"Ann Lee", "ann lee"},
										   {"  ANN\t-  Lee. ", "ann lee"},
										   {"M\xC3\xBCller-L\xC3\xBC"
											"denscheidt, D'Arcy",
											"muller ludenscheidt darcy"},
										   {"Stra\xC3\x9F"
											"e",
											"strasse"},
										   {"\xC5\x9Awi\xC4\x85tek", "swiatek"},
										   {"\xC5\x81\xC3\xB3"
											"d\xC5\xBA",
											"lodz"},
										   {"\xC4\xB0stanbul", "istanbul"},
										   {"e\xCC\x81", "e"},
										   {"\xD0\x90\xD0\xBD\xD0\xBD\xD0\xB0",
											"\xD0\xB0\xD0\xBD\xD0\xBD\xD0\xB0"},
										   {"O\xE2\x80\x99Neil", "oneil"},
										   {"a\xFF"
											"b",
											"a"},
										   {"", ""},
										   {"-", ""}};

	for (size_t i = 0; i < COUNT(cases); i++)
	{
		char out[CONTACTS_FOLD_MAX];
		size_t size = contacts_fold(cases[i][0], strlen(cases[i][0]), out);

		expect(size == strlen(cases[i][1]) && memcmp(out, cases[i][1], size) == 0, "fold",
			   cases[i][0]);
	}
}

/* Whatever the length and wherever the cut, the result has room and is whole characters. */
static void
test_fold_sizes(void)
{
	static const char *const letters[] = {
		"a", "\xC3\x9F", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xC4\xB0", " x"};

	for (size_t i = 0; i < COUNT(letters); i++)
	{
		char *text = malloc(2000);
		char *out = malloc(CONTACTS_FOLD_MAX);
		size_t size = 0;

		for (int n = 0; n < 300; n++)
		{
			memcpy(text + size, letters[i], strlen(letters[i]));
			size += strlen(letters[i]);
			expect(contacts_fold(text, size, out) <= CONTACTS_FOLD_MAX, "fold size", letters[i]);
		}
		free(out);
		free(text);
	}
}

static void
test_company(void)
{
	static const char *const cases[][2] = {{"Acme Foods, Inc.", "acme foods"},
										   {"The Acme Company", "acme"},
										   {"ACME GmbH & Co. KG", "acme"},
										   {"The Company", "the company"},
										   {"Incorporated Ideas Ltd", "ideas"}};

	for (size_t i = 0; i < COUNT(cases); i++)
	{
		char out[CONTACTS_FOLD_MAX];
		size_t size = contacts_fold_company(cases[i][0], strlen(cases[i][0]), out);

		expect(size == strlen(cases[i][1]) && memcmp(out, cases[i][1], size) == 0, "company",
			   cases[i][0]);
	}
}

static void
test_distance(void)
{
	static const struct
	{
		const char *one, *other;
		int most, distance;
	} cases[] = {{"smith", "smith", 2, 0},  {"smith", "smyth", 2, 1},   {"smith", "smit", 2, 1},
				 {"smith", "smiths", 2, 1}, {"smith", "msith", 2, 1},   {"smith", "smtih", 2, 1},
				 {"smith", "jones", 2, 3},  {"", "ab", 2, 2},           {"", "", 0, 0},
				 {"ab", "ba", 1, 1},        {"abcdef", "badcfe", 3, 3}, {"kitten", "sitting", 5, 3},
				 {"abc", "abcdef", 2, 3},   {"ca", "abc", 5, 3}};

	for (size_t i = 0; i < COUNT(cases); i++)
		expect(contacts_edit_distance(piece(cases[i].one), piece(cases[i].other), cases[i].most) ==
				   cases[i].distance,
			   "distance", cases[i].one);
}

static void
test_distance_is_symmetrical(void)
{
	srand(46);
	for (int n = 0; n < 20000; n++)
	{
		char one[12];
		char other[12];
		size_t sizes[2] = {(size_t) rand() % 12, (size_t) rand() % 12};
		ContactsPiece pieces[2] = {{one, sizes[0]}, {other, sizes[1]}};
		int most = rand() % 6;
		int there;

		for (size_t i = 0; i < 12; i++)
		{
			one[i] = (char) ('a' + rand() % 3);
			other[i] = (char) ('a' + rand() % 3);
		}
		there = contacts_edit_distance(pieces[0], pieces[1], most);
		expect(there == contacts_edit_distance(pieces[1], pieces[0], most), "symmetry", one);
		expect(there >= 0 && there <= most + 1, "bound", one);
	}
}

static void
test_likeness(void)
{
	expect(contacts_is_misspelled(piece("ann"), piece("anne")), "misspelled", "anne");
	expect(!contacts_is_misspelled(piece("al"), piece("el")), "too short", "al");
	expect(!contacts_is_misspelled(piece("peter"), piece("petra")), "two slips", "petra");
	expect(!contacts_is_misspelled(piece("person12"), piece("person13")), "digits", "person12");
	expect(contacts_is_misspelled(piece("person12"), piece("perzon12")), "letters", "person12");
	expect(!contacts_is_alike(piece("city12"), piece("city13")), "digits", "city12");
	expect(contacts_is_alike(piece("12 main street"), piece("12 main stret")), "address",
		   "12 main");
	expect(contacts_is_misspelled(piece("henrietta"), piece("hernietto")), "long", "henrietta");
	expect(contacts_is_short_form(piece("alex"), piece("alexander")), "short form", "alex");
	expect(!contacts_is_short_form(piece("al"), piece("alexander")), "short form", "al");
	expect(contacts_is_alike(piece("12 pudding lane"), piece("12 puding lane")), "alike", "lane");
	expect(contacts_is_alike(piece("new york"), piece("new york city")), "alike", "new york");
	expect(!contacts_is_alike(piece("12 main street"), piece("98 high street")), "alike", "main");
	expect(contacts_is_like_company(piece("acme foods"), piece("acme foods berlin")), "company",
		   "acme");
	expect(!contacts_is_like_company(piece("acme foods"), piece("apex foods")), "company", "apex");
	expect(!contacts_is_like_company(piece(""), piece("apex")), "company", "");
}

static void
test_mailbox(void)
{
	static const char *const same[][2] = {{"j.ohn+news@gmail.com", "john@googlemail.com"},
										  {"Ann+x@Example.com", "ann@example.com"},
										  {"a_n-n@proton.me", "ann@protonmail.com"},
										  {"ann@me.com", "ann@icloud.com"}};
	static const char *const other[][2] = {{"a.nn@example.com", "ann@example.com"},
										   {"ann@hotmail.com", "ann@outlook.com"}};

	for (size_t i = 0; i < COUNT(same); i++)
	{
		ContactsTraits one = traits_of("", same[i][0], "");
		ContactsTraits two = traits_of("", same[i][1], "");

		expect(one.mailbox_size == two.mailbox_size &&
				   memcmp(one.mailbox, two.mailbox, one.mailbox_size) == 0,
			   "mailbox", same[i][0]);
		expect(share_key(&one, &two), "mailbox key", same[i][0]);
	}
	for (size_t i = 0; i < COUNT(other); i++)
	{
		ContactsTraits one = traits_of("", other[i][0], "");
		ContactsTraits two = traits_of("", other[i][1], "");

		expect(!share_key(&one, &two), "other mailbox", other[i][0]);
	}
	expect(traits_of("", "info@acme.example", "").is_role, "role", "info");
	expect(!traits_of("", "inf@acme.example", "").is_role, "role", "inf");
	expect(traits_of("", "a@yahoo.co.uk", "").is_free_mail, "free mail", "yahoo.co.uk");
	expect(!traits_of("", "a@yahoos.example", "").is_free_mail, "free mail", "yahoos");
	expect(traits_of("", "no address", "").mailbox_size == 0, "invalid", "no address");
}

static void
test_phone(void)
{
	static const char *const same[][2] = {{"+1 617 910 8101", "(617) 910-8101"},
										  {"+16179108101 ext. 12", "617.910.8101 x34"},
										  {"+49 30 123456", "030/123456"},
										  {"+16179108101", "1-617-910-8101"}};

	for (size_t i = 0; i < COUNT(same); i++)
	{
		ContactsTraits one = traits_of("", "", same[i][0]);
		ContactsTraits two = traits_of("", "", same[i][1]);

		expect(share_key(&one, &two), "phone", same[i][0]);
	}
	expect(traits_of("", "", "12345").digit_count == 0, "short phone", "12345");
	expect(traits_of("", "", "no phone").digit_count == 0, "no phone", "no phone");
}

/* One slip anywhere in one of two words leaves a key in common; so does swapping them. */
static void
test_keys(void)
{
	ContactsTraits right = traits_of("Jonathan Carpenter", "", "");
	ContactsTraits swapped = traits_of("Carpenter, Dr. Jonathan", "", "");
	ContactsTraits stranger = traits_of("Penelope Winterbottom", "", "");
	uint64_t keys[CONTACTS_MATCH_KEYS];

	expect(share_key(&right, &swapped), "swapped", "Carpenter");
	expect(!share_key(&right, &stranger), "stranger", "Winterbottom");
	for (size_t at = 0; at < strlen("Carpenter"); at++)
	{
		char name[] = "Jonathan Carpenter";
		ContactsTraits wrong;

		name[9 + at] = 'x';
		wrong = traits_of(name, "", "");
		expect(share_key(&right, &wrong), "slip", name);
	}
	swapped = traits_of("Jonathan Carpenter", "jonathan@mail.example", "+16179108101");
	expect(contacts_traits_keys(1, &swapped, keys) == CONTACTS_MATCH_KEYS, "all keys", "8");
	right = traits_of("", "", "");
	expect(contacts_traits_keys(1, &right, keys) == 0, "no keys", "0");
}

/* A generation is no word of a name; where its word is a name too, the place and the dot tell. */
static void
test_generations(void)
{
	static const struct
	{
		const char *name;
		int generation, words;
	} cases[] = {{"John Smith Jr.", 2, 2},
				 {"John Smith, Sr", 1, 2},
				 {"Smith Jr., John", 2, 2},
				 {"John Smith III", 3, 2},
				 {"Sr. Juan Garc\xC3\xAD"
				  "a",
				  0, 2},
				 {"Jean Dupont p\xC3\xA8re", 1, 2},
				 {"Jean Dupont fils", 2, 2},
				 {"Karl Meier sen.", 1, 2},
				 {"Karl Meier jun", 2, 2},
				 {"Amartya Sen", 0, 2},
				 {"Lee Min Jun", 0, 3},
				 {"Jun Li", 0, 2},
				 {"Junior Seau", 0, 2},
				 {"Dr. John Smith Senior", 1, 2},
				 {"John Smith", 0, 2},
				 {"Jr.", 0, 1}};

	for (size_t i = 0; i < COUNT(cases); i++)
	{
		ContactsTraits traits = traits_of(cases[i].name, "", "");

		expect(traits.generation == cases[i].generation, "generation", cases[i].name);
		expect(traits.word_count == cases[i].words, "words", cases[i].name);
	}
}

/* Names in letters without spaces are the same however they are spaced, and meet. */
static void
test_unspaced(void)
{
	static const char *const same[][2] = {{"鈴木 一郎", "鈴木一郎"},
										  {"鈴木\xE3\x80\x80一郎", "鈴木一郎"},
										  {"김 민수", "김민수"},
										  {"スズキ・ケン", "スズキケン"},
										  {"李小龍", "李 小龍"},
										  {"Ｂｏｂ　Ｓｍｉｔｈ", "Bob Smith"}};
	ContactsTraits mixed[2] = {traits_of("Bruce 李小龍", "", ""), traits_of("李小龍", "", "")};

	for (size_t i = 0; i < COUNT(same); i++)
	{
		ContactsTraits one = traits_of(same[i][0], "", "");
		ContactsTraits two = traits_of(same[i][1], "", "");
		bool equal = one.word_count == two.word_count;

		for (int word = 0; equal && word < one.word_count; word++)
			equal = one.words[word].size == two.words[word].size;
		expect(equal, "unspaced words", same[i][0]);
		expect(share_key(&one, &two), "unspaced keys", same[i][0]);
	}
	expect(mixed[1].word_count == 3, "letters", "李小龍");
	expect(share_key(&mixed[0], &mixed[1]), "two scripts", "Bruce");
	expect(traits_of("スズキイチロウタロウ", "", "").word_count == CONTACTS_NAME_WORDS, "many", "");
	expect(contacts_edit_distance(piece("李小龍"), piece("李大龍"), 3) == 1, "distance", "李小龍");
	expect(contacts_is_misspelled(piece("иванов"), piece("ивонав")) == false, "two", "иванов");
	expect(contacts_is_misspelled(piece("иванов"), piece("иваноф")), "one", "иванов");
	expect(contacts_is_initial(piece("и"), piece("иван")), "initial", "иван");
	expect(!contacts_is_short_form(piece("ив"), piece("иван")), "short", "иван");
}

/* The list is in order, each name in it is known, short and full forms meet beside a surname. */
static void
test_nicknames(void)
{
	static const char *const other[][2] = {{"anna", "maria"},
										   {"bob", "william"},
										   {"", "bob"},
										   {"marie", "maria"}};
	int missed = 0;

	for (size_t i = 0; i < contacts_nickname_count; i++)
	{
		const ContactsNickname *nickname = &contacts_nicknames[i];
		char names[2][64];
		ContactsTraits one;
		ContactsTraits two;

		expect(i == 0 || strcmp(nickname[-1].name, nickname->name) < 0 ||
				   (strcmp(nickname[-1].name, nickname->name) == 0 &&
					strcmp(nickname[-1].form, nickname->form) < 0),
			   "order", nickname->name);
		expect(contacts_is_nickname(piece(nickname->name), piece(nickname->form)) &&
				   contacts_is_nickname(piece(nickname->form), piece(nickname->name)),
			   "nickname", nickname->name);
		expect((contacts_word_bits(piece(nickname->name)) &
				contacts_word_bits(piece(nickname->form)) & CONTACTS_WORD_NICKNAME) != 0,
			   "bits", nickname->name);
		(void) snprintf(names[0], sizeof(names[0]), "%s Winterbottom", nickname->name);
		(void) snprintf(names[1], sizeof(names[1]), "%s Winterbottom", nickname->form);
		one = traits_of(names[0], "", "");
		two = traits_of(names[1], "", "");
		missed += !share_key(&one, &two);
	}
	/* two beginnings of a word are keys, and a few are short for names of three */
	expect(missed <= 15, "nickname keys", "");
	for (size_t i = 0; i < COUNT(other); i++)
		expect(!contacts_is_nickname(piece(other[i][0]), piece(other[i][1])), "no nickname",
			   other[i][1]);
}

static ContactsTraits
traits_of(const char *name, const char *email, const char *phone)
{
	/* pieces of the result point into it, so it is kept and copied by the caller with care */
	static ContactsTraits kept[64];
	static size_t next;
	ContactsTraits *traits = &kept[next++ % COUNT(kept)];
	ContactsGivenTraits given = {piece(name), piece(email), piece(phone), true, NULL};

	memset(traits, 0, sizeof(*traits));
	contacts_read_traits(&given, traits);
	return *traits;
}

static bool
share_key(const ContactsTraits *one, const ContactsTraits *other)
{
	uint64_t keys[2][CONTACTS_MATCH_KEYS];
	int counts[2] = {contacts_traits_keys(1, one, keys[0]),
					 contacts_traits_keys(1, other, keys[1])};

	for (int i = 0; i < counts[0]; i++)
		for (int j = 0; j < counts[1]; j++)
			if (keys[0][i] == keys[1][j])
				return true;
	return false;
}

static ContactsPiece
piece(const char *text)
{
	return (ContactsPiece){text, strlen(text)};
}

static void
expect(bool condition, const char *what, const char *text)
{
	passed += condition;
	failed += !condition;
	if (!condition)
		printf("FAILED %s: \"%s\"\n", what, text);
}
