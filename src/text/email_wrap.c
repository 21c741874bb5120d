/* -------------------------------------------------------------------------
 * email_wrap.c
 *		Takes away what people and programs put around an e-mail address.
 *
 * Each step is done once, in this order, so that a result needs no second look:
 *
 *	1. white space at the edges, commas and semicolons at the end
 *	2. mailto: with everything from "?", and then the %XX of URLs
 *	3. one comment in parentheses at the end
 *	4. Name <address>
 *	5. one pair of quotes around all
 *
 * A text with two addresses is rejected, never decided: comments elsewhere, two
 * angle addresses and a name that is another address are signs of that.
 * -------------------------------------------------------------------------
 */
#include "text/email_parts.h"

#include <string.h>

#include "text/ascii.h"
#include "text/utf8.h"
#include "text/visible.h"

static size_t printable_run(const char *text, size_t size);
static const char *clean_character(ContactsVisibleWriter *writer, const char *text, size_t size,
								   bool utf8, size_t *length);
static uint32_t as_ascii(uint32_t code);
static bool joins_as_ascii(uint32_t code);
static bool is_trailing(char c);
static const char *drop_scheme(ContactsSpan *span, bool utf8);
static void decode_percent(ContactsSpan *span);
static int hex_value(char c);
static const char *drop_comment(ContactsSpan *span);
static char *after_comment(ContactsSpan span);
static const char *take_angle(ContactsSpan *span);
static bool is_other_address(ContactsSpan name, ContactsSpan address);
static void drop_quotes(ContactsSpan *span);
static char *find_unquoted(ContactsSpan span, char wanted);

const char *
contacts_email_clean(const char *text, size_t size, bool utf8, char *out, size_t *out_size)
{
	ContactsVisibleWriter writer;
	const char *reason;
	size_t length;

	contacts_visible_begin(&writer, out);
	for (size_t i = 0; i < size; i += length)
	{
		length = printable_run(text + i, size - i);
		if (length > 0)
			contacts_visible_put(&writer, text + i, length, true);
		else if ((reason = clean_character(&writer, text + i, size - i, utf8, &length)) != NULL)
			return reason;
	}
	*out_size = contacts_visible_end(&writer);
	return NULL;
}

const char *
contacts_email_unwrap(ContactsSpan *span, bool utf8)
{
	const char *reason;

	/* commas and semicolons end a cell of a list, but start none: before an address they reject */
	contacts_span_trim(span);
	while (span->start < span->end && is_trailing(span->end[-1]))
		span->end--;
	if (span->start == span->end)
		return "empty";
	if ((reason = drop_scheme(span, utf8)) != NULL || (reason = drop_comment(span)) != NULL ||
		(reason = take_angle(span)) != NULL)
		return reason;
	drop_quotes(span);
	return NULL;
}

/* After cleaning there is one kind of white space only. */
void
contacts_span_trim(ContactsSpan *span)
{
	while (span->start < span->end && *span->start == ' ')
		span->start++;
	while (span->start < span->end && span->end[-1] == ' ')
		span->end--;
}

/* Length of the printable ASCII at the start of text, which needs no cleaning. */
static size_t
printable_run(const char *text, size_t size)
{
	size_t length = 0;

	while (length < size && text[length] >= ' ' && text[length] <= '~')
		length++;
	return length;
}

/* Adds the first character of text, of length bytes, as far as it counts. */
static const char *
clean_character(ContactsVisibleWriter *writer, const char *text, size_t size, bool utf8,
				size_t *length)
{
	uint32_t code = 0;
	char ascii;

	*length = contacts_utf8_decode(text, size, &code);
	if (!utf8 && (unsigned char) text[0] >= 0x80)
		return "characters beyond ASCII need a UTF-8 database";
	if (*length == 0)
		return "not valid UTF-8";
	if (contacts_is_control(code))
		return "control character";
	if (contacts_is_invisible(code))
		return NULL;

	ascii = (char) as_ascii(code);
	if (contacts_is_joiner(code))
		contacts_visible_join(writer, text, *length);
	else if (ascii != '\0')
		contacts_visible_put(writer, &ascii, 1, true);
	else
		contacts_visible_put(writer, text, *length, joins_as_ascii(code));
	return NULL;
}

/* The ASCII character that a character counts as; '\0' when none. */
static uint32_t
as_ascii(uint32_t code)
{
	if (code < 0x80)
		return contacts_is_space(code) ? ' ' : code;
	if (code >= 0xFF01 && code <= 0xFF5E)
		return code - 0xFF01 + '!';
	return contacts_is_space(code) ? ' ' : '\0';
}

/*
 * Characters that lower case or NFC will make ASCII (dotted I, Greek question mark, Greek varia,
 * Kelvin sign): joiners next to them must go now, or they would go when the canonical form is read.
 */
static bool
joins_as_ascii(uint32_t code)
{
	return code == 0x0130 || code == 0x037E || code == 0x1FEF || code == 0x212A;
}

/* left at the end when an address was cut out of a list */
static bool
is_trailing(char c)
{
	return c == ' ' || c == ',' || c == ';';
}

/* mailto:address?subject=… of RFC 6068, the only place where %XX means something */
static const char *
drop_scheme(ContactsSpan *span, bool utf8)
{
	static const char scheme[] = "mailto:";
	size_t scheme_size = sizeof(scheme) - 1;
	const char *reason;
	char *query;
	size_t size;

	if ((size_t) (span->end - span->start) < scheme_size ||
		!contacts_ascii_equal(span->start, scheme_size, scheme, scheme_size))
		return NULL;
	span->start += scheme_size;
	query = memchr(span->start, '?', (size_t) (span->end - span->start));
	if (query != NULL)
		span->end = query;
	decode_percent(span);
	/* what was written as %XX has not been cleaned yet; cleaning twice does no harm */
	reason = contacts_email_clean(span->start, (size_t) (span->end - span->start), utf8,
								  span->start, &size);
	if (reason != NULL)
		return reason;
	span->end = span->start + size;
	contacts_span_trim(span);
	return NULL;
}

/* In place; a % without two hexadecimal digits stays, since it may stand in a local part. */
static void
decode_percent(ContactsSpan *span)
{
	char *to = span->start;

	for (char *from = span->start; from < span->end; from++)
	{
		bool coded = *from == '%' && span->end - from > 2 && hex_value(from[1]) >= 0 &&
					 hex_value(from[2]) >= 0;

		if (coded)
		{
			*to++ = (char) (hex_value(from[1]) << 4 | hex_value(from[2]));
			from += 2;
		}
		else
			*to++ = *from;
	}
	span->end = to;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = contacts_ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Only at the end: a comment elsewhere is rare, and more often a second address or a slip. */
static const char *
drop_comment(ContactsSpan *span)
{
	ContactsSpan comment = *span;

	comment.start = find_unquoted(*span, '(');
	if (comment.start == NULL)
		return NULL;
	if (after_comment(comment) == NULL)
		return "comment without closing parenthesis";
	if (after_comment(comment) != span->end)
		return "comment before or inside the address";
	span->end = comment.start;
	contacts_span_trim(span);
	return NULL;
}

/* Comments nest, and a backslash takes a parenthesis its meaning: RFC 5322 3.2.2. */
static char *
after_comment(ContactsSpan span)
{
	int depth = 0;

	for (char *p = span.start; p < span.end; p++)
	{
		if (*p == '\\')
			p++;
		else if (*p == '(')
			depth++;
		else if (*p == ')' && --depth == 0)
			return p + 1;
	}
	return NULL;
}

/* Name <address>: anything may be the name, since mail programs quote it badly or not at all. */
static const char *
take_angle(ContactsSpan *span)
{
	ContactsSpan name = *span;
	ContactsSpan address = *span;

	name.end = find_unquoted(*span, '<');
	if (name.end == NULL)
		return NULL;
	address.start = name.end + 1;
	if (find_unquoted(address, '<') != NULL)
		return "more than one angle bracket";
	address.end = find_unquoted(address, '>');
	if (address.end == NULL)
		return "angle bracket without its other half";
	if (address.end + 1 != span->end)
		return "text after the angle bracket";
	contacts_span_trim(&address);
	if (is_other_address(name, address))
		return "more than one address";
	*span = address;
	return NULL;
}

/* Mail programs show an address without name as its own name: a@example.net <a@example.net> */
static bool
is_other_address(ContactsSpan name, ContactsSpan address)
{
	contacts_span_trim(&name);
	if (find_unquoted(name, '@') == NULL)
		return false;
	drop_quotes(&name);
	return !contacts_ascii_equal(name.start, (size_t) (name.end - name.start), address.start,
								 (size_t) (address.end - address.start));
}

/* No address ends with a quote, so a pair around the whole never belongs to it. */
static void
drop_quotes(ContactsSpan *span)
{
	static const char *const pairs[][2] = {
		{"\"", "\""}, {"'", "'"}, {"“", "”"}, {"‘", "’"}, {"„", "“"}, {"„", "”"}, {"‚", "‘"},
		{"‚", "’"},   {"”", "”"}, {"’", "’"}, {"«", "»"}, {"»", "«"}, {"‹", "›"}, {"›", "‹"},
	};
	size_t size = (size_t) (span->end - span->start);

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
	{
		size_t open = strlen(pairs[i][0]);
		size_t close = strlen(pairs[i][1]);

		if (size < open + close || memcmp(span->start, pairs[i][0], open) != 0 ||
			memcmp(span->end - close, pairs[i][1], close) != 0)
			continue;
		span->start += open;
		/* a joiner next to such a quote stood between two characters beyond ASCII until now */
		contacts_email_clean(span->start, size - open - close, true, span->start, &size);
		span->end = span->start + size;
		contacts_span_trim(span);
		return;
	}
}

/* First wanted character of span that does not stand in double quotes; NULL when there is none. */
static char *
find_unquoted(ContactsSpan span, char wanted)
{
	bool quoted = false;

	for (char *p = span.start; p < span.end; p++)
	{
		if (*p == '"')
			quoted = !quoted;
		else if (quoted && *p == '\\')
			p++;
		else if (!quoted && *p == wanted)
			return p;
	}
	return NULL;
}
