/*
 * payload.h - what events say (R100).
 */
#ifndef CONTACTS_PAYLOAD_H
#define CONTACTS_PAYLOAD_H

#include "store/store.h"

/* payload.c.  All in the current memory context. */

/* {"contact_id": …, "<key>": "<text>", "changes": {…}}; key NULL = without it. */
extern Jsonb *contacts_change_payload(int64 contact_id, const char *key, const char *text,
									  Jsonb *changes);
/* {"contact_id": …, "activity_id": …, "calendar": …} */
extern Jsonb *contacts_reached_payload(const ContactsReached *reached);
/* {"contact_id": …, "activity_id": …, "kind": …, "source": …, "state": …} */
extern Jsonb *contacts_activity_payload(const ContactsActivity *activity);

#endif
