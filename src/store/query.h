/*
 * query.h - kept plans, their parameters and their rows.
 *
 * A query is a static ContactsQuery beside the function that runs it.  Plans are kept for the
 * life of the backend and run under the caller's search_path, so their texts qualify every
 * name and every operator (EQ and friends below).
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
#define CAT " OPERATOR(pg_catalog.||) "

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

/* Opens and closes the connection that queries run in; what they read is freed with it. */
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
/*
 * The same; false when a unique key was violated.  Then the caller must raise an error, since the
 * statement is half done.
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

/* datum.c */

extern void contacts_arg(ContactsArgs *args, Datum value);
extern void contacts_arg_int64(ContactsArgs *args, int64 value);
extern void contacts_arg_id(ContactsArgs *args, int64 id);              /* 0 = null */
extern void contacts_arg_text(ContactsArgs *args, const char *value);   /* NULL = null */
extern void contacts_arg_jsonb(ContactsArgs *args, const Jsonb *value); /* NULL = null */
extern void contacts_arg_time(ContactsArgs *args, TimestampTz value);   /* DT_NOBEGIN = null */
extern void contacts_arg_null(ContactsArgs *args);
extern void contacts_arg_int64s(ContactsArgs *args, const int64 *values, int count);
extern void contacts_arg_texts(ContactsArgs *args, const char **values, int count);
/* bigint[], and text[] with null for NULL. */
extern Datum contacts_int64_array(const int64 *values, int count);
extern Datum contacts_text_array(const char **values, int count);
/* '{}', in the current memory context. */
extern Jsonb *contacts_empty_object(void);

/* Column values of row `row` of SPI_tuptable; columns count from 1.  Copies in the SPI context. */
extern int64 contacts_row_int64(uint64 row, int column);      /* null = 0 */
extern bool contacts_row_bool(uint64 row, int column);        /* null = false */
extern char *contacts_row_text(uint64 row, int column);       /* null = NULL */
extern Jsonb *contacts_row_jsonb(uint64 row, int column);     /* null = NULL */
extern TimestampTz contacts_row_time(uint64 row, int column); /* null = DT_NOBEGIN */
extern Datum contacts_row_datum(uint64 row, int column, bool *isnull);
/* Arrays without null elements; null = NULL.  All in the current memory context. */
extern int64 *contacts_row_int64s(uint64 row, int column, int *count);
extern const char **contacts_row_texts(uint64 row, int column, int *count);
/* The first column of all rows. */
extern int contacts_rows_int64(uint64 rows, int64 **values);

/* enums.c: labels of the extension's enum types as small numbers, in their SQL order */

typedef enum ContactsEnum
{
	CONTACTS_ENUM_STATUS,
	CONTACTS_ENUM_KIND,
	CONTACTS_ENUM_OUTCOME,
	CONTACTS_ENUM_STATE,
	CONTACTS_ENUM_FIELD_TYPE
} ContactsEnum;
#define CONTACTS_ENUM_COUNT 5

extern int contacts_enum_index(ContactsEnum type, const char *label); /* -1 = no such label */
extern const char *contacts_enum_label(ContactsEnum type, int index);
extern const char *contacts_enum_labels(ContactsEnum type); /* "a, b, c" for hints */
extern Oid contacts_enum_type(ContactsEnum type);
extern Datum contacts_enum_datum(ContactsEnum type, int index);
extern int contacts_enum_of_datum(ContactsEnum type, Datum value);
extern void contacts_arg_enum(ContactsArgs *args, ContactsEnum type, int index); /* -1 = null */
extern int contacts_row_enum(uint64 row, int column, ContactsEnum type);         /* null = -1 */

#endif
