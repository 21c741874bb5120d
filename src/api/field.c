/* -------------------------------------------------------------------------
 * field.c
 *		SQL functions: values of custom fields (R23).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "api/call.h"
#include "store/spi/enums.h"
#include "text/problem.h"
#include "values/field.h"

PG_FUNCTION_INFO_V1(contacts_coerce_field_value);

/* contacts.coerce_field_value(key text, type text, options text[], value jsonb) returns jsonb */
Datum
contacts_coerce_field_value(PG_FUNCTION_ARGS)
{
	ContactsField field = {0};
	ContactsProblem ignored;
	Datum *options = NULL;
	Jsonb *coerced;
	int type;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(3))
		PG_RETURN_NULL();
	field.key = contacts_given_cstring(fcinfo, 0);
	type = contacts_enum_index(CONTACTS_ENUM_FIELD_TYPE, contacts_given_cstring(fcinfo, 1));
	if (type < 0)
		PG_RETURN_NULL();
	field.type = type;
	if (!PG_ARGISNULL(2))
		deconstruct_array(PG_GETARG_ARRAYTYPE_P(2), TEXTOID, -1, false, TYPALIGN_INT, &options,
						  NULL, &field.option_count);
	field.options = palloc(Max(field.option_count, 1) * sizeof(char *));
	for (int i = 0; i < field.option_count; i++)
		field.options[i] = TextDatumGetCString(options[i]);
	coerced = contacts_field_check_value(&field, PG_GETARG_JSONB_P(3), &ignored);
	if (coerced == NULL)
		PG_RETURN_NULL();
	PG_RETURN_JSONB_P(coerced);
}
