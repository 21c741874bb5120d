/*
 * ingest.h - takes reports in: finds or creates the people, merges, links, writes (R12-R21,
 * R30-R33).
 */
#ifndef CONTACTS_INGEST_H
#define CONTACTS_INGEST_H

#include "engine/report.h"

/* ingest.c */

/*
 * Takes in reports, in order, as if each had come alone.  A report with a problem is passed over
 * when `pass_over` is set, else the first one ends it and nothing is written.  Returns NULL, or
 * that problem.  The reports hold the results.  Caller: contacts_connect().
 */
extern const ContactsProblem *contacts_ingest(int64 account_id, ContactsReport **reports, int count,
											  bool pass_over);
/* The contact that a report would belong to, 0 = none; writes nothing (find_contact). */
extern int64 contacts_find(int64 account_id, ContactsReport *report, ContactsProblem *problem);

/* write.c */

struct ContactsWorld;

/* Whether anything but activities is to be written. */
extern bool contacts_world_is_changed(const struct ContactsWorld *world);
/* Whether existing contacts are to be changed, or get further keys. */
extern bool contacts_world_changes_people(const struct ContactsWorld *world);
/* Writes all but activities; false when another session took a key meanwhile. */
extern bool contacts_world_write(struct ContactsWorld *world);

/*
 * Inserts or updates contacts through the triggers that everybody meets, telling them that the
 * caller takes care of keys and status history.
 */
extern void contacts_write_own(int64 account_id, ContactsContact **rows, int count, bool is_new);
/* The same for the redirect of merged contacts; survivor 0 = none any more. */
extern void contacts_redirect_own(int64 account_id, const int64 *ids, int count, int64 survivor);
/*
 * Whether the statement running now, at this depth of triggers, is such a write: then keys and
 * status history are already taken care of.
 */
extern bool contacts_is_own_write(void);

/* record.c */

/* Writes the activities; repeated ones are updated (R31). */
extern void contacts_world_write_activities(struct ContactsWorld *world);

#endif
