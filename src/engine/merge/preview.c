/* -------------------------------------------------------------------------
 * preview.c
 *		What a merge would do: its plan, value by value, and counts of what would move (R43).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "engine/contact/detail.h"
#include "engine/merge/merge.h"
#include "engine/merge/plan.h"
#include "store/contact.h"
#include "store/merge.h"
#include "store/reference.h"
#include "text/problem.h"
#include "values/json.h"

static void count_identifiers(const ContactsMergePlan *plan, int64 *moved);
static bool count_moves(const ContactsMergePlan *plan, const ContactsReference *reference,
						int64 *moved, ContactsProblem *problem);
static ContactsMergeValue count_value(const ContactsMergePlan *plan, const char *label,
									  const int64 *moved);

int
contacts_preview_merge(int64 account_id, const ContactsMergeRequest *request,
					   ContactsMergeValue **values, ContactsProblem *problem)
{
	ContactsMergePlan plan;
	ContactsMergeValue *out;
	int64 *moved;
	int count = 0;

	if (!contacts_plan_merge(account_id, request, CONTACTS_LOCK_NONE, &plan, problem))
		return -1;
	out = palloc((plan.value_count + plan.reference_count + 1) * sizeof(ContactsMergeValue));
	moved = palloc0(plan.count * sizeof(int64));
	/* when news came last is no matter of review */
	for (int i = 0; i < plan.value_count; i++)
		if (i != CONTACTS_DETAIL_DETAILS_AT)
			out[count++] = plan.values[i];
	count_identifiers(&plan, moved);
	out[count++] = count_value(&plan, "identifiers", moved);
	for (int i = 0; i < plan.reference_count; i++)
	{
		if (!count_moves(&plan, &plan.references[i], moved, problem))
			return -1;
		out[count++] = count_value(&plan, plan.references[i].label, moved);
	}
	*values = out;
	return count;
}

static void
count_identifiers(const ContactsMergePlan *plan, int64 *moved)
{
	for (int i = 0; i < plan->identifier_count; i++)
		for (int at = 1; at < plan->count; at++)
			moved[at - 1] += plan->identifiers[i].contact_id == plan->ids[at];
}

/* How many rows would move; a later duplicate meets what an earlier one brought. */
static bool
count_moves(const ContactsMergePlan *plan, const ContactsReference *reference, int64 *moved,
			ContactsProblem *problem)
{
	int64 all;

	for (int i = 1; i < plan->count; i++)
	{
		ContactsMerging merging = {plan->ids, plan->count, i};
		ContactsMove move = {.contact_id = plan->ids[i]};

		contacts_count_rows(plan->account->account_id, reference, &merging, &move, &all);
		if (move.row_count < all && !reference->is_united)
			return contacts_collision_problem(problem, reference);
		moved[i - 1] = move.row_count;
	}
	return true;
}

/* How many rows in all, and how many of each duplicate. */
static ContactsMergeValue
count_value(const ContactsMergePlan *plan, const char *label, const int64 *moved)
{
	ContactsMergeValue value = {.name = psprintf("moves.%s", label)};
	Jsonb **counts = palloc(plan->count * sizeof(Jsonb *));
	int64 total = 0;

	for (int i = 0; i < plan->count - 1; i++)
	{
		counts[i] = moved[i] > 0 ? contacts_json_int64(moved[i]) : NULL;
		total += moved[i];
	}
	value.result = contacts_json_int64(total);
	value.candidates = contacts_candidates(plan->contacts + 1, counts, plan->count - 1);
	return value;
}
