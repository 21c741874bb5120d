/* -------------------------------------------------------------------------
 * email_local.c
 *		The canonical form of the part before the @.
 *
 * RFC 5321 leaves the meaning of a local part to its host; common practice does
 * not: letter case never tells two mailboxes apart, and "a"@x is a@x.  So: quotes and
 * backslashes off, lower case, NFC, and quotes on again only where they are needed.
 * Dots are allowed anywhere, as in the e-mail field of HTML: carriers in Japan gave
 * out such addresses.
 *
 * ASCII never reaches libunistring.
 * -------------------------------------------------------------------------
 */
#include "text/email_parts.h"

#include <string.h>

#include "text/ascii.h"
#include "text/compose.h"
#include "text/lower.h"
#include "text/utf8.h"

/*
 * Longest text whose canonical form is made.  Lower case and NFC make a text at most four times
 * shorter, so a longer one cannot come down to 64 bytes; and NFC stays cheap.
 */
#define LOCAL_TEXT_MAX 1024

static void drop_backslashes(ContactsSpan *span);
static const char *check_characters(ContactsSpan span, bool quoted);
static const char *check_ascii(char c, bool quoted);
static bool is_character(uint32_t code);
static const char *fold(ContactsSpan span, char *out, size_t *out_size);
static bool needs_quotes(const char *text, size_t size);
static const char *write_local(const char *text, size_t size, bool quotes, char *out,
							   size_t *out_size);

const char *
contacts_email_local(ContactsSpan span, bool quoted, char *out, size_t *out_size)
{
	char folded[LOCAL_TEXT_MAX];
	size_t size;
	bool quotes;
	const char *reason;

	if (quoted)
		drop_backslashes(&span);
	if (span.start == span.end)
		return "nothing before the @";
	if (span.end - span.start > LOCAL_TEXT_MAX)
		return "local part longer than 64 bytes";
	if ((reason = check_characters(span, quoted)) != NULL ||
		(reason = fold(span, folded, &size)) != NULL)
		return reason;

	/* NFC turns a few characters into ASCII, so only now is known what it holds */
	quotes = needs_quotes(folded, size);
	if (quotes && !quoted)
		return "character not allowed in the local part";
	return write_local(folded, size, quotes, out, out_size);
}

/* In place; what follows a backslash stands for itself. */
static void
drop_backslashes(ContactsSpan *span)
{
	char *to = span->start;

	for (char *from = span->start; from < span->end; from++)
	{
		if (*from == '\\' && from + 1 < span->end)
			from++;
		*to++ = *from;
	}
	span->end = to;
}

/* Before lower case and NFC, so that a sign like "<" cannot hide in a composed character. */
static const char *
check_characters(ContactsSpan span, bool quoted)
{
	uint32_t code = 0;
	size_t length;

	for (char *p = span.start; p < span.end; p += length)
	{
		const char *reason = NULL;

		length = contacts_utf8_decode(p, (size_t) (span.end - p), &code);
		if (length == 0)
			return "not valid UTF-8";
		if (code < 0x80)
			reason = check_ascii(*p, quoted);
		else if (!is_character(code))
			reason = "character not allowed in the local part";
		if (reason != NULL)
			return reason;
	}
	return NULL;
}

/* Between quotes everything goes; control characters never come here. */
static const char *
check_ascii(char c, bool quoted)
{
	if (quoted || contacts_ascii_is(c, CONTACTS_ASCII_LOCAL))
		return NULL;
	if (c == ' ')
		return "white space in the local part";
	return "character not allowed in the local part";
}

/* Not the sign of a lost character, nor private use, nor code points that never are characters. */
static bool
is_character(uint32_t code)
{
	return code != 0xFFFD && (code & 0xFFFE) != 0xFFFE && !(code >= 0xE000 && code <= 0xF8FF) &&
		   !(code >= 0xFDD0 && code <= 0xFDEF) && code < 0xF0000;
}

/* Lower case, then NFC.  out has LOCAL_TEXT_MAX bytes. */
static const char *
fold(ContactsSpan span, char *out, size_t *out_size)
{
	char lower[CONTACTS_LOWER_MAX(LOCAL_TEXT_MAX)];
	size_t size = (size_t) (span.end - span.start);
	bool ascii = true;

	for (size_t i = 0; i < size; i++)
	{
		out[i] = contacts_ascii_lower(span.start[i]);
		if ((unsigned char) out[i] >= 0x80)
			ascii = false;
	}
	*out_size = size;
	if (ascii)
		return NULL;
	size = contacts_lower_text(span.start, size, lower);
	*out_size = LOCAL_TEXT_MAX;
	return contacts_compose(lower, size, out, out_size) ? NULL : "local part longer than 64 bytes";
}

static bool
needs_quotes(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
	{
		if ((unsigned char) text[i] < 0x80 && !contacts_ascii_is(text[i], CONTACTS_ASCII_LOCAL))
			return true;
	}
	return false;
}

/* With quotes, only a quote and a backslash have a backslash before them. */
static const char *
write_local(const char *text, size_t size, bool quotes, char *out, size_t *out_size)
{
	size_t needed = size + (quotes ? 2 : 0);
	char *to = out;

	for (size_t i = 0; quotes && i < size; i++)
		needed += text[i] == '"' || text[i] == '\\';
	if (needed > CONTACTS_LOCAL_MAX)
		return "local part longer than 64 bytes";

	if (quotes)
		*to++ = '"';
	for (size_t i = 0; i < size; i++)
	{
		if (quotes && (text[i] == '"' || text[i] == '\\'))
			*to++ = '\\';
		*to++ = text[i];
	}
	if (quotes)
		*to++ = '"';
	*out_size = needed;
	return NULL;
}
