/* -------------------------------------------------------------------------
 * datum.c
 *		Values on their way into statements, as parameters, and out of them, as columns.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "store/spi/datum.h"
#include "store/spi/query.h"

/* ---- parameters ---- */

void
contacts_arg(ContactsArgs *args, Datum value)
{
	Assert(args->count < CONTACTS_QUERY_ARGS);
	args->nulls[args->count] = ' ';
	args->values[args->count++] = value;
}

void
contacts_arg_null(ContactsArgs *args)
{
	contacts_arg(args, (Datum) 0);
	args->nulls[args->count - 1] = 'n';
}

void
contacts_arg_int64(ContactsArgs *args, int64 value)
{
	contacts_arg(args, Int64GetDatum(value));
}

void
contacts_arg_id(ContactsArgs *args, int64 id)
{
	if (id == 0)
		contacts_arg_null(args);
	else
		contacts_arg(args, Int64GetDatum(id));
}

void
contacts_arg_text(ContactsArgs *args, const char *value)
{
	if (value == NULL)
		contacts_arg_null(args);
	else
		contacts_arg(args, CStringGetTextDatum(value));
}

void
contacts_arg_jsonb(ContactsArgs *args, const Jsonb *value)
{
	if (value == NULL)
		contacts_arg_null(args);
	else
		contacts_arg(args, PointerGetDatum(value));
}

void
contacts_arg_time(ContactsArgs *args, TimestampTz value)
{
	if (value == DT_NOBEGIN)
		contacts_arg_null(args);
	else
		contacts_arg(args, TimestampTzGetDatum(value));
}

void
contacts_arg_int64s(ContactsArgs *args, const int64 *values, int count)
{
	contacts_arg(args, contacts_int64_array(values, count));
}

void
contacts_arg_texts(ContactsArgs *args, const char **values, int count)
{
	contacts_arg(args, contacts_text_array(values, count));
}

Datum
contacts_int64_array(const int64 *values, int count)
{
	Datum *elements = palloc(Max(count, 1) * sizeof(Datum));

	for (int i = 0; i < count; i++)
		elements[i] = Int64GetDatum(values[i]);
	return PointerGetDatum(
		construct_array(elements, count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

Datum
contacts_text_array(const char **values, int count)
{
	Datum *elements = palloc(Max(count, 1) * sizeof(Datum));
	bool *nulls = palloc(Max(count, 1) * sizeof(bool));
	int dimensions[1] = {count};
	int bounds[1] = {1};

	for (int i = 0; i < count; i++)
	{
		nulls[i] = values[i] == NULL;
		elements[i] = nulls[i] ? (Datum) 0 : CStringGetTextDatum(values[i]);
	}
	return PointerGetDatum(construct_md_array(elements, nulls, count > 0, dimensions, bounds,
											  TEXTOID, -1, false, TYPALIGN_INT));
}

/* ---- rows ---- */

Datum
contacts_row_datum(uint64 row, int column, bool *isnull)
{
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, isnull);
}

int64
contacts_row_int64(uint64 row, int column)
{
	bool isnull;
	Datum value = contacts_row_datum(row, column, &isnull);

	return isnull ? 0 : DatumGetInt64(value);
}

bool
contacts_row_bool(uint64 row, int column)
{
	bool isnull;
	Datum value = contacts_row_datum(row, column, &isnull);

	return isnull ? false : DatumGetBool(value);
}

TimestampTz
contacts_row_time(uint64 row, int column)
{
	bool isnull;
	Datum value = contacts_row_datum(row, column, &isnull);

	return isnull ? DT_NOBEGIN : DatumGetTimestampTz(value);
}

char *
contacts_row_text(uint64 row, int column)
{
	bool isnull;
	Datum value = contacts_row_datum(row, column, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

Jsonb *
contacts_row_jsonb(uint64 row, int column)
{
	bool isnull;
	Datum value = contacts_row_datum(row, column, &isnull);

	return isnull ? NULL : (Jsonb *) PG_DETOAST_DATUM_COPY(value);
}

int64 *
contacts_row_int64s(uint64 row, int column, int *count)
{
	bool isnull;
	Datum array = contacts_row_datum(row, column, &isnull);
	Datum *elements;
	int64 *values;

	if (isnull)
		return NULL;
	deconstruct_array(DatumGetArrayTypeP(array), INT8OID, sizeof(int64), FLOAT8PASSBYVAL,
					  TYPALIGN_DOUBLE, &elements, NULL, count);
	values = palloc(Max(*count, 1) * sizeof(int64));
	for (int i = 0; i < *count; i++)
		values[i] = DatumGetInt64(elements[i]);
	pfree(elements);
	return values;
}

const char **
contacts_row_texts(uint64 row, int column, int *count)
{
	bool isnull;
	Datum array = contacts_row_datum(row, column, &isnull);
	Datum *elements;
	const char **texts;

	if (isnull)
		return NULL;
	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL,
					  count);
	texts = palloc(Max(*count, 1) * sizeof(char *));
	for (int i = 0; i < *count; i++)
		texts[i] = TextDatumGetCString(elements[i]);
	pfree(elements);
	return texts;
}

int
contacts_rows_int64(uint64 rows, int64 **values)
{
	*values = palloc(Max(rows, 1) * sizeof(int64));
	for (uint64 row = 0; row < rows; row++)
		(*values)[row] = contacts_row_int64(row, 1);
	return rows;
}
