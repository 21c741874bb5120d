/* -------------------------------------------------------------------------
 * phone_text.c
 *		Finds the dialled digits and the extension in any text.
 *
 * Order of steps, that of libphonenumber:
 *	1. decode into code points; the limit on length bounds all that follows
 *	2. RFC 3966: a phone-context goes in front, or else cut off whatever stands
 *	   around the number; drop an ISDN subaddress
 *	3. see whether what is left looks like a number at all
 *	4. take off the extension
 *	5. letters to keypad digits where there are three or more, digits of any
 *	   script to ASCII, drop the rest
 *
 * Must not: know regions or plans.
 * -------------------------------------------------------------------------
 */
#include <string.h>

#include "text/phone_piece.h"
#include "text/phone_plan.h"

static const char not_a_number[] = "not a number";
static const char context_name[] = ";phone-context=";

static const char *decode(const char *text, size_t size, uint32_t *points, size_t *length);
static bool apply_context(ContactsPhonePiece *piece, size_t context, uint32_t *room);
static bool valid_context(ContactsPhonePiece context);
static bool valid_global_number(ContactsPhonePiece context);
static bool valid_domain(ContactsPhonePiece context);
static bool valid_label(ContactsPhonePiece label, bool last);
static void cut_surroundings(ContactsPhonePiece *piece);
static void cut_second_number(ContactsPhonePiece *piece);
static bool looks_like_number(ContactsPhonePiece piece);
static bool is_letter_in_any_case(uint32_t point);
static void strip_extension(ContactsPhonePiece *piece, char *extension);
static void collect_digits(ContactsPhonePiece piece, char *buffer, ContactsPhoneDialled *dialled);
static char keypad_digit(uint32_t point);

const char *
contacts_phone_read(const char *text, size_t size, char *buffer, ContactsPhoneDialled *dialled,
					char *extension)
{
	uint32_t points[CONTACTS_PHONE_MAX_TEXT];
	uint32_t room[CONTACTS_PHONE_MAX_TEXT];
	ContactsPhonePiece piece = {points, 0};
	const char *problem = decode(text, size, points, &piece.length);
	size_t at;

	if (problem != NULL)
		return problem;
	at = contacts_phone_find(piece, context_name);
	if (at == piece.length)
		cut_surroundings(&piece);
	else if (!apply_context(&piece, at, room))
		return not_a_number;
	piece.length = contacts_phone_find(piece, ";isub=");

	if (!looks_like_number(piece))
		return not_a_number;
	strip_extension(&piece, extension);
	collect_digits(piece, buffer, dialled);
	return NULL;
}

static const char *
decode(const char *text, size_t size, uint32_t *points, size_t *length)
{
	size_t units = 0;
	size_t count = 0;

	for (size_t i = 0; i < size;)
	{
		uint32_t point;
		size_t width = contacts_phone_decode(text + i, size - i, &point);

		if (width == 0)
			return "not valid UTF-8";
		i += width;
		units += width == 4 ? 2 : 1;
		if (units > CONTACTS_PHONE_MAX_TEXT)
			return "too long";
		points[count++] = point;
	}
	*length = count;
	return NULL;
}

/*
 * "tel:863-1234;phone-context=+1-914-555": a context that begins with a plus
 * goes before the number, a domain is only checked.  room takes the new text,
 * which is never longer than the old.
 */
static bool
apply_context(ContactsPhonePiece *piece, size_t context, uint32_t *room)
{
	ContactsPhonePiece value =
		contacts_phone_part(*piece, context + strlen(context_name), piece->length);
	size_t start = contacts_phone_find(*piece, "tel:");
	size_t length = 0;

	value.length = contacts_phone_find(value, ";");
	if (!valid_context(value))
		return false;
	start = start == piece->length ? 0 : start + strlen("tel:");
	if (start > context)
		return false;
	if (value.at[0] == '+')
		length = value.length;
	memcpy(room, value.at, length * sizeof *room);
	memcpy(room + length, piece->at + start, (context - start) * sizeof *room);
	piece->at = room;
	piece->length = length + context - start;
	return true;
}

static bool
valid_context(ContactsPhonePiece context)
{
	return context.length > 0 && (valid_global_number(context) || valid_domain(context));
}

/* A plus, then digits and -.() with at least one digit. */
static bool
valid_global_number(ContactsPhonePiece context)
{
	bool digits = false;

	if (context.at[0] != '+')
		return false;
	for (size_t i = 1; i < context.length; i++)
	{
		uint32_t point = context.at[i];

		if (contacts_phone_digit(point) >= 0)
			digits = true;
		else if (point != '-' && point != '.' && point != '(' && point != ')')
			return false;
	}
	return digits;
}

/* Labels between dots, perhaps one dot at the end. */
static bool
valid_domain(ContactsPhonePiece context)
{
	if (context.at[context.length - 1] == '.')
		context.length--;
	for (;;)
	{
		size_t dot = contacts_phone_find(context, ".");
		bool last = dot == context.length;

		if (!valid_label(contacts_phone_part(context, 0, dot), last))
			return false;
		if (last)
			return true;
		context = contacts_phone_part(context, dot + 1, context.length);
	}
}

/* Letters and digits, hyphens within; the last label begins with a letter. */
static bool
valid_label(ContactsPhonePiece label, bool last)
{
	if (label.length == 0 || label.at[0] == '-' || label.at[label.length - 1] == '-')
		return false;
	if (last && !contacts_phone_is_letter(label.at[0]))
		return false;
	for (size_t i = 0; i < label.length; i++)
		if (label.at[i] != '-' && !contacts_phone_is_letter(label.at[i]) &&
			contacts_phone_digit(label.at[i]) < 0)
			return false;
	return true;
}

/* From the first digit or plus to the last letter, number or #. */
static void
cut_surroundings(ContactsPhonePiece *piece)
{
	while (piece->length > 0 && !contacts_phone_is_plus(piece->at[0]) &&
		   contacts_phone_digit(piece->at[0]) < 0)
		*piece = contacts_phone_part(*piece, 1, piece->length);
	while (piece->length > 0 && piece->at[piece->length - 1] != '#' &&
		   !contacts_phone_is_text(piece->at[piece->length - 1]))
		piece->length--;
	cut_second_number(piece);
}

/* "583-6985 x302/x2303": a slash before an x begins another number. */
static void
cut_second_number(ContactsPhonePiece *piece)
{
	for (size_t i = 0; i < piece->length; i++)
	{
		size_t next = i + 1;

		if (piece->at[i] != '/' && piece->at[i] != '\\')
			continue;
		while (next < piece->length && piece->at[next] == ' ')
			next++;
		if (next < piece->length && piece->at[next] == 'x')
		{
			piece->length = i;
			return;
		}
		i = next - 1;
	}
}

/*
 * Two digits; or plus signs, then at least three digits among punctuation, then
 * letters too, then perhaps an extension.
 */
static bool
looks_like_number(ContactsPhonePiece piece)
{
	size_t least = 0;
	size_t digits = 0;
	size_t i = 0;
	ContactsPhoneExtension extension;

	if (piece.length == 2 && contacts_phone_digit(piece.at[0]) >= 0 &&
		contacts_phone_digit(piece.at[1]) >= 0)
		return true;
	while (i < piece.length && contacts_phone_is_plus(piece.at[i]))
		i++;
	for (; i < piece.length; i++)
	{
		if (contacts_phone_digit(piece.at[i]) >= 0)
		{
			if (++digits == 3)
				least = i + 1;
		}
		else if (!contacts_phone_is_punctuation(piece.at[i]) && piece.at[i] != '*' &&
				 (digits < 3 || !is_letter_in_any_case(piece.at[i])))
			break;
	}
	if (digits < 3 || i == piece.length)
		return digits >= 3;

	/* What stopped the number must belong to an extension. */
	return contacts_phone_find_extension(piece, least, i, &extension);
}

/* The pattern ignores case in the Unicode way: long s and the Kelvin sign too. */
static bool
is_letter_in_any_case(uint32_t point)
{
	return contacts_phone_is_letter(point) || point == 0x17f || point == 0x212a;
}

static void
strip_extension(ContactsPhonePiece *piece, char *extension)
{
	ContactsPhoneExtension found;

	if (!contacts_phone_find_extension(*piece, 0, piece->length, &found) ||
		!looks_like_number(contacts_phone_part(*piece, 0, found.label)))
		return;
	for (size_t i = found.start; i < found.end; i++)
		*extension++ = (char) ('0' + contacts_phone_digit(piece->at[i]));
	*extension = '\0';
	piece->length = found.label;
}

/*
 * Digits of any script count, except in a number with letters: there the
 * library knows ASCII digits only.
 */
static void
collect_digits(ContactsPhonePiece piece, char *buffer, ContactsPhoneDialled *dialled)
{
	size_t letters = 0;
	size_t length = 0;

	dialled->plus = piece.length > 0 && contacts_phone_is_plus(piece.at[0]);
	while (piece.length > 0 && contacts_phone_is_plus(piece.at[0]))
		piece = contacts_phone_part(piece, 1, piece.length);
	for (size_t i = 0; i < piece.length; i++)
		letters += is_letter_in_any_case(piece.at[i]);
	for (size_t i = 0; i < piece.length; i++)
	{
		uint32_t point = piece.at[i];
		int value = contacts_phone_digit(point);

		if (letters >= 3 && keypad_digit(point) != '\0')
			buffer[length++] = keypad_digit(point);
		else if (value >= 0 && (letters < 3 || point < 0x80))
			buffer[length++] = (char) ('0' + value);
	}
	dialled->digits = buffer;
	dialled->length = length;
}

static char
keypad_digit(uint32_t point)
{
	static const char keys[] = "22233344455566677778889999";

	if (point >= 'a' && point <= 'z')
		return keys[point - 'a'];
	if (point >= 'A' && point <= 'Z')
		return keys[point - 'A'];
	return '\0';
}
