/*
 * ascii.h - what an ASCII character may be part of, by one table look-up.
 */
#ifndef CONTACTS_ASCII_H
#define CONTACTS_ASCII_H

#include <stdbool.h>
#include <stddef.h>

/* bits of contacts_ascii_class */
#define CONTACTS_ASCII_LOCAL 0x01 /* local part of an e-mail address: atext of RFC 5322, dot */
#define CONTACTS_ASCII_HOST 0x02  /* host name: letter, digit, hyphen */
#define CONTACTS_ASCII_DIGIT 0x04
#define CONTACTS_ASCII_SPACE 0x08 /* space, tab, newline, vertical tab, form feed, return */
#define CONTACTS_ASCII_NAME 0x10  /* name of a system: letter, digit, "_", ".", "-" */
#define CONTACTS_ASCII_UPPER 0x20 /* also the bit that makes a capital letter small */

/* ascii.c */

/* One entry per byte; 0 for bytes beyond ASCII. */
extern const unsigned char contacts_ascii_class[256];

/* Are two texts equal but for the case of ASCII letters? */
extern bool contacts_ascii_equal(const char *one, size_t one_size, const char *other,
								 size_t other_size);

static inline bool
contacts_ascii_is(char c, int classes)
{
	return (contacts_ascii_class[(unsigned char) c] & classes) != 0;
}

static inline char
contacts_ascii_lower(char c)
{
	return (char) (c | (contacts_ascii_class[(unsigned char) c] & CONTACTS_ASCII_UPPER));
}

#endif /* CONTACTS_ASCII_H */
