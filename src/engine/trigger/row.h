/*
 * row.h - one row on its way into its table, as a BEFORE trigger sees it.
 */
#ifndef CONTACTS_TRIGGER_ROW_H
#define CONTACTS_TRIGGER_ROW_H

#include "access/htup.h"
#include "access/tupdesc.h"
#include "commands/trigger.h"

#define CONTACTS_ROW_COLUMNS 24 /* that one trigger knows */

/* A row, and the columns that are to be replaced in it; columns have the trigger's own numbers. */
typedef struct ContactsRow
{
	TupleDesc shape;
	const int *numbers; /* of the trigger's columns, in the table */
	HeapTuple old_row;  /* NULL for an insert */
	HeapTuple new_row;
	int count; /* columns to replace */
	int columns[CONTACTS_ROW_COLUMNS];
	Datum values[CONTACTS_ROW_COLUMNS];
	bool nulls[CONTACTS_ROW_COLUMNS];
} ContactsRow;

/* row.c */

/* The row that the statement writes. */
extern HeapTuple contacts_row_written(const TriggerData *trigger);
/*
 * Names are those of the columns; NULL stands for the detail with this number.  They are looked up
 * once a statement; *last is where they stood the last time, zeros = not known.
 */
extern void contacts_row_begin(ContactsRow *row, TriggerData *trigger, FmgrInfo *call,
							   const char *const *names, int count, int *last);
/* The row with the columns that were set; sets no more are kept. */
extern HeapTuple contacts_row_end(ContactsRow *row);
extern Datum contacts_row_value(const ContactsRow *row, int column, bool *isnull);
/* Whether an update changes the column of the table with this number, byte by byte. */
extern bool contacts_row_differs(const ContactsRow *row, int number);
extern void contacts_row_set(ContactsRow *row, int column, Datum value, bool isnull);

#endif
