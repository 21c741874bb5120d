/* -------------------------------------------------------------------------
 * effects_events.c
 *		Tells of changed contacts: recipients of what is planned, the audit log, events.
 *
 * An e-mail or phone that changed reaches the scheduled, future activities first (R50), since
 * each of them that is in a calendar of google or exchange becomes an event.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "engine/contact/payload.h"
#include "engine/trigger/effects.h"
#include "identity/identifier.h"
#include "list.h"
#include "store/account.h"
#include "store/activity.h"
#include "store/actor.h"
#include "store/audit.h"
#include "store/event.h"
#include "values/survivorship.h"

typedef struct EventList
{
	int count, room;
	ContactsEvent *events;
} EventList;

static void write_audit(int64 account_id, const ContactsChange *changes, int count,
						const ContactsActor *actor);
static void add_event(EventList *list, int64 contact_id, const char *kind, Jsonb *payload);
static void add_contact_events(EventList *list, const ContactsChange *change);
static bool details_changed(Jsonb *diff);
static void add_integration_events(EventList *list, const ContactsAccount *account,
								   const ContactsChange *change);
static void reach(EventList *list, int64 account_id, const ContactsChange *changes, int count,
				  ContactsIdentifierKind kind);
static bool knows_calendar(const char *calendar);
static bool reaches(const ContactsChange *change, ContactsIdentifierKind kind);
static bool is_edited(const ContactsChange *change, ContactsIdentifierKind kind);

void
contacts_event_effects(const ContactsAccount *account, const ContactsChange *changes, int count,
					   const ContactsActor *actor)
{
	EventList list = {0};

	write_audit(account->account_id, changes, count, actor);
	for (int i = 0; i < count; i++)
		add_contact_events(&list, &changes[i]);
	reach(&list, account->account_id, changes, count, CONTACTS_EMAIL);
	reach(&list, account->account_id, changes, count, CONTACTS_PHONE);
	for (int i = 0; i < count && account->integration_count > 0; i++)
		add_integration_events(&list, account, &changes[i]);
	if (list.count > 0)
		contacts_insert_events(account->account_id, list.events, list.count, actor,
							   GetCurrentTransactionStartTimestamp());
}

static void
write_audit(int64 account_id, const ContactsChange *changes, int count, const ContactsActor *actor)
{
	ContactsAuditEntry *entries = palloc(count * sizeof(ContactsAuditEntry));

	for (int i = 0; i < count; i++)
		entries[i] = (ContactsAuditEntry){changes[i].contact_id, "contact", changes[i].action,
										  changes[i].diff};
	contacts_insert_audit(account_id, entries, count, actor, GetCurrentTransactionStartTimestamp());
}

static void
add_contact_events(EventList *list, const ContactsChange *change)
{
	const ContactsState *before = &change->before;
	const ContactsState *after = &change->after;
	Jsonb *payload;

	if (before->merged != after->merged && after->contact_id != 0 && before->contact_id != 0)
		return; /* a merge tells of itself (R44) */
	if (after->contact_id == 0)
	{
		add_event(list, change->contact_id, "contact.deleted",
				  contacts_purge_payload(change->contact_id, change->diff));
		return;
	}
	payload = contacts_change_payload(change->contact_id, NULL, NULL, change->diff);
	if (before->contact_id == 0)
		add_event(list, change->contact_id, "contact.created", payload);
	else if (before->live && !after->live)
		add_event(list, change->contact_id, "contact.deleted", payload);
	else if (!before->live && after->live)
		add_event(list, change->contact_id, "contact.restored", payload);
	else
	{
		if (details_changed(change->diff))
			add_event(list, change->contact_id, "contact.updated", payload);
		if (before->status != after->status)
			add_event(list, change->contact_id, "contact.status_changed", payload);
	}
}

/* Whether anything but the status and times of the row differs. */
static bool
details_changed(Jsonb *diff)
{
	static const char *const others[] = {"status", "updated_at", "details_at"};
	int ignored = 0;

	for (size_t i = 0; i < lengthof(others); i++)
	{
		JsonbValue key = {.type = jbvString};

		key.val.string.val = unconstify(char *, others[i]);
		key.val.string.len = (int) strlen(others[i]);
		ignored += findJsonbValueFromContainer(&diff->root, JB_FOBJECT, &key) != NULL;
	}
	return (int) JB_ROOT_COUNT(diff) > ignored;
}

/* One event per connected system with the old and new address (R50). */
static void
add_integration_events(EventList *list, const ContactsAccount *account,
					   const ContactsChange *change)
{
	if (!is_edited(change, CONTACTS_EMAIL) && !is_edited(change, CONTACTS_PHONE))
		return;
	for (int i = 0; i < account->integration_count; i++)
		add_event(list, change->contact_id, "integration.update",
				  contacts_change_payload(change->contact_id, "system", account->integrations[i],
										  change->diff));
}

/* Planned activities follow the contact's new e-mail or phone; calendars hear of it. */
static void
reach(EventList *list, int64 account_id, const ContactsChange *changes, int count,
	  ContactsIdentifierKind kind)
{
	ContactsRecipients edited = {kind, 0, palloc(count * sizeof(int64)),
								 palloc(count * sizeof(char *))};
	ContactsReachedActivity *reached;
	int reached_count;

	for (int i = 0; i < count; i++)
	{
		if (!reaches(&changes[i], kind))
			continue;
		edited.contact_ids[edited.count] = changes[i].contact_id;
		edited.shown[edited.count++] = changes[i].after.shown[kind];
	}
	if (edited.count == 0)
		return;
	reached_count = contacts_update_recipients(account_id, &edited,
											   GetCurrentTransactionStartTimestamp(), &reached);
	for (int i = 0; i < reached_count; i++)
	{
		const ContactsChange *change = contacts_change_of(changes, count, reached[i].contact_id);

		/* one event a meeting, also when both e-mail and phone changed */
		if (knows_calendar(reached[i].calendar) &&
			!(kind == CONTACTS_PHONE && reaches(change, CONTACTS_EMAIL)))
			add_event(list, reached[i].contact_id, "calendar.update",
					  contacts_calendar_payload(&reached[i], change->diff));
	}
}

/* Others are left alone, so that nobody is flooded with invitations. */
static bool
knows_calendar(const char *calendar)
{
	return calendar &&
		   (pg_strcasecmp(calendar, "google") == 0 || pg_strcasecmp(calendar, "exchange") == 0);
}

/* Whether planned activities get another recipient. */
static bool
reaches(const ContactsChange *change, ContactsIdentifierKind kind)
{
	return is_edited(change, kind) && change->after.shown[kind] != NULL;
}

static bool
is_edited(const ContactsChange *change, ContactsIdentifierKind kind)
{
	return change->before.contact_id != 0 && change->after.live && change->before.live &&
		   !contacts_same_text(change->before.shown[kind], change->after.shown[kind]);
}

static void
add_event(EventList *list, int64 contact_id, const char *kind, Jsonb *payload)
{
	list->events = contacts_grown(list->events, list->count, &list->room, sizeof(ContactsEvent));
	list->events[list->count++] = (ContactsEvent){contact_id, kind, payload};
}
