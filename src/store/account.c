/* -------------------------------------------------------------------------
 * account.c
 *		Settings, field definitions and blocked identifiers of accounts, kept in memory.
 *
 * They are read with every call and seldom change.  A change sends a relcache invalidation for
 * its table (contacts_account_changed), which reaches every session when the change commits, and
 * this one at its next command; then the kept accounts are stale.  Stale ones are freed at the
 * end of the transaction, since a caller further up may still read them.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "catalog/namespace.h"

#include "identity/decide.h"
#include "identity/identifier.h"
#include "store/account.h"
#include "store/spi/datum.h"
#include "store/spi/enums.h"
#include "store/spi/query.h"
#include "values/field.h"

#define KEPT_ACCOUNTS 64

static ContactsAccount *kept[KEPT_ACCOUNTS];
static MemoryContext kept_context = NULL; /* all kept accounts */
static int kept_count = 0;
static bool stale = false;
static bool stale_at_end = false; /* stale once the transaction is over */
static bool callback_registered = false;

/* The tables whose change makes what is kept stale: here, and in engine/session/access.c. */
static const char *const settings_tables[] = {"account",      "field",  "blocked_identifier",
											  "access_grant", "member", "event_consumer",
											  "integration"};
static Oid settings_relations[lengthof(settings_tables)];
static uint64 settings_generation = 1;

static void forget(void);
static ContactsAccount *load(int64 account_id);
static void load_settings(ContactsAccount *account);
static void load_fields(ContactsAccount *account);
static const char **read_texts(uint64 row, int column, int *count);
static void load_blocked(ContactsAccount *account);
static void load_listeners(ContactsAccount *account);
static char *blocked_entry(ContactsIdentifierKind kind, const char *value);
static int compare_texts(const void *a, const void *b);
static void watch_settings(void);
static void on_relation_change(Datum arg, Oid relation);
static void on_role_change(Datum arg, int cache_id, uint32 hash);

const ContactsAccount *
contacts_account(int64 account_id)
{
	if (stale || kept_count == KEPT_ACCOUNTS)
		forget();
	for (int i = 0; i < kept_count; i++)
		if (kept[i]->account_id == account_id)
			return kept[i];
	return load(account_id);
}

bool
contacts_is_blocked(const ContactsAccount *account, ContactsIdentifierKind kind, const char *value)
{
	char *entry;

	if (account->blocked_count == 0)
		return false;
	entry = blocked_entry(kind, value);
	return bsearch(&entry, account->blocked, account->blocked_count, sizeof(char *),
				   compare_texts) != NULL;
}

void
contacts_account_changed(Oid relation)
{
	CacheInvalidateRelcacheByRelid(relation);
	stale = true;
	settings_generation++;
}

uint64
contacts_settings_generation(void)
{
	if (!callback_registered)
		watch_settings();
	stale_at_end |= IsolationUsesXactSnapshot();
	return settings_generation;
}

void
contacts_settings_end_transaction(void)
{
	if (stale_at_end)
		stale = true;
	settings_generation += stale_at_end;
	stale_at_end = false;
}

/* Notes which tables the settings are in, and asks to hear of changes. */
static void
watch_settings(void)
{
	Oid schema = get_namespace_oid("contacts", true);

	if (!callback_registered)
	{
		CacheRegisterRelcacheCallback(on_relation_change, (Datum) 0);
		CacheRegisterSyscacheCallback(AUTHOID, on_role_change, (Datum) 0);
		CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, on_role_change, (Datum) 0);
		callback_registered = true;
	}
	for (size_t i = 0; i < lengthof(settings_tables); i++)
		settings_relations[i] = OidIsValid(schema) ? get_relname_relid(settings_tables[i], schema)
												   : InvalidOid;
}

/* Drops the kept accounts; who holds one may read it until the transaction ends. */
static void
forget(void)
{
	if (kept_context)
		MemoryContextSetParent(kept_context, TopTransactionContext);
	kept_context = NULL;
	kept_count = 0;
	stale = false;
}

/* Reads an account; it is kept only when it is complete. */
static ContactsAccount *
load(int64 account_id)
{
	ContactsAccount *account;
	ContactsIdentity caller;

	watch_settings();
	if (!kept_context)
		kept_context = AllocSetContextCreate(CacheMemoryContext, "contacts account",
											 ALLOCSET_SMALL_SIZES);
	account = MemoryContextAllocZero(kept_context, sizeof(ContactsAccount));
	account->account_id = account_id;
	contacts_connect_as_owner(&caller);
	load_settings(account);
	load_fields(account);
	load_blocked(account);
	load_listeners(account);
	contacts_disconnect_as_owner(&caller);
	/* what an old snapshot shows is good for this transaction only */
	stale_at_end |= IsolationUsesXactSnapshot();
	if (!stale && kept_count < KEPT_ACCOUNTS)
		kept[kept_count++] = account;
	return account;
}

static void
load_settings(ContactsAccount *account)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT a.default_region, a.phone_match, a.unknown_fields, a.activity_events,"
		"       a.duplicate_fields"
		" FROM contacts.account a"
		" WHERE " IN_ACCOUNT(a),
		"bigint");
	ContactsArgs args = {0};
	const char *phone_match;

	contacts_arg_int64(&args, account->account_id);
	if (contacts_run(&query, &args) == 0)
		return;
	if (contacts_row_text(0, 1))
		strlcpy(account->default_region, contacts_row_text(0, 1), sizeof(account->default_region));
	phone_match = contacts_row_text(0, 2);
	account->phone_match = strcmp(phone_match, "fill") == 0    ? CONTACTS_PHONE_FILL
						   : strcmp(phone_match, "never") == 0 ? CONTACTS_PHONE_NEVER
															   : CONTACTS_PHONE_ALWAYS;
	account->fields.keep_unknown = strcmp(contacts_row_text(0, 3), "keep") == 0;
	account->activity_events = contacts_row_bool(0, 4);
	account->match_fields = read_texts(0, 5, &account->match_field_count);
}

static void
load_fields(ContactsAccount *account)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT f.key, f.type, f.required, f.archived_at, f.options"
		" FROM contacts.field f"
		" WHERE " IN_ACCOUNT(f)
		" ORDER BY f.key",
		"bigint");
	ContactsArgs args = {0};
	uint64 rows;

	contacts_arg_int64(&args, account->account_id);
	rows = contacts_run(&query, &args);
	account->fields.count = rows;
	account->fields.fields = MemoryContextAllocZero(kept_context,
													Max(rows, 1) * sizeof(ContactsField));
	for (uint64 row = 0; row < rows; row++)
	{
		ContactsField *field = &account->fields.fields[row];
		bool isnull;

		field->key = MemoryContextStrdup(kept_context, contacts_row_text(row, 1));
		field->type = contacts_row_enum(row, 2, CONTACTS_ENUM_FIELD_TYPE);
		field->required = contacts_row_bool(row, 3);
		(void) contacts_row_datum(row, 4, &isnull);
		field->archived = !isnull;
		field->options = read_texts(row, 5, &field->option_count);
	}
}

/* An array of texts as kept copies; NULL for null. */
static const char **
read_texts(uint64 row, int column, int *count)
{
	MemoryContext caller = MemoryContextSwitchTo(kept_context);
	const char **texts = contacts_row_texts(row, column, count);

	MemoryContextSwitchTo(caller);
	return texts;
}

static void
load_blocked(ContactsAccount *account)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT b.kind, b.value"
		" FROM contacts.blocked_identifier b"
		" WHERE " IN_ACCOUNT(b),
		"bigint");
	ContactsArgs args = {0};
	uint64 rows;

	contacts_arg_int64(&args, account->account_id);
	rows = contacts_run(&query, &args);
	account->blocked_count = rows;
	account->blocked = MemoryContextAlloc(kept_context, Max(rows, 1) * sizeof(char *));
	for (uint64 row = 0; row < rows; row++)
		account->blocked[row] =
			MemoryContextStrdup(kept_context,
								blocked_entry(contacts_row_enum(row, 1, CONTACTS_ENUM_KIND),
											  contacts_row_text(row, 2)));
	qsort(account->blocked, rows, sizeof(char *), compare_texts);
}

/* Who wants to hear of changes: consumers of events, and connected systems. */
static void
load_listeners(ContactsAccount *account)
{
	static ContactsQuery consumers = CONTACTS_QUERY(
		"SELECT"
		" FROM contacts.event_consumer k"
		" WHERE " IN_ACCOUNT(k)
		" LIMIT 1",
		"bigint");
	static ContactsQuery integrations = CONTACTS_QUERY(
		"SELECT i.system"
		" FROM contacts.integration i"
		" WHERE " IN_ACCOUNT(i)
		"   AND i.kind" NE "'calendar'"
		" ORDER BY i.system",
		"bigint");
	ContactsArgs args = {0};
	uint64 rows;

	contacts_arg_int64(&args, account->account_id);
	account->has_consumers = contacts_run(&consumers, &args) > 0;
	rows = contacts_run(&integrations, &args);
	account->integration_count = rows;
	account->integrations = MemoryContextAlloc(kept_context, Max(rows, 1) * sizeof(char *));
	for (uint64 row = 0; row < rows; row++)
		account->integrations[row] = MemoryContextStrdup(kept_context, contacts_row_text(row, 1));
}

static char *
blocked_entry(ContactsIdentifierKind kind, const char *value)
{
	return psprintf("%d%s", (int) kind, value);
}

static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *) a, *(char *const *) b);
}

static void
on_relation_change(Datum arg, Oid relation)
{
	for (size_t i = 0; i < lengthof(settings_relations) && relation != InvalidOid; i++)
		if (relation == settings_relations[i])
			relation = InvalidOid;
	if (relation == InvalidOid)
	{
		stale = true;
		settings_generation++;
	}
}

static void
on_role_change(Datum arg, int cache_id, uint32 hash)
{
	settings_generation++;
}
