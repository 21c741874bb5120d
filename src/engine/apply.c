/* -------------------------------------------------------------------------
 * apply.c
 *		One report against the world: who is it, and what changes.
 *
 * decide.c says who; here the keys get their owner, the details are merged by the rules of
 * values/merge.c, and what must be written is noted in the world.  A later report of the batch
 * sees what an earlier one did, as if it had been written.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "engine/access.h"
#include "engine/detail.h"
#include "engine/world.h"
#include "values/merge.h"

static void decide(ContactsWorld *world, int report, ContactsVerdict *verdict);
static void describe_hit(ContactsWorld *world, int key, const char *external, ContactsHit *hit);
static bool is_taken(ContactsWorld *world, int index);
static bool is_anonymous(const ContactsReport *report);
static int create_person(ContactsWorld *world, const ContactsReport *report);
static void take_keys(ContactsWorld *world, int report, int person, const ContactsVerdict *verdict);
static void note_pairs(ContactsWorld *world, ContactsReport *report, int person,
					   const ContactsVerdict *verdict);
static bool merge_details(ContactsWorld *world, int report, ContactsPerson *person,
						  const ContactsVerdict *verdict);
static bool merge_shown(ContactsWorld *world, int report, ContactsPerson *person,
						const ContactsVerdict *verdict, ContactsIdentifierKind kind,
						ContactsMergeMode mode);
static bool merge_text(const char **current, const char *incoming, ContactsMergeMode mode);
static bool merge_status(ContactsWorld *world, const ContactsReport *report, ContactsPerson *person,
						 ContactsMergeMode mode);
static bool merge_owner(const ContactsReport *report, ContactsPerson *person,
						ContactsMergeMode mode);
static bool merge_fields(const ContactsReport *report, ContactsPerson *person,
						 ContactsMergeMode mode);

void
contacts_apply(ContactsWorld *world, int index)
{
	ContactsReport *report = world->reports[index];
	ContactsVerdict verdict;
	ContactsPerson *person;
	int found;
	bool changed;

	report->contact_id = report->duplicate_of = 0;
	report->outcome = CONTACTS_NO_OUTCOME;
	report->matched_by = -1;
	if (is_anonymous(report) || (report->mode == CONTACTS_MODE_STRICT && is_taken(world, index)))
		return;
	decide(world, index, &verdict);
	report->matched_by = verdict.matched_by;
	found = verdict.contact != CONTACTS_NOBODY ? verdict.contact : create_person(world, report);
	person = world->people[found];
	if (person->hidden && report->activity == NULL)
	{
		report->problem = palloc0(sizeof(ContactsProblem));
		contacts_hidden_problem(report->problem);
		return;
	}
	report->contact_id = person->row.contact_id;
	report->hidden = person->hidden;
	if (person->hidden)
		report->activity->assigned_to = 0; /* it would let the member in (R81) */
	if (report->mode == CONTACTS_MODE_SKIP && verdict.contact != CONTACTS_NOBODY)
	{
		report->outcome = CONTACTS_SKIPPED;
		return;
	}
	take_keys(world, index, found, &verdict);
	note_pairs(world, report, found, &verdict);
	changed = merge_details(world, index, person, &verdict);
	person->changed |= changed;
	for (int kind = 0; kind < CONTACTS_KINDS; kind++)
		changed |= verdict.claim[kind];
	for (int i = 0; i < report->tag_count; i++)
	{
		ContactsTagging tagging = {person->row.contact_id, report->tags[i]};

		contacts_world_add_tagging(world, &tagging);
	}
	report->outcome = verdict.contact == CONTACTS_NOBODY ? CONTACTS_CREATED
					  : report->activity != NULL         ? CONTACTS_MATCHED
					  : changed                          ? CONTACTS_UPDATED
														 : CONTACTS_UNCHANGED;
}

int
contacts_match(ContactsWorld *world, int index)
{
	ContactsVerdict verdict;

	decide(world, index, &verdict);
	return verdict.contact;
}

static void
decide(ContactsWorld *world, int index, ContactsVerdict *verdict)
{
	const ContactsReport *report = world->reports[index];
	ContactsQuestion question;

	question.phone_match = world->account->phone_match;
	question.create = report->mode == CONTACTS_MODE_CREATE || report->mode == CONTACTS_MODE_STRICT;
	for (int kind = 0; kind < CONTACTS_KINDS; kind++)
	{
		int key = world->report_keys[index][kind];

		question.given[kind] = key >= 0;
		if (key >= 0)
			describe_hit(world, key, report->keys[CONTACTS_EXTERNAL], &question.hit[kind]);
	}
	contacts_decide(&question, verdict);
}

static void
describe_hit(ContactsWorld *world, int key, const char *external, ContactsHit *hit)
{
	const ContactsPerson *person;

	memset(hit, 0, sizeof(*hit));
	hit->contact = world->keys[key].owner;
	if (hit->contact == CONTACTS_NOBODY)
		return;
	person = world->people[hit->contact];
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
is_taken(ContactsWorld *world, int index)
{
	ContactsReport *report = world->reports[index];

	for (int kind = 0; kind < CONTACTS_KINDS; kind++)
	{
		int key = world->report_keys[index][kind];
		const ContactsPerson *owner;

		if (key < 0 || world->keys[key].owner == CONTACTS_NOBODY)
			continue;
		report->problem = palloc0(sizeof(ContactsProblem));
		owner = world->people[world->keys[key].owner];
		if (owner->hidden)
			contacts_hidden_problem(report->problem);
		else
			contacts_taken_problem(report->problem, kind, owner->row.contact_id);
		return true;
	}
	return false;
}

/* An activity that nothing identifies stays unlinked (R32). */
static bool
is_anonymous(const ContactsReport *report)
{
	for (int kind = 0; kind < CONTACTS_KINDS; kind++)
		if (report->keys[kind] != NULL)
			return false;
	return report->activity != NULL;
}

/* Who does not see all contacts owns the ones he makes, or he would not see them. */
static int
create_person(ContactsWorld *world, const ContactsReport *report)
{
	int number = contacts_world_add_person(world);
	ContactsPerson *person = world->people[number];
	const int64 *members;
	int count;

	person->is_new = true;
	person->row.contact_id = contacts_next_id("contact_contact_id_seq");
	person->row.source = report->source;
	person->row.created_at = world->now;
	if (report->activity == NULL &&
		!contacts_sees_all(world->account->account_id, &members, &count))
		person->row.owner_id = contacts_member_at_work(world->account->account_id);
	return number;
}

/* Unowned keys become the person's; a cookie follows (R15, R17). */
static void
take_keys(ContactsWorld *world, int report, int person, const ContactsVerdict *verdict)
{
	for (int kind = 0; kind < CONTACTS_KINDS; kind++)
	{
		ContactsKnownKey *key;

		if (!verdict->claim[kind] && !(kind == CONTACTS_VISITOR && verdict->move_visitor))
			continue;
		key = &world->keys[world->report_keys[report][kind]];
		if (!key->is_claimed && !key->is_moved)
			key->first_owner = person;
		/* a cookie claimed in this batch is simply claimed for somebody else */
		key->is_moved |= !verdict->claim[kind] && !key->is_claimed;
		key->is_claimed |= verdict->claim[kind];
		key->owner = person;
		if (kind == CONTACTS_EXTERNAL)
			contacts_world_add_external(world->people[person], key->value);
	}
}

static void
note_pairs(ContactsWorld *world, ContactsReport *report, int person, const ContactsVerdict *verdict)
{
	for (int i = 0; i < verdict->review_count; i++)
	{
		ContactsPair pair = {world->people[person]->row.contact_id,
							 world->people[verdict->reviews[i].contact]->row.contact_id,
							 verdict->reviews[i].reason, world->pair_count};

		contacts_world_add_pair(world, &pair);
		if (report->duplicate_of == 0 && !world->people[verdict->reviews[i].contact]->hidden)
			report->duplicate_of = pair.other_id;
	}
}

/* Returns whether anything of the person changed (R20, R21). */
static bool
merge_details(ContactsWorld *world, int index, ContactsPerson *person,
			  const ContactsVerdict *verdict)
{
	const ContactsReport *report = world->reports[index];
	ContactsContact *row = &person->row;
	bool late = row->details_at != DT_NOBEGIN && report->at < row->details_at;
	ContactsMergeMode mode =
		late || report->mode == CONTACTS_MODE_FILL ? CONTACTS_MERGE_FILL : CONTACTS_MERGE_NEWS;
	bool changed = false;

	changed |= merge_shown(world, index, person, verdict, CONTACTS_EMAIL, mode);
	changed |= merge_shown(world, index, person, verdict, CONTACTS_PHONE, mode);
	changed |= merge_text(&row->name, report->name, mode);
	changed |= merge_text(&row->company, report->company, mode);
	changed |= merge_text(&row->timezone, report->timezone, mode);
	changed |= merge_fields(report, person, mode);
	changed |= merge_status(world, report, person, mode);
	changed |= merge_owner(report, person, mode);
	if (changed && !late)
		row->details_at = report->at;
	return changed;
}

/*
 * The e-mail or phone that the contact shows.  A blank one is filled; news replace the phone, and
 * the e-mail only when a stronger key than a phone found the person (R14); the former one stays
 * an identifier.  A key that somebody else owns is not shown, unless the contact was created with
 * it: then it is all we know.
 */
static bool
merge_shown(ContactsWorld *world, int index, ContactsPerson *person, const ContactsVerdict *verdict,
			ContactsIdentifierKind kind, ContactsMergeMode mode)
{
	const ContactsReport *report = world->reports[index];
	const char **current = contacts_shown(&person->row, kind);
	int key = world->report_keys[index][kind];
	bool owned = verdict->claim[kind] || verdict->own[kind];

	if (report->identifiers[kind] == NULL || (owned && person->primary[kind] == key))
		return false;
	if (!owned && !report->shown[kind] && verdict->contact != CONTACTS_NOBODY)
		return false;
	if (owned && contacts_shows_key(world->account, kind, *current, report->keys[kind]))
	{
		/* it was shown all along, and has become the contact's own now */
		person->primary[kind] = key;
		person->new_primary[kind] = true;
		return false;
	}
	if (*current != NULL && (mode == CONTACTS_MERGE_FILL || !owned ||
							 (kind == CONTACTS_EMAIL && verdict->matched_by != CONTACTS_EXTERNAL)))
		return false;
	*current = report->identifiers[kind];
	if (owned)
	{
		person->primary[kind] = key;
		person->new_primary[kind] = true;
	}
	return true;
}

static bool
merge_text(const char **current, const char *incoming, ContactsMergeMode mode)
{
	const char *before = *current;

	*current = contacts_text_merge(before, incoming, mode, false);
	return *current != before;
}

static bool
merge_fields(const ContactsReport *report, ContactsPerson *person, ContactsMergeMode mode)
{
	Jsonb *before = person->row.fields;

	if (report->fields == NULL)
		return false;
	person->row.fields = contacts_fields_merge(before, report->fields, mode);
	return person->row.fields != before;
}

static bool
merge_status(ContactsWorld *world, const ContactsReport *report, ContactsPerson *person,
			 ContactsMergeMode mode)
{
	ContactsContact *row = &person->row;
	ContactsStatusChange change = {row->contact_id, row->status, report->status_index,
								   report->source ? report->source : "api", report->at};

	if (report->status_index == CONTACTS_NO_STATUS || report->status_index == row->status ||
		(mode == CONTACTS_MERGE_FILL && row->status != CONTACTS_NO_STATUS))
		return false;
	row->status = report->status_index;
	contacts_world_add_change(world, &change);
	return true;
}

static bool
merge_owner(const ContactsReport *report, ContactsPerson *person, ContactsMergeMode mode)
{
	if (report->owner_id == 0 || report->owner_id == person->row.owner_id ||
		(mode == CONTACTS_MERGE_FILL && person->row.owner_id != 0))
		return false;
	person->row.owner_id = report->owner_id;
	return true;
}
