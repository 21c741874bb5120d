/*
 * ingest.h - takes in what is reported about people: finds or creates them, merges, links, writes
 * (R12-R21, R30-R33).
 *
 * An activity, an upsert, a row of an import are all incoming items.  The api fills the part "as
 * given", incoming.c checks it, ingest.c finds the person and fills the result.
 */
#ifndef CONTACTS_INGEST_H
#define CONTACTS_INGEST_H

#include "datatype/timestamp.h"

#include "identity/identifier.h"
#include "store/activity.h"
#include "store/contact.h"
#include "text/problem.h"

/* What to do with the details when the person is known (SQL enum duplicate_mode, and one more). */
typedef enum ContactsIncomingMode
{
	CONTACTS_MODE_SKIP,   /* leave the contact alone */
	CONTACTS_MODE_UPDATE, /* new values replace (R20) */
	CONTACTS_MODE_FILL,   /* only blanks */
	CONTACTS_MODE_CREATE, /* always a new contact; taken identifiers stay where they are */
	CONTACTS_MODE_STRICT  /* a new contact, or a problem when an identifier is taken */
} ContactsIncomingMode;

/* SQL enum outcome */
typedef enum ContactsOutcome
{
	CONTACTS_CREATED,
	CONTACTS_MATCHED,
	CONTACTS_UPDATED,
	CONTACTS_UNCHANGED,
	CONTACTS_MERGED,
	CONTACTS_SKIPPED
} ContactsOutcome;
#define CONTACTS_NO_OUTCOME (-1)

typedef struct ContactsIncoming
{
	/* as given; NULL, 0 or DT_NOBEGIN = not given.  Blank texts are NULL once it is checked. */
	const char *identifiers[CONTACTS_KINDS]; /* in the order of the kinds */
	const char *status;                      /* label */
	const char *state;                       /* label; activities only */
	const char **tags;
	int tag_count;
	const char *source;
	const char *region;
	int64 named;            /* contact that it is about, whatever the identifiers say (R35) */
	TimestampTz at;         /* time of the news */
	const char *on_invalid; /* error, keep (R19); NULL = error */
	const char *mode_given; /* skip, update, fill, create; NULL = mode as it stands */
	ContactsIncomingMode mode;
	ContactsActivity *activity; /* NULL = no activity, only the contact */
	/*
	 * What is said of the person: name, company, time zone, owner, fields as given; once checked,
	 * with the status, and with e-mail and phone as they will be shown.
	 */
	ContactsContact details;

	/* as checked */
	const char *keys[CONTACTS_KINDS]; /* canonical; NULL = finds nobody */
	bool keep_invalid;                /* on_invalid is keep */
	Jsonb *invalid;                   /* what does not fit, by name, and is kept; NULL = nothing */

	/* result */
	ContactsProblem *problem; /* NULL = fine */
	int64 contact_id;         /* 0 = unlinked */
	int outcome;              /* CONTACTS_NO_OUTCOME = no contact */
	int matched_by;           /* -1 = not matched */
	int64 duplicate_of;       /* 0 = no pair to review */
	bool hidden;              /* the session may not see the contact: say nothing of it (R82) */
} ContactsIncoming;

/* incoming.c */

/* An empty item, with the defaults of the SQL functions. */
extern void contacts_incoming_init(ContactsIncoming *incoming, TimestampTz now);
/* Keeps what does not fit, for the data of the activity, where that is wanted (R19); else false. */
extern bool contacts_keep_invalid(ContactsIncoming *incoming, const char *name, Jsonb *value);

/* ingest.c */

/*
 * Takes items in, in order, as if each had come alone.  An item with a problem is passed over when
 * `pass_over` is set, else the first one ends it and nothing is written.  Returns NULL, or that
 * problem.  The items hold the results.  Caller: contacts_connect().
 */
extern const ContactsProblem *contacts_ingest(int64 account_id, ContactsIncoming **items, int count,
											  bool pass_over);
/* The contact that an item would belong to, 0 = none; writes nothing (find_contact). */
extern int64 contacts_find_incoming(int64 account_id, ContactsIncoming *incoming,
									ContactsProblem *problem);

#endif
