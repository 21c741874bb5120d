/* -------------------------------------------------------------------------
 * unmerge.c
 *		Undoes a merge: what it moved goes back, what came after stays (R45).
 *
 * The journal says where everything was.  A value of the survivor is put back only while it is
 * what the merge made it, and if it still fits; a row only while the survivor still has it.  What
 * stays is reported with the duplicate that it came from.  Only the last merge of a contact can be
 * undone, so what the journal says is never about contacts that have been folded further.
 *
 * Order as in a merge, backwards: redirects last, so that the duplicates own nothing while they are
 * not live.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/timestamp.h"

#include "engine/contact/clean.h"
#include "engine/contact/detail.h"
#include "engine/contact/identifier.h"
#include "engine/merge/merge.h"
#include "engine/merge/plan.h"
#include "engine/session/access.h"
#include "engine/session/actor.h"
#include "engine/session/own_write.h"
#include "identity/identifier.h"
#include "store/account.h"
#include "store/contact.h"
#include "store/identifier.h"
#include "store/lifecycle.h"
#include "store/merge.h"
#include "store/merge_duplicates.h"
#include "store/merge_identifiers.h"
#include "store/reference.h"
#include "text/problem.h"
#include "values/field.h"
#include "values/json.h"
#include "values/survivorship.h"

/* One merge on its way back. */
typedef struct Undo
{
	const ContactsAccount *account;
	ContactsMerge merge;
	ContactsContact *survivor; /* as it is; changed into what it will be */
	int lifecycle_count;       /* of all of them, as locked */
	ContactsLifecycle *lifecycles;
	bool is_changed;
	bool restored[2];               /* whether the shown e-mail, phone is put back */
	ContactsShownChange shown[2];   /* what the merge made of them */
	ContactsUnmerged *restored_ids; /* the duplicates, in order */
} Undo;

static bool begin(Undo *undo, int64 merge_id, ContactsProblem *problem);
static void lock_contacts(Undo *undo);
static bool check_lifecycles(const Undo *undo, ContactsProblem *problem);
static bool is_last(const Undo *undo, ContactsProblem *problem);
static bool wrong_state(ContactsProblem *problem, const char *detail, const char *hint);
static void write_undo(Undo *undo);
static void restore_values(Undo *undo);
static void restore_value(Undo *undo, const char *name, Jsonb *change);
static bool still_fits(const Undo *undo, const char *name, Jsonb *value);
static void restore_shown(Undo *undo, ContactsIdentifierKind kind);
static void return_identifiers(Undo *undo);
static void review_taken(const Undo *undo);
static bool is_returning(const Undo *undo, ContactsIdentifierKind kind);
static bool is_field(const char *name);
static void put_back(Undo *undo, const char *name, Jsonb *value);
static Jsonb *current_value(const Undo *undo, const char *name);
static void return_rows(Undo *undo);
static const ContactsReference *reference_of(const ContactsReference *references, int count,
											 const ContactsMove *move);
static void keep(Undo *undo, int64 contact_id, const char *what);

int
contacts_undo_merge(int64 account_id, int64 merge_id, ContactsUnmerged **restored,
					ContactsProblem *problem)
{
	Undo undo = {.account = contacts_account(account_id)};
	int64 before;

	if (!begin(&undo, merge_id, problem))
		return -1;
	before = contacts_set_cause_id(merge_id);
	write_undo(&undo);
	contacts_set_cause_id(before);
	*restored = undo.restored_ids;
	return undo.merge.duplicate_count;
}

/* Locks the merge and its contacts, and reads what is there. */
static bool
begin(Undo *undo, int64 merge_id, ContactsProblem *problem)
{
	ContactsMerge *merge = &undo->merge;
	int64 account_id = undo->account->account_id;

	if (!contacts_read_merge(account_id, merge_id, CONTACTS_LOCK_NONE, merge))
		return contacts_missing_problem(problem, "merge", merge_id);
	if (!contacts_sees(account_id, merge->primary_id))
		return contacts_hidden_problem(problem);
	lock_contacts(undo);
	if (!contacts_read_merge(account_id, merge_id, CONTACTS_LOCK_WRITE, merge))
		return contacts_missing_problem(problem, "merge", merge_id);
	if (merge->is_undone)
		return wrong_state(problem, "It was undone before.", "There is nothing to do.");
	if (!check_lifecycles(undo, problem) || !is_last(undo, problem))
		return false;
	contacts_read_contacts(account_id, &merge->primary_id, 1, CONTACTS_LOCK_NONE, &undo->survivor);
	undo->restored_ids = palloc0(merge->duplicate_count * sizeof(ContactsUnmerged));
	for (int i = 0; i < merge->duplicate_count; i++)
		undo->restored_ids[i].contact_id = merge->duplicate_ids[i];
	return true;
}

/* In order of id, and before the merge, as whoever removes them. */
static void
lock_contacts(Undo *undo)
{
	const ContactsMerge *merge = &undo->merge;
	int count = merge->duplicate_count + 1;
	int64 *ids = palloc(count * sizeof(int64));

	ids[0] = merge->primary_id;
	memcpy(ids + 1, merge->duplicate_ids, merge->duplicate_count * sizeof(int64));
	undo->lifecycle_count =
		contacts_lock_lifecycles(undo->account->account_id, ids, count, &undo->lifecycles);
}

/* The survivor is live, the duplicates still redirect to it, nothing was erased. */
static bool
check_lifecycles(const Undo *undo, ContactsProblem *problem)
{
	const ContactsMerge *merge = &undo->merge;
	const ContactsLifecycle *lifecycles = undo->lifecycles;

	if (undo->lifecycle_count < merge->duplicate_count + 1)
		return wrong_state(problem, "A contact that took part was purged.",
						   "It cannot come back; create the contact anew.");
	for (int i = 0; i < undo->lifecycle_count; i++)
	{
		bool is_survivor = lifecycles[i].contact_id == merge->primary_id;

		if (lifecycles[i].is_anonymized)
			return wrong_state(problem, "Personal data of a contact that took part were erased.",
							   "What was erased cannot come back.");
		if (lifecycles[i].is_deleted && is_survivor)
			return wrong_state(problem, "The survivor is deleted.",
							   "Restore it first, with contacts.restore_contacts().");
		if (!is_survivor && lifecycles[i].merged_into != merge->primary_id)
			return wrong_state(problem, "A duplicate does not redirect to the survivor any more.",
							   "Look at contacts.contact.merged_into.");
	}
	return true;
}

/* Merges are undone in the opposite order. */
static bool
is_last(const Undo *undo, ContactsProblem *problem)
{
	int64 last = contacts_last_merge(undo->account->account_id, undo->merge.primary_id);

	if (last == undo->merge.merge_id)
		return true;
	return wrong_state(problem,
					   psprintf("The survivor took part in merge %lld after it.", (long long) last),
					   psprintf("Undo merge %lld first.", (long long) last));
}

static bool
wrong_state(ContactsProblem *problem, const char *detail, const char *hint)
{
	contacts_problem(problem, CONTACTS_WRONG_STATE, "merge cannot be undone");
	contacts_problem_detail(problem, "%s", detail);
	contacts_problem_hint(problem, "%s", hint);
	return false;
}

static void
write_undo(Undo *undo)
{
	const ContactsMerge *merge = &undo->merge;
	int64 account_id = undo->account->account_id;
	TimestampTz now = GetCurrentTransactionStartTimestamp();

	for (int kind = CONTACTS_EMAIL; kind <= CONTACTS_PHONE; kind++)
		undo->shown[kind].present = *contacts_shown_detail(undo->survivor, kind);
	restore_values(undo);
	return_identifiers(undo);
	return_rows(undo);
	if (undo->is_changed)
		contacts_update_merged(account_id, undo->survivor);
	contacts_return_recipients(account_id, merge, undo->shown);
	contacts_redirect_own(account_id, merge->duplicate_ids, merge->duplicate_count, 0);
	contacts_return_duplicates(account_id, merge);
	review_taken(undo);
	contacts_mark_undone(account_id, merge->merge_id, now);
	contacts_tell_merge(account_id, merge, "contact.unmerged");
}

/* Each detail and field that the merge changed. */
static void
restore_values(Undo *undo)
{
	JsonbPair *pairs = contacts_object_read(undo->merge.changes);
	int count = contacts_object_count(undo->merge.changes);

	for (int i = 0; i < count; i++)
		restore_value(undo, pnstrdup(pairs[i].key.val.string.val, pairs[i].key.val.string.len),
					  JsonbValueToJsonb(&pairs[i].value));
	for (int kind = CONTACTS_EMAIL; kind <= CONTACTS_PHONE; kind++)
		if (!undo->shown[kind].is_changed)
			restore_shown(undo, kind);
}

/* One that the merge left as it was, but that shows by now what goes home with a duplicate. */
static void
restore_shown(Undo *undo, ContactsIdentifierKind kind)
{
	const char **shown = contacts_shown_detail(undo->survivor, kind);

	if (contacts_same_text(*shown, undo->merge.shown[kind]) || !is_returning(undo, kind))
		return;
	*shown = undo->merge.shown[kind];
	undo->is_changed = undo->restored[kind] = true;
}

static void
restore_value(Undo *undo, const char *name, Jsonb *change)
{
	Jsonb *before = contacts_json_member(change, "old");
	Jsonb *after = contacts_json_member(change, "new");
	bool is_untouched = contacts_json_same(current_value(undo, name), after);
	int kind = contacts_kind_shown(contacts_detail_named(name, (int) strlen(name)));

	if (kind >= 0)
	{
		is_untouched = is_untouched || is_returning(undo, kind);
		undo->restored[kind] = is_untouched;
		undo->shown[kind].is_changed = true;
		undo->shown[kind].before = contacts_text_of_json(before);
		undo->shown[kind].after = contacts_text_of_json(after);
	}
	if (is_untouched && still_fits(undo, name, before))
		put_back(undo, name, before);
	else if (strcmp(name, contacts_detail_name(CONTACTS_DETAIL_DETAILS_AT)) != 0)
		keep(undo, contacts_int64_of_json(contacts_json_member(change, "from")), name);
}

/* Whether the member is still there, and the field still takes the value. */
static bool
still_fits(const Undo *undo, const char *name, Jsonb *value)
{
	const char *key = name + strlen("fields.");
	const ContactsField *field;
	ContactsProblem ignored;

	if (value == NULL)
		return true;
	if (is_field(name))
	{
		field = contacts_field_find(&undo->account->fields, key, (int) strlen(key));
		return field == NULL || contacts_field_check_value(field, value, &ignored) == value;
	}
	return contacts_detail_named(name, (int) strlen(name)) != CONTACTS_DETAIL_OWNER ||
		   contacts_check_member(undo->account->account_id, contacts_int64_of_json(value),
								 &ignored);
}

/* Keys go home; what a contact shows again and nobody has by now becomes its own again, too. */
static void
return_identifiers(Undo *undo)
{
	int64 account_id = undo->account->account_id;
	int64 *lost;
	int count;

	contacts_return_identifiers(account_id, &undo->merge, undo->restored);
	contacts_reclaim_shown_identifiers(account_id, &undo->merge, undo->restored);
	count = contacts_read_lost_identifiers(account_id, &undo->merge, &lost);
	for (int i = 0; i < count; i++)
		keep(undo, lost[i], "identifiers");
}

/* Once all are live again, and the pairs that were there before are back. */
static void
review_taken(const Undo *undo)
{
	int64 account_id = undo->account->account_id;
	ContactsTakenIdentifier *taken;
	int count = contacts_read_taken_since(account_id, &undo->merge, undo->restored, &taken);

	contacts_review_taken(account_id, taken, count);
}

/* Whether the shown e-mail or phone goes home with its duplicate, whoever showed it since. */
static bool
is_returning(const Undo *undo, ContactsIdentifierKind kind)
{
	const char *shown = *contacts_shown_detail(undo->survivor, kind);
	ContactsOwnedIdentifier *keys;
	int count = contacts_read_returning_identifiers(undo->account->account_id, &undo->merge, &keys);

	for (int i = 0; i < count; i++)
		if (keys[i].kind == kind &&
			(keys[i].is_primary || contacts_shows_key(undo->account, kind, shown, keys[i].value)))
			return true;
	return false;
}

/* "fields.<key>" is a custom field, all else a detail. */
static bool
is_field(const char *name)
{
	return strncmp(name, "fields.", strlen("fields.")) == 0;
}

static Jsonb *
current_value(const Undo *undo, const char *name)
{
	const char *key = name + strlen("fields.");

	if (is_field(name))
		return contacts_field_value(undo->survivor, key, (int) strlen(key));
	return contacts_detail_value(undo->survivor, contacts_detail_named(name, (int) strlen(name)));
}

static void
put_back(Undo *undo, const char *name, Jsonb *value)
{
	JsonbParseState *state;

	undo->is_changed = true;
	if (!is_field(name))
	{
		contacts_set_detail(undo->survivor, contacts_detail_named(name, (int) strlen(name)), value);
		return;
	}
	contacts_object_begin(&state);
	contacts_push_json(&state, name + strlen("fields."), value);
	undo->survivor->fields =
		contacts_surviving_fields(undo->survivor->fields, contacts_object_end(&state),
								  CONTACTS_EDIT_VALUES);
}

static void
return_rows(Undo *undo)
{
	int64 account_id = undo->account->account_id;
	ContactsReference *references;
	int reference_count = contacts_read_references(&references);
	ContactsMove *moves;
	int count = contacts_read_moves(account_id, undo->merge.merge_id, &moves);

	for (int i = 0; i < count; i++)
	{
		const ContactsReference *reference = reference_of(references, reference_count, &moves[i]);

		if (reference == NULL) /* the table is gone */
			keep(undo, moves[i].contact_id, moves[i].table_name);
		else if (contacts_return_rows(account_id, reference, undo->merge.primary_id, &moves[i]) <
				 moves[i].row_count)
			keep(undo, moves[i].contact_id, reference->label);
	}
}

static const ContactsReference *
reference_of(const ContactsReference *references, int count, const ContactsMove *move)
{
	for (int i = 0; i < count; i++)
		if (strcmp(references[i].table_name, move->table_name) == 0 &&
			strcmp(references[i].column_name, move->column_name) == 0)
			return &references[i];
	return NULL;
}

/* Notes what was not put back, with the duplicate it came from; of nobody's, with the first. */
static void
keep(Undo *undo, int64 contact_id, const char *what)
{
	ContactsUnmerged *restored = &undo->restored_ids[0];

	for (int i = 0; i < undo->merge.duplicate_count; i++)
		if (undo->restored_ids[i].contact_id == contact_id)
			restored = &undo->restored_ids[i];
	restored->kept = restored->kept
						 ? repalloc(restored->kept, (restored->kept_count + 1) * sizeof(char *))
						 : palloc(sizeof(char *));
	restored->kept[restored->kept_count++] = what;
}
