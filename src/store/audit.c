/* -------------------------------------------------------------------------
 * audit.c
 *		Writing contacts.audit_log: entries in chains of hashes (R93).
 *
 * A chain is a row of contacts.audit_group and the entries that name it.  A transaction takes a
 * chain that nobody else is writing to - SKIP LOCKED, or a new one - and keeps it until it ends,
 * so writers never wait for each other.  A chain that is full is closed, and the next one goes on
 * from its last hash.  The chain's row is written once, when the transaction commits (a deferred
 * trigger calls contacts_seal_audit), since one row changed with every statement would make long
 * transactions slow; until then the chain is in memory, and follows savepoints.
 *
 * As long as somebody keeps an old snapshot, all versions of a row stay, and whoever looks for the
 * row walks them.  So a chain is full soon, and is looked for where it is likely to be: the one
 * that the session had last, then the newest.
 *
 * Each hash covers the one before, the entry, and a salted digest of the changes; so erasing
 * changes and salt leaves the chain intact (R92).
 *
 * What is hashed is said once more, in SQL, in contacts.audit_problems().
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "common/cryptohash.h"
#include "common/sha2.h"
#include "datatype/timestamp.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "store/actor.h"
#include "store/audit.h"
#include "store/spi/datum.h"
#include "store/spi/ids.h"
#include "store/spi/query.h"
#include "store/spi/rows.h"

#define HASH_SIZE PG_SHA256_DIGEST_LENGTH
#define SALT_SIZE 16
#define SEALED_ENTRIES 200  /* with as many a chain is full for the next transaction, */
#define GROUP_ENTRIES 10000 /* with as many for the one that writes it */

#define AUDIT_COLUMNS \
	"account_id, entry_id, contact_id, at, table_name, action, changes, member_id, actor," \
	" role_name, cause, cause_id, group_id, position, salt, digest, hash"

static ContactsTable audit_table = {.name = "contacts.audit_log", .columns = AUDIT_COLUMNS};

/* The chain that this transaction writes to; account_id 0 = none taken. */
typedef struct Chain
{
	int64 account_id;
	int64 group_id;
	int32 entries;
	bool is_saved; /* the row of the chain is as it is here */
	uint8 head[HASH_SIZE];
} Chain;

static Chain chain = {0};
static int64 last_group = 0;      /* the chain that the session took last; 0 = none */
static pg_cryptohash_ctx *hasher; /* while entries are made */
static int savepoint_room = 0;
static Chain *savepoints = NULL; /* the chain as it was when each savepoint began, by level */

static void take_chain(int64 account_id);
static bool take_open_chain(int64 account_id);
static uint64 find_open_chain(int64 account_id);
static void go_on_in_next_chain(void);
static void begin_chain(int64 account_id, int64 previous);
static void save_chain(bool is_full);
static void arg_entry(ContactsArgs *args, const ContactsAuditEntry *entry,
					  const ContactsActor *actor, TimestampTz now, const uint8 *salt);
static const char *id_text(int64 id);
static void hash_parts(const void *const *parts, const size_t *sizes, int count, uint8 *out);
static Datum bytes_datum(const uint8 *bytes, int size);

void
contacts_insert_audit(int64 account_id, const ContactsAuditEntry *entries, int count,
					  const ContactsActor *actor, TimestampTz now)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"INSERT INTO contacts.audit_log (" AUDIT_COLUMNS ")"
		" SELECT " AUDIT_COLUMNS
		" FROM pg_catalog.unnest($1) AS r",
		"contacts.audit_log[]");
	uint8 *salts = palloc(count * SALT_SIZE);
	ContactsRows rows;
	ContactsArgs args = {0};

	if (chain.account_id != account_id)
		take_chain(account_id);
	if (chain.is_saved && chain.entries >= SEALED_ENTRIES)
		go_on_in_next_chain();
	if (!pg_strong_random(salts, count * SALT_SIZE))
		elog(ERROR, "could not get random bytes");
	hasher = pg_cryptohash_create(PG_SHA256);
	contacts_rows_begin(&rows, &audit_table, count);
	for (int i = 0; i < count; i++)
	{
		ContactsArgs row = {0};

		if (chain.entries >= GROUP_ENTRIES)
			go_on_in_next_chain();
		arg_entry(&row, &entries[i], actor, now, salts + i * SALT_SIZE);
		contacts_rows_add(&rows, &row);
	}
	pg_cryptohash_free(hasher);
	contacts_arg_rows(&args, &rows);
	chain.is_saved = false; /* before the insert, which seals it when constraints are immediate */
	contacts_run(&query, &args);
}

void
contacts_seal_audit(void)
{
	if (chain.account_id != 0 && !chain.is_saved)
		save_chain(false);
}

void
contacts_forget_audit(void)
{
	chain.account_id = 0;
}

void
contacts_savepoint_audit(int level)
{
	if (level >= savepoint_room)
	{
		int wanted = Max(16, level * 2);

		savepoints = savepoints ? repalloc(savepoints, wanted * sizeof(Chain))
								: MemoryContextAlloc(TopMemoryContext, wanted * sizeof(Chain));
		memset(savepoints + savepoint_room, 0, (wanted - savepoint_room) * sizeof(Chain));
		savepoint_room = wanted;
	}
	savepoints[level] = chain;
}

/* A savepoint that began before this library was loaded had no chain. */
void
contacts_rollback_audit(int level)
{
	if (level < savepoint_room)
		chain = savepoints[level];
	else
		contacts_forget_audit();
}

/*
 * In SERIALIZABLE a chain taken from others would make conflicts of its own, so such a
 * transaction begins one.  Where there is an old snapshot, chains are read and written with the
 * newest one: nobody else touches a chain that is locked.
 */
static void
take_chain(int64 account_id)
{
	contacts_seal_audit();
	if (IsolationIsSerializable() || !take_open_chain(account_id))
		begin_chain(account_id, 0);
}

static bool
take_open_chain(int64 account_id)
{
	bool isnull;
	bytea *head;

	if (find_open_chain(account_id) == 0)
		return false;
	chain.group_id = last_group = contacts_row_int64(0, 1);
	chain.entries = DatumGetInt32(contacts_row_datum(0, 2, &isnull));
	head = DatumGetByteaPP(contacts_row_datum(0, 3, &isnull));
	memset(chain.head, 0, HASH_SIZE);
	memcpy(chain.head, VARDATA_ANY(head), Min(VARSIZE_ANY_EXHDR(head), HASH_SIZE));
	chain.account_id = account_id;
	chain.is_saved = true;
	return true;
}

/* A chain that is not full and that nobody is writing to, locked: the first row of the result. */
static uint64
find_open_chain(int64 account_id)
{
	static ContactsQuery last = CONTACTS_QUERY(
		"SELECT g.group_id, g.entries, g.head"
		" FROM contacts.audit_group g"
		" WHERE " IN_ACCOUNT(g)
		"   AND g.group_id" EQ "$2"
		"   AND NOT g.is_closed"
		" FOR NO KEY UPDATE SKIP LOCKED",
		"bigint bigint");
	static ContactsQuery newest = CONTACTS_QUERY(
		"SELECT g.group_id, g.entries, g.head"
		" FROM contacts.audit_group g"
		" WHERE " IN_ACCOUNT(g)
		"   AND NOT g.is_closed"
		" ORDER BY g.group_id DESC"
		" LIMIT 1"
		" FOR NO KEY UPDATE SKIP LOCKED",
		"bigint");
	ContactsArgs one = {0};
	ContactsArgs any = {0};
	uint64 found;

	contacts_arg_int64(&one, account_id);
	contacts_arg_int64(&one, last_group);
	contacts_arg_int64(&any, account_id);
	found = last_group == 0 ? 0 : contacts_run_latest(&last, &one);
	return found ? found : contacts_run_latest(&newest, &any);
}

static void
go_on_in_next_chain(void)
{
	int64 account_id = chain.account_id;
	int64 full = chain.group_id;

	save_chain(true);
	begin_chain(account_id, full);
}

/* A new chain; one that goes on from a full one begins with its last hash. */
static void
begin_chain(int64 account_id, int64 previous)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"INSERT INTO contacts.audit_group (account_id, group_id, previous_group, head)"
		" VALUES ($1, $2, $3, $4)",
		"bigint bigint bigint bytea");
	ContactsArgs args = {0};

	if (previous == 0)
		memset(chain.head, 0, HASH_SIZE);
	chain.group_id = contacts_next_id("audit_group", account_id);
	chain.entries = 0;
	chain.account_id = 0;
	contacts_arg_int64(&args, account_id);
	contacts_arg_int64(&args, chain.group_id);
	contacts_arg_id(&args, previous);
	contacts_arg(&args, bytes_datum(chain.head, HASH_SIZE));
	contacts_run(&query, &args);
	chain.account_id = account_id;
	chain.is_saved = true;
	last_group = chain.group_id;
}

static void
save_chain(bool is_full)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"UPDATE contacts.audit_group g"
		" SET entries = $3, head = $4, is_closed = $5"
		" WHERE " IN_ACCOUNT(g)
		"   AND g.group_id" EQ "$2",
		"bigint bigint integer bytea boolean");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, chain.account_id);
	contacts_arg_int64(&args, chain.group_id);
	contacts_arg(&args, Int32GetDatum(chain.entries));
	contacts_arg(&args, bytes_datum(chain.head, HASH_SIZE));
	contacts_arg(&args, BoolGetDatum(is_full));
	contacts_run_latest(&query, &args);
	chain.is_saved = true;
}

/* The columns AUDIT_COLUMNS of the next entry of the chain. */
static void
arg_entry(ContactsArgs *args, const ContactsAuditEntry *entry, const ContactsActor *actor,
		  TimestampTz now, const uint8 *salt)
{
	char *changes = JsonbToCString(NULL, &entry->changes->root, VARSIZE(entry->changes));
	int64 id = contacts_next_id("audit_log", chain.account_id);
	int64 at = now + (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY;
	uint8 digest[HASH_SIZE];
	char *text;

	hash_parts((const void *const[]){salt, changes}, (size_t[]){SALT_SIZE, strlen(changes)}, 2,
			   digest);
	chain.entries++;
	text = psprintf(INT64_FORMAT "|" INT64_FORMAT "|" INT64_FORMAT "|%d|" INT64_FORMAT
								 "|%s|%s|%s|%s|%zu:%s|%zu:%s|%zu:%s|%s",
					chain.account_id, id, chain.group_id, chain.entries, at, entry->table_name,
					entry->action, id_text(entry->contact_id), id_text(actor->member_id),
					strlen(actor->name), actor->name, strlen(actor->role), actor->role,
					strlen(actor->cause), actor->cause, id_text(actor->cause_id));
	hash_parts((const void *const[]){chain.head, text, digest},
			   (size_t[]){HASH_SIZE, strlen(text), HASH_SIZE}, 3, chain.head);
	contacts_arg_int64(args, chain.account_id);
	contacts_arg_int64(args, id);
	contacts_arg_id(args, entry->contact_id);
	contacts_arg_time(args, now);
	contacts_arg_text(args, entry->table_name);
	contacts_arg_text(args, entry->action);
	contacts_arg_jsonb(args, entry->changes);
	contacts_arg_id(args, actor->member_id);
	contacts_arg_text(args, actor->name);
	contacts_arg_text(args, actor->role);
	contacts_arg_text(args, actor->cause);
	contacts_arg_id(args, actor->cause_id);
	contacts_arg_int64(args, chain.group_id);
	contacts_arg(args, Int32GetDatum(chain.entries));
	contacts_arg(args, bytes_datum(salt, SALT_SIZE));
	contacts_arg(args, bytes_datum(digest, HASH_SIZE));
	contacts_arg(args, bytes_datum(chain.head, HASH_SIZE));
}

/* An id as it is hashed: null is not 0. */
static const char *
id_text(int64 id)
{
	return id == 0 ? "-" : psprintf(INT64_FORMAT, id);
}

/* sha256 of the parts one behind the other; out may be one of them. */
static void
hash_parts(const void *const *parts, const size_t *sizes, int count, uint8 *out)
{
	bool fine = hasher != NULL && pg_cryptohash_init(hasher) == 0;

	for (int i = 0; i < count && fine; i++)
		fine = pg_cryptohash_update(hasher, parts[i], sizes[i]) == 0;
	if (!fine || pg_cryptohash_final(hasher, out, HASH_SIZE) != 0)
		elog(ERROR, "could not hash an audit entry");
}

static Datum
bytes_datum(const uint8 *bytes, int size)
{
	bytea *value = palloc(VARHDRSZ + size);

	SET_VARSIZE(value, VARHDRSZ + size);
	memcpy(VARDATA(value), bytes, size);
	return PointerGetDatum(value);
}
