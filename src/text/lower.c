/* -------------------------------------------------------------------------
 * lower.c
 *		Lower case beyond ASCII, the same on every machine.
 *
 * The C library and ICU answer by locale and version, so an index built on their
 * answer breaks with an upgrade of the system.  Here the answer comes from one
 * table that is part of the release.
 *
 * Two characters need more than the table: U+0130 becomes two characters, and a
 * capital sigma at the end of a word becomes the final form (SpecialCasing.txt,
 * Final_Sigma): a cased letter before it, none after it, whatever case-ignorable
 * characters stand between.  One pass suffices for what stands before; what stands
 * after is looked up once per run, so that a text of sigmas stays linear.
 * -------------------------------------------------------------------------
 */
#include "text/lower.h"

#include <stdbool.h>
#include <string.h>

#include "text/utf8.h"

#define CAPITAL_SIGMA 0x03A3
#define SMALL_SIGMA 0x03C3
#define FINAL_SIGMA 0x03C2
#define CAPITAL_I_WITH_DOT 0x0130
#define DOT_ABOVE 0x0307

static uint32_t lower_character(uint32_t code);
static bool starts_with_cased(const char *text, const char *end);
static bool in_set(uint32_t code, const ContactsCharRange *ranges, size_t count);
static bool is_cased(uint32_t code);
static bool is_case_ignorable(uint32_t code);

size_t
contacts_lower_text(const char *text, size_t size, char *out)
{
	const char *end = text + size;
	bool after_cased = false;
	size_t written = 0;
	uint32_t code = 0;

	while (text < end)
	{
		size_t length = contacts_utf8_decode(text, (size_t) (end - text), &code);

		if (length == 0)
			break;
		text += length;
		if (code == CAPITAL_I_WITH_DOT)
		{
			out[written++] = 'i';
			written += contacts_utf8_encode(DOT_ABOVE, out + written);
		}
		else if (code == CAPITAL_SIGMA && after_cased && !starts_with_cased(text, end))
			written += contacts_utf8_encode(FINAL_SIGMA, out + written);
		else
			written += contacts_utf8_encode(lower_character(code), out + written);
		if (!is_case_ignorable(code))
			after_cased = is_cased(code);
	}
	return written;
}

static uint32_t
lower_character(uint32_t code)
{
	size_t low = 0;
	size_t high = contacts_lower_count;

	if (code < 0x80)
		return code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code;
	/* the first run that does not end before code */
	while (low < high)
	{
		size_t middle = low + (high - low) / 2;

		if (contacts_lower[middle].last < code)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == contacts_lower_count || code < contacts_lower[low].first ||
		(code - contacts_lower[low].first) % contacts_lower[low].step != 0)
		return code;
	return (uint32_t) ((int32_t) code + contacts_lower[low].distance);
}

/* Does a cased letter follow, after any case-ignorable characters? */
static bool
starts_with_cased(const char *text, const char *end)
{
	uint32_t code = 0;

	while (text < end)
	{
		size_t length = contacts_utf8_decode(text, (size_t) (end - text), &code);

		if (length == 0)
			return false;
		if (!is_case_ignorable(code))
			return is_cased(code);
		text += length;
	}
	return false;
}

static bool
is_cased(uint32_t code)
{
	return in_set(code, contacts_cased, contacts_cased_count);
}

static bool
is_case_ignorable(uint32_t code)
{
	return in_set(code, contacts_case_ignorable, contacts_case_ignorable_count);
}

static bool
in_set(uint32_t code, const ContactsCharRange *ranges, size_t count)
{
	size_t low = 0;
	size_t high = count;

	while (low < high)
	{
		size_t middle = low + (high - low) / 2;

		if (ranges[middle].last < code)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && ranges[low].first <= code;
}
