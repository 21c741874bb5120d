/* -------------------------------------------------------------------------
 * rows.c
 *		Many rows as one parameter.
 *
 * Rows travel to an insert as one array of the table's own row type: formed here, unnested there.
 * It costs what a table scan would, a single row pays a microsecond, and a user's added columns
 * stay null or, as the insert names its columns, get their default.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "commands/sequence.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "store/spi/datum.h"
#include "store/spi/query.h"
#include "store/spi/rows.h"

static void make_current(ContactsTable *table);
static void find_columns(ContactsTable *table);

void
contacts_rows_begin(ContactsRows *rows, ContactsTable *table, int expected)
{
	make_current(table);
	rows->table = table;
	rows->count = 0;
	rows->room = Max(expected, 1);
	rows->tuples = palloc(rows->room * sizeof(Datum));
}

void
contacts_rows_add(ContactsRows *rows, const ContactsArgs *args)
{
	ContactsTable *table = rows->table;
	Datum values[MaxTupleAttributeNumber];
	bool nulls[MaxTupleAttributeNumber];

	Assert(args->count == table->count);
	memset(nulls, true, table->shape->natts);
	for (int i = 0; i < table->count; i++)
	{
		values[table->attributes[i] - 1] = args->values[i];
		nulls[table->attributes[i] - 1] = args->nulls[i] == 'n';
	}
	if (rows->count == rows->room)
		rows->tuples = repalloc(rows->tuples, (rows->room *= 2) * sizeof(Datum));
	rows->tuples[rows->count++] = HeapTupleGetDatum(heap_form_tuple(table->shape, values, nulls));
}

void
contacts_arg_rows(ContactsArgs *args, const ContactsRows *rows)
{
	contacts_arg(args,
				 PointerGetDatum(construct_array(rows->tuples, rows->count, rows->table->rowtype,
												 -1, false, TYPALIGN_DOUBLE)));
}

/* Looks the table's row type up again if it is another one, or has other columns, than before. */
static void
make_current(ContactsTable *table)
{
	Oid rowtype = table->rowtype;
	TypeCacheEntry *entry;

	if (!OidIsValid(rowtype) || !OidIsValid(get_typ_typrelid(rowtype)))
		rowtype = contacts_type_oid(table->name);
	entry = lookup_type_cache(rowtype, TYPECACHE_TUPDESC);
	if (table->rowtype == rowtype && table->version == entry->tupDesc_identifier)
		return;
	table->rowtype = InvalidOid;
	if (table->shape)
		FreeTupleDesc(table->shape);
	table->shape = NULL;
	{
		MemoryContext caller = MemoryContextSwitchTo(CacheMemoryContext);

		table->shape = CreateTupleDescCopy(entry->tupDesc);
		MemoryContextSwitchTo(caller);
	}
	find_columns(table);
	table->version = entry->tupDesc_identifier;
	table->rowtype = rowtype;
}

static void
find_columns(ContactsTable *table)
{
	char *copy = pstrdup(table->columns);
	char *state = NULL;

	table->count = 0;
	for (char *name = strtok_r(copy, ", ", &state); name; name = strtok_r(NULL, ", ", &state))
	{
		int attribute = SPI_fnumber(table->shape, name);

		if (attribute <= 0)
			elog(ERROR, "table %s has no column \"%s\"", table->name, name);
		table->attributes[table->count++] = attribute;
	}
	pfree(copy);
}
