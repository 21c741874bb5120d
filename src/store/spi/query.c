/* -------------------------------------------------------------------------
 * query.c
 *		Kept plans, their parameters and their rows.
 *
 * A plan is prepared at its first run: prepare, keep, and only then publish it in the query, so
 * that an error on the way leaves the query as it was.  Plans revalidate themselves when tables
 * change; what they cannot follow is a parameter type that was dropped and made again (DROP and
 * CREATE EXTENSION in one session).  So a change in pg_type raises a generation, and a plan of
 * an older generation resolves its type names once more before it runs.
 *
 * All plans are generic, and made as if the tables were large: a plan made while they were empty
 * must be as good when they are not, and there may be no statistics for a while.  So planning is
 * done here and not left to the first execution: with scans and joins that read whole tables
 * switched off, and with a hook that tells the planner of a million rows.  Costs reckoned like that
 * must not lead to compiling a plan that reads a few rows, so jit is off as well.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "optimizer/cost.h"
#include "optimizer/plancat.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/plancache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "compat.h"
#include "store/spi/context.h"
#include "store/spi/path.h"
#include "store/spi/query.h"

#define LARGE_TABLE 1000000

static uint64 type_generation = 1;
static bool is_planning = false; /* a kept plan is being made */
static get_relation_info_hook_type next_hook = NULL;

static uint64 run_plan(ContactsQuery *query, const ContactsArgs *args, bool read_only);
static int execute(ContactsQuery *query, const ContactsArgs *args, bool latest, bool read_only);
static void make_ready(ContactsQuery *query);
static void make_current(ContactsQuery *query);
static void plan_by_index(ContactsQuery *query);
static void assume_large_table(PlannerInfo *root, Oid relation, bool inherited, RelOptInfo *rel);
static int resolve_types(const char *names, Oid *types);
static void on_type_change(Datum arg, int cache_id, uint32 hash);

void
contacts_query_init(void)
{
	CacheRegisterSyscacheCallback(TYPEOID, on_type_change, (Datum) 0);
	next_hook = get_relation_info_hook;
	get_relation_info_hook = assume_large_table;
	contacts_path_init();
}

void
contacts_connect(void)
{
	contacts_path_begins();
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
}

void
contacts_disconnect(void)
{
	SPI_finish();
	contacts_path_ends();
}

void
contacts_connect_as_owner(ContactsIdentity *before)
{
	GetUserIdAndSecContext(&before->user, &before->context);
	SetUserIdAndSecContext(contacts_table_owner(), before->context | SECURITY_LOCAL_USERID_CHANGE);
	contacts_connect();
}

void
contacts_disconnect_as_owner(const ContactsIdentity *before)
{
	contacts_disconnect();
	SetUserIdAndSecContext(before->user, before->context);
}

Oid
contacts_table_owner(void)
{
	Oid schema = get_namespace_oid("contacts", true);
	Oid table = OidIsValid(schema) ? get_relname_relid("contact", schema) : InvalidOid;
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
	Oid owner = InvalidOid;

	if (HeapTupleIsValid(tuple))
	{
		owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
		ReleaseSysCache(tuple);
	}
	return owner;
}

uint64
contacts_run(ContactsQuery *query, const ContactsArgs *args)
{
	return run_plan(query, args, false);
}

uint64
contacts_run_latest(ContactsQuery *query, const ContactsArgs *args)
{
	if (execute(query, args, true, false) < 0)
		elog(ERROR, "could not run \"%s\"", query->sql);
	return SPI_processed;
}

/*
 * As the server runs the actions of foreign keys; after an error the user is back, too.  What the
 * role's triggers set is undone: what follows runs with our rights.
 */
uint64
contacts_run_text_as(Oid role, const char *sql, const char *types, const ContactsArgs *args)
{
	MemoryContext caller = CurrentMemoryContext;
	ContactsIdentity before;
	Oid argtypes[CONTACTS_QUERY_ARGS];
	int argc = resolve_types(types, argtypes);
	int level = contacts_settings_kept();
	int code;

	GetUserIdAndSecContext(&before.user, &before.context);
	SetUserIdAndSecContext(role,
						   before.context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
	PG_TRY();
	{
		code = SPI_execute_with_args(sql, argc, argtypes, unconstify(Datum *, &args->values[0]),
									 args->nulls, false, 0);
	}
	PG_CATCH();
	{
		contacts_rethrow_without(sql, caller);
	}
	PG_END_TRY();
	SetUserIdAndSecContext(before.user, before.context);
	contacts_settings_restored(level);
	if (code < 0)
		elog(ERROR, "could not run \"%s\": %s", sql, SPI_result_code_string(code));
	return SPI_processed;
}

uint64
contacts_call_as(Oid role, const char *function)
{
	ContactsArgs args = {0};

	return contacts_run_text_as(role, psprintf("SELECT contacts.%s()", function), "", &args);
}

bool
contacts_try_text_as(Oid role, const char *sql, const char *types, const ContactsArgs *args)
{
	MemoryContext caller = CurrentMemoryContext;
	volatile bool is_unique = true;

	PG_TRY();
	{
		contacts_run_text_as(role, sql, types, args);
	}
	PG_CATCH();
	{
		if (geterrcode() != ERRCODE_UNIQUE_VIOLATION && geterrcode() != ERRCODE_EXCLUSION_VIOLATION)
			PG_RE_THROW();
		MemoryContextSwitchTo(caller);
		FlushErrorState();
		is_unique = false;
	}
	PG_END_TRY();
	return is_unique;
}

uint64
contacts_read(ContactsQuery *query, const ContactsArgs *args)
{
	return run_plan(query, args, true);
}

Portal
contacts_open(ContactsQuery *query, const ContactsArgs *args)
{
	Portal portal;

	make_ready(query);
	portal = SPI_cursor_open(NULL, query->plan, unconstify(Datum *, &args->values[0]), args->nulls,
							 true);
	if (portal == NULL)
		elog(ERROR, "could not open \"%s\"", query->sql);
	return portal;
}

static uint64
run_plan(ContactsQuery *query, const ContactsArgs *args, bool read_only)
{
	int code = execute(query, args, false, read_only);

	if (code < 0)
		elog(ERROR, "could not run \"%s\": %s", query->sql, SPI_result_code_string(code));
	return SPI_processed;
}

/* Whatever runs a plan at once does it here. */
static int
execute(ContactsQuery *query, const ContactsArgs *args, bool latest, bool read_only)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum *values = unconstify(Datum *, &args->values[0]);
	int code;

	PG_TRY();
	{
		make_ready(query);
		Assert(args->count == query->argc);
		code = latest ? SPI_execute_snapshot(query->plan, values, args->nulls, GetLatestSnapshot(),
											 InvalidSnapshot, false, true, 0)
					  : SPI_execute_plan(query->plan, values, args->nulls, read_only, 0);
	}
	PG_CATCH();
	{
		contacts_rethrow_without(query->sql, caller);
	}
	PG_END_TRY();
	return code;
}

/* The counter rises before the locks of the transaction are released, so who waited sees it. */
uint64
contacts_ended_transactions(void)
{
	pg_memory_barrier();
	return TransactionCounters->xactCompletionCount;
}

/* Whatever runs a plan begins here. */
static void
make_ready(ContactsQuery *query)
{
	if (query->generation != type_generation)
		make_current(query);
	plan_by_index(query);
}

/* Makes sure that the query has a plan for the types as they are now. */
static void
make_current(ContactsQuery *query)
{
	Oid types[CONTACTS_QUERY_ARGS];
	uint64 generation = type_generation;
	int argc = resolve_types(query->types, types);

	if (query->plan != NULL && memcmp(types, query->argtypes, argc * sizeof(Oid)) != 0)
	{
		SPI_freeplan(query->plan);
		query->plan = NULL;
	}
	if (query->plan == NULL)
	{
		SPIPlanPtr plan = SPI_prepare_cursor(query->sql, argc, types, CURSOR_OPT_GENERIC_PLAN);

		if (plan == NULL || SPI_keepplan(plan) != 0)
			elog(ERROR, "could not prepare \"%s\": %s", query->sql,
				 SPI_result_code_string(SPI_result));
		memcpy(query->argtypes, types, sizeof(types));
		query->argc = argc;
		query->plan = plan;
	}
	query->generation = generation;
}

/* Plans the query unless it has a plan that is still good. */
static void
plan_by_index(ContactsQuery *query)
{
	static const char *const switched_off[] = {"enable_seqscan", "enable_hashjoin",
											   "enable_mergejoin", "enable_bitmapscan", "jit"};
	CachedPlanSource *source = linitial(SPI_plan_get_plan_sources(query->plan));
	bool was_planning = is_planning;
	CachedPlan *plan;
	int level;

	if (source->is_valid && source->gplan != NULL && source->gplan->is_valid &&
		SearchPathMatchesCurrentEnvironment(source->search_path))
		return;
	level = NewGUCNestLevel();
	is_planning = true;
	PG_TRY();
	{
		for (size_t i = 0; i < lengthof(switched_off); i++)
			if (!query->by_bitmap || strcmp(switched_off[i], "enable_bitmapscan") != 0)
				(void) set_config_option(switched_off[i], "off", PGC_USERSET, PGC_S_SESSION,
										 GUC_ACTION_SAVE, true, 0, false);
		plan = SPI_plan_get_cached_plan(query->plan);
		if (plan)
			ReleaseCachedPlan(plan, CurrentResourceOwner);
	}
	PG_FINALLY();
	{
		is_planning = was_planning;
	}
	PG_END_TRY();
	AtEOXact_GUC(true, level);
}

/* Planner hook: while a kept plan is made, its tables have a million rows at least. */
static void
assume_large_table(PlannerInfo *root, Oid relation, bool inherited, RelOptInfo *rel)
{
	if (next_hook)
		next_hook(root, relation, inherited, rel);
	if (!is_planning || rel->tuples >= LARGE_TABLE)
		return;
	rel->tuples = LARGE_TABLE;
	rel->pages = Max(rel->pages, LARGE_TABLE / 50);
	for (int i = 0; i < list_length(rel->indexlist); i++)
	{
		IndexOptInfo *index = list_nth(rel->indexlist, i);

		index->tuples = LARGE_TABLE;
		index->pages = Max(index->pages, LARGE_TABLE / 200);
	}
}

/* Type names, schema-qualified and separated by spaces, to their oids. */
static int
resolve_types(const char *names, Oid *types)
{
	char *copy = pstrdup(names);
	char *state = NULL;
	int count = 0;

	memset(types, 0, sizeof(Oid) * CONTACTS_QUERY_ARGS);
	for (char *name = strtok_r(copy, " ", &state); name; name = strtok_r(NULL, " ", &state))
	{
		if (count == CONTACTS_QUERY_ARGS)
			elog(ERROR, "too many parameters");
		types[count++] = contacts_type_oid(name);
	}
	pfree(copy);
	return count;
}

/* Names without a schema would go by the search_path; those of the server are constants. */
Oid
contacts_type_oid(const char *name)
{
	static const struct
	{
		const char *name;
		Oid type;
	} built_in[] = {{"bigint", INT8OID},
					{"bigint[]", INT8ARRAYOID},
					{"text", TEXTOID},
					{"text[]", TEXTARRAYOID},
					{"boolean", BOOLOID},
					{"integer", INT4OID},
					{"bytea", BYTEAOID},
					{"jsonb", JSONBOID},
					{"oid", OIDOID},
					{"interval", INTERVALOID},
					{"timestamptz", TIMESTAMPTZOID}};

	for (size_t i = 0; i < lengthof(built_in); i++)
		if (strcmp(built_in[i].name, name) == 0)
			return built_in[i].type;
	if (strncmp(name, "contacts.", 9) != 0)
		elog(ERROR, "type \"%s\" is not qualified", name);
	return DatumGetObjectId(DirectFunctionCall1(regtypein, CStringGetDatum(name)));
}

static void
on_type_change(Datum arg, int cache_id, uint32 hash)
{
	type_generation++;
}
