/*
 * datum.h - values on their way into statements and out of them.
 */
#ifndef CONTACTS_DATUM_H
#define CONTACTS_DATUM_H

#include "store/spi/query.h"

/* datum.c */

extern void contacts_arg(ContactsArgs *args, Datum value);
extern void contacts_arg_int64(ContactsArgs *args, int64 value);
extern void contacts_arg_id(ContactsArgs *args, int64 id);              /* 0 = null */
extern void contacts_arg_text(ContactsArgs *args, const char *value);   /* NULL = null */
extern void contacts_arg_jsonb(ContactsArgs *args, const Jsonb *value); /* NULL = null */
extern void contacts_arg_time(ContactsArgs *args, TimestampTz value);   /* DT_NOBEGIN = null */
extern void contacts_arg_null(ContactsArgs *args);
extern void contacts_arg_int64s(ContactsArgs *args, const int64 *values, int count);
extern void contacts_arg_texts(ContactsArgs *args, const char **values, int count);
/* bigint[], and text[] with null for NULL. */
extern Datum contacts_int64_array(const int64 *values, int count);
extern Datum contacts_text_array(const char **values, int count);

/* Column values of row `row` of SPI_tuptable; columns count from 1.  Copies in the SPI context. */
extern int64 contacts_row_int64(uint64 row, int column);      /* null = 0 */
extern bool contacts_row_bool(uint64 row, int column);        /* null = false */
extern char *contacts_row_text(uint64 row, int column);       /* null = NULL */
extern Jsonb *contacts_row_jsonb(uint64 row, int column);     /* null = NULL */
extern TimestampTz contacts_row_time(uint64 row, int column); /* null = DT_NOBEGIN */
extern Datum contacts_row_datum(uint64 row, int column, bool *isnull);
/* Arrays without null elements; null = NULL.  All in the current memory context. */
extern int64 *contacts_row_int64s(uint64 row, int column, int *count);
extern const char **contacts_row_texts(uint64 row, int column, int *count);
/* The first column of all rows. */
extern int contacts_rows_int64(uint64 rows, int64 **values);

#endif
