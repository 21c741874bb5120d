/*
 * rows.h - many rows as one parameter.
 */
#ifndef CONTACTS_ROWS_H
#define CONTACTS_ROWS_H

#include "access/tupdesc.h"

#include "store/spi/query.h"

/* rows.c */

/*
 * A table and the columns that C writes.  The insert takes one array of the table's row type, so
 * one plan serves one row and ten thousand.
 */
typedef struct ContactsTable
{
	const char *name;                           /* qualified name */
	const char *columns;                        /* separated by ", " */
	Oid rowtype;                                /* the row type; InvalidOid until first use */
	uint64 version;                             /* of the row type, as the type cache counts */
	TupleDesc shape;                            /* copy of its descriptor */
	int count;                                  /* number of columns named above */
	AttrNumber attributes[CONTACTS_QUERY_ARGS]; /* where they stand in the table */
} ContactsTable;

typedef struct ContactsRows
{
	ContactsTable *table;
	int count;
	int room;
	Datum *tuples;
} ContactsRows;

extern void contacts_rows_begin(ContactsRows *rows, ContactsTable *table, int expected);
/* Adds a row: args holds the columns in the order of table->columns. */
extern void contacts_rows_add(ContactsRows *rows, const ContactsArgs *args);
extern void contacts_arg_rows(ContactsArgs *args, const ContactsRows *rows);

#endif
