/* -------------------------------------------------------------------------
 * fold.c
 *		Texts as they are compared: words in lower case, without accents and punctuation.
 *
 * Only for comparing: two people may well differ in what is dropped here.  Latin letters lose
 * their accents and their full width, other scripts stay as they are, in lower case.  What lies
 * behind the maximum does not count, so no later step meets a long text.
 * -------------------------------------------------------------------------
 */
#include "text/fold.h"

#include <stdbool.h>
#include <stdint.h>

#include "text/lower.h"
#include "text/utf8.h"

#define TEXT_MAX (2 * CONTACTS_FOLD_MAX) /* bytes that are looked at */
#define SHARP_S 0xDF
#define FULL_WIDTH 0xFEE0 /* from an ASCII sign to its wide twin */

/* Small letters U+00E0 to U+00FF and U+0100 to U+017F without their accents. */
static const char latin_1[] = "aaaaaaaceeeeiiiidnooooo ouuuuyty";
static const char latin_extended[] = "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii"
									 "iijjkkkllllllllllnnnnnnnnnoooooooorrrrrrssssssss"
									 "ttttttuuuuuuuuuuuuwwyyyzzzzzzs";

typedef enum Meaning
{
	MEANS_NOTHING, /* apostrophes, combining accents */
	MEANS_LETTER,
	MEANS_GAP
} Meaning;

static Meaning read_character(uint32_t *code);
static bool is_east_asian_sign(uint32_t code);
static Meaning read_ascii(uint32_t code);
static size_t cut_at_character(const char *text, size_t size, size_t most);

size_t
contacts_fold(const char *text, size_t size, char *out)
{
	char lower[CONTACTS_LOWER_MAX(TEXT_MAX)];
	size_t lower_size = contacts_lower_text(text, cut_at_character(text, size, TEXT_MAX), lower);
	size_t written = 0;
	bool gap = false;
	uint32_t code = 0;
	size_t length;

	for (size_t i = 0; i < lower_size; i += length)
	{
		Meaning meaning;
		bool sharp_s;

		length = contacts_utf8_decode(lower + i, lower_size - i, &code);
		if (length == 0)
			break;
		sharp_s = code == SHARP_S;
		meaning = read_character(&code);
		if (meaning == MEANS_GAP)
			gap = written > 0;
		if (meaning != MEANS_LETTER)
			continue;
		if (written + 2 * CONTACTS_UTF8_MAX > CONTACTS_FOLD_MAX)
			break;
		if (gap)
			out[written++] = ' ';
		gap = false;
		written += contacts_utf8_encode(code, out + written);
		if (sharp_s)
			out[written++] = 's';
	}
	return written;
}

int
contacts_words(const char *text, size_t size, ContactsPiece *words, int most)
{
	int count = 0;

	for (size_t i = 0; i < size && count < most; i++)
	{
		size_t start = i;

		while (i < size && text[i] != ' ')
			i++;
		if (i > start)
			words[count++] = (ContactsPiece){text + start, i - start};
	}
	return count;
}

bool
contacts_is_unspaced(uint32_t code)
{
	if (code < 0x1100)
		return false;
	return code <= 0x11FF || (code >= 0x3005 && code <= 0x3007) ||
		   (code >= 0x3041 && code <= 0x318F) || (code >= 0x31F0 && code <= 0x31FF) ||
		   (code >= 0x3400 && code <= 0x4DBF) || (code >= 0x4E00 && code <= 0x9FFF) ||
		   (code >= 0xAC00 && code <= 0xD7FF) || (code >= 0xF900 && code <= 0xFAFF) ||
		   (code >= 0xFF66 && code <= 0xFFDC) || (code >= 0x20000 && code <= 0x3FFFF);
}

/* What a small letter or sign means; *code loses its accent. */
static Meaning
read_character(uint32_t *code)
{
	if (*code >= FULL_WIDTH + '!' && *code <= FULL_WIDTH + '~')
		*code -= FULL_WIDTH;
	if (*code < 0x80)
		return read_ascii(*code);
	if (*code == SHARP_S)
		*code = 's';
	else if (*code >= 0xE0 && *code <= 0xFF)
		*code = (uint32_t) latin_1[*code - 0xE0];
	else if (*code >= 0x100 && *code <= 0x17F)
		*code = (uint32_t) latin_extended[*code - 0x100];
	else if ((*code >= 0x300 && *code <= 0x36F) || *code == 0x2019 || *code == 0x2BC)
		return MEANS_NOTHING;
	else if (*code < 0xC0 || (*code >= 0x2000 && *code <= 0x206F) || is_east_asian_sign(*code))
		return MEANS_GAP;
	return *code == ' ' ? MEANS_GAP : MEANS_LETTER;
}

/* Spaces, stops and brackets of Chinese and Japanese, and the dot between words of a name. */
static bool
is_east_asian_sign(uint32_t code)
{
	return (code >= 0x3000 && code <= 0x3004) || (code >= 0x3008 && code <= 0x3020) ||
		   code == 0x30A0 || code == 0x30FB || (code >= 0xFF5F && code <= 0xFF65);
}

static Meaning
read_ascii(uint32_t code)
{
	if ((code >= 'a' && code <= 'z') || (code >= '0' && code <= '9'))
		return MEANS_LETTER;
	return code == '\'' || code == '`' ? MEANS_NOTHING : MEANS_GAP;
}

static size_t
cut_at_character(const char *text, size_t size, size_t most)
{
	if (size <= most)
		return size;
	while (most > 0 && ((unsigned char) text[most] & 0xC0) == 0x80)
		most--;
	return most;
}
