/* -------------------------------------------------------------------------
 * contact.c
 *		SQL functions: finding and reading contacts (R12, R44).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "api/call.h"
#include "engine/contact/resolve.h"
#include "engine/ingest/ingest.h"
#include "engine/session/access.h"
#include "identity/identifier.h"
#include "store/contact.h"
#include "text/problem.h"

PG_FUNCTION_INFO_V1(contacts_find_contact);
PG_FUNCTION_INFO_V1(contacts_resolve_contact);
PG_FUNCTION_INFO_V1(contacts_get_contact);

/*
 * contacts.find_contact(email text, phone text, external_id text, visitor text, region text)
 * returns bigint
 */
Datum
contacts_find_contact(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_READ);
	ContactsProblem problem;
	ContactsIncoming incoming;
	int64 found;

	contacts_incoming_init(&incoming, 0);
	incoming.identifiers[CONTACTS_EMAIL] = contacts_given_cstring(fcinfo, 0);
	incoming.identifiers[CONTACTS_PHONE] = contacts_given_cstring(fcinfo, 1);
	incoming.identifiers[CONTACTS_EXTERNAL] = contacts_given_cstring(fcinfo, 2);
	incoming.identifiers[CONTACTS_VISITOR] = contacts_given_cstring(fcinfo, 3);
	incoming.region = contacts_given_cstring(fcinfo, 4);
	found = contacts_find_incoming(account_id, &incoming, &problem);
	if (problem.message[0])
		contacts_complain(&problem);
	contacts_end();
	if (found == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(found);
}

/* contacts.resolve_contact(contact_id bigint) returns bigint; null when there is none */
Datum
contacts_resolve_contact(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_READ);
	ContactsProblem ignored;
	int64 survivor;

	contacts_require(fcinfo, 0, "contact_id");
	survivor = contacts_resolve_one(account_id, PG_GETARG_INT64(0), CONTACTS_READ_ONLY, &ignored);
	contacts_end();
	if (survivor == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(survivor);
}

/* contacts.get_contact(contact_id bigint) returns jsonb */
Datum
contacts_get_contact(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	int64 account_id = contacts_begin(fcinfo, CONTACTS_READ);
	ContactsProblem problem;
	Jsonb *document;
	int64 survivor;

	contacts_require(fcinfo, 0, "contact_id");
	survivor = contacts_resolve_one(account_id, PG_GETARG_INT64(0), CONTACTS_READ_ONLY, &problem);
	if (survivor == 0)
		contacts_complain(&problem);
	document = contacts_contact_document(account_id, survivor);
	MemoryContextSwitchTo(caller);
	document = (Jsonb *) PG_DETOAST_DATUM_COPY(JsonbPGetDatum(document));
	contacts_end();
	PG_RETURN_JSONB_P(document);
}
