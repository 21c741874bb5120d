/* -------------------------------------------------------------------------
 * traits_name.c
 *		The words of a name, in the form in which names are compared (R46).
 *
 * Titles say nothing about who somebody is and are left out.  A generation is no word of the name:
 * father and son have the same name, and are told apart by it.  Chinese, Japanese and Korean names
 * are written with spaces or without, so their letters are their words.
 * -------------------------------------------------------------------------
 */
#include "text/traits.h"

#include <string.h>

#include "text/traits_data.h"
#include "text/utf8.h"

#define UNSPACED_LEAST 0xE1 /* first byte of U+1100 */
#define PIECES (CONTACTS_FOLD_MAX / 2)

static size_t close_gaps(char *text, size_t size);
static bool has_unspaced(const char *text, size_t size);
static size_t unspaced_letter(const char *text, size_t size);
static const ContactsGeneration *generation_of(ContactsPiece word);
static bool is_written_short(ContactsPiece name, ContactsPiece word);
static void put_word(ContactsTraits *traits, ContactsPiece word);
static void put_piece(ContactsTraits *traits, ContactsPiece piece);
static size_t find_nickname(ContactsPiece word);
static int compare_word(ContactsPiece word, const char *other);

void
contacts_read_name(ContactsPiece name, ContactsTraits *traits)
{
	size_t size = close_gaps(traits->name, contacts_fold(name.start, name.size, traits->name));
	ContactsPiece words[PIECES];
	int count = contacts_words(traits->name, size, words, PIECES);
	bool is_first = true;

	for (int i = 0; i < count; i++)
	{
		const ContactsGeneration *generation = is_first ? NULL : generation_of(words[i]);

		if (generation &&
			(generation->kind == CONTACTS_GENERATION_SURE || is_written_short(name, words[i])))
			traits->generation = generation->number;
		else if (!contacts_is_listed(words[i], &contacts_titles))
		{
			put_word(traits, words[i]);
			is_first = false;
		}
	}
}

bool
contacts_starts_unspaced(ContactsPiece word)
{
	return unspaced_letter(word.start, word.size) > 0;
}

int
contacts_word_bits(ContactsPiece word)
{
	int bits = contacts_starts_unspaced(word) ? CONTACTS_WORD_UNSPACED : 0;
	size_t at = find_nickname(word);

	if (at < contacts_nickname_count && compare_word(word, contacts_nicknames[at].name) == 0)
		return bits | CONTACTS_WORD_NICKNAME;
	for (size_t i = 0; i < contacts_nickname_count; i++)
		if (contacts_is_word(word, contacts_nicknames[i].form))
			return bits | CONTACTS_WORD_NICKNAME;
	return bits;
}

bool
contacts_is_nickname(ContactsPiece one, ContactsPiece other)
{
	ContactsPiece words[2] = {one, other};

	for (int i = 0; i < 2; i++)
		for (size_t at = find_nickname(words[i]);
			 at < contacts_nickname_count &&
			 compare_word(words[i], contacts_nicknames[at].name) == 0;
			 at++)
			if (contacts_is_word(words[1 - i], contacts_nicknames[at].form))
				return true;
	return false;
}

int
contacts_nickname_forms(ContactsPiece word, const char **forms, int most)
{
	int count = 0;

	for (size_t at = find_nickname(word); count < most && at < contacts_nickname_count &&
										  compare_word(word, contacts_nicknames[at].name) == 0;
		 at++)
		forms[count++] = contacts_nicknames[at].form;
	return count;
}

/* Takes out the spaces between letters of scripts that need none; returns the new size. */
static size_t
close_gaps(char *text, size_t size)
{
	size_t written = 0;
	bool after_letter = false;
	size_t length;

	if (!has_unspaced(text, size))
		return size;
	for (size_t i = 0; i < size; i += length)
	{
		length = unspaced_letter(text + i, size - i);
		if (length == 0)
		{
			length = 1;
			if (text[i] == ' ' && after_letter && unspaced_letter(text + i + 1, size - i - 1) > 0)
				continue;
			after_letter = false;
		}
		else
			after_letter = true;
		memmove(text + written, text + i, length);
		written += length;
	}
	return written;
}

/* May there be unspaced letters?  Tells by their first bytes, so that most names cost no more. */
static bool
has_unspaced(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if ((unsigned char) text[i] >= UNSPACED_LEAST)
			return true;
	return false;
}

/* Bytes of the letter that text begins with, 0 when it is of another script. */
static size_t
unspaced_letter(const char *text, size_t size)
{
	uint32_t code = 0;
	size_t length;

	if (size == 0 || (unsigned char) text[0] < UNSPACED_LEAST)
		return 0;
	length = contacts_utf8_decode(text, size, &code);
	return length > 0 && contacts_is_unspaced(code) ? length : 0;
}

static const ContactsGeneration *
generation_of(ContactsPiece word)
{
	for (size_t i = 0; i < contacts_generation_count; i++)
		if (contacts_is_word(word, contacts_generations[i].word))
			return &contacts_generations[i];
	return NULL;
}

/* Sen and Jun are names; with a dot, or in small letters among capitals, they are generations. */
static bool
is_written_short(ContactsPiece name, ContactsPiece word)
{
	const char *end = name.start + name.size;
	bool has_capital = false;

	for (size_t i = 0; i < name.size; i++)
		has_capital |= name.start[i] >= 'A' && name.start[i] <= 'Z';
	for (const char *start = name.start; start < end; start++)
	{
		const char *stop = start;
		char folded[CONTACTS_FOLD_MAX];
		ContactsPiece part = {folded, 0};

		while (stop < end && *stop != ' ' && *stop != ',' && *stop != '.')
			stop++;
		part.size = contacts_fold(start, (size_t) (stop - start), folded);
		if (part.size == word.size && memcmp(folded, word.start, word.size) == 0)
			return (stop < end && *stop == '.') || (has_capital && *start >= 'a' && *start <= 'z');
		start = stop;
	}
	return false;
}

/* A word that has unspaced letters is cut into these, and what stands between them. */
static void
put_word(ContactsTraits *traits, ContactsPiece word)
{
	size_t start = 0;
	size_t length;

	if (!has_unspaced(word.start, word.size))
	{
		put_piece(traits, word);
		return;
	}
	for (size_t i = 0; i < word.size; i += length)
	{
		length = unspaced_letter(word.start + i, word.size - i);
		if (length == 0)
		{
			length = 1;
			continue;
		}
		if (i > start)
			put_piece(traits, (ContactsPiece){word.start + start, i - start});
		put_piece(traits, (ContactsPiece){word.start + i, length});
		start = i + length;
	}
	if (word.size > start)
		put_piece(traits, (ContactsPiece){word.start + start, word.size - start});
}

/* Of a long name the last word counts more than one in the middle; letters come together there. */
static void
put_piece(ContactsTraits *traits, ContactsPiece piece)
{
	ContactsPiece *last = &traits->words[CONTACTS_NAME_WORDS - 1];

	if (traits->word_count < CONTACTS_NAME_WORDS)
		traits->words[traits->word_count++] = piece;
	else if (contacts_starts_unspaced(piece) && contacts_starts_unspaced(*last) &&
			 last->start + last->size == piece.start)
		last->size += piece.size;
	else
		*last = piece;
}

/* The first nickname that is not before the word. */
static size_t
find_nickname(ContactsPiece word)
{
	size_t low = 0;
	size_t high = contacts_nickname_count;

	while (low < high)
	{
		size_t middle = low + (high - low) / 2;

		if (compare_word(word, contacts_nicknames[middle].name) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int
compare_word(ContactsPiece word, const char *other)
{
	int order = (unsigned char) word.start[0] - (unsigned char) other[0];

	if (order == 0)
		order = strncmp(word.start, other, word.size);
	return order != 0 ? order : -(other[word.size] != '\0');
}
