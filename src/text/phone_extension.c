/* -------------------------------------------------------------------------
 * phone_extension.c
 *		Finds the extension at the end of a number.
 *
 * libphonenumber has one long pattern for it.  Here it is matched by hand, which
 * one property makes simple: between a label and its digits no other digit can
 * stand.  So the extension is always the last run of digits, its label lies
 * within the gap before them, and only the start of the label is to be found.
 *
 * Must not: judge whether what stands before is a number.
 * -------------------------------------------------------------------------
 */
#include "text/phone_piece.h"

#define EXPLICIT_DIGITS 20 /* the vaguer the label, the fewer digits */
#define LIKELY_DIGITS 15
#define AMBIGUOUS_DIGITS 9
#define UNSURE_DIGITS 6

static bool label_fits(ContactsPhonePiece gap, size_t digits, bool hash);
static bool named_label(ContactsPhonePiece gap, size_t *limit);
static bool comma_label(ContactsPhonePiece gap, size_t *limit);
static bool hyphen_label(ContactsPhonePiece gap);
static bool skip_label_end(ContactsPhonePiece gap);
static bool skip_extension_word(ContactsPhonePiece *gap);
static bool skip_any(ContactsPhonePiece *piece, const char *const *words);

bool
contacts_phone_find_extension(ContactsPhonePiece piece, size_t least, size_t most,
							  ContactsPhoneExtension *found)
{
	bool hash = piece.length > 0 && piece.at[piece.length - 1] == '#';

	found->end = piece.length - (hash ? 1 : 0);
	found->start = found->end;
	while (found->start > 0 && contacts_phone_digit(piece.at[found->start - 1]) >= 0)
		found->start--;
	if (found->start == found->end)
		return false;

	/* The gap reaches back to the digits before it, or to the beginning. */
	found->label = found->start;
	while (found->label > least && contacts_phone_digit(piece.at[found->label - 1]) < 0)
		found->label--;
	for (; found->label < found->start && found->label <= most; found->label++)
		if (label_fits(contacts_phone_part(piece, found->label, found->start),
					   found->end - found->start, hash))
			return true;
	return false;
}

/* Whether a gap is one label from end to end, and the digits not too many. */
static bool
label_fits(ContactsPhonePiece gap, size_t digits, bool hash)
{
	ContactsPhonePiece parameter = gap;
	size_t limit;

	if (!hash && contacts_phone_skip(&parameter, ";ext=") && parameter.length == 0)
		return digits <= EXPLICIT_DIGITS;
	if (named_label(gap, &limit) && digits <= limit)
		return true;
	if (hash && hyphen_label(gap) && digits <= UNSURE_DIGITS)
		return true;
	return comma_label(gap, &limit) && digits <= limit;
}

/* "ext.", "anexo", "доб" or, less sure, "x", "#", "~", "int"; also fullwidth. */
static bool
named_label(ContactsPhonePiece gap, size_t *limit)
{
	static const char *const sure[] = {"anexo", "\xd0\xb4\xd0\xbe\xd0\xb1", NULL};
	static const char *const vague[] = {"x",
										"#",
										"~",
										"int",
										"\xef\xbd\x98",
										"\xef\xbc\x83",
										"\xef\xbd\x9e",
										"\xef\xbd\x89\xef\xbd\x8e\xef\xbd\x94",
										NULL};

	while (gap.length > 0 && (contacts_phone_is_space(gap.at[0]) || gap.at[0] == ','))
		gap = contacts_phone_part(gap, 1, gap.length);
	*limit = EXPLICIT_DIGITS;
	if (skip_extension_word(&gap) || skip_any(&gap, sure))
		return skip_label_end(gap);
	*limit = AMBIGUOUS_DIGITS;
	return skip_any(&gap, vague) && skip_label_end(gap);
}

/* ",," or ";" as pauses are dialled; any other number of commas is less sure. */
static bool
comma_label(ContactsPhonePiece gap, size_t *limit)
{
	ContactsPhonePiece rest;
	size_t commas = 0;

	while (gap.length > 0 && contacts_phone_is_space(gap.at[0]))
		gap = contacts_phone_part(gap, 1, gap.length);
	rest = gap;
	*limit = LIKELY_DIGITS;
	if ((contacts_phone_skip(&rest, ",,") || contacts_phone_skip(&rest, ";")) &&
		skip_label_end(rest))
		return true;
	*limit = AMBIGUOUS_DIGITS;
	while (commas < gap.length && gap.at[commas] == ',')
		commas++;
	return commas > 0 && skip_label_end(contacts_phone_part(gap, commas, gap.length));
}

/* "- 503#" */
static bool
hyphen_label(ContactsPhonePiece gap)
{
	for (size_t i = 0; i < gap.length; i++)
		if (gap.at[i] != '-' && gap.at[i] != ' ')
			return false;
	return true;
}

/* A colon or full stop, then blanks, commas, hyphens, and nothing else. */
static bool
skip_label_end(ContactsPhonePiece gap)
{
	size_t i = 0;

	if (gap.length > 0 && (gap.at[0] == ':' || gap.at[0] == '.' || gap.at[0] == 0xff0e))
		i++;
	while (i < gap.length &&
		   (contacts_phone_is_space(gap.at[i]) || gap.at[i] == ',' || gap.at[i] == '-'))
		i++;
	return i == gap.length;
}

/* ext, extn, xt, xtn, extensi(o|ó)(n), in halfwidth; ｅｘｔｎ in fullwidth. */
static bool
skip_extension_word(ContactsPhonePiece *gap)
{
	ContactsPhonePiece rest = *gap;
	ContactsPhonePiece ending;

	(void) contacts_phone_skip(&rest, "e");
	if (contacts_phone_skip(&rest, "xt"))
	{
		ending = rest;
		if (contacts_phone_skip(&ending, "ensi") &&
			(contacts_phone_skip(&ending, "o\xcc\x81") || contacts_phone_skip(&ending, "o") ||
			 contacts_phone_skip(&ending, "\xc3\xb3")))
			rest = ending;
		(void) contacts_phone_skip(&rest, "n");
		*gap = rest;
		return true;
	}
	rest = *gap;
	(void) contacts_phone_skip(&rest, "\xef\xbd\x85");
	if (!contacts_phone_skip(&rest, "\xef\xbd\x98\xef\xbd\x94"))
		return false;
	(void) contacts_phone_skip(&rest, "\xef\xbd\x8e");
	*gap = rest;
	return true;
}

static bool
skip_any(ContactsPhonePiece *piece, const char *const *words)
{
	for (; *words != NULL; words++)
		if (contacts_phone_skip(piece, *words))
			return true;
	return false;
}
