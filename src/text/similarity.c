/* -------------------------------------------------------------------------
 * similarity.c
 *		How much two folded texts differ (R46).
 *
 * The distance is that of Damerau in its plain form (no letter is touched twice), by rows, and
 * it gives up as soon as a row is beyond what is asked.  Texts are folded, so none is longer than
 * CONTACTS_FOLD_MAX bytes.  Letters beyond ASCII get a number of one byte each first, so that one
 * of them counts as one, whatever the script.
 * -------------------------------------------------------------------------
 */
#include "text/similarity.h"

#include <string.h>

#include "text/ascii.h"
#include "text/utf8.h"

#define WORDS_MAX 12

/* The letters of two texts, numbered where they are met first. */
typedef struct Letters
{
	char texts[2][CONTACTS_FOLD_MAX];
	uint32_t codes[2 * CONTACTS_FOLD_MAX];
	size_t count;
} Letters;

static int next_row(ContactsPiece one, ContactsPiece other, size_t i,
					int rows[3][CONTACTS_FOLD_MAX + 1]);
static int distance_of_bytes(ContactsPiece one, ContactsPiece other, int most);
static bool is_ascii(ContactsPiece text);
static ContactsPiece number_letters(ContactsPiece text, Letters *letters, char *out);
static size_t letters_of(ContactsPiece text);
static bool is_same_word(ContactsPiece one, ContactsPiece other);
static bool has_same_digits(ContactsPiece one, ContactsPiece other);
static bool is_digit(char letter);
static bool words_are_alike(ContactsPiece one, ContactsPiece other);
static int common_words(const ContactsPiece *ones, int one_count, const ContactsPiece *others,
						int other_count);

int
contacts_edit_distance(ContactsPiece one, ContactsPiece other, int most)
{
	Letters letters;
	ContactsPiece pieces[2];

	if (one.size > CONTACTS_FOLD_MAX || other.size > CONTACTS_FOLD_MAX)
		return most + 1;
	if (is_ascii(one) && is_ascii(other))
		return distance_of_bytes(one, other, most);
	letters.count = 0;
	pieces[0] = number_letters(one, &letters, letters.texts[0]);
	pieces[1] = number_letters(other, &letters, letters.texts[1]);
	return distance_of_bytes(pieces[0], pieces[1], most);
}

bool
contacts_is_misspelled(ContactsPiece one, ContactsPiece other)
{
	size_t sizes[2] = {letters_of(one), letters_of(other)};
	size_t shorter = sizes[0] < sizes[1] ? sizes[0] : sizes[1];
	int most = shorter >= 8 ? 2 : shorter >= 3 ? 1 : 0;

	return most > 0 && has_same_digits(one, other) &&
		   contacts_edit_distance(one, other, most) <= most;
}

bool
contacts_is_short_form(ContactsPiece one, ContactsPiece other)
{
	ContactsPiece shorter = one.size < other.size ? one : other;

	return memcmp(one.start, other.start, shorter.size) == 0 && letters_of(shorter) >= 3;
}

bool
contacts_is_initial(ContactsPiece one, ContactsPiece other)
{
	ContactsPiece shorter = one.size < other.size ? one : other;

	return memcmp(one.start, other.start, shorter.size) == 0 && letters_of(shorter) == 1;
}

bool
contacts_is_alike(ContactsPiece one, ContactsPiece other)
{
	size_t sizes[2] = {letters_of(one), letters_of(other)};
	size_t longer = sizes[0] > sizes[1] ? sizes[0] : sizes[1];
	int most = (int) (longer / 6) + (longer >= 4);

	return (most > 0 && has_same_digits(one, other) &&
			contacts_edit_distance(one, other, most) <= most) ||
		   words_are_alike(one, other);
}

bool
contacts_is_like_company(ContactsPiece one, ContactsPiece other)
{
	ContactsPiece ones[WORDS_MAX];
	ContactsPiece others[WORDS_MAX];
	int one_count = contacts_words(one.start, one.size, ones, WORDS_MAX);
	int other_count = contacts_words(other.start, other.size, others, WORDS_MAX);

	if (one_count == 0 || other_count == 0 || !is_same_word(ones[0], others[0]))
		return false;
	return 2 * common_words(ones, one_count, others, other_count) >=
		   (one_count > other_count ? one_count : other_count);
}

/* The letters that both begin or end with cost nothing. */
static int
distance_of_bytes(ContactsPiece one, ContactsPiece other, int most)
{
	int rows[3][CONTACTS_FOLD_MAX + 1]; /* of the letter at work, the one before, and before that */
	size_t difference = one.size > other.size ? one.size - other.size : other.size - one.size;

	if (difference > (size_t) most)
		return most + 1;
	while (one.size > 0 && other.size > 0 && one.start[0] == other.start[0])
	{
		one = (ContactsPiece){one.start + 1, one.size - 1};
		other = (ContactsPiece){other.start + 1, other.size - 1};
	}
	while (one.size > 0 && other.size > 0 && one.start[one.size - 1] == other.start[other.size - 1])
	{
		one.size--;
		other.size--;
	}
	for (size_t j = 0; j <= other.size; j++)
		rows[0][j] = (int) j;
	memset(rows[1], 0, (other.size + 1) * sizeof(int));
	for (size_t i = 1; i <= one.size; i++)
	{
		memcpy(rows[2], rows[1], (other.size + 1) * sizeof(int));
		memcpy(rows[1], rows[0], (other.size + 1) * sizeof(int));
		if (next_row(one, other, i, rows) > most)
			return most + 1;
	}
	return rows[0][other.size] > most ? most + 1 : rows[0][other.size];
}

static bool
is_ascii(ContactsPiece text)
{
	for (size_t i = 0; i < text.size; i++)
		if ((unsigned char) text.start[i] >= 0x80)
			return false;
	return true;
}

/* A byte that begins no character is a letter of its own. */
static ContactsPiece
number_letters(ContactsPiece text, Letters *letters, char *out)
{
	size_t written = 0;
	size_t length;

	for (size_t i = 0; i < text.size; i += length)
	{
		uint32_t code = 0;
		size_t number = 0;

		length = contacts_utf8_decode(text.start + i, text.size - i, &code);
		if (length == 0)
		{
			length = 1;
			code = 0x110000 + (unsigned char) text.start[i];
		}
		while (number < letters->count && letters->codes[number] != code)
			number++;
		if (number == letters->count)
			letters->codes[letters->count++] = code;
		out[written++] = (char) number;
	}
	return (ContactsPiece){out, written};
}

static size_t
letters_of(ContactsPiece text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.size; i++)
		count += ((unsigned char) text.start[i] & 0xC0) != 0x80;
	return count;
}

/* Writes rows[0], the distances of the first i letters of one; returns the smallest. */
static int
next_row(ContactsPiece one, ContactsPiece other, size_t i, int rows[3][CONTACTS_FOLD_MAX + 1])
{
	int smallest = (int) i;

	rows[0][0] = (int) i;
	for (size_t j = 1; j <= other.size; j++)
	{
		bool same = one.start[i - 1] == other.start[j - 1];
		int best = rows[1][j - 1] + !same;

		if (rows[1][j] + 1 < best)
			best = rows[1][j] + 1;
		if (rows[0][j - 1] + 1 < best)
			best = rows[0][j - 1] + 1;
		if (i > 1 && j > 1 && one.start[i - 1] == other.start[j - 2] &&
			one.start[i - 2] == other.start[j - 1] && rows[2][j - 2] + 1 < best)
			best = rows[2][j - 2] + 1;
		rows[0][j] = best;
		if (best < smallest)
			smallest = best;
	}
	return smallest;
}

/* A word of several; a longer one is forgiven a slip. */
static bool
is_same_word(ContactsPiece one, ContactsPiece other)
{
	int most = letters_of(one) >= 5 || letters_of(other) >= 5 ? 1 : 0;

	return has_same_digits(one, other) && contacts_edit_distance(one, other, most) <= most;
}

/* Another letter is a slip, another digit another thing: room 12, room 13. */
static bool
has_same_digits(ContactsPiece one, ContactsPiece other)
{
	size_t j = 0;

	for (size_t i = 0;; i++)
	{
		while (i < one.size && !is_digit(one.start[i]))
			i++;
		while (j < other.size && !is_digit(other.start[j]))
			j++;
		if (i >= one.size || j >= other.size)
			return i >= one.size && j >= other.size;
		if (one.start[i] != other.start[j++])
			return false;
	}
}

static bool
is_digit(char letter)
{
	return contacts_ascii_is(letter, CONTACTS_ASCII_DIGIT);
}

/* Of the shorter text at most one word in four is missing in the other one, slips forgiven. */
static bool
words_are_alike(ContactsPiece one, ContactsPiece other)
{
	ContactsPiece ones[WORDS_MAX];
	ContactsPiece others[WORDS_MAX];
	int one_count = contacts_words(one.start, one.size, ones, WORDS_MAX);
	int other_count = contacts_words(other.start, other.size, others, WORDS_MAX);
	int fewer = one_count < other_count ? one_count : other_count;

	if (one_count + other_count < 3)
		return false;
	return 4 * common_words(ones, one_count, others, other_count) >= 3 * fewer;
}

static int
common_words(const ContactsPiece *ones, int one_count, const ContactsPiece *others, int other_count)
{
	bool taken[WORDS_MAX] = {false};
	int common = 0;

	for (int i = 0; i < one_count; i++)
	{
		for (int j = 0; j < other_count; j++)
		{
			if (taken[j] || !is_same_word(ones[i], others[j]))
				continue;
			taken[j] = true;
			common++;
			break;
		}
	}
	return common;
}
