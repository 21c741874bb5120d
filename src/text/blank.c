/* -------------------------------------------------------------------------
 * blank.c
 *		Which texts count as no value at all (R10).
 *
 * If "null" or "undefined" were an identifier, every visitor of a broken form would
 * become the same contact.  The words are fixed here; the table of blocked identifiers
 * adds those of one installation.  Names are never compared with them: there are
 * people called Null.
 * -------------------------------------------------------------------------
 */
#include "text/blank.h"

#include <string.h>

#include "text/ascii.h"
#include "text/utf8.h"
#include "text/visible.h"

static bool has_plain_edges(const char *text, size_t size);
static size_t next_character(const char *text, size_t size, uint32_t *code);
static bool is_edge(uint32_t code);
static bool is_dashes(const char *text, size_t size);
static bool is_dash(uint32_t code);
static bool is_phone_noise(uint32_t code);

bool
contacts_is_blank(const char *text, size_t size)
{
	uint32_t code = 0;

	for (size_t i = 0; i < size;)
	{
		i += next_character(text + i, size - i, &code);
		if (!is_edge(code) && !contacts_is_filler(code))
			return false;
	}
	return true;
}

bool
contacts_trim(const char *text, size_t size, const char **start, size_t *length)
{
	size_t first = size;
	size_t end = 0;
	uint32_t code = 0;

	if (has_plain_edges(text, size))
	{
		*start = text;
		*length = size;
		return true;
	}
	for (size_t i = 0; i < size;)
	{
		size_t character = next_character(text + i, size - i, &code);

		if (!is_edge(code))
		{
			if (first == size)
				first = i;
			end = i + character;
		}
		i += character;
	}
	*start = text + first;
	*length = end > first ? end - first : 0;
	return *length > 0;
}

#define WORD(literal) \
	{ \
		sizeof(literal) - 1, literal \
	}
#define LONGEST_WORD 38                  /* bytes */
#define WORD_BEGINS "nNuUaAgGtTfF([{0-_" /* first bytes of the words, and of dashes */

bool
contacts_is_placeholder(const char *text, size_t size)
{
	static const struct
	{
		size_t size;
		const char *text;
	} words[] = {
		WORD("null"),
		WORD("(null)"),
		WORD("nil"),
		WORD("none"),
		WORD("(none)"),
		WORD("n/a"),
		WORD("na"),
		WORD("n.a."),
		WORD("undefined"),
		WORD("nan"),
		WORD("0"),
		WORD("anonymous"),
		WORD("guest"),
		WORD("true"),
		WORD("false"),
		WORD("[object object]"),
		WORD("[object undefined]"),
		WORD("[object null]"),
		WORD("00000000-0000-0000-0000-000000000000"),
		WORD("{00000000-0000-0000-0000-000000000000}"),
		WORD("00000000000000000000000000000000"),
	};

	/* nearly every identifier is a plain text that no word begins like */
	if (has_plain_edges(text, size))
	{
		if ((size > LONGEST_WORD && text[0] != '-') || strchr(WORD_BEGINS, text[0]) == NULL)
			return false;
	}
	/* a text of fillers only is blank, but nothing of it is trimmed */
	else if (contacts_is_blank(text, size) || !contacts_trim(text, size, &text, &size))
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
	{
		if (size == words[i].size && contacts_ascii_equal(text, size, words[i].text, words[i].size))
			return true;
	}
	return is_dashes(text, size);
}

bool
contacts_is_placeholder_phone(const char *text, size_t size)
{
	bool zeros = false;
	uint32_t code = 0;

	/* nearly every number with a country code: no word begins so, and it is not all zeros */
	if (size > 1 && text[0] == '+' && text[1] >= '1' && text[1] <= '9')
		return false;
	if (contacts_is_placeholder(text, size))
		return true;
	for (size_t i = 0; i < size;)
	{
		i += next_character(text + i, size - i, &code);
		/* fullwidth digits are typed with Japanese keyboards */
		if (code == '0' || code == 0xFF10)
			zeros = true;
		else if (!is_phone_noise(code))
			return false;
	}
	return zeros;
}

bool
contacts_is_placeholder_external_id(const char *text, size_t size)
{
	const char *colon = memchr(text, ':', size);

	if (contacts_is_placeholder(text, size))
		return true;
	/* the system is a constant of the integration, so only its id can be missing */
	return colon != NULL && colon != text &&
		   contacts_is_placeholder(colon + 1, size - (size_t) (colon + 1 - text));
}

/* Begins and ends with an ASCII character that can be seen: there is nothing to trim. */
static bool
has_plain_edges(const char *text, size_t size)
{
	return size > 0 && text[0] > ' ' && text[0] < 0x7F && text[size - 1] > ' ' &&
		   text[size - 1] < 0x7F;
}

/* A byte that is no UTF-8 counts as a character that can be seen. */
static size_t
next_character(const char *text, size_t size, uint32_t *code)
{
	size_t length = contacts_utf8_decode(text, size, code);

	if (length > 0)
		return length;
	*code = 0xFFFD;
	return 1;
}

/* What trimming takes away; control characters stay, for the caller to complain about. */
static bool
is_edge(uint32_t code)
{
	return contacts_is_space(code) || contacts_is_invisible(code) || contacts_is_joiner(code);
}

/* "-", "--", "—" and the like, as spreadsheets show an empty cell */
static bool
is_dashes(const char *text, size_t size)
{
	uint32_t code = 0;

	for (size_t i = 0; i < size;)
	{
		i += next_character(text + i, size - i, &code);
		if (!is_dash(code))
			return false;
	}
	return true;
}

/* hyphen, the dashes from U+2010, minus */
static bool
is_dash(uint32_t code)
{
	return code == '-' || (code >= 0x2010 && code <= 0x2015) || code == 0x2212;
}

/* What people write between the digits of a phone number. */
static bool
is_phone_noise(uint32_t code)
{
	return is_edge(code) || is_dash(code) || code == 0xFF0B ||
		   (code < 0x80 && code != 0 && strchr("+()./_", (int) code) != NULL);
}
