/*
 * compose.h - one spelling for letters with marks: Unicode's NFC.
 */
#ifndef CONTACTS_COMPOSE_H
#define CONTACTS_COMPOSE_H

#include <stdbool.h>
#include <stddef.h>

/* NFC makes no text longer than this many times, in bytes. */
#define CONTACTS_COMPOSED_GROWTH 3
/* And none shorter than this many times. */
#define CONTACTS_COMPOSED_SHRINK 3

/* compose.c */

/*
 * Whether composing certainly leaves the text as it is: true for ASCII and for most texts that
 * people write; where it is false, contacts_compose() knows.
 */
extern bool contacts_is_composed(const char *text, size_t size);

/*
 * Writes the text with composed letters to out, which has *out_size bytes and is not text;
 * *out_size becomes the bytes written.  False, and the text is to be taken as it is, where it is
 * not well-formed UTF-8, does not fit, or memory is short.
 */
extern bool contacts_compose(const char *text, size_t size, char *out, size_t *out_size);

#endif /* CONTACTS_COMPOSE_H */
