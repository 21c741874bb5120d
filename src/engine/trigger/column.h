/*
 * column.h - where the columns of a table stand.
 */
#ifndef CONTACTS_TRIGGER_COLUMN_H
#define CONTACTS_TRIGGER_COLUMN_H

#include "access/tupdesc.h"
#include "executor/spi.h"

/*
 * The number of a column.  *last is where it stood the last time, 0 = not known: it is tried first,
 * since a search compares the names of all columns before.
 */
static inline int
contacts_column_number(TupleDesc shape, const char *name, int *last)
{
	if (*last <= 0 || *last > shape->natts || TupleDescAttr(shape, *last - 1)->attisdropped ||
		strcmp(NameStr(TupleDescAttr(shape, *last - 1)->attname), name) != 0)
		*last = SPI_fnumber(shape, name);
	if (*last <= 0)
		elog(ERROR, "the table has no column \"%s\"", name);
	return *last;
}

#endif
