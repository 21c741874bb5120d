/*
 * transition.h - the changed rows of a statement, and what differs in them.
 */
#ifndef CONTACTS_TRANSITION_H
#define CONTACTS_TRANSITION_H

#include "commands/trigger.h"
#include "executor/tuptable.h"
#include "utils/jsonb.h"

/* The transition tables of a trigger, walked side by side. */
typedef struct ContactsTransition
{
	TupleDesc shape;
	Tuplestorestate *old_store, *new_store; /* NULL = the event has none */
	int old_reader, new_reader;
	TupleTableSlot *old_slot, *new_slot;
	TupleTableSlot *old_row, *new_row; /* the present pair; NULL = inserted, deleted */
	bool *differs;                     /* which columns of the present pair differ */
	int name_count;                    /* columns that name a row, told with each change */
	char **names;
} ContactsTransition;

/* transition.c */

extern void contacts_transition_begin(ContactsTransition *transition, TriggerData *trigger);
/* Goes to the next changed row; false at the end. */
extern bool contacts_transition_next(ContactsTransition *transition);
extern void contacts_transition_end(ContactsTransition *transition);
/*
 * What differs in the present pair: {"column": {"old": …, "new": …}}, without "old" for an
 * inserted row and "new" for a deleted one; custom fields one by one.  NULL when nothing does.
 */
extern Jsonb *contacts_transition_diff(const ContactsTransition *transition);
/* "insert", "update" or "delete". */
extern const char *contacts_transition_action(const ContactsTransition *transition);

#endif
