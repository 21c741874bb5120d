/* -------------------------------------------------------------------------
 * path.c
 *		The search_path of our calls.
 *
 * Our functions run with the owner's rights, and so does what a DBA hung on our tables: triggers,
 * defaults, CHECKs, generated columns, expressions of indexes.  Such code names functions,
 * operators and tables without their schema, and must not find those of the caller.  So a call
 * fixes the path: the server's names first, then the schemas that the owner trusts, temporary
 * objects last.
 *
 * Trusted are the schemas of the setting contacts.trusted_schemas, which only a superuser sets; by
 * default public, unless PUBLIC may create there, which is what the catalogs are asked for: once,
 * and again when they change.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_namespace.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "utils/varlena.h"

#include "store/spi/path.h"
#include "store/spi/query.h"

#define DEFAULT_SCHEMA "public"

char *contacts_setting_trusted = NULL;

static char *path = NULL;     /* in TopMemoryContext; NULL until asked for */
static bool is_valid = false; /* nothing that it depends on has changed since */

static const char *current_path(void);
static char *build_path(void);
static bool is_trusted(const char *schema);
static bool lets_all_create(HeapTuple schema);
static bool split(const char *schemas, List **names);
static void on_catalog_change(Datum arg, int cache_id, uint32 hash);
static void on_relation_change(Datum arg, Oid relation);

void
contacts_path_init(void)
{
	CacheRegisterSyscacheCallback(NAMESPACEOID, on_catalog_change, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHOID, on_catalog_change, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, on_catalog_change, (Datum) 0);
	CacheRegisterRelcacheCallback(on_relation_change, (Datum) 0); /* the owner of the tables */
}

void
contacts_path_forget(void)
{
	is_valid = false;
}

bool
contacts_path_valid(const char *schemas)
{
	List *names;
	bool valid = split(schemas, &names);
	ListCell *cell;

	foreach (cell, names)
		valid = valid && strncmp(lfirst(cell), "pg_", 3) != 0 && strcmp(lfirst(cell), "$user") != 0;
	list_free(names);
	return valid;
}

void
contacts_path_use(void)
{
	const char *wanted = current_path();

	if (strcmp(namespace_search_path, wanted) != 0)
		(void) set_config_option("search_path", wanted, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
								 true, 0, false);
}

/* Each call opens a level of settings, which an error closes with its transaction or savepoint. */
void
contacts_path_begins(void)
{
	(void) NewGUCNestLevel();
	contacts_path_use();
}

/* The level that was opened is the last one again: the server tells the next one's number only. */
void
contacts_path_ends(void)
{
	AtEOXact_GUC(true, NewGUCNestLevel() - 1);
}

int
contacts_settings_kept(void)
{
	return NewGUCNestLevel();
}

void
contacts_settings_restored(int level)
{
	AtEOXact_GUC(false, level);
}

static const char *
current_path(void)
{
	const char *fresh;

	if (is_valid && path)
		return path;
	if (path)
		pfree(path);
	path = NULL;
	/* looking through the catalogs may take in a change of them */
	is_valid = true;
	fresh = build_path();
	path = MemoryContextStrdup(TopMemoryContext, fresh);
	return path;
}

static char *
build_path(void)
{
	StringInfoData text;
	ListCell *cell;
	List *names;

	initStringInfo(&text);
	appendStringInfoString(&text, "pg_catalog");
	if (contacts_setting_trusted == NULL || contacts_setting_trusted[0] == '\0')
	{
		if (is_trusted(DEFAULT_SCHEMA))
			appendStringInfoString(&text, ", " DEFAULT_SCHEMA);
	}
	else if (split(contacts_setting_trusted, &names))
		foreach (cell, names)
			appendStringInfo(&text, ", %s", quote_identifier(lfirst(cell)));
	appendStringInfoString(&text, ", pg_temp");
	return text.data;
}

/*
 * Whether PUBLIC makes no names there, and the schema is the database owner's or that of somebody
 * as good as the owner of the tables.  Single roles that may create there were let in by name.
 */
static bool
is_trusted(const char *schema)
{
	Oid owner = contacts_table_owner();
	HeapTuple tuple = SearchSysCache1(NAMESPACENAME, CStringGetDatum(schema));
	bool trusted;
	Oid schema_owner;

	if (!HeapTupleIsValid(tuple))
		return false;
	schema_owner = ((Form_pg_namespace) GETSTRUCT(tuple))->nspowner;
	trusted = schema_owner == ROLE_PG_DATABASE_OWNER || superuser_arg(schema_owner) ||
			  (OidIsValid(owner) && has_privs_of_role(schema_owner, owner));
	trusted = trusted && !lets_all_create(tuple);
	ReleaseSysCache(tuple);
	return trusted;
}

/* By default nobody but its owner creates in a schema. */
static bool
lets_all_create(HeapTuple schema)
{
	bool isnull;
	Datum datum = SysCacheGetAttr(NAMESPACENAME, schema, Anum_pg_namespace_nspacl, &isnull);
	const Acl *acl = isnull ? NULL : DatumGetAclP(datum);

	for (int i = 0; acl && i < ACL_NUM(acl); i++)
		if (ACL_DAT(acl)[i].ai_grantee == ACL_ID_PUBLIC &&
			(ACLITEM_GET_PRIVS(ACL_DAT(acl)[i]) & ACL_CREATE) != 0)
			return true;
	return false;
}

static bool
split(const char *schemas, List **names)
{
	return SplitIdentifierString(pstrdup(schemas), ',', names);
}

static void
on_catalog_change(Datum arg, int cache_id, uint32 hash)
{
	is_valid = false;
}

static void
on_relation_change(Datum arg, Oid relation)
{
	is_valid = false;
}
