/*
 * json_gather.h - an object that is told piece by piece, and built once.
 *
 *		gather = contacts_gather_begin(first);
 *		for each further piece
 *			contacts_gather(gather, piece, true, SIZE_MAX, &changed);
 *		whole = contacts_gather_object(gather);
 *
 * The pieces must outlive it.  All memory is of the context that it began in.
 */
#ifndef CONTACTS_JSON_GATHER_H
#define CONTACTS_JSON_GATHER_H

#include "postgres.h"

#include "utils/jsonb.h"

typedef struct ContactsGather ContactsGather;

/* json_gather.c */

extern ContactsGather *contacts_gather_begin(Jsonb *object); /* NULL = empty */
/*
 * Adds an object: its values replace what is there for a key, or only fill what is not.  *changed
 * says whether anything differs by it; where a key differs, so does the whole.  False, and nothing
 * added, when more than `most` bytes would come of it.
 */
extern bool contacts_gather(ContactsGather *gather, Jsonb *object, bool replaces, size_t most,
							bool *changed);
extern Jsonb *contacts_gather_object(ContactsGather *gather);
extern void contacts_gather_end(ContactsGather *gather);

#endif
