/*
 * payload.h - small JSON objects: what events say (R100), what activities keep (R19).
 */
#ifndef CONTACTS_PAYLOAD_H
#define CONTACTS_PAYLOAD_H

#include "store/activity.h"

/* payload.c.  All in the current memory context. */

/* {"contact_id": …, "<key>": "<text>", "changes": {…}}; key NULL = without it. */
extern Jsonb *contacts_change_payload(int64 contact_id, const char *key, const char *text,
									  Jsonb *changes);
/* {"contact_id": …, "purged": true, "changes": {…}}: the record is gone for good (R52) */
extern Jsonb *contacts_purge_payload(int64 contact_id, Jsonb *changes);
/* {"contact_id": …, "activity_id": …, "calendar": …, "changes": {…}} */
extern Jsonb *contacts_calendar_payload(const ContactsReachedActivity *reached, Jsonb *changes);
/* {"contact_id": …, "activity_id": …, "kind": …, "source": …, "state": …} */
extern Jsonb *contacts_activity_payload(const ContactsActivity *activity);
/* {"contact_id": …, "merge_id": …, "duplicate_ids": […], "changes": {…}} */
extern Jsonb *contacts_merge_payload(int64 merge_id, int64 primary_id, const int64 *duplicate_ids,
									 int count, Jsonb *changes);
/* {"invalid": {…}}: what did not fit, by name (R19) */
extern Jsonb *contacts_invalid_payload(Jsonb *invalid);

#endif
