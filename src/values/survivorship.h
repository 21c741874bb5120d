/*
 * survivorship.h - which of two values wins (R20-R22): one rule for ingest, edit, import and merge.
 *
 * Blank is null, a text without a visible character, or an empty array.  All memory is the
 * caller's current memory context; nothing here raises or changes its arguments.
 */
#ifndef CONTACTS_SURVIVORSHIP_H
#define CONTACTS_SURVIVORSHIP_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "values/field.h"

typedef enum ContactsSurvivorshipMode
{
	CONTACTS_NEWS,       /* a non-blank value replaces, a blank one keeps (R20) */
	CONTACTS_FILL,       /* only blanks are filled (R21) */
	CONTACTS_EDIT_VALUES /* as news, but an explicit blank clears (R22) */
} ContactsSurvivorshipMode;

/* survivorship.c */

/*
 * Merges the fields of incoming into current, per key.  Returns current itself when nothing
 * changes (values equal by jsonb's "="), else an object that leaves out keys with blank
 * values; that may be incoming itself.  Either may be NULL: no fields.
 */
extern Jsonb *contacts_surviving_fields(Jsonb *current, Jsonb *incoming,
										ContactsSurvivorshipMode mode);

/*
 * The same decision for one text detail: returns the pointer that wins, current when they are
 * equal.  A blank incoming text keeps, so an edit, which may clear, does not come here.
 */
extern const char *contacts_surviving_text(const char *current, const char *incoming,
										   ContactsSurvivorshipMode mode);

/* Whether two texts are equal; NULL equals NULL only. */
extern bool contacts_same_text(const char *a, const char *b);

/*
 * Adds the choices of other to those of result in each multi_select field that both have, in
 * the order of the definition's options (R42); other keys stay as result has them.  Called after
 * contacts_surviving_fields when contacts are merged.  Returns result itself when nothing is added.
 */
extern Jsonb *contacts_fields_unite(const ContactsFieldSet *set, Jsonb *result, Jsonb *other);

/*
 * The keys whose values differ, for audit and events: {"key": {"old": …, "new": …}}, JSON null
 * where absent.  NULL when there is none.
 */
extern Jsonb *contacts_fields_diff(Jsonb *old_fields, Jsonb *new_fields);

#endif
