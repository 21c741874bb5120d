/*
 * email_parts.h - the steps of reading an e-mail address, for email.c only, in their order.
 *
 * Each step returns NULL or, for a text that is no address, a reason in static memory.
 */
#ifndef CONTACTS_EMAIL_PARTS_H
#define CONTACTS_EMAIL_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#define CONTACTS_LOCAL_MAX 64   /* bytes of a canonical local part, RFC 5321 4.5.3.1.1 */
#define CONTACTS_DOMAIN_MAX 253 /* bytes of a canonical domain */
#define CONTACTS_LABEL_MAX 63

/* A part of the text at work; the bytes belong to email.c's buffer and may be changed in place. */
typedef struct ContactsSpan
{
	char *start;
	char *end; /* after the last byte */
} ContactsSpan;

/* email_wrap.c */

/*
 * Copies size bytes of text to out (of at least size bytes, may be text itself): fullwidth forms
 * as ASCII, white space as spaces, no invisible characters.  Rejects other control characters,
 * bytes that are no UTF-8 and, without utf8, anything beyond ASCII.
 */
extern const char *contacts_email_clean(const char *text, size_t size, bool utf8, char *out,
										size_t *out_size);

/* Drops what people and programs put around an address: edges, mailto, comment, name, quotes. */
extern const char *contacts_email_unwrap(ContactsSpan *span, bool utf8);

/* Moves the edges of span inwards over spaces. */
extern void contacts_span_trim(ContactsSpan *span);

/* email_local.c */

/*
 * Writes the canonical form of a local part to out (CONTACTS_LOCAL_MAX bytes).  quoted: span is
 * what stands between the quotes, with its backslashes; else no space or quote is allowed in it.
 */
extern const char *contacts_email_local(ContactsSpan span, bool quoted, char *out,
										size_t *out_size);

/* email_domain.c */

/* Writes the canonical form of a domain to out (CONTACTS_DOMAIN_MAX bytes). */
extern const char *contacts_email_domain(const char *text, size_t size, char *out,
										 size_t *out_size);

/* The same for a domain that has to be ASCII. */
extern const char *contacts_email_ascii_domain(const char *text, size_t size, char *out,
											   size_t *out_size);

#endif /* CONTACTS_EMAIL_PARTS_H */
