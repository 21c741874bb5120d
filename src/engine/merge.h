/*
 * merge.h - folding contacts into one, and back (R40-R45).
 *
 * A merge is planned, then written.  The plan says all that will be; a preview shows it.
 */
#ifndef CONTACTS_ENGINE_MERGE_H
#define CONTACTS_ENGINE_MERGE_H

#include "engine/detail.h"
#include "store/merge.h"
#include "text/problem.h"

#define CONTACTS_MERGE_MAX 1000 /* duplicates of one merge */

/* What is asked for. */
typedef struct ContactsMergeRequest
{
	int64 primary_id;
	int64 *duplicate_ids; /* in order of preference */
	int duplicate_count;
	const char *prefer; /* primary, latest */
	Jsonb *overrides;   /* reviewed values, keys as of update_contact; NULL = none */
} ContactsMergeRequest;

/* What becomes of one detail or custom field. */
typedef struct ContactsMergeValue
{
	const char *name; /* company, fields.team_size … */
	Jsonb *before;    /* the primary's; NULL = none */
	Jsonb *result;
	int64 source_id;   /* contact that has the result, the preferred one first; 0 = none */
	Jsonb *candidates; /* [{"contact_id": …, "value": …}, …] */
	bool disagree;     /* the contacts have different values */
} ContactsMergeValue;

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
	int key_count;
	ContactsOwnedKey *keys;     /* identifiers of all */
	const char *primary_key[2]; /* key of the e-mail, phone that is shown; NULL = none */
	bool is_claimed[2];         /* … that none of them had */
	int reference_count;
	ContactsReference *references; /* where rows may hang on them */
	ContactsMerge merge;
} ContactsMergePlan;

/* merge_plan.c: false with *problem filled */

/* Finds, locks and reads the contacts, and decides.  Writes nothing. */
extern bool contacts_plan_merge(int64 account_id, const ContactsMergeRequest *request,
								ContactsLock lock, ContactsMergePlan *plan,
								ContactsProblem *problem);
/* How many rows of a reference would move; moved[i] is of the i-th duplicate. */
extern bool contacts_count_moves(const ContactsMergePlan *plan, const ContactsReference *reference,
								 int64 *moved, ContactsProblem *problem);
/* The rows of a table of the user's collide, so that none may be left behind: always false. */
extern bool contacts_collision_problem(ContactsProblem *problem,
									   const ContactsReference *reference);

/* merge_values.c */

/* Fills result and values of a plan (R42). */
extern bool contacts_decide_values(ContactsMergePlan *plan, const ContactsMergeRequest *request,
								   ContactsProblem *problem);
/* {"detail": {"old": …, "new": …, "from": …}} of what changes on the primary. */
extern Jsonb *contacts_merge_changes(const ContactsMergePlan *plan);
/* [{"contact_id": …, "value": …}, …] of those that have a value. */
extern Jsonb *contacts_candidates(const ContactsContact *contacts, Jsonb *const *values, int count);

/* merge.c */

extern bool contacts_merge(int64 account_id, const ContactsMergeRequest *request, int64 *merge_id,
						   ContactsProblem *problem);

/* The event of a merge, contact.merged, or of its end, contact.unmerged (R44). */
extern void contacts_tell_merge(int64 account_id, const ContactsMerge *merge, const char *kind);

/* merge_edit.c */

/*
 * Edits a contact like contacts_edit(); when the new e-mail or phone belongs to others, they are
 * merged into it (R40), and *merged is true.
 */
extern bool contacts_edit_merging(int64 account_id, int64 *contact_id, Jsonb *changes,
								  bool *changed, bool *merged, ContactsProblem *problem);

/* unmerge.c */

/* A duplicate that is itself again, and what it could not take back. */
typedef struct ContactsUnmerged
{
	int64 contact_id;
	int kept_count;
	const char **kept; /* details, fields.<key>, identifiers, activities … */
} ContactsUnmerged;

/* Returns how many contacts were restored, -1 with *problem filled. */
extern int contacts_unmerge(int64 account_id, int64 merge_id, ContactsUnmerged **restored,
							ContactsProblem *problem);

#endif
