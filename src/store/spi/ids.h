/*
 * ids.h - new ids of identity columns.
 *
 * Rows may come with ids of their own: from a migration, from a logical replication that does not
 * carry sequences.  The sequence then lags behind the rows, and an id that is taken is skipped.
 */
#ifndef CONTACTS_IDS_H
#define CONTACTS_IDS_H

#include "access/htup.h"
#include "utils/relcache.h"

/* ids.c */

/*
 * The next id of a table of ours, as nextval() gives it, that no row of the account has.  The
 * table's primary key is (account_id, id); its name is given without the schema.
 */
extern int64 contacts_next_id(const char *table, int64 account_id);

/*
 * A row that is about to be inserted; with another id, if the column's default made its id and
 * that one is taken.  An id that the writer gave stays.
 */
extern HeapTuple contacts_with_free_id(Relation table, HeapTuple row);

#endif
