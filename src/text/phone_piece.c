/* -------------------------------------------------------------------------
 * phone_piece.c
 *		Text as code points, and what the characters of a phone number are.
 *
 * The classes are those of libphonenumber's patterns.  Decimal digits, letters
 * and numbers of all scripts come from generated tables.
 *
 * Must not: use the C library's character functions, which follow the locale.
 * -------------------------------------------------------------------------
 */
#include "text/phone_piece.h"

#include <string.h>

#include "text/phone_data.h"

#define NO_BREAK_SPACE 0xa0
#define SOFT_HYPHEN 0xad
#define ZERO_WIDTH_SPACE 0x200b
#define WORD_JOINER 0x2060
#define IDEOGRAPHIC_SPACE 0x3000

static uint32_t fold(uint32_t point);

size_t
contacts_phone_decode(const char *text, size_t size, uint32_t *point)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *bytes = (const unsigned char *) text;
	unsigned lead = bytes[0];
	size_t width = lead < 0x80   ? 1
				   : lead < 0xc0 ? 0
				   : lead < 0xe0 ? 2
				   : lead < 0xf0 ? 3
				   : lead < 0xf8 ? 4
								 : 0;

	if (width == 0 || width > size)
		return 0;
	*point = width == 1 ? lead : lead & (0x7fu >> width);
	for (size_t i = 1; i < width; i++)
	{
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		*point = *point << 6 | (bytes[i] & 0x3fu);
	}
	if (*point < least[width] || *point > 0x10ffff || (*point >= 0xd800 && *point <= 0xdfff))
		return 0;
	return width;
}

ContactsPhonePiece
contacts_phone_part(ContactsPhonePiece piece, size_t from, size_t to)
{
	ContactsPhonePiece result = {piece.at + from, to - from};

	return result;
}

size_t
contacts_phone_find(ContactsPhonePiece piece, const char *ascii)
{
	size_t length = strlen(ascii);

	for (size_t i = 0; i + length <= piece.length; i++)
	{
		size_t same = 0;

		while (same < length && piece.at[i + same] == (unsigned char) ascii[same])
			same++;
		if (same == length)
			return i;
	}
	return piece.length;
}

bool
contacts_phone_skip(ContactsPhonePiece *piece, const char *word)
{
	size_t left = strlen(word);
	size_t i = 0;

	while (left > 0)
	{
		uint32_t point = 0;
		size_t width = contacts_phone_decode(word, left, &point);

		if (i >= piece->length || fold(piece->at[i]) != point)
			return false;
		word += width;
		left -= width;
		i++;
	}
	*piece = contacts_phone_part(*piece, i, piece->length);
	return true;
}

int
contacts_phone_digit(uint32_t point)
{
	size_t low = 0;
	size_t high = contacts_phone_zeros_count;

	if (point < 0x80)
		return point >= '0' && point <= '9' ? (int) (point - '0') : -1;
	while (low < high)
	{
		size_t middle = (low + high) / 2;

		if (contacts_phone_zeros[middle] <= point)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || point - contacts_phone_zeros[low - 1] > 9)
		return -1;
	return (int) (point - contacts_phone_zeros[low - 1]);
}

bool
contacts_phone_is_letter(uint32_t point)
{
	return (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z');
}

bool
contacts_phone_is_text(uint32_t point)
{
	size_t low = 0;
	size_t high = contacts_phone_letters_count;

	if (point < 0x80)
		return contacts_phone_is_letter(point) || (point >= '0' && point <= '9');
	while (low < high)
	{
		size_t middle = (low + high) / 2;

		if (contacts_phone_letters[middle].low <= point)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && point <= contacts_phone_letters[low - 1].high;
}

bool
contacts_phone_is_plus(uint32_t point)
{
	return point == '+' || point == 0xff0b;
}

/*
 * Hyphens, blanks, full stops, slashes, brackets, tildes, also fullwidth ones;
 * and x, a placeholder for a carrier code in some countries.
 */
bool
contacts_phone_is_punctuation(uint32_t point)
{
	switch (point)
	{
		case '-':
		case 'x':
		case 'X':
		case ' ':
		case '(':
		case ')':
		case '.':
		case '[':
		case ']':
		case '/':
		case '~':
		case NO_BREAK_SPACE:
		case SOFT_HYPHEN:
		case ZERO_WIDTH_SPACE:
		case WORD_JOINER:
		case IDEOGRAPHIC_SPACE:
		case 0x2053:
		case 0x2212:
		case 0x223c:
		case 0x30fc:
		case 0xff5e:
		case 0xff08:
		case 0xff09:
		case 0xff3b:
		case 0xff3d:
			return true;
		default:
			return (point >= 0x2010 && point <= 0x2015) || (point >= 0xff0d && point <= 0xff0f);
	}
}

bool
contacts_phone_is_space(uint32_t point)
{
	return point == ' ' || point == '\t' || point == NO_BREAK_SPACE;
}

/* Lower case of the letters that occur in labels, in all their forms. */
static uint32_t
fold(uint32_t point)
{
	if ((point >= 'A' && point <= 'Z') || (point >= 0xff21 && point <= 0xff3a))
		return point + 0x20;
	switch (point)
	{
		case 0xd3:
			return 0xf3; /* Ó */
		case 0x17f:
			return 's'; /* long s */
		case 0x411:
			return 0x431; /* Б */
		case 0x414:
		case 0x1c81:
			return 0x434; /* Д and its long-legged form */
		case 0x41e:
		case 0x1c82:
			return 0x43e; /* О and its narrow form */
		default:
			return point;
	}
}
