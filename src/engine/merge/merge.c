/* -------------------------------------------------------------------------
 * merge.c
 *		Writes a planned merge: one statement per table and duplicate, all of it journalled.
 *
 * Order: the merge itself; identifiers; the survivor's details, while only its own activities hang
 * on it, since a new e-mail or phone reaches those that are planned (R50); what hangs on the
 * duplicates; pairs; the redirects.  The triggers write the audit log and events as for anybody,
 * but leave the identifiers to us (session/own_write.h).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

#include "engine/contact/payload.h"
#include "engine/merge/merge.h"
#include "engine/merge/plan.h"
#include "engine/session/actor.h"
#include "engine/session/own_write.h"
#include "identity/identifier.h"
#include "store/contact.h"
#include "store/event.h"
#include "store/identifier.h"
#include "store/merge.h"
#include "store/merge_duplicates.h"
#include "store/merge_identifiers.h"
#include "store/reference.h"
#include "store/spi/ids.h"
#include "text/problem.h"

static bool write_merge(ContactsMergePlan *plan, ContactsProblem *problem);
static void write_survivor(ContactsMergePlan *plan);
static bool claim_new_keys(const ContactsMergePlan *plan, ContactsProblem *problem);
static bool move_rows(const ContactsMergePlan *plan, const ContactsReference *reference,
					  ContactsProblem *problem);

bool
contacts_run_merge(int64 account_id, const ContactsMergeRequest *request, int64 *merge_id,
				   ContactsProblem *problem)
{
	ContactsMergePlan plan;
	int64 before;
	bool written;

	if (!contacts_plan_merge(account_id, request, CONTACTS_LOCK_LIFECYCLE, &plan, problem))
		return false;
	*merge_id = plan.merge.merge_id = contacts_next_id("merge", account_id);
	before = contacts_set_cause_id(*merge_id);
	written = write_merge(&plan, problem);
	contacts_set_cause_id(before);
	return written;
}

static bool
write_merge(ContactsMergePlan *plan, ContactsProblem *problem)
{
	int64 account_id = plan->account->account_id;
	TimestampTz now = GetCurrentTransactionStartTimestamp();

	contacts_insert_merge(account_id, &plan->merge, contacts_actor_at_work(), now);
	contacts_merge_identifiers(account_id, &plan->merge);
	write_survivor(plan);
	if (!claim_new_keys(plan, problem))
		return false;
	for (int i = 0; i < plan->reference_count; i++)
		if (!move_rows(plan, &plan->references[i], problem))
			return false;
	contacts_merge_duplicates(account_id, &plan->merge, now);
	contacts_close_journal(account_id, plan->merge.merge_id);
	contacts_redirect_own(account_id, plan->merge.duplicate_ids, plan->merge.duplicate_count,
						  plan->merge.primary_id);
	contacts_tell_merge(account_id, &plan->merge, "contact.merged");
	return true;
}

static void
write_survivor(ContactsMergePlan *plan)
{
	int64 account_id = plan->account->account_id;
	TimestampTz now = GetCurrentTransactionStartTimestamp();

	contacts_keep_recipients(account_id, &plan->merge, now);
	if (JB_ROOT_COUNT(plan->merge.changes) > 0)
		contacts_update_merged(account_id, &plan->result);
}

/* The keys that are shown become the primary ones; a reviewed one may be new. */
static bool
claim_new_keys(const ContactsMergePlan *plan, ContactsProblem *problem)
{
	int64 account_id = plan->account->account_id;

	for (int kind = CONTACTS_EMAIL; kind <= CONTACTS_PHONE; kind++)
	{
		ContactsClaim claim = {kind, plan->primary_key[kind], plan->result.contact_id, true};

		if (plan->is_claimed[kind])
		{
			if (contacts_claim_own(account_id, &claim, 1, GetCurrentTransactionStartTimestamp()) ==
				0)
				return contacts_busy_problem(problem, "who owns an identifier");
			contacts_note_claim(account_id, &plan->merge, &claim);
		}
		if (claim.value == NULL)
			claim.value = ""; /* which is no key: then none is primary */
		contacts_set_primary(account_id, &claim, 1);
	}
	return true;
}

/* A later duplicate meets what an earlier one brought. */
static bool
move_rows(const ContactsMergePlan *plan, const ContactsReference *reference,
		  ContactsProblem *problem)
{
	int64 account_id = plan->account->account_id;

	for (int i = 1; i < plan->count; i++)
	{
		ContactsMerging merging = {plan->ids, plan->count, i};
		ContactsMove move = {.contact_id = plan->ids[i]};

		CHECK_FOR_INTERRUPTS();
		if (!contacts_move_rows(account_id, reference, &merging, &move))
			return contacts_collision_problem(problem, reference);
		if (move.row_count > 0)
			contacts_insert_move(account_id, plan->merge.merge_id, &move);
	}
	return true;
}

void
contacts_tell_merge(int64 account_id, const ContactsMerge *merge, const char *kind)
{
	ContactsEvent event = {merge->primary_id, kind,
						   contacts_merge_payload(merge->merge_id, merge->primary_id,
												  merge->duplicate_ids, merge->duplicate_count,
												  merge->changes)};

	contacts_insert_events(account_id, &event, 1, contacts_actor_at_work(),
						   GetCurrentTransactionStartTimestamp());
}

/* The triggers write the history of its status, with merge as the source (R24). */
void
contacts_update_merged(int64 account_id, ContactsContact *survivor)
{
	contacts_update_own(account_id, &survivor, 1, CONTACTS_IDENTIFIERS_ARE_MINE, "merge");
}

bool
contacts_collision_problem(ContactsProblem *problem, const ContactsReference *reference)
{
	contacts_problem(problem, CONTACTS_WRONG_STATE, "contacts cannot be merged: rows of %s collide",
					 reference->table_name);
	contacts_problem_detail(problem,
							"A unique key, an exclusion constraint or a check of the table "
							"does not allow all of these rows for one contact.");
	contacts_problem_hint(problem, "Change or delete the rows in question, and merge again.");
	return false;
}
