/* -------------------------------------------------------------------------
 * contacts.c
 *		The module: its settings, and the inventory of its memory.
 *
 * Memory contexts:
 *	- the SPI context of a call holds everything that one call reads and decides; SPI_finish()
 *	  frees it.
 *	- "contacts account" (store/account.c), one per account in use, child of CacheMemoryContext:
 *	  settings, field definitions, blocked identifiers.  A stale one is handed to
 *	  TopTransactionContext, since code further up the stack may still read it.
 *	- "contacts access" (engine/session/access.c), child of CacheMemoryContext: the grants of the
 *	  role at work and whom it sees; replaced when one of them changes.
 *	- "contacts effects", "contacts audit" (engine/trigger/effects.c, audit.c), children of the SPI
 *	  context: one portion of a statement's changed rows, emptied with it.
 *	- "contacts pairs" (engine/duplicates/find.c), child of the SPI context: one portion of the
 *	  pairs that find_duplicates() keeps.  Its model, the largest thing here, lives in the SPI
 *	  context: some 300 bytes for each contact of the account.
 *	- kept plans (store/spi/query.c) live in contexts of SPI's own, for the life of the backend.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/guc_tables.h"

#include "api/call.h"
#include "compat.h"
#include "engine/session/transaction.h"
#include "settings.h"
#include "store/spi/path.h"
#include "store/spi/query.h"
#include "text/phone.h"

#define ACTOR_MAX 200 /* characters */

PG_MODULE_MAGIC;

const char *const contacts_version = CONTACTS_VERSION;

int64 contacts_setting_account = 1;
int64 contacts_setting_member = 0;
char *contacts_setting_actor = NULL;
char contacts_setting_region[3] = "";
bool contacts_setting_notify = false;

/* The texts behind the two ids and the region above; guc.c owns them. */
static char *account_text = NULL;
static char *member_text = NULL;
static char *region_text = NULL;

static bool is_loading = false; /* values from before are taken over */
static bool region_is_invalid = false;

extern PGDLLEXPORT void _PG_init(void);

static void refuse_misspelt(void);
static bool is_late(GucSource source);
static int64 id_of(const char *value, int64 unset);
static void define_id(const char *name, const char *summary, char **text, const char *initial,
					  GucStringAssignHook assign);
static bool check_id(char **value, void **extra, GucSource source);
static void assign_account(const char *value, void *extra);
static void assign_member(const char *value, void *extra);
static bool check_actor(char **value, void **extra, GucSource source);
static bool check_region(char **value, void **extra, GucSource source);
static void assign_region(const char *value, void *extra);
static bool check_trusted(char **value, void **extra, GucSource source);
static void assign_trusted(const char *value, void *extra);

void
_PG_init(void)
{
	/* first, so that nothing is defined yet when it complains, and loading can be tried again */
	refuse_misspelt();
	is_loading = true;
	/* Set per transaction by a multi-tenant application; a single company never meets it. */
	define_id("contacts.account_id", "Account that calls and policies work in.", &account_text, "1",
			  assign_account);
	/* Set per transaction by an application that works for one of its users. */
	define_id("contacts.member_id", "Member that calls are made for; empty means none.",
			  &member_text, "", assign_member);
	DefineCustomStringVariable("contacts.actor",
							   "Name of the application or person, kept with each change.", NULL,
							   &contacts_setting_actor, "", PGC_USERSET, 0, check_actor, NULL,
							   NULL);
	DefineCustomStringVariable("contacts.default_region",
							   "Region (ISO 3166) of phones given without country code.",
							   "Empty means the default of the account, ZZ none.", &region_text, "",
							   PGC_USERSET, 0, check_region, assign_region, NULL);
	/* Off, because NOTIFY takes a lock at commit that all sessions share. */
	DefineCustomBoolVariable("contacts.notify", "Whether events wake listeners of contacts_event.",
							 NULL, &contacts_setting_notify, false, PGC_USERSET, 0, NULL, NULL,
							 NULL);
	/* A superuser's, since code found there runs with the rights of the owner of the tables. */
	DefineCustomStringVariable("contacts.trusted_schemas",
							   "Schemas in which code on the tables finds names without schema.",
							   "Empty means public, unless PUBLIC may create there.",
							   &contacts_setting_trusted, "", PGC_SUSET, GUC_LIST_INPUT,
							   check_trusted, assign_trusted, NULL);
	is_loading = false;
	MarkGUCPrefixReserved("contacts");
	contacts_query_init();
	contacts_watch_transactions();
}

const char *
contacts_invalid_setting(void)
{
	if (contacts_setting_account < 0)
		return "contacts.account_id";
	if (contacts_setting_member < 0)
		return "contacts.member_id";
	return region_is_invalid ? "contacts.default_region" : NULL;
}

/* A name that is none of ours would be dropped with a warning, and the default be at work. */
static void
refuse_misspelt(void)
{
	static const char *const names[] = {"account_id",     "member_id", "actor",
										"default_region", "notify",    "trusted_schemas"};
	ContactsProblem problem;
	int count;
	struct config_generic **settings = get_guc_variables_compat(&count);

	if (process_shared_preload_libraries_in_progress)
		return;
	for (int i = 0; i < count; i++)
	{
		const char *name = settings[i]->name;
		bool is_known = false;

		if (pg_strncasecmp(name, "contacts.", 9) != 0 || settings[i]->source == PGC_S_DEFAULT)
			continue;
		for (size_t j = 0; j < lengthof(names); j++)
			is_known = is_known || pg_strcasecmp(name + 9, names[j]) == 0;
		if (is_known)
			continue;
		contacts_problem(&problem, CONTACTS_INVALID_OPTION, "invalid setting: \"%s\"", name);
		contacts_problem_detail(&problem, "There is no setting of this name.");
		contacts_problem_hint(&problem, "RESET it, and set one of contacts.account_id, member_id, "
										"actor, default_region, notify.");
		contacts_complain(&problem);
	}
}

/* Whether nobody waits for the answer: then a wrong value counts as one, and calls refuse it. */
static bool
is_late(GucSource source)
{
	return is_loading || source < PGC_S_INTERACTIVE;
}

/* An id is a positive bigint, or empty; -1 for what is neither. */
static int64
id_of(const char *value, int64 unset)
{
	char *end;
	int64 id;

	if (value[0] == '\0')
		return unset;
	errno = 0;
	id = strtoi64(value, &end, 10);
	return errno != 0 || *end != '\0' || id <= 0 ? -1 : id;
}

static void
define_id(const char *name, const char *summary, char **text, const char *initial,
		  GucStringAssignHook assign)
{
	DefineCustomStringVariable(name, summary, NULL, text, initial, PGC_USERSET, 0, check_id, assign,
							   NULL);
}

static bool
check_id(char **value, void **extra, GucSource source)
{
	if (id_of(*value, 1) > 0 || is_late(source))
		return true;
	GUC_check_errdetail("The value must be a positive whole number.");
	return false;
}

static void
assign_account(const char *value, void *extra)
{
	contacts_setting_account = id_of(value, 1);
}

static void
assign_member(const char *value, void *extra)
{
	contacts_setting_member = id_of(value, 0);
}

/* It is kept with each change. */
static bool
check_actor(char **value, void **extra, GucSource source)
{
	if (pg_mbstrlen(*value) <= ACTOR_MAX)
		return true;
	GUC_check_errcode(ERRCODE_STRING_DATA_RIGHT_TRUNCATION);
	GUC_check_errmsg("invalid contacts.actor: too long");
	GUC_check_errdetail("It has %d characters, the limit is %d.", pg_mbstrlen(*value), ACTOR_MAX);
	GUC_check_errhint("Give a short name of the application or person.");
	return false;
}

static bool
check_region(char **value, void **extra, GucSource source)
{
	char code[3];

	if (contacts_phone_region_read(*value, strlen(*value), code) || is_late(source))
		return true;
	GUC_check_errdetail("The value must be an ISO 3166 code of two letters, such as US, or ZZ.");
	return false;
}

static void
assign_region(const char *value, void *extra)
{
	region_is_invalid = !contacts_phone_region_read(value, strlen(value), contacts_setting_region);
}

static bool
check_trusted(char **value, void **extra, GucSource source)
{
	if (contacts_path_valid(*value))
		return true;
	GUC_check_errdetail(
		"The value must be a list of schemas, none of them temporary or the server's.");
	return false;
}

static void
assign_trusted(const char *value, void *extra)
{
	contacts_path_forget();
}
