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

#include "utils/timestamp.h"

#include "engine/contact/detail.h"
#include "engine/contact/identifier.h"
#include "engine/ingest/batch.h"
#include "engine/ingest/ingest.h"
#include "engine/session/access.h"
#include "identity/decide.h"
#include "identity/identifier.h"
#include "store/contact.h"
#include "store/duplicate.h"
#include "store/spi/rows.h"
#include "store/status.h"
#include "store/tag.h"
#include "text/problem.h"
#include "values/survivorship.h"

static void decide(ContactsBatch *batch, int index, ContactsVerdict *verdict);
static void describe_hit(ContactsBatch *batch, int key, const char *external, ContactsHit *hit);
static bool is_taken(ContactsBatch *batch, int index);
static bool is_anonymous(const ContactsIncoming *incoming);
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
static bool merge_fields(const ContactsIncoming *incoming, ContactsPerson *person,
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
	if (is_anonymous(incoming) ||
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
	if (person->hidden)
		incoming->activity->assigned_to = 0; /* it would let the member in (R81) */
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
	question.create =
		incoming->mode == CONTACTS_MODE_CREATE || incoming->mode == CONTACTS_MODE_STRICT;
	for (int kind = 0; kind < CONTACTS_KINDS; kind++)
	{
		int key = batch->item_keys[index][kind];

		question.given[kind] = key >= 0;
		if (key >= 0)
			describe_hit(batch, key, incoming->keys[CONTACTS_EXTERNAL], &question.hit[kind]);
	}
	contacts_decide(&question, verdict);
}

static void
describe_hit(ContactsBatch *batch, int key, const char *external, ContactsHit *hit)
{
	const ContactsPerson *person;

	memset(hit, 0, sizeof(*hit));
	hit->contact = batch->keys[key].owner;
	if (hit->contact == CONTACTS_NOBODY)
		return;
	person = batch->people[hit->contact];
	hit->has_email = person->row.email != NULL;
	hit->has_phone = person->row.phone != NULL;
	if (external)
	{
		bool has_this = false;

		for (int i = 0; i < person->external_count; i++)
			if (strcmp(person->external[i], external) == 0)
				has_this = true;
			else if (contacts_same_system(person->external[i], external))
				hit->other_id = true;
		hit->other_id &= !has_this;
	}
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
	return incoming->activity != NULL;
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
	person->row.contact_id = contacts_next_id("contact_contact_id_seq");
	person->row.source = incoming->source;
	person->row.created_at = batch->now;
	if (incoming->activity == NULL &&
		!contacts_session_sees_all(batch->account->account_id, &members, &count))
		person->row.owner_id = contacts_member_at_work(batch->account->account_id);
	return number;
}

/* Unowned keys become the person's; a cookie follows (R15, R17). */
static void
take_keys(ContactsBatch *batch, int index, int person, const ContactsVerdict *verdict)
{
	for (int kind = 0; kind < CONTACTS_KINDS; kind++)
	{
		ContactsBatchKey *key;

		if (!verdict->claim[kind] && !(kind == CONTACTS_VISITOR && verdict->move_visitor))
			continue;
		key = &batch->keys[batch->item_keys[index][kind]];
		if (!key->is_claimed && !key->is_moved)
			key->first_owner = person;
		/* a cookie claimed in this batch is simply claimed for somebody else */
		key->is_moved |= !verdict->claim[kind] && !key->is_claimed;
		key->is_claimed |= verdict->claim[kind];
		key->owner = person;
		if (kind == CONTACTS_EXTERNAL)
			contacts_batch_add_external(batch->people[person], key->value);
	}
}

static void
note_pairs(ContactsBatch *batch, ContactsIncoming *incoming, int person,
		   const ContactsVerdict *verdict)
{
	for (int i = 0; i < verdict->review_count; i++)
	{
		ContactsConflict conflict = {batch->people[person]->row.contact_id,
									 batch->people[verdict->reviews[i].contact]->row.contact_id,
									 verdict->reviews[i].reason, batch->conflict_count};

		contacts_batch_add_conflict(batch, &conflict);
		if (incoming->duplicate_of == 0 && !batch->people[verdict->reviews[i].contact]->hidden)
			incoming->duplicate_of = conflict.other_id;
	}
}

/* Returns whether anything of the person changed (R20, R21). */
static bool
merge_details(ContactsBatch *batch, int index, ContactsPerson *person,
			  const ContactsVerdict *verdict)
{
	const ContactsIncoming *incoming = batch->items[index];
	ContactsContact *row = &person->row;
	bool late = row->details_at != DT_NOBEGIN && incoming->at < row->details_at;
	ContactsSurvivorshipMode mode =
		late || incoming->mode == CONTACTS_MODE_FILL ? CONTACTS_FILL : CONTACTS_NEWS;
	bool changed = false;

	changed |= merge_shown(batch, index, person, verdict, CONTACTS_EMAIL, mode);
	changed |= merge_shown(batch, index, person, verdict, CONTACTS_PHONE, mode);
	changed |= merge_text(&row->name, incoming->details.name, mode);
	changed |= merge_text(&row->company, incoming->details.company, mode);
	changed |= merge_text(&row->timezone, incoming->details.timezone, mode);
	changed |= merge_fields(incoming, person, mode);
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
							 (kind == CONTACTS_EMAIL && verdict->matched_by != CONTACTS_EXTERNAL)))
		return false;
	*current = given;
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

static bool
merge_fields(const ContactsIncoming *incoming, ContactsPerson *person,
			 ContactsSurvivorshipMode mode)
{
	Jsonb *before = person->row.fields;

	if (incoming->details.fields == NULL)
		return false;
	person->row.fields = contacts_surviving_fields(before, incoming->details.fields, mode);
	return person->row.fields != before;
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
