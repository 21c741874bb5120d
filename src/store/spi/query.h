/*
 * query.h - kept plans, their parameters and their rows.
 *
 * A query is a static ContactsQuery beside the function that runs it.  Plans are kept for the
 * life of the backend.  They run under the path of our calls (path.c); their texts qualify every
 * name and every operator (EQ and friends below), so that they mean the same under any.
 */
#ifndef CONTACTS_QUERY_H
#define CONTACTS_QUERY_H

#include "datatype/timestamp.h"
#include "executor/spi.h"
#include "utils/jsonb.h"

/* Operators of kept plans; no other spelling is safe from a hostile search_path. */
#define EQ " OPERATOR(pg_catalog.=) "
#define NE " OPERATOR(pg_catalog.<>) "
#define LT " OPERATOR(pg_catalog.<) "
#define LE " OPERATOR(pg_catalog.<=) "
#define GT " OPERATOR(pg_catalog.>) "
#define GE " OPERATOR(pg_catalog.>=) "
#define PLUS " OPERATOR(pg_catalog.+) "
#define MINUS " OPERATOR(pg_catalog.-) "
#define CAT " OPERATOR(pg_catalog.||) "
#define OVERLAPS " OPERATOR(pg_catalog.&&) "
#define WITHIN " OPERATOR(pg_catalog.<@) "
#define TEXT_AT " OPERATOR(pg_catalog.->>) "

/*
 * The rows of one account: parameter $1 of every statement that names a table of accounts (R4).
 * Only inserts of whole rows do without: their rows carry the account.
 */
#define IN_ACCOUNT(alias) #alias ".account_id" EQ "$1"

/* A clause or a sub-select that several statements share; the formatter leaves it as it is. */
#define SQL(text) text

#define CONTACTS_QUERY_ARGS 24

/* One statement and its plan. */
typedef struct ContactsQuery
{
	const char *sql;                   /* the statement */
	const char *types;                 /* types of $1, $2 …, separated by spaces */
	bool by_bitmap;                    /* it needs an index that gives bitmaps only */
	SPIPlanPtr plan;                   /* NULL until first run, and after types were replaced */
	uint64 generation;                 /* of the types that the plan was made for */
	int argc;                          /* number of parameters */
	Oid argtypes[CONTACTS_QUERY_ARGS]; /* their types */
} ContactsQuery;

#define CONTACTS_QUERY(sql_text, type_names) \
	{ \
		.sql = (sql_text), .types = (type_names) \
	}

/* Parameters of one run, filled in order. */
typedef struct ContactsArgs
{
	int count;
	Datum values[CONTACTS_QUERY_ARGS];
	char nulls[CONTACTS_QUERY_ARGS];
} ContactsArgs;

/* query.c */

/* Forgets plans when types or tables of the schema are replaced; called once per backend. */
extern void contacts_query_init(void);

/*
 * Opens and closes the connection that queries run in, under the path of our calls (path.h); what
 * they read is freed with it.
 */
extern void contacts_connect(void);
extern void contacts_disconnect(void);

/*
 * The same with the rights of the tables' owner, for what is read on behalf of the extension
 * itself whoever is at work: settings, grants.
 */
typedef struct ContactsIdentity
{
	Oid user;
	int context;
} ContactsIdentity;
extern void contacts_connect_as_owner(ContactsIdentity *before);
extern void contacts_disconnect_as_owner(const ContactsIdentity *before);
/* Owner of the tables; InvalidOid before setup(). */
extern Oid contacts_table_owner(void);

/*
 * Runs a query; returns the number of rows, which are in SPI_tuptable.  Caller:
 * contacts_connect().
 */
extern uint64 contacts_run(ContactsQuery *query, const ContactsArgs *args);
/* The same with the newest snapshot, also where the transaction has an older one. */
extern uint64 contacts_run_latest(ContactsQuery *query, const ContactsArgs *args);
/*
 * Runs a statement that is no constant, planned anew each time, with the rights of `role`: of the
 * owner of a table that is not ours, whose triggers must not run with our rights.
 */
extern uint64 contacts_run_text_as(Oid role, const char *sql, const char *types,
								   const ContactsArgs *args);
/* Calls a function of ours that takes nothing with the rights of `role`. */
extern uint64 contacts_call_as(Oid role, const char *function);
/*
 * contacts_run_text_as(); false when a unique key or an exclusion constraint was violated.  Then
 * the caller must raise an error, since the statement is half done.
 */
extern bool contacts_try_text_as(Oid role, const char *sql, const char *types,
								 const ContactsArgs *args);
/* The same for a query that must see the snapshot of the calling statement. */
extern uint64 contacts_read(ContactsQuery *query, const ContactsArgs *args);

/*
 * How many transactions of the server that wrote anything have ended.  If it is the same before
 * and after a query, nothing that the query waited for, or did not see, was committed meanwhile.
 */
extern uint64 contacts_ended_transactions(void);
/* Opens a cursor, for what is too much to read at once. */
extern Portal contacts_open(ContactsQuery *query, const ContactsArgs *args);

/* A type by its schema-qualified name; "contacts.activity[]" too. */
extern Oid contacts_type_oid(const char *name);

#endif
