/* -------------------------------------------------------------------------
 * setup.c
 *		Whether the tables are there, in the version that this library was built for.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "utils/lsyscache.h"
#include "utils/inval.h"

#include "store/spi/query.h"
#include "store/spi/setup.h"

static bool known = false; /* a positive answer, until the catalogs change */
static bool callback_registered = false;

static bool has_current_schema(void);
static void on_relation_change(Datum arg, Oid relation);

bool
contacts_is_set_up(void)
{
	Oid schema;

	if (known)
		return true;
	if (!callback_registered)
		CacheRegisterRelcacheCallback(on_relation_change, (Datum) 0);
	callback_registered = true;
	schema = get_namespace_oid("contacts", true);
	if (!OidIsValid(schema) || !OidIsValid(get_relname_relid("schema_version", schema)) ||
		!OidIsValid(contacts_table_owner()))
		return false;
	known = has_current_schema();
	return known;
}

/* The last step that was done is the last one there is. */
static bool
has_current_schema(void)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT"
		" FROM contacts.schema_version v"
		" WHERE contacts.schema_step(v.version" PLUS "1) IS NULL",
		"");
	ContactsIdentity caller;
	ContactsArgs args = {0};
	bool found;

	contacts_connect_as_owner(&caller);
	found = contacts_run(&query, &args) > 0;
	contacts_disconnect_as_owner(&caller);
	return found;
}

static void
on_relation_change(Datum arg, Oid relation)
{
	known = false;
}
