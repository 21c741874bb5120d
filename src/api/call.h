/*
 * call.h - the doorway: arguments in, results and errors out.
 */
#ifndef CONTACTS_CALL_H
#define CONTACTS_CALL_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/jsonb.h"

#include "engine/contact/resolve.h"
#include "engine/ingest/ingest.h"
#include "engine/session/access.h"
#include "text/problem.h"

/* ---- complain.c: the only place that raises ---- */

extern void contacts_complain(const ContactsProblem *problem) __attribute__((noreturn));

/* ---- call.c ---- */

/*
 * Begins a call: the tables must be there, the account named (last argument), the session
 * allowed to do this in it.  Opens the connection for queries.  Returns the account.
 */
extern int64 contacts_begin(FunctionCallInfo fcinfo, ContactsRight right);
extern void contacts_end(void);
/* Complains about an account id that cannot be one. */
extern void contacts_require_positive(int64 account_id);
/* Complains of settings that are none. */
extern void contacts_require_settings(void);
/* The same, and of a member that the role needs. */
extern void contacts_require_session(int64 account_id);
/* Complains before setup(). */
extern void contacts_require_tables(void);

/* Arguments; null is NULL, 0, or DT_NOBEGIN. */
extern const char *contacts_given_cstring(FunctionCallInfo fcinfo, int argument);
extern int64 contacts_given_int64(FunctionCallInfo fcinfo, int argument);
/* The account of a call: null is the one at work (R3); complains about what can be none. */
extern int64 contacts_given_account(FunctionCallInfo fcinfo, int argument);
/* A finite time; name is for the complaint. */
extern TimestampTz contacts_given_timestamp(FunctionCallInfo fcinfo, int argument,
											const char *name);
/* A member id; complains about one that cannot exist. */
extern int64 contacts_given_member(FunctionCallInfo fcinfo, int argument);
/* The id of a contact, 0 for null; what no contact can have is refused as missing. */
extern int64 contacts_given_contact(FunctionCallInfo fcinfo, int argument);
/* An array of ids without nulls, so that any query feeds any action (R64); name as above. */
extern ContactsIds contacts_given_ids(FunctionCallInfo fcinfo, int argument, const char *name);
extern Jsonb *contacts_given_jsonb(FunctionCallInfo fcinfo, int argument);
/* An argument that must not be null: complains, naming it. */
extern void contacts_require(FunctionCallInfo fcinfo, int argument, const char *name);

/* A row of the function's composite result type. */
extern Datum contacts_result_row(FunctionCallInfo fcinfo, const Datum *values, const bool *nulls);
/* The columns of contacts.upserted. */
struct ContactsIncoming;
extern Datum contacts_upserted_row(FunctionCallInfo fcinfo,
								   const struct ContactsIncoming *incoming);

#endif
