/* -------------------------------------------------------------------------
 * plan.c
 *		What a merge will do: who takes part, which values win, which keys are shown.
 *
 * Ids are followed to their survivors, the contacts are locked in order of id and read; if one of
 * them means another contact by then, we look again.  Locked for deletion, so that nobody
 * is linking anything to them: whoever reports something for one of them waits, and then finds the
 * survivor.  A preview reads without locks; all else is the same.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "engine/contact/detail.h"
#include "engine/contact/identifier.h"
#include "engine/contact/resolve.h"
#include "engine/merge/merge.h"
#include "engine/merge/plan.h"
#include "engine/session/retry.h"
#include "identity/identifier.h"
#include "store/account.h"
#include "store/contact.h"
#include "store/identifier.h"
#include "store/merge.h"
#include "store/reference.h"
#include "text/problem.h"
#include "values/choice.h"
#include "values/survivorship.h"

/* Whose values win where contacts disagree. */
static const ContactsChoice prefer_choice = {"prefer", "primary, latest",
											 "It says whose values win where contacts disagree."};

static bool check_request(const ContactsMergeRequest *request, bool *latest,
						  ContactsProblem *problem);
static bool find_contacts(const ContactsMergeRequest *request, ContactsLock lock,
						  ContactsMergePlan *plan, ContactsProblem *problem);
static ContactsIds all_ids(const ContactsMergeRequest *request);
static bool resolve(int64 account_id, const ContactsIds *given, int64 *survivors,
					ContactsProblem *problem);
static int without_repeats(int64 *ids, int count);
static bool already_merged(ContactsProblem *problem, int64 duplicate_id, int64 primary_id);
static void put_in_order(ContactsMergePlan *plan, const ContactsContact *read);
static void prefer(ContactsMergePlan *plan, bool latest);
static bool choose_key(ContactsMergePlan *plan, ContactsIdentifierKind kind,
					   ContactsProblem *problem);
static const char *primary_key_of(const ContactsMergePlan *plan, int64 contact_id,
								  ContactsIdentifierKind kind);
static bool has_key(const ContactsMergePlan *plan, ContactsIdentifierKind kind, const char *value);
static const char *key_shown(const ContactsMergePlan *plan, ContactsIdentifierKind kind,
							 const char *shown);

bool
contacts_plan_merge(int64 account_id, const ContactsMergeRequest *request, ContactsLock lock,
					ContactsMergePlan *plan, ContactsProblem *problem)
{
	ContactsMerge *merge = &plan->merge;
	bool latest;

	memset(plan, 0, sizeof(*plan));
	plan->account = contacts_account(account_id);
	if (!check_request(request, &latest, problem) || !find_contacts(request, lock, plan, problem))
		return false;
	merge->prefer = latest ? "latest" : "primary";
	merge->primary_id = plan->ids[0];
	merge->duplicate_ids = plan->ids + 1;
	merge->duplicate_count = plan->count - 1;
	prefer(plan, latest);
	if (!contacts_decide_values(plan, request, problem))
		return false;
	merge->changes = contacts_merge_changes(plan);
	merge->shown[CONTACTS_EMAIL] = plan->result.email;
	merge->shown[CONTACTS_PHONE] = plan->result.phone;
	plan->reference_count = contacts_read_references(&plan->references);
	return choose_key(plan, CONTACTS_EMAIL, problem) && choose_key(plan, CONTACTS_PHONE, problem);
}

static bool
check_request(const ContactsMergeRequest *request, bool *latest, ContactsProblem *problem)
{
	int preferred;

	if (!contacts_choose(&prefer_choice, request->prefer, &preferred, problem))
		return false;
	*latest = preferred == 1;
	if (request->duplicate_count < 1 || request->duplicate_count > CONTACTS_MERGE_MAX)
	{
		contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid duplicate_ids: %d contacts",
						 request->duplicate_count);
		contacts_problem_detail(problem, "A merge takes 1 to %d duplicates.", CONTACTS_MERGE_MAX);
		contacts_problem_hint(problem, "Give the ids of the contacts to fold into the primary.");
		return false;
	}
	for (int i = 0; i < request->duplicate_count; i++)
		if (request->duplicate_ids[i] == request->primary_id)
		{
			contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid duplicate_ids: %lld",
							 (long long) request->primary_id);
			contacts_problem_detail(problem, "It is the primary contact itself.");
			contacts_problem_hint(problem, "Leave the primary contact out of the list.");
			return false;
		}
	return true;
}

static bool
find_contacts(const ContactsMergeRequest *request, ContactsLock lock, ContactsMergePlan *plan,
			  ContactsProblem *problem)
{
	int64 account_id = plan->account->account_id;
	ContactsIds given = all_ids(request);
	int64 *survivors = palloc(given.count * sizeof(int64));
	ContactsRetry retry = {.what = "which contacts are meant"};
	ContactsContact *read;

	plan->ids = palloc(given.count * sizeof(int64));
	while (contacts_try_again(&retry, problem))
	{
		if (!resolve(account_id, &given, survivors, problem))
			return false;
		memcpy(plan->ids, survivors, given.count * sizeof(int64));
		plan->count = without_repeats(plan->ids, given.count);
		if (contacts_read_contacts(account_id, plan->ids, plan->count, lock, &read) < plan->count ||
			!contacts_still_survive(account_id, &given, survivors))
			continue;
		put_in_order(plan, read);
		plan->identifier_count =
			contacts_read_identifiers(account_id, plan->ids, plan->count, &plan->identifiers);
		return true;
	}
	return false;
}

/* The primary first. */
static ContactsIds
all_ids(const ContactsMergeRequest *request)
{
	ContactsIds all = {request->duplicate_count + 1,
					   palloc((request->duplicate_count + 1) * sizeof(int64))};

	all.ids[0] = request->primary_id;
	memcpy(all.ids + 1, request->duplicate_ids, request->duplicate_count * sizeof(int64));
	return all;
}

/* The survivors of all; each must exist, be seen, and be another contact than the primary. */
static bool
resolve(int64 account_id, const ContactsIds *given, int64 *survivors, ContactsProblem *problem)
{
	if (!contacts_resolve(account_id, given, CONTACTS_REFUSE_HIDDEN, survivors, problem))
		return false;
	for (int i = 1; i < given->count; i++)
		if (survivors[i] == survivors[0])
			return already_merged(problem, given->ids[i], given->ids[0]);
	return true;
}

/* The order stays; whoever is given twice, or with what was merged into them, counts once. */
static int
without_repeats(int64 *ids, int count)
{
	int kept = 0;

	for (int i = 0; i < count; i++)
	{
		int at = 0;

		while (at < kept && ids[at] != ids[i])
			at++;
		if (at == kept)
			ids[kept++] = ids[i];
	}
	return kept;
}

static bool
already_merged(ContactsProblem *problem, int64 duplicate_id, int64 primary_id)
{
	contacts_problem(problem, CONTACTS_WRONG_STATE, "contacts %lld and %lld are one already",
					 (long long) primary_id, (long long) duplicate_id);
	contacts_problem_detail(problem, "A merge before has made them the same contact.");
	contacts_problem_hint(problem, "There is nothing to do.");
	return false;
}

/* They were read in order of their ids. */
static void
put_in_order(ContactsMergePlan *plan, const ContactsContact *read)
{
	plan->contacts = palloc(plan->count * sizeof(ContactsContact));
	for (int i = 0; i < plan->count; i++)
	{
		int at = 0;

		while (read[at].contact_id != plan->ids[i])
			at++;
		plan->contacts[i] = read[at];
	}
}

/* By the given order, or the newest details first; an insertion sort keeps equal ones in order. */
static void
prefer(ContactsMergePlan *plan, bool latest)
{
	plan->order = palloc(plan->count * sizeof(int));
	for (int i = 0; i < plan->count; i++)
	{
		int at = i;

		for (; latest && at > 0 &&
			   plan->contacts[plan->order[at - 1]].details_at < plan->contacts[i].details_at;
			 at--)
			plan->order[at] = plan->order[at - 1];
		plan->order[at] = i;
	}
}

/*
 * The key behind the e-mail or phone that the survivor shows: the primary one of the contact that
 * gave it; else the one of theirs that it shows without owning it.  What none of them shows was
 * reviewed, and has just been read; it is claimed.
 */
static bool
choose_key(ContactsMergePlan *plan, ContactsIdentifierKind kind, ContactsProblem *problem)
{
	const char *shown = *contacts_shown_detail(&plan->result, kind);
	int64 account_id = plan->account->account_id;
	const char *reviewed = plan->result.keys[kind];
	bool is_reviewed = true;
	int64 owner;

	for (int i = 0; i < plan->count && shown && plan->primary_key[kind] == NULL; i++)
	{
		ContactsContact *contact = &plan->contacts[plan->order[i]];

		if (!contacts_same_text(*contacts_shown_detail(contact, kind), shown))
			continue;
		is_reviewed = false;
		plan->primary_key[kind] = primary_key_of(plan, contact->contact_id, kind);
	}
	if (shown == NULL || plan->primary_key[kind] != NULL)
		return true;
	if (!is_reviewed || reviewed == NULL || reviewed[0] == '\0')
	{
		plan->primary_key[kind] = key_shown(plan, kind, shown);
		return true;
	}
	plan->primary_key[kind] = reviewed;
	plan->is_claimed[kind] = !has_key(plan, kind, reviewed);
	if (plan->is_claimed[kind] && (owner = contacts_owner_of(account_id, kind, reviewed)) != 0)
		return contacts_identifier_taken(account_id, kind, owner, problem);
	return true;
}

/* The key among theirs that somebody shows without owning it; NULL = none. */
static const char *
key_shown(const ContactsMergePlan *plan, ContactsIdentifierKind kind, const char *shown)
{
	for (int i = 0; i < plan->identifier_count; i++)
		if (plan->identifiers[i].kind == kind &&
			contacts_shows_key(plan->account, kind, shown, plan->identifiers[i].value))
			return plan->identifiers[i].value;
	return NULL;
}

static const char *
primary_key_of(const ContactsMergePlan *plan, int64 contact_id, ContactsIdentifierKind kind)
{
	for (int i = 0; i < plan->identifier_count; i++)
		if (plan->identifiers[i].contact_id == contact_id && plan->identifiers[i].kind == kind &&
			plan->identifiers[i].is_primary)
			return plan->identifiers[i].value;
	return NULL;
}

static bool
has_key(const ContactsMergePlan *plan, ContactsIdentifierKind kind, const char *value)
{
	for (int i = 0; i < plan->identifier_count; i++)
		if (plan->identifiers[i].kind == kind && strcmp(plan->identifiers[i].value, value) == 0)
			return true;
	return false;
}
