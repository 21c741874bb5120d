/* -------------------------------------------------------------------------
 * apply.c
 *		One incoming item against the batch: who is it, and what changes.
 *
 * decide.c says who; here the keys get their owner, the details are merged by the rules of
 * values/survivorship.c, and what must be written is noted in the batch.  A later item of the batch
 * sees what an earlier one did, as if it had been written.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "engine/contact/clean.h"
#include "engine/contact/detail.h"
#include "engine/contact/identifier.h"
#include "engine/ingest/batch.h"
#include "engine/ingest/ingest.h"
#include "engine/session/access.h"
#include "identity/decide.h"
#include "identity/identifier.h"
#include "store/contact.h"
#include "store/duplicate.h"
#include "store/spi/ids.h"
#include "store/status.h"
#include "store/tag.h"
#include "text/problem.h"
#include "values/field.h"
#include "values/json.h"
#include "values/survivorship.h"
#include "values/timezone.h"

static void decide(ContactsBatch *batch, int index, ContactsVerdict *verdict);
static bool repeats_shown_phone(const ContactsBatch *batch, int index);
static void describe_hit(const ContactsBatch *batch, int key, int external, ContactsHit *hit);
static bool is_taken(ContactsBatch *batch, int index);
static bool is_anonymous(const ContactsIncoming *incoming);
static bool is_missing(ContactsBatch *batch, int index);
static bool shows_itself(const ContactsBatch *batch, const ContactsIncoming *incoming,
						 const ContactsPerson *person);
static int create_person(ContactsBatch *batch, const ContactsIncoming *incoming);
static void take_keys(ContactsBatch *batch, int index, int person, const ContactsVerdict *verdict);
static void note_pairs(ContactsBatch *batch, ContactsIncoming *incoming, int person,
					   const ContactsVerdict *verdict);
static bool merge_details(ContactsBatch *batch, int index, ContactsPerson *person,
						  const ContactsVerdict *verdict);
static bool merge_shown(ContactsBatch *batch, int index, ContactsPerson *person,
						const ContactsVerdict *verdict, ContactsIdentifierKind kind,
						ContactsSurvivorshipMode mode);
static bool merge_text(const char **current, const char *incoming, ContactsSurvivorshipMode mode);
static bool merge_status(ContactsBatch *batch, const ContactsIncoming *incoming,
						 ContactsPerson *person, ContactsSurvivorshipMode mode);
static bool merge_owner(const ContactsIncoming *incoming, ContactsPerson *person,
						ContactsSurvivorshipMode mode);
static bool merge_fields(ContactsBatch *batch, ContactsIncoming *incoming, ContactsPerson *person,
						 ContactsSurvivorshipMode mode);

void
contacts_apply_incoming(ContactsBatch *batch, int index)
{
	ContactsIncoming *incoming = batch->items[index];
	ContactsVerdict verdict;
	ContactsPerson *person;
	int found;
	bool changed;

	incoming->contact_id = incoming->duplicate_of = 0;
	incoming->outcome = CONTACTS_NO_OUTCOME;
	incoming->matched_by = -1;
	if (is_anonymous(incoming) || is_missing(batch, index) ||
		(incoming->mode == CONTACTS_MODE_STRICT && is_taken(batch, index)))
		return;
	decide(batch, index, &verdict);
	incoming->matched_by = verdict.matched_by;
	found = verdict.contact != CONTACTS_NOBODY ? verdict.contact : create_person(batch, incoming);
	person = batch->people[found];
	if (person->hidden && incoming->activity == NULL)
	{
		incoming->problem = palloc0(sizeof(ContactsProblem));
		contacts_hidden_problem(incoming->problem);
		return;
	}
	incoming->contact_id = person->row.contact_id;
	incoming->hidden = person->hidden;
	if (person->hidden && batch->is_restricted)
	{
		/* it is linked, and that is all (R83); an assignee would be let in (R81) */
		incoming->activity->assigned_to = 0;
		incoming->outcome = CONTACTS_MATCHED;
		return;
	}
	if (incoming->mode == CONTACTS_MODE_SKIP && verdict.contact != CONTACTS_NOBODY)
	{
		incoming->outcome = CONTACTS_SKIPPED;
		return;
	}
	take_keys(batch, index, found, &verdict);
	note_pairs(batch, incoming, found, &verdict);
	changed = merge_details(batch, index, person, &verdict);
	person->changed |= changed;
	for (int kind = 0; kind < CONTACTS_KINDS; kind++)
		changed |= verdict.claim[kind];
	for (int i = 0; i < incoming->tag_count; i++)
	{
		ContactsTagging tagging = {person->row.contact_id, incoming->tags[i]};

		contacts_batch_add_tagging(batch, &tagging);
	}
	incoming->outcome = verdict.contact == CONTACTS_NOBODY ? CONTACTS_CREATED
						: incoming->activity != NULL       ? CONTACTS_MATCHED
						: changed                          ? CONTACTS_UPDATED
														   : CONTACTS_UNCHANGED;
	if (verdict.contact == CONTACTS_NOBODY && batch->is_restricted)
		person->hidden = !shows_itself(batch, incoming, person);
}

/* Whether a contact that this session has made is seen by it from the next item on. */
static bool
shows_itself(const ContactsBatch *batch, const ContactsIncoming *incoming,
			 const ContactsPerson *person)
{
	int64 account_id = batch->account->account_id;

	return contacts_sees_member(account_id, person->row.owner_id) ||
		   (incoming->activity &&
			contacts_sees_member(account_id, incoming->activity->assigned_to));
}

int
contacts_match_incoming(ContactsBatch *batch, int index)
{
	ContactsVerdict verdict;

	decide(batch, index, &verdict);
	return verdict.contact;
}

static void
decide(ContactsBatch *batch, int index, ContactsVerdict *verdict)
{
	const ContactsIncoming *incoming = batch->items[index];
	ContactsQuestion question;

	question.phone_match = batch->account->phone_match;
	question.is_named = batch->item_named[index] >= 0;
	question.named = question.is_named ? batch->named_people[batch->item_named[index]] : 0;
	question.create =
		incoming->mode == CONTACTS_MODE_CREATE || incoming->mode == CONTACTS_MODE_STRICT;
	for (int kind = 0; kind < CONTACTS_KINDS; kind++)
	{
		int key = batch->item_keys[index][kind];

		question.given[kind] = key >= 0;
		if (key >= 0)
			describe_hit(batch, key, batch->item_keys[index][CONTACTS_EXTERNAL],
						 &question.hit[kind]);
	}
	if (!question.create && repeats_shown_phone(batch, index))
		question.given[CONTACTS_PHONE] = false;
	contacts_decide(&question, verdict);
}

/*
 * Whether whom another key names shows this very phone, though it reads as another number now: then
 * the region has changed, not the phone.  A region that is given says what is meant.
 */
static bool
repeats_shown_phone(const ContactsBatch *batch, int index)
{
	const ContactsIncoming *incoming = batch->items[index];
	const int *keys = batch->item_keys[index];

	if (keys[CONTACTS_PHONE] < 0 || incoming->region != NULL)
		return false;
	for (int kind = 0; kind < CONTACTS_KINDS; kind++)
	{
		int owner = keys[kind] >= 0 ? batch->keys[keys[kind]].owner : CONTACTS_NOBODY;

		if (owner != CONTACTS_NOBODY)
			return kind != CONTACTS_PHONE &&
				   batch->people[owner]->primary[CONTACTS_PHONE] != keys[CONTACTS_PHONE] &&
				   contacts_is_shown(CONTACTS_PHONE, batch->people[owner]->row.phone,
									 incoming->identifiers[CONTACTS_PHONE]);
	}
	return false;
}

/* What is known of the owner of a key; `external` is the key of the item's external id, or -1. */
static void
describe_hit(const ContactsBatch *batch, int key, int external, ContactsHit *hit)
{
	const ContactsPerson *person;

	memset(hit, 0, sizeof(*hit));
	hit->contact = batch->keys[key].owner;
	if (hit->contact == CONTACTS_NOBODY)
		return;
	person = batch->people[hit->contact];
	hit->has_email = person->row.email != NULL;
	hit->has_phone = person->row.phone != NULL;
	hit->other_id = external >= 0 && batch->keys[external].owner != hit->contact &&
					contacts_batch_has_system(batch, hit->contact, batch->keys[external].value);
}

/* create_contact: an owner of a given key is one too many. */
static bool
is_taken(ContactsBatch *batch, int index)
{
	ContactsIncoming *incoming = batch->items[index];

	for (int kind = 0; kind < CONTACTS_KINDS; kind++)
	{
		int key = batch->item_keys[index][kind];
		const ContactsPerson *owner;

		if (key < 0 || batch->keys[key].owner == CONTACTS_NOBODY)
			continue;
		incoming->problem = palloc0(sizeof(ContactsProblem));
		owner = batch->people[batch->keys[key].owner];
		if (owner->hidden)
			contacts_hidden_problem(incoming->problem);
		else
			contacts_taken_problem(incoming->problem, kind, owner->row.contact_id);
		return true;
	}
	return false;
}

/* An activity that nothing identifies stays unlinked (R32). */
static bool
is_anonymous(const ContactsIncoming *incoming)
{
	for (int kind = 0; kind < CONTACTS_KINDS; kind++)
		if (incoming->keys[kind] != NULL)
			return false;
	return incoming->activity != NULL && incoming->named == 0;
}

/* The contact that the item names is unknown or deleted, or hidden from the person (R35). */
static bool
is_missing(ContactsBatch *batch, int index)
{
	ContactsIncoming *incoming = batch->items[index];
	int person;

	if (batch->item_named[index] < 0)
		return false;
	person = batch->named_people[batch->item_named[index]];
	if (person != CONTACTS_NOBODY && !(batch->people[person]->hidden && batch->is_restricted))
		return false;
	incoming->problem = palloc0(sizeof(ContactsProblem));
	contacts_missing_problem(incoming->problem, "contact", incoming->named);
	return true;
}

/* Whoever does not see all contacts owns those they make, or they would not see them. */
static int
create_person(ContactsBatch *batch, const ContactsIncoming *incoming)
{
	int number = contacts_batch_add_person(batch);
	ContactsPerson *person = batch->people[number];
	const int64 *members;
	int count;

	person->is_new = true;
	person->row.contact_id = contacts_next_id("contact", batch->account->account_id);
	person->row.source = incoming->source;
	person->row.created_at = batch->now;
	if (incoming->activity == NULL &&
		!contacts_session_sees_all(batch->account->account_id, &members, &count))
		person->row.owner_id = contacts_member_at_work(batch->account->account_id);
	return number;
}

/* Unowned keys become the person's; a cookie follows (R15, R17), but no hidden contact's (R83). */
static void
take_keys(ContactsBatch *batch, int index, int person, const ContactsVerdict *verdict)
{
	for (int kind = 0; kind < CONTACTS_KINDS; kind++)
	{
		ContactsBatchKey *key;

		if (!verdict->claim[kind] && !(kind == CONTACTS_VISITOR && verdict->move_visitor))
			continue;
		key = &batch->keys[batch->item_keys[index][kind]];
		if (batch->is_restricted && key->owner != CONTACTS_NOBODY &&
			batch->people[key->owner]->hidden)
			continue;
		if (!key->is_claimed && !key->is_moved)
			key->first_owner = person;
		/* a cookie claimed in this batch is simply claimed for somebody else */
		key->is_moved |= !verdict->claim[kind] && !key->is_claimed;
		key->is_claimed |= verdict->claim[kind];
		key->owner = person;
		if (kind == CONTACTS_EXTERNAL)
			contacts_batch_add_external(batch, person, key->value);
	}
}

static void
note_pairs(ContactsBatch *batch, ContactsIncoming *incoming, int person,
		   const ContactsVerdict *verdict)
{
	for (int i = 0; i < verdict->review_count; i++)
	{
		ContactsPerson *other = batch->people[verdict->reviews[i].contact];
		ContactsConflict conflict = {batch->people[person]->row.contact_id, other->row.contact_id,
									 verdict->reviews[i].reason, batch->conflict_count};

		other->is_disputed = true;
		contacts_batch_add_conflict(batch, &conflict);
		if (incoming->duplicate_of == 0 && !other->hidden)
			incoming->duplicate_of = conflict.other_id;
	}
}

/* Returns whether anything of the person changed (R20, R21). */
static bool
merge_details(ContactsBatch *batch, int index, ContactsPerson *person,
			  const ContactsVerdict *verdict)
{
	ContactsIncoming *incoming = batch->items[index];
	ContactsContact *row = &person->row;
	bool late = row->details_at != DT_NOBEGIN && incoming->at < row->details_at;
	ContactsSurvivorshipMode mode =
		late || incoming->mode == CONTACTS_MODE_FILL ? CONTACTS_FILL : CONTACTS_NEWS;
	bool changed = false;

	changed |= merge_shown(batch, index, person, verdict, CONTACTS_EMAIL, mode);
	changed |= merge_shown(batch, index, person, verdict, CONTACTS_PHONE, mode);
	changed |= merge_text(&row->name, incoming->details.name, mode);
	changed |= merge_text(&row->company, incoming->details.company, mode);
	/* another name of the same zone is no news */
	if (row->timezone == NULL || incoming->details.timezone == NULL ||
		!contacts_timezone_same(row->timezone, incoming->details.timezone))
		changed |= merge_text(&row->timezone, incoming->details.timezone, mode);
	changed |= merge_fields(batch, incoming, person, mode);
	changed |= merge_status(batch, incoming, person, mode);
	changed |= merge_owner(incoming, person, mode);
	if (changed && !late)
		row->details_at = incoming->at;
	return changed;
}

/*
 * The e-mail or phone that the contact shows.  A blank one is filled; a new phone replaces the old
 * one, and the e-mail only when a stronger key than a phone found the person (R14); the former one
 * stays an identifier.  A key that somebody else owns is not shown, unless the contact was created
 * with it: then it is all we know.
 */
static bool
merge_shown(ContactsBatch *batch, int index, ContactsPerson *person, const ContactsVerdict *verdict,
			ContactsIdentifierKind kind, ContactsSurvivorshipMode mode)
{
	ContactsIncoming *incoming = batch->items[index];
	const char *given = *contacts_shown_detail(&incoming->details, kind);
	const char **current = contacts_shown_detail(&person->row, kind);
	int key = batch->item_keys[index][kind];
	bool owned = verdict->claim[kind] || verdict->own[kind];

	if (given == NULL || (owned && person->primary[kind] == key))
		return false;
	if (!owned && incoming->keys[kind] != NULL && verdict->contact != CONTACTS_NOBODY)
		return false;
	if (owned && contacts_shows_key(batch->account, kind, *current, incoming->keys[kind]))
	{
		/* it was shown all along, and has become the contact's own now */
		person->primary[kind] = key;
		person->new_primary[kind] = true;
		return false;
	}
	if (*current != NULL && (mode == CONTACTS_FILL || !owned ||
							 (kind == CONTACTS_EMAIL && incoming->named == 0 &&
							  verdict->matched_by != CONTACTS_EXTERNAL)))
		return false;
	/* what is not its own is canonical, so that it can be told later which key it is */
	*current =
		owned || incoming->details.keys[kind][0] == '\0' ? given : incoming->details.keys[kind];
	if (owned)
	{
		person->primary[kind] = key;
		person->new_primary[kind] = true;
	}
	return true;
}

static bool
merge_text(const char **current, const char *incoming, ContactsSurvivorshipMode mode)
{
	const char *before = *current;

	*current = contacts_surviving_text(before, incoming, mode);
	return *current != before;
}

/*
 * A contact that many items change has one copy of its fields, not one of each.  An item that
 * brings too many is refused; what was noted of it is undone by looking at everything again.
 */
static bool
merge_fields(ContactsBatch *batch, ContactsIncoming *incoming, ContactsPerson *person,
			 ContactsSurvivorshipMode mode)
{
	Jsonb *before = person->row.fields;
	MemoryContext caller;
	ContactsProblem problem;
	Jsonb *after;

	if (incoming->details.fields == NULL)
		return false;
	caller = MemoryContextSwitchTo(batch->scratch);
	after = contacts_surviving_fields(before, incoming->details.fields, mode);
	MemoryContextSwitchTo(caller);
	if (!contacts_fields_fit(before, after, &problem))
	{
		incoming->problem = palloc(sizeof(ContactsProblem));
		*incoming->problem = problem;
		batch->looks_again = true;
		after = before;
	}
	else if (after != before)
	{
		person->row.fields = after == incoming->details.fields ? after : contacts_json_copy(after);
		if (person->owns_fields)
			pfree(before);
		person->owns_fields = after != incoming->details.fields;
	}
	MemoryContextReset(batch->scratch);
	return after != before;
}

static bool
merge_status(ContactsBatch *batch, const ContactsIncoming *incoming, ContactsPerson *person,
			 ContactsSurvivorshipMode mode)
{
	ContactsContact *row = &person->row;
	ContactsStatusChange change = {row->contact_id, row->status, incoming->details.status,
								   incoming->source ? incoming->source : "api", incoming->at};

	if (incoming->details.status == CONTACTS_NO_STATUS || incoming->details.status == row->status ||
		(mode == CONTACTS_FILL && row->status != CONTACTS_NO_STATUS))
		return false;
	row->status = incoming->details.status;
	contacts_batch_add_status_change(batch, &change);
	return true;
}

static bool
merge_owner(const ContactsIncoming *incoming, ContactsPerson *person, ContactsSurvivorshipMode mode)
{
	if (incoming->details.owner_id == 0 || incoming->details.owner_id == person->row.owner_id ||
		(mode == CONTACTS_FILL && person->row.owner_id != 0))
		return false;
	person->row.owner_id = incoming->details.owner_id;
	return true;
}
