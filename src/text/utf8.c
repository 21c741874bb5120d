/* -------------------------------------------------------------------------
 * utf8.c
 *		One character at a time out of and into UTF-8.
 *
 * Only well-formed UTF-8 is read, as RFC 3629 has it: the shortest form, no
 * surrogates, nothing above 10FFFF.  PostgreSQL checks its texts, but the files of
 * this floor are also run on raw bytes by fuzzers and by import, so nothing here
 * may read past the given size.
 * -------------------------------------------------------------------------
 */
#include "text/utf8.h"

#include <stdbool.h>

static size_t length_from_lead(unsigned char lead);
static bool is_well_formed(uint32_t code, size_t length);

size_t
contacts_utf8_decode(const char *text, size_t size, uint32_t *code)
{
	const unsigned char *bytes = (const unsigned char *) text;
	size_t length;
	uint32_t value;

	if (size == 0)
		return 0;
	if (bytes[0] < 0x80)
	{
		*code = bytes[0];
		return 1;
	}
	length = length_from_lead(bytes[0]);
	if (length == 0 || length > size)
		return 0;

	/* the lead byte holds 5, 4 or 3 bits of the character, each further byte 6 */
	value = bytes[0] & (0x7F >> length);
	for (size_t i = 1; i < length; i++)
	{
		if ((bytes[i] & 0xC0) != 0x80)
			return 0;
		value = value << 6 | (bytes[i] & 0x3F);
	}
	if (!is_well_formed(value, length))
		return 0;
	*code = value;
	return length;
}

size_t
contacts_utf8_encode(uint32_t code, char *out)
{
	if (code < 0x80)
	{
		out[0] = (char) code;
		return 1;
	}
	if (code < 0x800)
	{
		out[0] = (char) (0xC0 | code >> 6);
		out[1] = (char) (0x80 | (code & 0x3F));
		return 2;
	}
	if (code < 0x10000)
	{
		out[0] = (char) (0xE0 | code >> 12);
		out[1] = (char) (0x80 | (code >> 6 & 0x3F));
		out[2] = (char) (0x80 | (code & 0x3F));
		return 3;
	}
	out[0] = (char) (0xF0 | code >> 18);
	out[1] = (char) (0x80 | (code >> 12 & 0x3F));
	out[2] = (char) (0x80 | (code >> 6 & 0x3F));
	out[3] = (char) (0x80 | (code & 0x3F));
	return 4;
}

/* 0 for bytes that cannot start a character of several bytes */
static size_t
length_from_lead(unsigned char lead)
{
	if (lead >= 0xC2 && lead <= 0xDF)
		return 2;
	if (lead >= 0xE0 && lead <= 0xEF)
		return 3;
	if (lead >= 0xF0 && lead <= 0xF4)
		return 4;
	return 0;
}

static bool
is_well_formed(uint32_t code, size_t length)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};

	return code >= smallest[length] && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
}
