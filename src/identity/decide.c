/* -------------------------------------------------------------------------
 * decide.c
 *		To whom an activity belongs.
 *
 * Two steps.  A contact that is named is the one, and no key leaves its owner for it (R35).  Else
 * the owners of the given keys are asked in the order e-mail, phone, external id,
 * visitor cookie; the first one against whom nothing speaks is the contact (R12).  Then each key
 * finds its place: unowned ones are claimed (R17), a cookie follows the contact (R15), and every
 * other owner makes a pair to review (R13, R14, R16), since two contacts share a person's keys.
 *
 * Nothing is read or written here; the same table serves one call, a batch and an import.
 * -------------------------------------------------------------------------
 */
#include "identity/decide.h"

#include <string.h>

static void choose_contact(const ContactsQuestion *question, ContactsVerdict *verdict);
static bool speaks_against(const ContactsQuestion *question, ContactsIdentifierKind kind);
static void place_key(const ContactsQuestion *question, ContactsIdentifierKind kind,
					  ContactsVerdict *verdict);
static void add_review(ContactsVerdict *verdict, int contact, const char *reason);
static const char *conflict_reason(const ContactsQuestion *question, ContactsIdentifierKind kind);

void
contacts_decide(const ContactsQuestion *question, ContactsVerdict *verdict)
{
	memset(verdict, 0, sizeof(*verdict));
	choose_contact(question, verdict);
	for (int kind = 0; kind < CONTACTS_KINDS; kind++)
		if (question->given[kind])
			place_key(question, kind, verdict);
}

const char *
contacts_taken_reason(ContactsIdentifierKind kind)
{
	static const char *const reasons[CONTACTS_KINDS] = {"e-mail belongs to the other contact",
														"phone belongs to the other contact",
														"external id belongs to the other contact",
														"same visitor cookie"};

	return reasons[kind];
}

static void
choose_contact(const ContactsQuestion *question, ContactsVerdict *verdict)
{
	verdict->contact = CONTACTS_NOBODY;
	verdict->matched_by = -1;
	if (question->is_named)
	{
		verdict->contact = question->named;
		return;
	}
	for (int kind = 0; kind < CONTACTS_KINDS && !question->create; kind++)
	{
		if (!question->given[kind] || question->hit[kind].contact == CONTACTS_NOBODY ||
			speaks_against(question, kind))
			continue;
		verdict->contact = question->hit[kind].contact;
		verdict->matched_by = kind;
		return;
	}
}

/* Whether a hit is not the person although it owns the key. */
static bool
speaks_against(const ContactsQuestion *question, ContactsIdentifierKind kind)
{
	const ContactsHit *hit = &question->hit[kind];
	bool email_given = question->given[CONTACTS_EMAIL];

	if (kind != CONTACTS_EXTERNAL && hit->other_id)
		return true; /* R16 */
	if (kind == CONTACTS_PHONE && email_given)
		return question->phone_match == CONTACTS_PHONE_NEVER ||
			   (question->phone_match == CONTACTS_PHONE_FILL && hit->has_email); /* R14 */
	if (kind == CONTACTS_VISITOR)
		return (email_given && hit->has_email) ||
			   (question->given[CONTACTS_PHONE] && hit->has_phone); /* R15 */
	return false;
}

static void
place_key(const ContactsQuestion *question, ContactsIdentifierKind kind, ContactsVerdict *verdict)
{
	const ContactsHit *hit = &question->hit[kind];

	if (hit->contact == CONTACTS_NOBODY)
		verdict->claim[kind] = true;
	else if (hit->contact == verdict->contact)
		verdict->own[kind] = true;
	else if (kind == CONTACTS_VISITOR && !question->is_named)
	{
		verdict->move_visitor = true;
		/* A visitor without a name of their own was this person all along; a known one shares
		 * the device, and says nothing about who is who. */
		if (!hit->has_email && !hit->has_phone && !hit->other_id)
			add_review(verdict, hit->contact, contacts_taken_reason(kind));
	}
	else
		add_review(verdict, hit->contact, conflict_reason(question, kind));
}

/* One pair is put up once, with the reason that came first. */
static void
add_review(ContactsVerdict *verdict, int contact, const char *reason)
{
	for (int i = 0; i < verdict->review_count; i++)
		if (verdict->reviews[i].contact == contact)
			return;
	verdict->reviews[verdict->review_count].contact = contact;
	verdict->reviews[verdict->review_count++].reason = reason;
}

static const char *
conflict_reason(const ContactsQuestion *question, ContactsIdentifierKind kind)
{
	if (question->is_named)
		return contacts_taken_reason(kind);
	if (question->create)
		return "created beside the owner of its identifier";
	if (kind != CONTACTS_EXTERNAL && question->hit[kind].other_id)
		return "different ids of one system";
	return contacts_taken_reason(kind);
}
