/*
 * email.h - the canonical form of an e-mail address, the key that decides identity.
 */
#ifndef CONTACTS_EMAIL_H
#define CONTACTS_EMAIL_H

#include <stdbool.h>
#include <stddef.h>

#define CONTACTS_EMAIL_MAX 254       /* bytes of a canonical address */
#define CONTACTS_EMAIL_TEXT_MAX 4096 /* bytes of a text that is looked at */

typedef struct ContactsEmail
{
	size_t size;                        /* bytes of value, without the NUL */
	char value[CONTACTS_EMAIL_MAX + 1]; /* canonical form, NUL-terminated */
} ContactsEmail;

/* email.c */

/*
 * Finds the one address in size bytes of text, as people, forms and spreadsheets write it, and
 * fills out with its canonical form.  Returns NULL, or a reason in static memory when there is
 * none; then out holds nothing of use.  A blank text has the reason "empty"; whether that is wrong
 * is the caller's matter.  utf8 tells that text is UTF-8; in other encodings only ASCII is
 * accepted.  The canonical form of a canonical form is itself.
 */
extern const char *contacts_email_parse(const char *text, size_t size, bool utf8,
										ContactsEmail *out);

#endif /* CONTACTS_EMAIL_H */
