/*
 * visible.h - which characters can be seen, and a writer that leaves out the others.
 */
#ifndef CONTACTS_VISIBLE_H
#define CONTACTS_VISIBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Collects characters in a buffer of the caller's.  Joiners (U+200C, U+200D) shape letters of
 * Persian or Hindi and hold emoji together, but are noise next to ASCII: they stay only between
 * two characters beyond ASCII.
 */
typedef struct ContactsVisibleWriter
{
	char *out;        /* grows by no more than what is put */
	size_t size;      /* bytes in out */
	size_t waiting;   /* bytes of joiners at the end of out, not yet decided */
	bool after_ascii; /* the character before the joiners is ASCII, or there is none */
} ContactsVisibleWriter;

/* visible.c */

/* White_Space of Unicode: tab, newline, no-break space, ideographic space … */
extern bool contacts_is_space(uint32_t code);

/* C0, DEL and C1, without those that are white space. */
extern bool contacts_is_control(uint32_t code);

/* Soft hyphen, zero width space, byte order mark, marks of direction; not the joiners. */
extern bool contacts_is_invisible(uint32_t code);

/* U+200C and U+200D. */
extern bool contacts_is_joiner(uint32_t code);

/* Characters that have no looks of their own though they are letters or marks: Hangul fillers … */
extern bool contacts_is_filler(uint32_t code);

extern void contacts_visible_begin(ContactsVisibleWriter *writer, char *out);

/* Appends a character of size bytes; ascii says which kind of neighbour it is for joiners. */
extern void contacts_visible_put(ContactsVisibleWriter *writer, const char *bytes, size_t size,
								 bool ascii);

/* Appends a joiner of size bytes, to stay if its neighbours allow. */
extern void contacts_visible_join(ContactsVisibleWriter *writer, const char *bytes, size_t size);

/* Returns the number of bytes collected. */
extern size_t contacts_visible_end(ContactsVisibleWriter *writer);

#endif /* CONTACTS_VISIBLE_H */
