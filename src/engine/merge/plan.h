/*
 * plan.h - all that a merge will do; shared by the files of this folder.
 */
#ifndef CONTACTS_MERGE_PLAN_H
#define CONTACTS_MERGE_PLAN_H

#include "engine/merge/merge.h"
#include "store/account.h"
#include "store/contact.h"
#include "store/identifier.h"
#include "store/merge.h"
#include "store/reference.h"
#include "text/problem.h"

typedef struct ContactsMergePlan
{
	const ContactsAccount *account;
	int count;
	ContactsContact *contacts; /* the primary, then the duplicates */
	int64 *ids;                /* theirs */
	int *order;                /* their places, by preference */
	ContactsContact result;    /* the survivor as it will be */
	int value_count;
	ContactsMergeValue *values;
	int identifier_count;
	ContactsOwnedIdentifier *identifiers; /* of all */
	const char *primary_key[2];           /* key of the e-mail, phone that is shown; NULL = none */
	bool is_claimed[2];                   /* … that none of them had */
	int reference_count;
	ContactsReference *references; /* where rows may hang on them */
	ContactsMerge merge;
} ContactsMergePlan;

/* plan.c: false with *problem filled */

/* Finds, locks and reads the contacts, and decides.  Writes nothing. */
extern bool contacts_plan_merge(int64 account_id, const ContactsMergeRequest *request,
								ContactsLock lock, ContactsMergePlan *plan,
								ContactsProblem *problem);

/* values.c */

/* Fills result and values of a plan (R42). */
extern bool contacts_decide_values(ContactsMergePlan *plan, const ContactsMergeRequest *request,
								   ContactsProblem *problem);
/* {"detail": {"old": …, "new": …, "from": …}} of what changes on the primary. */
extern Jsonb *contacts_merge_changes(const ContactsMergePlan *plan);
/* [{"contact_id": …, "value": …}, …] of those that have a value. */
extern Jsonb *contacts_candidates(const ContactsContact *contacts, Jsonb *const *values, int count);

/* merge.c */

/* The rows of a table of the user's collide, so that none may be left behind: always false. */
extern bool contacts_collision_problem(ContactsProblem *problem,
									   const ContactsReference *reference);
/* The event of a merge, contact.merged, or of its end, contact.unmerged (R44). */
extern void contacts_tell_merge(int64 account_id, const ContactsMerge *merge, const char *kind);
/* Writes the survivor as it is in memory; its identifiers are the caller's. */
extern void contacts_update_merged(int64 account_id, ContactsContact *survivor);

#endif
