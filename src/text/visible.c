/* -------------------------------------------------------------------------
 * visible.c
 *		Which characters can be seen, and a writer that leaves out the others.
 *
 * The sets are written out: they decide keys of contacts, so they must not follow
 * the Unicode version of whatever library a machine has.  The writer decides about
 * a run of joiners when the character after it comes: it has kept them at the end
 * of its buffer and takes them back when either neighbour is ASCII.  What is left
 * passes through unchanged a second time.
 * -------------------------------------------------------------------------
 */
#include "text/visible.h"

#include <string.h>

typedef struct CodeRange
{
	uint32_t first;
	uint32_t last;
} CodeRange;

static bool in_ranges(uint32_t code, const CodeRange *ranges, size_t count);
static void take_back_joiners(ContactsVisibleWriter *writer);

#define IN_RANGES(code, ranges) in_ranges(code, ranges, sizeof(ranges) / sizeof(ranges[0]))

bool
contacts_is_space(uint32_t code)
{
	static const CodeRange spaces[] = {
		{0x09, 0x0D},     {0x20, 0x20},     {0x85, 0x85},     {0xA0, 0xA0},     {0x1680, 0x1680},
		{0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000},
	};

	return IN_RANGES(code, spaces);
}

/* Tab and line end are control characters too, but here they are spaces. */
bool
contacts_is_control(uint32_t code)
{
	return (code < 0x20 || (code >= 0x7F && code <= 0x9F)) && !contacts_is_space(code);
}

bool
contacts_is_invisible(uint32_t code)
{
	static const CodeRange invisibles[] = {
		{0xAD, 0xAD},     {0x061C, 0x061C}, {0x180E, 0x180E}, {0x200B, 0x200B}, {0x200E, 0x200F},
		{0x202A, 0x202E}, {0x2060, 0x2060}, {0x2066, 0x2069}, {0xFEFF, 0xFEFF},
	};

	return IN_RANGES(code, invisibles);
}

bool
contacts_is_joiner(uint32_t code)
{
	return code == 0x200C || code == 0x200D;
}

/* Default_Ignorable_Code_Point as far as not above, and the Braille pattern without dots. */
bool
contacts_is_filler(uint32_t code)
{
	static const CodeRange fillers[] = {
		{0x034F, 0x034F},   {0x115F, 0x1160},   {0x17B4, 0x17B5}, {0x180B, 0x180F},
		{0x2061, 0x2065},   {0x206A, 0x206F},   {0x2800, 0x2800}, {0x3164, 0x3164},
		{0xFE00, 0xFE0F},   {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFF8}, {0x1BCA0, 0x1BCA3},
		{0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
	};

	return IN_RANGES(code, fillers);
}

/* The edge of a text counts as an ASCII neighbour. */
void
contacts_visible_begin(ContactsVisibleWriter *writer, char *out)
{
	writer->out = out;
	writer->size = 0;
	writer->waiting = 0;
	writer->after_ascii = true;
}

void
contacts_visible_put(ContactsVisibleWriter *writer, const char *bytes, size_t size, bool ascii)
{
	if (ascii)
		take_back_joiners(writer);
	/* out may be the buffer that bytes come from */
	memmove(writer->out + writer->size, bytes, size);
	writer->size += size;
	writer->waiting = 0;
	writer->after_ascii = ascii;
}

void
contacts_visible_join(ContactsVisibleWriter *writer, const char *bytes, size_t size)
{
	/* never wanted, whatever comes next */
	if (writer->after_ascii)
		return;
	memmove(writer->out + writer->size, bytes, size);
	writer->size += size;
	writer->waiting += size;
}

size_t
contacts_visible_end(ContactsVisibleWriter *writer)
{
	take_back_joiners(writer);
	return writer->size;
}

static void
take_back_joiners(ContactsVisibleWriter *writer)
{
	writer->size -= writer->waiting;
	writer->waiting = 0;
}

/* The sets are short and most characters stand before their middle: no need to bisect. */
static bool
in_ranges(uint32_t code, const CodeRange *ranges, size_t count)
{
	for (size_t i = 0; i < count && ranges[i].first <= code; i++)
	{
		if (code <= ranges[i].last)
			return true;
	}
	return false;
}
