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
#include "utils/builtins.h"
#include "utils/guc.h"

#include "engine/session/transaction.h"
#include "settings.h"
#include "store/spi/query.h"
#include "text/phone.h"

PG_MODULE_MAGIC;

const char *const contacts_version = CONTACTS_VERSION;

int64 contacts_setting_account = 1;
int64 contacts_setting_member = 0;
char *contacts_setting_actor = NULL;
char *contacts_setting_region = NULL;
bool contacts_setting_notify = false;

/* The texts behind the two ids above; guc.c owns them. */
static char *account_text = NULL;
static char *member_text = NULL;

extern PGDLLEXPORT void _PG_init(void);

static void define_id(const char *name, const char *summary, char **text, const char *initial,
					  GucStringAssignHook assign);
static bool check_id(char **value, void **extra, GucSource source);
static void assign_account(const char *value, void *extra);
static void assign_member(const char *value, void *extra);
static bool check_region(char **value, void **extra, GucSource source);

void
_PG_init(void)
{
	/* Set per transaction by a multi-tenant application; a single company never meets it. */
	define_id("contacts.account_id", "Account that calls and policies work in.", &account_text, "1",
			  assign_account);
	/* Set per transaction by an application that works for one of its users. */
	define_id("contacts.member_id", "Member that calls are made for; empty means none.",
			  &member_text, "", assign_member);
	DefineCustomStringVariable("contacts.actor",
							   "Name of the application or person, kept with each change.", NULL,
							   &contacts_setting_actor, "", PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomStringVariable("contacts.default_region",
							   "Region (ISO 3166) of phones given without country code.",
							   "Empty means the default of the account.", &contacts_setting_region,
							   "", PGC_USERSET, 0, check_region, NULL, NULL);
	/* Off, because NOTIFY takes a lock at commit that all sessions share. */
	DefineCustomBoolVariable("contacts.notify", "Whether events wake listeners of contacts_event.",
							 NULL, &contacts_setting_notify, false, PGC_USERSET, 0, NULL, NULL,
							 NULL);
	MarkGUCPrefixReserved("contacts");
	contacts_query_init();
	contacts_watch_transactions();
}

static void
define_id(const char *name, const char *summary, char **text, const char *initial,
		  GucStringAssignHook assign)
{
	DefineCustomStringVariable(name, summary, NULL, text, initial, PGC_USERSET, 0, check_id, assign,
							   NULL);
}

/* An id is a positive bigint or empty. */
static bool
check_id(char **value, void **extra, GucSource source)
{
	char *end;
	int64 id;

	if ((*value)[0] == '\0')
		return true;
	errno = 0;
	id = strtoi64(*value, &end, 10);
	if (errno != 0 || *end != '\0' || id <= 0)
	{
		GUC_check_errdetail("The value must be a positive whole number.");
		return false;
	}
	return true;
}

static void
assign_account(const char *value, void *extra)
{
	contacts_setting_account = value[0] ? strtoi64(value, NULL, 10) : 1;
}

static void
assign_member(const char *value, void *extra)
{
	contacts_setting_member = value[0] ? strtoi64(value, NULL, 10) : 0;
}

static bool
check_region(char **value, void **extra, GucSource source)
{
	if ((*value)[0] == '\0' || contacts_phone_region_known(*value))
		return true;
	GUC_check_errdetail("The value must be an ISO 3166 code of two capital letters, such as US.");
	return false;
}
