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

#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "catalog/namespace.h"

#include "store/store.h"

#define KEPT_ACCOUNTS 64

static ContactsAccount *kept[KEPT_ACCOUNTS];
static MemoryContext kept_context = NULL; /* all kept accounts */
static int kept_count = 0;
static bool stale = false;
static bool callback_registered = false;
static Oid settings_relations[3]; /* account, field, blocked_identifier */

static void forget(void);
static ContactsAccount *load(int64 account_id);
static void load_settings(ContactsAccount *account);
static void load_fields(ContactsAccount *account);
static void load_options(ContactsField *field, uint64 row);
static void load_blocked(ContactsAccount *account);
static char *blocked_entry(ContactsIdentifierKind kind, const char *value);
static int compare_texts(const void *a, const void *b);
static void on_relation_change(Datum arg, Oid relation);

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
}

void
contacts_members_exist(int64 account_id, const int64 *ids, int count, bool *found)
{
	static ContactsQuery query =
		CONTACTS_QUERY("SELECT m.member_id FROM contacts.member m"
					   " WHERE m.account_id" EQ "$1 AND m.member_id" EQ "ANY ($2)",
					   "bigint bigint[]");
	ContactsArgs args = {0};
	uint64 rows;

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64s(&args, ids, count);
	rows = contacts_run(&query, &args);
	for (int i = 0; i < count; i++)
	{
		found[i] = false;
		for (uint64 row = 0; row < rows && !found[i]; row++)
			found[i] = contacts_row_int64(row, 1) == ids[i];
	}
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
	static const char *const names[] = {"account", "field", "blocked_identifier"};
	Oid schema = get_namespace_oid("contacts", false);
	ContactsAccount *account;

	if (!callback_registered)
		CacheRegisterRelcacheCallback(on_relation_change, (Datum) 0);
	callback_registered = true;
	for (int i = 0; i < 3; i++)
		settings_relations[i] = get_relname_relid(names[i], schema);
	if (!kept_context)
		kept_context =
			AllocSetContextCreate(CacheMemoryContext, "contacts account", ALLOCSET_SMALL_SIZES);
	account = MemoryContextAllocZero(kept_context, sizeof(ContactsAccount));
	account->account_id = account_id;
	contacts_connect();
	load_settings(account);
	load_fields(account);
	load_blocked(account);
	contacts_disconnect();
	if (!stale && kept_count < KEPT_ACCOUNTS)
		kept[kept_count++] = account;
	return account;
}

static void
load_settings(ContactsAccount *account)
{
	static ContactsQuery query =
		CONTACTS_QUERY("SELECT a.default_region, a.phone_match, a.unknown_fields, a.activity_events"
					   " FROM contacts.account a WHERE a.account_id" EQ "$1",
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
}

static void
load_fields(ContactsAccount *account)
{
	static ContactsQuery query =
		CONTACTS_QUERY("SELECT f.key, f.type, f.required, f.archived_at, f.options"
					   " FROM contacts.field f WHERE f.account_id" EQ "$1 ORDER BY f.key",
					   "bigint");
	ContactsArgs args = {0};
	uint64 rows;

	contacts_arg_int64(&args, account->account_id);
	rows = contacts_run(&query, &args);
	account->fields.count = rows;
	account->fields.fields =
		MemoryContextAllocZero(kept_context, Max(rows, 1) * sizeof(ContactsField));
	for (uint64 row = 0; row < rows; row++)
	{
		ContactsField *field = &account->fields.fields[row];
		bool isnull;

		field->key = MemoryContextStrdup(kept_context, contacts_row_text(row, 1));
		field->type = contacts_row_enum(row, 2, CONTACTS_ENUM_FIELD_TYPE);
		field->required = contacts_row_bool(row, 3);
		(void) contacts_row_datum(row, 4, &isnull);
		field->archived = !isnull;
		load_options(field, row);
	}
}

static void
load_options(ContactsField *field, uint64 row)
{
	bool isnull;
	Datum array = contacts_row_datum(row, 5, &isnull);
	Datum *options;

	if (isnull)
		return;
	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &options, NULL,
					  &field->option_count);
	field->options = MemoryContextAlloc(kept_context, Max(field->option_count, 1) * sizeof(char *));
	for (int i = 0; i < field->option_count; i++)
		field->options[i] = MemoryContextStrdup(kept_context, TextDatumGetCString(options[i]));
}

static void
load_blocked(ContactsAccount *account)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT b.kind, b.value FROM contacts.blocked_identifier b WHERE b.account_id" EQ "$1",
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
	stale = stale || relation == InvalidOid || relation == settings_relations[0] ||
			relation == settings_relations[1] || relation == settings_relations[2];
}
