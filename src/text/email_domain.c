/* -------------------------------------------------------------------------
 * email_domain.c
 *		The canonical form of the part after the @.
 *
 * Labels beyond ASCII become A-labels (xn--…) one by one, through libidn2 by UTS #46,
 * non-transitional.  ASCII labels never go there: it would cost forty times the scan,
 * and xn-- labels stay unchecked, since a false one is an address of nobody.
 *
 * What libidn2 must not be asked to do is check host names: its flag for that
 * silently deletes the characters it should refuse, so that two domains become one.  The
 * rules are applied here, before the mapping and after it.  Before: a forbidden
 * ASCII character.  After: what the mapping made.  Three signs that decompose to a
 * forbidden ASCII character and a stroke pass libidn2 and are refused by name.  Capital
 * sharp s is made small here, because libidn2 makes it "ss" or sharp s by its version.
 * -------------------------------------------------------------------------
 */
#include "text/email_parts.h"

#include <idn2.h>
#include <string.h>

#include "text/ascii.h"
#include "text/utf8.h"

/* Longest label given to libidn2; marks that a mapping drops or composes make it longer than 63. */
#define LABEL_TEXT_MAX 1024

#define CAPITAL_SHARP_S 0x1E9E
#define SMALL_SHARP_S 0x00DF

static bool is_ascii(const char *text, size_t size);
static bool is_label_end(const char *text, size_t size, size_t *length);
static const char *append_label(const char *text, size_t size, char *out, size_t *out_size);
static const char *prepare_label(const char *text, size_t size, char *out);
static const char *append_a_label(const char *label, char *out, size_t *out_size);
static const char *append(const char *text, size_t size, char *out, size_t *out_size);
static const char *check_label(const char *label, size_t size);
static const char *check_last_label(const char *label, size_t size);
static const char *complain_character(const char *text, size_t size, size_t position);

const char *
contacts_email_domain(const char *text, size_t size, char *out, size_t *out_size)
{
	char ascii[CONTACTS_DOMAIN_MAX + 1]; /* with a dot at its end */
	size_t ascii_size = 0;
	size_t start = 0;
	size_t dot;
	const char *reason;

	if (is_ascii(text, size))
		return contacts_email_ascii_domain(text, size, out, out_size);

	for (size_t i = 0; i <= size; i += dot)
	{
		if (!is_label_end(text + i, size - i, &dot))
			continue;
		if ((reason = append_label(text + start, i - start, ascii, &ascii_size)) != NULL)
			return reason;
		if (i == size)
			break;
		if ((reason = append(".", 1, ascii, &ascii_size)) != NULL)
			return reason;
		start = i + dot;
	}
	return contacts_email_ascii_domain(ascii, ascii_size, out, out_size);
}

const char *
contacts_email_ascii_domain(const char *text, size_t size, char *out, size_t *out_size)
{
	size_t start = 0;
	const char *reason;

	if (size == 0)
		return "nothing after the @";
	if (text[size - 1] == '.')
		size--;
	for (size_t i = 0; i < size; i++)
	{
		if (i == CONTACTS_DOMAIN_MAX)
			return "domain longer than 253 bytes";
		out[i] = contacts_ascii_lower(text[i]);
		if (contacts_ascii_is(text[i], CONTACTS_ASCII_HOST))
			continue;
		if (text[i] != '.')
			return complain_character(text, size, i);
		if ((reason = check_label(out + start, i - start)) != NULL)
			return reason;
		start = i + 1;
	}
	if ((reason = check_label(out + start, size - start)) != NULL)
		return reason;
	if (start == 0)
		return "domain has no dot";
	*out_size = size;
	return check_last_label(out + start, size - start);
}

static bool
is_ascii(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
	{
		if ((unsigned char) text[i] >= 0x80)
			return false;
	}
	return true;
}

/*
 * Is text at the end of a label?  length: bytes of the dot, or of the character that is none.
 * UTS #46 counts the two ideographic full stops as dots.
 */
static bool
is_label_end(const char *text, size_t size, size_t *length)
{
	uint32_t code = 0;

	*length = contacts_utf8_decode(text, size, &code);
	if (*length == 0)
		*length = 1;
	return size == 0 || code == '.' || code == 0x3002 || code == 0xFF61;
}

/* Appends the ASCII form of a label to out. */
static const char *
append_label(const char *text, size_t size, char *out, size_t *out_size)
{
	char label[LABEL_TEXT_MAX + 1];
	const char *reason;

	if (is_ascii(text, size))
		return append(text, size, out, out_size);
	if (size > LABEL_TEXT_MAX)
		return "domain label too long";
	if ((reason = prepare_label(text, size, label)) != NULL)
		return reason;
	return append_a_label(label, out, out_size);
}

/* Checks what libidn2 would let pass, and makes a C string.  out has size + 1 bytes. */
static const char *
prepare_label(const char *text, size_t size, char *out)
{
	uint32_t code = 0;
	size_t length;

	if (text[0] == '-' || text[size - 1] == '-')
		return "domain label with a hyphen at its edge";
	for (size_t i = 0; i < size; i += length)
	{
		length = contacts_utf8_decode(text + i, size - i, &code);
		if (length == 0)
			return "not valid UTF-8";
		if (code < 0x80 && !contacts_ascii_is(text[i], CONTACTS_ASCII_HOST))
			return complain_character(text, size, i);
		if (code == 0x2260 || code == 0x226E || code == 0x226F)
			return "character not allowed in the domain";
		/* never longer than what it replaces */
		out += contacts_utf8_encode(code == CAPITAL_SHARP_S ? SMALL_SHARP_S : code, out);
	}
	*out = '\0';
	return NULL;
}

/*
 * Not the whole domain at once: ASCII labels beside this one would be checked as well, and the key
 * would depend on the version of the library more than it must.
 */
static const char *
append_a_label(const char *label, char *out, size_t *out_size)
{
	uint8_t *found = NULL;
	int result =
		idn2_lookup_u8((const uint8_t *) label, &found, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
	const char *reason;

	switch (result)
	{
		case IDN2_OK:
			break;
		case IDN2_MALLOC:
			return "not enough memory";
		case IDN2_TOO_BIG_LABEL:
		case IDN2_TOO_BIG_DOMAIN:
		case IDN2_PUNYCODE_BIG_OUTPUT:
			return "domain label too long";
		default:
			return "domain is no valid international name";
	}
	reason = append((const char *) found, strlen((const char *) found), out, out_size);
	idn2_free(found);
	return reason;
}

/* out has CONTACTS_DOMAIN_MAX + 1 bytes, one for a dot at the end. */
static const char *
append(const char *text, size_t size, char *out, size_t *out_size)
{
	if (size > CONTACTS_DOMAIN_MAX + 1 - *out_size)
		return "domain longer than 253 bytes";
	memcpy(out + *out_size, text, size);
	*out_size += size;
	return NULL;
}

/* RFC 1123 2.1 and RFC 1035 2.3.4; the characters have been checked. */
static const char *
check_label(const char *label, size_t size)
{
	if (size == 0)
		return "domain with an empty label";
	if (size > CONTACTS_LABEL_MAX)
		return "domain label too long";
	if (label[0] == '-' || label[size - 1] == '-')
		return "domain label with a hyphen at its edge";
	return NULL;
}

/* No top level domain is a single letter or a number; a number at the end means an IP address. */
static const char *
check_last_label(const char *label, size_t size)
{
	size_t digits = 0;

	while (digits < size && contacts_ascii_is(label[digits], CONTACTS_ASCII_DIGIT))
		digits++;
	if (digits == size)
		return "domain ends with a number";
	if (size < 2)
		return "last domain label too short";
	return NULL;
}

/* The most likely reason for a character that no domain has. */
static const char *
complain_character(const char *text, size_t size, size_t position)
{
	if (text[position] == ' ')
		return "white space in the domain";
	if (text[0] == '[' && text[size - 1] == ']')
		return "address literal instead of a domain";
	return "character not allowed in the domain";
}
