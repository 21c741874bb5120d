/* -------------------------------------------------------------------------
 * edit.c
 *		SQL functions: changing known contacts and their activities (R22, R24, R40, R51, R52).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

#include "api/call.h"
#include "engine/contact/clean.h"
#include "engine/contact/resolve.h"
#include "engine/edit/edit.h"
#include "engine/ingest/ingest.h"
#include "engine/merge/merge.h"
#include "engine/session/access.h"
#include "store/spi/enums.h"
#include "text/problem.h"
#include "values/choice.h"
#include "values/retention.h"

PG_FUNCTION_INFO_V1(contacts_update_contact);
PG_FUNCTION_INFO_V1(contacts_set_status);
PG_FUNCTION_INFO_V1(contacts_assign_contacts);
PG_FUNCTION_INFO_V1(contacts_add_identifier);
PG_FUNCTION_INFO_V1(contacts_remove_identifier);
PG_FUNCTION_INFO_V1(contacts_set_primary_identifier);
PG_FUNCTION_INFO_V1(contacts_delete_contacts);
PG_FUNCTION_INFO_V1(contacts_restore_contacts);
PG_FUNCTION_INFO_V1(contacts_purge_contacts);
PG_FUNCTION_INFO_V1(contacts_purge_deleted);
PG_FUNCTION_INFO_V1(contacts_cancel_activity);
PG_FUNCTION_INFO_V1(contacts_reschedule_activity);
PG_FUNCTION_INFO_V1(contacts_link_activity);
PG_FUNCTION_INFO_V1(contacts_unlink_activity);

typedef int64 (*LifecycleChange)(int64 account_id, const ContactsIds *ids,
								 ContactsProblem *problem);

static bool merges_duplicates(FunctionCallInfo fcinfo, int argument);
static ContactsNamedIdentifier named_identifier(FunctionCallInfo fcinfo);
static Datum change_lifecycle(FunctionCallInfo fcinfo, LifecycleChange change);

/*
 * contacts.update_contact(contact_id bigint, changes jsonb, on_duplicate text) returns
 * contacts.upserted
 */
Datum
contacts_update_contact(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	ContactsProblem problem;
	ContactsIncoming result;
	bool changed = false;
	bool merged = false;
	bool done;

	contacts_require(fcinfo, 0, "contact_id");
	contacts_require(fcinfo, 1, "changes");
	contacts_incoming_init(&result, 0);
	result.contact_id = PG_GETARG_INT64(0);
	if (merges_duplicates(fcinfo, 2))
		done = contacts_merge_by_edit(account_id, &result.contact_id, PG_GETARG_JSONB_P(1),
									  &changed, &merged, &problem);
	else
		done = contacts_edit_contact(account_id, &result.contact_id, PG_GETARG_JSONB_P(1), &changed,
									 &problem);
	if (!done)
		contacts_complain(&problem);
	result.outcome = merged ? CONTACTS_MERGED : changed ? CONTACTS_UPDATED : CONTACTS_UNCHANGED;
	contacts_end();
	return contacts_upserted_row(fcinfo, &result);
}

/* contacts.set_status(contact_ids bigint[], status text, source text) returns bigint */
Datum
contacts_set_status(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	const char *source = contacts_given_cstring(fcinfo, 2);
	ContactsIds ids = contacts_given_ids(fcinfo, 0, "contact_ids");
	ContactsProblem problem;
	int64 count = -1;
	int status;

	if (contacts_clean_label("source", &source, &problem) &&
		contacts_enum_read(CONTACTS_ENUM_STATUS, "status", contacts_given_cstring(fcinfo, 1),
						   &status, &problem))
		count =
			contacts_edit_status(account_id, &ids, status, source ? source : "manual", &problem);
	if (count < 0)
		contacts_complain(&problem);
	contacts_end();
	PG_RETURN_INT64(count);
}

/* contacts.assign_contacts(contact_ids bigint[], owner_id bigint) returns bigint */
Datum
contacts_assign_contacts(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	ContactsIds ids = contacts_given_ids(fcinfo, 0, "contact_ids");
	ContactsProblem problem;
	int64 count = contacts_edit_owner(account_id, &ids, contacts_given_member(fcinfo, 1), &problem);

	if (count < 0)
		contacts_complain(&problem);
	contacts_end();
	PG_RETURN_INT64(count);
}

/*
 * contacts.add_identifier(contact_id bigint, kind text, value text, make_primary boolean)
 * returns void
 */
Datum
contacts_add_identifier(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	ContactsNamedIdentifier named = named_identifier(fcinfo);
	ContactsProblem problem;

	contacts_require(fcinfo, 3, "make_primary");
	if (!contacts_edit_add_identifier(account_id, &named, PG_GETARG_BOOL(3), &problem))
		contacts_complain(&problem);
	contacts_end();
	PG_RETURN_VOID();
}

/* contacts.remove_identifier(contact_id bigint, kind text, value text) returns void */
Datum
contacts_remove_identifier(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	ContactsNamedIdentifier named = named_identifier(fcinfo);
	ContactsProblem problem;

	if (!contacts_edit_remove_identifier(account_id, &named, &problem))
		contacts_complain(&problem);
	contacts_end();
	PG_RETURN_VOID();
}

/* contacts.set_primary_identifier(contact_id bigint, kind text, value text) returns void */
Datum
contacts_set_primary_identifier(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	ContactsNamedIdentifier named = named_identifier(fcinfo);
	ContactsProblem problem;

	if (!contacts_edit_primary_identifier(account_id, &named, &problem))
		contacts_complain(&problem);
	contacts_end();
	PG_RETURN_VOID();
}

/* contacts.delete_contacts(contact_ids bigint[]) returns bigint; locks them for deletion */
Datum
contacts_delete_contacts(PG_FUNCTION_ARGS)
{
	return change_lifecycle(fcinfo, contacts_mark_deleted);
}

/* contacts.restore_contacts(contact_ids bigint[]) returns bigint */
Datum
contacts_restore_contacts(PG_FUNCTION_ARGS)
{
	return change_lifecycle(fcinfo, contacts_mark_restored);
}

/* contacts.purge_contacts(contact_ids bigint[]) returns bigint */
Datum
contacts_purge_contacts(PG_FUNCTION_ARGS)
{
	return change_lifecycle(fcinfo, contacts_purge_for_good);
}

/* contacts.purge_deleted(older_than interval) returns bigint */
Datum
contacts_purge_deleted(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_ADMIN);
	const Interval *older_than = PG_ARGISNULL(0) ? NULL : PG_GETARG_INTERVAL_P(0);
	ContactsProblem problem;
	int64 count;

	if (older_than && !contacts_check_retention("older_than", older_than, true, &problem))
		contacts_complain(&problem);
	count = contacts_purge_older(account_id, older_than, &problem);
	if (count < 0)
		contacts_complain(&problem);
	contacts_end();
	PG_RETURN_INT64(count);
}

/* contacts.cancel_activity(activity_id bigint) returns void */
Datum
contacts_cancel_activity(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	ContactsProblem problem;

	contacts_require(fcinfo, 0, "activity_id");
	if (!contacts_edit_cancel(account_id, PG_GETARG_INT64(0), &problem))
		contacts_complain(&problem);
	contacts_end();
	PG_RETURN_VOID();
}

/*
 * contacts.reschedule_activity(activity_id bigint, starts_at timestamptz, ends_at timestamptz)
 * returns void
 */
Datum
contacts_reschedule_activity(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	ContactsProblem problem;

	contacts_require(fcinfo, 0, "activity_id");
	contacts_require(fcinfo, 1, "starts_at");
	if (!contacts_edit_reschedule(account_id, PG_GETARG_INT64(0),
								  contacts_given_timestamp(fcinfo, 1, "starts_at"),
								  contacts_given_timestamp(fcinfo, 2, "ends_at"), &problem))
		contacts_complain(&problem);
	contacts_end();
	PG_RETURN_VOID();
}

/* contacts.link_activity(activity_id bigint, contact_id bigint) returns void; locks both (R35) */
Datum
contacts_link_activity(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	ContactsProblem problem;

	contacts_require(fcinfo, 0, "activity_id");
	contacts_require(fcinfo, 1, "contact_id");
	if (!contacts_edit_link(account_id, PG_GETARG_INT64(0), PG_GETARG_INT64(1), &problem))
		contacts_complain(&problem);
	contacts_end();
	PG_RETURN_VOID();
}

/* contacts.unlink_activity(activity_id bigint) returns void; locks it (R35) */
Datum
contacts_unlink_activity(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	ContactsProblem problem;

	contacts_require(fcinfo, 0, "activity_id");
	if (!contacts_edit_unlink(account_id, PG_GETARG_INT64(0), &problem))
		contacts_complain(&problem);
	contacts_end();
	PG_RETURN_VOID();
}

static bool
merges_duplicates(FunctionCallInfo fcinfo, int argument)
{
	static const ContactsChoice on_duplicate = {"on_duplicate", "error, merge", NULL};
	ContactsProblem problem;
	int chosen;

	if (!contacts_choose(&on_duplicate, contacts_given_cstring(fcinfo, argument), &chosen,
						 &problem))
		contacts_complain(&problem);
	return chosen == 1;
}

static ContactsNamedIdentifier
named_identifier(FunctionCallInfo fcinfo)
{
	contacts_require(fcinfo, 0, "contact_id");
	contacts_require(fcinfo, 1, "kind");
	contacts_require(fcinfo, 2, "value");
	return (ContactsNamedIdentifier){PG_GETARG_INT64(0), contacts_given_cstring(fcinfo, 1),
									 contacts_given_cstring(fcinfo, 2)};
}

static Datum
change_lifecycle(FunctionCallInfo fcinfo, LifecycleChange change)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	ContactsIds ids = contacts_given_ids(fcinfo, 0, "contact_ids");
	ContactsProblem problem;
	int64 count = change(account_id, &ids, &problem);

	if (count < 0)
		contacts_complain(&problem);
	contacts_end();
	PG_RETURN_INT64(count);
}
