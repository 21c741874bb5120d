/*
 * token.h - identifiers that other systems give: external ids and visitor cookies.
 *
 * Both are opaque: byte-exact, letter case counts, 007 is not 7.
 */
#ifndef CONTACTS_TOKEN_H
#define CONTACTS_TOKEN_H

#include <stddef.h>

#define CONTACTS_TOKEN_MAX 255 /* bytes */
#define CONTACTS_SYSTEM_MAX 63 /* bytes before the colon of an external id */

/* token.c */

/*
 * Finds the token in text: what is left without white space and invisible characters at the edges;
 * *start points into text.  Returns NULL, or a reason in static memory: "empty", too long, control
 * characters.
 */
extern const char *contacts_token_parse(const char *text, size_t size, const char **start,
										size_t *length);

/* The same for an external id, system:id; a system is letters, digits, "_", "." and "-". */
extern const char *contacts_external_id_parse(const char *text, size_t size, const char **start,
											  size_t *length);

#endif /* CONTACTS_TOKEN_H */
