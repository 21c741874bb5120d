/*
 * blank.h - which texts count as no value at all (R10).
 */
#ifndef CONTACTS_BLANK_H
#define CONTACTS_BLANK_H

#include <stdbool.h>
#include <stddef.h>

/* blank.c */

/* Empty, or nothing but white space and characters that cannot be seen. */
extern bool contacts_is_blank(const char *text, size_t size);

/*
 * Finds the part of text without white space and invisible characters at its edges; it points into
 * text.  Returns false when nothing is left; control characters are left.
 */
extern bool contacts_trim(const char *text, size_t size, const char **start, size_t *length);

/*
 * For identifiers: blank, or one of the fixed words that programs write when they have no value:
 * null, none, n/a, undefined, nan, 0, -, anonymous, guest, true, false, [object Object], the nil
 * UUID … in any case, trimmed.
 */
extern bool contacts_is_placeholder(const char *text, size_t size);

/* For phones: a placeholder, or a number of zeros only, such as 000-000-0000 or +0000. */
extern bool contacts_is_placeholder_phone(const char *text, size_t size);

/* For external ids: a placeholder, or a system with a placeholder as id, such as crm:undefined. */
extern bool contacts_is_placeholder_external_id(const char *text, size_t size);

#endif /* CONTACTS_BLANK_H */
