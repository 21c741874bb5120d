/*
 * list.h - lists that grow by doubling, and lists of ids in order.
 */
#ifndef CONTACTS_LIST_H
#define CONTACTS_LIST_H

#include "postgres.h"

#include "utils/memutils.h"

/*
 * The list with room for one more element of this size, where it was when there still is;  NULL is
 * an empty list.  It stays in its memory context, a new one is made in the current one.
 */
static inline void *
contacts_grown(void *list, int count, int *room, size_t size)
{
	if (count < *room)
		return list;
	*room = Max(8, *room * 2);
	return list ? repalloc_huge(list, *room * size)
				: MemoryContextAllocHuge(CurrentMemoryContext, *room * size);
}

/* For qsort() and bsearch() of int64. */
static inline int
contacts_compare_ids(const void *a, const void *b)
{
	int64 left = *(const int64 *) a;
	int64 right = *(const int64 *) b;

	return (left > right) - (left < right);
}

#endif
