/* -------------------------------------------------------------------------
 * ids.c
 *		New ids of identity columns.
 *
 * An id is looked up in the primary key before it is used, with a snapshot that sees what others
 * are about to insert.  Where it is taken, all that follow it without a gap are read from the
 * index at once, and the sequence is advanced past them: a million migrated rows cost one call a
 * moment, not a million calls an error each.  The sequence is never set, only asked again, so
 * sessions that skip at the same time do not hand out an id twice.
 *
 * Where nobody has an id above the first one that a statement got, those that it gets next are not
 * looked up: a merge writes a thousand entries of the audit log.
 *
 * A trigger sees an id, not where it is from.  So a session notes the ids that a sequence gave it
 * and that were inserted: whoever gives one of them a second time means it, and is refused.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "commands/sequence.h"
#include "miscadmin.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"

#include "store/spi/ids.h"

#define CLEAR_MOST 1000 /* ids of a statement that are got without another look */
#define TABLES 16       /* remembered by a session; there are 12 with an identity column */

/* The identity column of a table, and what this session did with its sequence. */
typedef struct Identity
{
	Oid table; /* InvalidOid = free */
	Oid sequence;
	AttrNumber account_column, id_column;
	int64 first_given, last_given; /* the last ids without a gap that were given and used */
	int unused;                    /* how many a call of ours got and has not inserted yet */
	int64 clear_account;           /* of which no id was above the last one given, 0 = not known, */
	int clear_left;                /* for so many ids more, */
	TimestampTz clear_transaction, clear_statement; /* in the statement that began then */
} Identity;

static Identity identities[TABLES];

static bool is_clear(Identity *identity, int64 account_id, int64 id);
static void note_clear(Identity *identity, int64 account_id);
static Identity *find_identity(Relation table);
static void look_up_identity(Identity *identity, Relation table);
static Oid primary_key(Relation table);
static int64 skip_taken(Identity *identity, Relation table, int64 account_id, int64 id);
static int64 next_taken(const Identity *identity, Relation table, int64 account_id, int64 id,
						int64 *last);
static void note_given(Identity *identity, int64 id);
static void become_owner(Relation table, Oid *user, int *security);
static int64 last_value(const Identity *identity, Relation table);
static bool is_current(const Identity *identity, Relation table, int64 id);

int64
contacts_next_id(const char *name, int64 account_id)
{
	Oid schema = get_namespace_oid("contacts", false);
	Relation table = table_open(get_relname_relid(name, schema), AccessShareLock);
	Identity *identity = find_identity(table);
	int64 id = nextval_internal(identity->sequence, false);

	if (!is_clear(identity, account_id, id))
		id = skip_taken(identity, table, account_id, id);
	note_given(identity, id);
	identity->unused++;
	table_close(table, NoLock);
	return id;
}

HeapTuple
contacts_with_free_id(Relation table, HeapTuple row)
{
	TupleDesc shape = RelationGetDescr(table);
	Identity *identity = find_identity(table);
	int column = identity->id_column;
	bool no_account, no_id;
	int64 account_id = DatumGetInt64(
		heap_getattr(row, identity->account_column, shape, &no_account));
	int64 id = DatumGetInt64(heap_getattr(row, column, shape, &no_id));
	int64 last;
	Datum value;

	if (no_account || no_id)
		return row;
	if (identity->unused > 0 && id <= identity->last_given && id >= identity->first_given)
	{
		identity->unused--;
		return row;
	}
	last = last_value(identity, table);
	if (last < identity->last_given) /* somebody has set it back */
		identity->first_given = identity->last_given = 0;
	if (id <= identity->last_given && id >= identity->first_given)
		return row;
	if (next_taken(identity, table, account_id, id, NULL) != id)
	{
		if (id <= last && id > identity->last_given)
			note_given(identity, id);
		return row;
	}
	if (!is_current(identity, table, id))
		return row;
	id = skip_taken(identity, table, account_id, id);
	note_given(identity, id);
	value = Int64GetDatum(id);
	return heap_modify_tuple_by_cols(row, shape, 1, &column, &value, &no_id);
}

/* Whether it is free by what is known of the account since the statement began. */
static bool
is_clear(Identity *identity, int64 account_id, int64 id)
{
	return identity->clear_account == account_id && identity->clear_left-- > 0 &&
		   identity->clear_transaction == GetCurrentTransactionStartTimestamp() &&
		   identity->clear_statement == GetCurrentStatementStartTimestamp() &&
		   id > identity->last_given;
}

static void
note_clear(Identity *identity, int64 account_id)
{
	identity->clear_account = account_id;
	identity->clear_left = CLEAR_MOST;
	identity->clear_transaction = GetCurrentTransactionStartTimestamp();
	identity->clear_statement = GetCurrentStatementStartTimestamp();
}

static Identity *
find_identity(Relation table)
{
	static int next = 0;
	Identity *identity;

	for (int i = 0; i < TABLES; i++)
		if (identities[i].table == RelationGetRelid(table))
			return &identities[i];
	identity = &identities[next];
	look_up_identity(identity, table);
	next = (next + 1) % TABLES;
	return identity;
}

static void
look_up_identity(Identity *identity, Relation table)
{
	Relation index = index_open(primary_key(table), AccessShareLock);
	char *sequence;

	identity->table = InvalidOid;
	identity->account_column = index->rd_index->indkey.values[0];
	identity->id_column = index->rd_index->indkey.values[1];
	index_close(index, NoLock);
	sequence = psprintf("%s_%s_seq", RelationGetRelationName(table),
						get_attname(RelationGetRelid(table), identity->id_column, false));
	identity->sequence = get_relname_relid(sequence, RelationGetNamespace(table));
	if (!OidIsValid(identity->sequence))
		elog(ERROR, "there is no sequence \"%s\"", sequence);
	identity->first_given = identity->last_given = identity->clear_account = 0;
	identity->unused = 0;
	identity->table = RelationGetRelid(table);
	pfree(sequence);
}

/* Not remembered: REINDEX CONCURRENTLY puts another one in its place. */
static Oid
primary_key(Relation table)
{
	if (!table->rd_indexvalid)
		list_free(RelationGetIndexList(table));
	if (!OidIsValid(table->rd_pkindex))
		elog(ERROR, "table \"%s\" has no primary key", RelationGetRelationName(table));
	return table->rd_pkindex;
}

/* This id, or where it is taken the next one that is free. */
static int64
skip_taken(Identity *identity, Relation table, int64 account_id, int64 id)
{
	int64 last;
	int64 taken;

	while ((taken = next_taken(identity, table, account_id, id, &last)) == id)
		while (id <= last)
		{
			CHECK_FOR_INTERRUPTS();
			id = nextval_internal(identity->sequence, false);
		}
	if (taken == PG_INT64_MAX)
		note_clear(identity, account_id);
	return id;
}

/*
 * The lowest id from this one on that is taken, PG_INT64_MAX = none.  When it is this one, *last,
 * where it is asked for, is the last of those that are taken without a gap.
 */
static int64
next_taken(const Identity *identity, Relation table, int64 account_id, int64 id, int64 *last)
{
	Relation index = index_open(primary_key(table), AccessShareLock);
	TupleDesc shape = RelationGetDescr(table);
	int64 taken = PG_INT64_MAX;
	ScanKeyData keys[2];
	SnapshotData dirty;
	SysScanDesc scan;
	HeapTuple row;
	bool isnull;

	InitDirtySnapshot(dirty);
	ScanKeyInit(&keys[0], identity->account_column, BTEqualStrategyNumber, F_INT8EQ,
				Int64GetDatum(account_id));
	ScanKeyInit(&keys[1], identity->id_column, BTGreaterEqualStrategyNumber, F_INT8GE,
				Int64GetDatum(id));
	scan = systable_beginscan_ordered(table, index, &dirty, 2, keys);
	while ((row = systable_getnext_ordered(scan, ForwardScanDirection)) != NULL)
	{
		int64 found = DatumGetInt64(heap_getattr(row, identity->id_column, shape, &isnull));

		CHECK_FOR_INTERRUPTS();
		if (taken == PG_INT64_MAX)
			taken = found;
		else if (found > *last + 1)
			break;
		if (taken != id || last == NULL)
			break;
		*last = found;
	}
	systable_endscan_ordered(scan);
	index_close(index, NoLock);
	return taken;
}

static void
note_given(Identity *identity, int64 id)
{
	if (id != identity->last_given + 1)
		identity->first_given = id;
	identity->last_given = id;
}

/* Whoever may insert need not be allowed to look at the sequence. */
static void
become_owner(Relation table, Oid *user, int *security)
{
	GetUserIdAndSecContext(user, security);
	SetUserIdAndSecContext(table->rd_rel->relowner, *security | SECURITY_LOCAL_USERID_CHANGE);
}

/* What the sequence gave last, to whomever; 0 = nothing yet. */
static int64
last_value(const Identity *identity, Relation table)
{
	LOCAL_FCINFO(call, 1);
	FmgrInfo function = {0};
	Oid user;
	int security;
	int64 value;

	InitFunctionCallInfoData(*call, &function, 1, InvalidOid, NULL, NULL);
	call->args[0].value = ObjectIdGetDatum(identity->sequence);
	call->args[0].isnull = false;
	become_owner(table, &user, &security);
	value = DatumGetInt64(pg_sequence_last_value(call));
	SetUserIdAndSecContext(user, security);
	return call->isnull ? 0 : value;
}

/* Whether this is currval(); it is not where the session has not used the sequence yet. */
static bool
is_current(const Identity *identity, Relation table, int64 id)
{
	MemoryContext caller = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	volatile bool current = false;
	Oid user;
	int security;

	BeginInternalSubTransaction(NULL);
	PG_TRY();
	{
		become_owner(table, &user, &security);
		current = DatumGetInt64(
					  DirectFunctionCall1(currval_oid, ObjectIdGetDatum(identity->sequence))) == id;
		SetUserIdAndSecContext(user, security);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		if (geterrcode() != ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE)
			PG_RE_THROW();
		MemoryContextSwitchTo(caller);
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(caller);
	CurrentResourceOwner = owner;
	return current;
}
