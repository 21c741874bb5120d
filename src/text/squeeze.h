/*
 * squeeze.h - names and companies as they are kept and shown (R25).
 */
#ifndef CONTACTS_SQUEEZE_H
#define CONTACTS_SQUEEZE_H

#include <stddef.h>

/* squeeze.c */

/*
 * Writes text to out, which has at least size bytes and may be text itself: no white space at the
 * edges, one space for each run of it inside, no control characters, no invisible ones but joiners
 * between two characters beyond ASCII.  Returns the bytes written, 0 when there is nothing to see.
 * Letter case and everything else stay.
 */
extern size_t contacts_squeeze(const char *text, size_t size, char *out);

#endif /* CONTACTS_SQUEEZE_H */
