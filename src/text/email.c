/* -------------------------------------------------------------------------
 * email.c
 *		The canonical form of an e-mail address, the key that decides identity.
 *
 * Nearly every address is plain ASCII without anything around it: parse_plain reads it
 * in one scan over a table.  Whatever that scan does not take goes the long way, which
 * finds the same result for plain addresses, and a reason for texts that are none:
 *
 *	1. email_wrap.c: one kind of space, no invisible characters, fullwidth as ASCII
 *	2. email_wrap.c: drop the edges, mailto:, a comment, a name, quotes
 *	3. split at the one @ outside quotes
 *	4. email_local.c: lower case, NFC, as few quotes as possible
 *	5. email_domain.c: lower case, A-labels, the rules of host names
 *
 * Nothing follows the habits of a provider: dots, "+" tags and alias domains stay, since
 * a rule that is wrong for one provider makes two persons one.  Nothing allocates except
 * libidn2 and libunistring, and only beyond ASCII and on texts of bounded size.
 * -------------------------------------------------------------------------
 */
#include "text/email.h"

#include <string.h>

#include "text/ascii.h"
#include "text/email_parts.h"

static bool parse_plain(const char *text, size_t size, ContactsEmail *out);
static const char *parse_any(const char *text, size_t size, bool utf8, ContactsEmail *out);
static const char *split(ContactsSpan span, ContactsSpan *local, bool *quoted,
						 ContactsSpan *domain);
static char *after_quoted(ContactsSpan span);

const char *
contacts_email_parse(const char *text, size_t size, bool utf8, ContactsEmail *out)
{
	if (parse_plain(text, size, out))
		return NULL;
	return parse_any(text, size, utf8, out);
}

/* Takes an address that needs only trimming and lower case; false says nothing about the others. */
static bool
parse_plain(const char *text, size_t size, ContactsEmail *out)
{
	size_t at = 0;
	size_t domain_size;

	while (size > 0 && contacts_ascii_is(text[size - 1], CONTACTS_ASCII_SPACE))
		size--;
	while (size > 0 && contacts_ascii_is(text[0], CONTACTS_ASCII_SPACE))
	{
		text++;
		size--;
	}
	if (size > CONTACTS_EMAIL_MAX)
		return false;

	while (at < size && contacts_ascii_is(text[at], CONTACTS_ASCII_LOCAL))
	{
		out->value[at] = contacts_ascii_lower(text[at]);
		at++;
	}
	if (at == 0 || at > CONTACTS_LOCAL_MAX || at == size || text[at] != '@')
		return false;
	out->value[at++] = '@';
	/* at most size bytes in all, so value has room for the domain */
	if (contacts_email_ascii_domain(text + at, size - at, out->value + at, &domain_size) != NULL)
		return false;
	out->size = at + domain_size;
	out->value[out->size] = '\0';
	return true;
}

static const char *
parse_any(const char *text, size_t size, bool utf8, ContactsEmail *out)
{
	char buffer[CONTACTS_EMAIL_TEXT_MAX];
	char domain_out[CONTACTS_DOMAIN_MAX];
	size_t local_size;
	size_t domain_size;
	ContactsSpan span;
	ContactsSpan local;
	ContactsSpan domain;
	bool quoted;
	const char *reason;

	if (size > CONTACTS_EMAIL_TEXT_MAX)
		return "text longer than 4096 bytes";
	reason = contacts_email_clean(text, size, utf8, buffer, &size);
	if (reason != NULL)
		return reason;
	span.start = buffer;
	span.end = buffer + size;
	if ((reason = contacts_email_unwrap(&span, utf8)) != NULL ||
		(reason = split(span, &local, &quoted, &domain)) != NULL ||
		(reason = contacts_email_local(local, quoted, out->value, &local_size)) != NULL ||
		(reason = contacts_email_domain(domain.start, (size_t) (domain.end - domain.start),
										domain_out, &domain_size)) != NULL)
		return reason;

	out->size = local_size + 1 + domain_size;
	if (out->size > CONTACTS_EMAIL_MAX)
		return "address longer than 254 bytes";
	out->value[local_size] = '@';
	memcpy(out->value + local_size + 1, domain_out, domain_size);
	out->value[out->size] = '\0';
	return NULL;
}

/* Finds the local part, without its quotes, and the domain; drops spaces next to the @. */
static const char *
split(ContactsSpan span, ContactsSpan *local, bool *quoted, ContactsSpan *domain)
{
	char *at;

	*quoted = span.start < span.end && *span.start == '"';
	local->start = span.start;
	if (*quoted)
	{
		at = after_quoted(span);
		if (at == NULL)
			return "quoted local part without closing quote";
		local->start++;
		local->end = at - 1;
		while (at < span.end && *at == ' ')
			at++;
		if (at < span.end && *at != '@')
			return "text beside the quoted local part";
	}
	else
	{
		at = memchr(span.start, '@', (size_t) (span.end - span.start));
		if (at == NULL)
			at = span.end;
		local->end = at;
		contacts_span_trim(local);
	}
	if (at == span.end)
		return "missing @";
	domain->start = at + 1;
	domain->end = span.end;
	contacts_span_trim(domain);
	if (memchr(domain->start, '@', (size_t) (domain->end - domain->start)) != NULL)
		return "more than one @ sign";
	return NULL;
}

/* Returns the place after the quoted string at the start of span, NULL when it does not end. */
static char *
after_quoted(ContactsSpan span)
{
	for (char *p = span.start + 1; p < span.end; p++)
	{
		if (*p == '"')
			return p + 1;
		if (*p == '\\')
			p++;
	}
	return NULL;
}
