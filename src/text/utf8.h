/*
 * utf8.h - one character at a time out of and into UTF-8.
 */
#ifndef CONTACTS_UTF8_H
#define CONTACTS_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define CONTACTS_UTF8_MAX 4 /* bytes of the longest character */

/* utf8.c */

/*
 * Reads the first character of size bytes of text.  Returns its length in bytes, or 0 when text is
 * empty or does not start with a well-formed character (no overlong forms, no surrogates).
 */
extern size_t contacts_utf8_decode(const char *text, size_t size, uint32_t *code);

/* Writes a character (at most 10FFFF) to out (CONTACTS_UTF8_MAX bytes); returns its length. */
extern size_t contacts_utf8_encode(uint32_t code, char *out);

#endif /* CONTACTS_UTF8_H */
