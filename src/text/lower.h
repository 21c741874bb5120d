/*
 * lower.h - lower case beyond ASCII, the same on every machine.
 */
#ifndef CONTACTS_LOWER_H
#define CONTACTS_LOWER_H

#include <stddef.h>
#include <stdint.h>

/* No text grows to more than 3/2 of its bytes: U+0130, two bytes, becomes "i" and U+0307. */
#define CONTACTS_LOWER_MAX(size) ((size) / 2 * 3 + 1)

typedef struct ContactsLowerRun
{
	uint32_t first; /* upper case character */
	uint32_t last;
	int32_t distance; /* from a character to its lower case */
	uint32_t step;    /* 1, or 2 when upper and lower case alternate */
} ContactsLowerRun;

typedef struct ContactsCharRange
{
	uint32_t first;
	uint32_t last;
} ContactsCharRange;

/* lower_data.c, generated; each table in ascending order */
extern const char *const contacts_lower_version; /* of Unicode */
extern const ContactsLowerRun contacts_lower[];
extern const size_t contacts_lower_count;
extern const ContactsCharRange contacts_cased[];
extern const size_t contacts_cased_count;
extern const ContactsCharRange contacts_case_ignorable[];
extern const size_t contacts_case_ignorable_count;

/* lower.c */

/*
 * Lower case of well-formed UTF-8 in the root locale, with the final sigma of Greek words.  out has
 * CONTACTS_LOWER_MAX(size) bytes and is not text; returns the bytes written.
 */
extern size_t contacts_lower_text(const char *text, size_t size, char *out);

#endif /* CONTACTS_LOWER_H */
