/*
 * merge.h - folding contacts into one, and back (R40-R45).
 *
 * A merge is planned, then written.  The plan says all that will be; a preview shows it.
 */
#ifndef CONTACTS_ENGINE_MERGE_H
#define CONTACTS_ENGINE_MERGE_H

#include "utils/jsonb.h"

#include "text/problem.h"

#define CONTACTS_MERGE_MAX 1000 /* duplicates of one merge */

/* What is asked for. */
typedef struct ContactsMergeRequest
{
	int64 primary_id;
	int64 *duplicate_ids; /* in order of preference */
	int duplicate_count;
	const char *prefer; /* primary, latest; NULL = primary */
	Jsonb *overrides;   /* reviewed values, keys as of update_contact; NULL = none */
} ContactsMergeRequest;

/* What becomes of one detail, custom field, or of the rows of a table. */
typedef struct ContactsMergeValue
{
	const char *name; /* company, fields.team_size, moves.activities … */
	Jsonb *before;    /* the primary's; NULL = none */
	Jsonb *result;
	int64 source_id;   /* contact that has the result, the preferred one first; 0 = none */
	Jsonb *candidates; /* [{"contact_id": …, "value": …}, …] */
	bool disagree;     /* the contacts have different values */
} ContactsMergeValue;

/* preview.c: what a merge would do, value by value; writes nothing.  Returns how many, or -1. */
extern int contacts_preview_merge(int64 account_id, const ContactsMergeRequest *request,
								  ContactsMergeValue **values, ContactsProblem *problem);

/* merge.c: false with *problem filled */
extern bool contacts_run_merge(int64 account_id, const ContactsMergeRequest *request,
							   int64 *merge_id, ContactsProblem *problem);

/* edit.c */

/*
 * Edits a contact like contacts_edit_contact(); when the new e-mail or phone belongs to others,
 * they are merged into it (R40), and *merged is true.
 */
extern bool contacts_merge_by_edit(int64 account_id, int64 *contact_id, Jsonb *changes,
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
extern int contacts_undo_merge(int64 account_id, int64 merge_id, ContactsUnmerged **restored,
							   ContactsProblem *problem);

#endif
