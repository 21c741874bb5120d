/* -------------------------------------------------------------------------
 * compose.c
 *		One spelling for letters with marks: Unicode's NFC (R20, R25).
 *
 * "é" is one character on most keyboards and two in the file names of others, and nobody
 * sees a difference.  The library knows how to compose; it is asked only where there may
 * be something to do.  Unicode promises that what is composed stays so in later versions.
 *
 * The look before is by bytes, then by blocks: below U+0300, and in the blocks listed, no
 * character is changed by NFC or melts with the one before it.
 * -------------------------------------------------------------------------
 */
#include "text/compose.h"

#include <stdint.h>
#include <stdlib.h>
#include <uninorm.h>

#include "text/utf8.h"

#define FIRST_MARK_LEAD 0xCC /* the lead byte of U+0300 */

typedef struct CodeRange
{
	uint32_t first;
	uint32_t last;
} CodeRange;

static bool is_plain(uint32_t code);
static bool is_utf8(const char *text, size_t size);

bool
contacts_is_composed(const char *text, size_t size)
{
	uint32_t code = 0;
	size_t length;
	size_t i = 0;

	while (i < size && (unsigned char) text[i] < FIRST_MARK_LEAD)
		i++;
	for (; i < size; i += length)
	{
		length = contacts_utf8_decode(text + i, size - i, &code);
		if (length == 0 || !is_plain(code))
			return false;
	}
	return true;
}

bool
contacts_compose(const char *text, size_t size, char *out, size_t *out_size)
{
	uint8_t *composed;

	if (!is_utf8(text, size))
		return false;
	if (size == 0)
	{
		*out_size = 0;
		return true;
	}
	composed = u8_normalize(UNINORM_NFC, (const uint8_t *) text, size, (uint8_t *) out, out_size);
	if (composed == (uint8_t *) out)
		return true;
	/* memory of the library's own, since out is too small, or none at all */
	free(composed);
	return false;
}

/* In ascending order; unit tests compare each character with what the library makes of it. */
static bool
is_plain(uint32_t code)
{
	static const CodeRange plain[] = {
		{0x0000, 0x02FF},                                         /* Latin */
		{0x0388, 0x0482},                                         /* Greek, Cyrillic */
		{0x048A, 0x0590},                                         /* Cyrillic, Armenian */
		{0x05D0, 0x05EA},                                         /* Hebrew letters */
		{0x0620, 0x064A},                                         /* Arabic letters */
		{0x066E, 0x066F},   {0x0671, 0x06D5},   {0x0904, 0x0939}, /* Devanagari letters */
		{0x0E01, 0x0E37},                                         /* Thai letters and vowels */
		{0x0E40, 0x0E47},   {0x10A0, 0x10FF},                     /* Georgian */
		{0x1E00, 0x1EFF},                                         /* Latin, Vietnamese among them */
		{0x2002, 0x2027},                     /* dashes, quotation marks, joiners */
		{0x20A0, 0x20BF},                     /* currencies */
		{0x2190, 0x21FF},                     /* arrows */
		{0x2500, 0x27FF},                     /* signs */
		{0x3003, 0x3029},                     /* brackets */
		{0x3041, 0x3096},                     /* Japanese syllables */
		{0x30A0, 0x30FF},   {0x3400, 0x9FFF}, /* Chinese characters */
		{0xAC00, 0xD7A3},                     /* Korean syllables */
		{0xFE00, 0xFE0F},                     /* variants */
		{0xFF01, 0xFF9D},                     /* of full and of half width */
		{0x1F300, 0x1FAFF},                   /* pictures */
		{0x20000, 0x2F7FF}, {0x30000, 0x323AF},
	};
	size_t low = 0;
	size_t high = sizeof(plain) / sizeof(plain[0]);

	while (low < high)
	{
		size_t middle = low + (high - low) / 2;

		if (plain[middle].last < code)
			low = middle + 1;
		else
			high = middle;
	}
	return low < sizeof(plain) / sizeof(plain[0]) && plain[low].first <= code;
}

static bool
is_utf8(const char *text, size_t size)
{
	uint32_t code = 0;
	size_t length;

	for (size_t i = 0; i < size; i += length)
	{
		length = contacts_utf8_decode(text + i, size - i, &code);
		if (length == 0)
			return false;
	}
	return true;
}
