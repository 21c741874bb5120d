/*
 * field.h - typed custom fields: which keys an account has and what their values may be (R23).
 *
 * All memory is the caller's current memory context; results may point into their arguments.
 * A bad value fills *problem; nothing here raises.
 */
#ifndef CONTACTS_FIELD_H
#define CONTACTS_FIELD_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "text/problem.h"

#define CONTACTS_FIELDS_MAX 500         /* keys of one object, and of a contact */
#define CONTACTS_FIELD_KEY_MAX 63       /* bytes of a key */
#define CONTACTS_FIELD_VALUE_MAX 10000  /* bytes of one value */
#define CONTACTS_FIELD_DEPTH_MAX 8      /* nested containers, the object of the fields included */
#define CONTACTS_FIELD_CHOICES_MAX 1000 /* elements given for one multi_select */
#define CONTACTS_FIELD_DIGITS_MAX 300   /* of a number, before and behind the decimal point */

/* In the order of the SQL enum contacts.field_type. */
typedef enum ContactsFieldType
{
	CONTACTS_FIELD_TEXT,
	CONTACTS_FIELD_NUMBER,
	CONTACTS_FIELD_DATE,
	CONTACTS_FIELD_BOOLEAN,
	CONTACTS_FIELD_DROPDOWN,
	CONTACTS_FIELD_MULTI_SELECT
} ContactsFieldType;

/* One definition. */
typedef struct ContactsField
{
	const char *key;
	ContactsFieldType type;
	int option_count;     /* of dropdown and multi_select, else 0 */
	const char **options; /* in the order that the definition gives them */
	bool required;
	bool archived; /* keeps its data but takes no new values */
} ContactsField;

/* The definitions of an account. */
typedef struct ContactsFieldSet
{
	int count;
	ContactsField *fields; /* sorted by contacts_field_order */
	bool keep_unknown;     /* account setting unknown_fields is keep */
} ContactsFieldSet;

/* field.c */

/* qsort() order of ContactsField: by the bytes of the key (SQL: ORDER BY key COLLATE "C"). */
extern int contacts_field_order(const void *a, const void *b);

/* The definition with this key, archived or not; NULL when there is none. */
extern const ContactsField *contacts_field_find(const ContactsFieldSet *set, const char *key,
												int key_size);

/*
 * Checks every key of given against the definitions and coerces each value to its type.  Nulls
 * and blanks stay or become JSON null: absent or clear, the caller decides
 * (contacts_surviving_fields with its mode).  Returns NULL with *problem filled when bad, given
 * itself when nothing had to change, else a new object.
 */
extern Jsonb *contacts_fields_check(const ContactsFieldSet *set, Jsonb *given,
									ContactsProblem *problem);

/* The pairs that fit, coerced; *misfits are the others, or all that was given when it is none. */
extern Jsonb *contacts_fields_sift(const ContactsFieldSet *set, Jsonb *given, Jsonb **misfits);

/*
 * The same for an edit or plain UPDATE of a contact that has stored (NULL: none).  A value equal
 * to the stored one passes as it is, and a blank for a stored key as JSON null: so archived and
 * once kept fields neither block an edit nor stay for ever.
 */
extern Jsonb *contacts_fields_check_edit(const ContactsFieldSet *set, Jsonb *stored, Jsonb *given,
										 ContactsProblem *problem);

/* field_value.c */

/*
 * Coerces one value, as contacts_object_read gives it, in place; blanks become jbvNull.  Sets
 * *changed when the value is not what it was, never clears it.
 */
extern bool contacts_field_coerce(const ContactsField *field, JsonbValue *value, bool *changed,
								  ContactsProblem *problem);

/*
 * One value (a jsonb of its own, '42' or '["a"]') against one definition, e.g. of a redefined
 * field or an answer in a chat.  Returns NULL with *problem filled when bad, value itself when it
 * fits as it is, else the coerced one.
 */
extern Jsonb *contacts_field_check_value(const ContactsField *field, Jsonb *value,
										 ContactsProblem *problem);

/* field_problem.c: always return false. */

/* A key of an object that has its fields apart; it may be that of a field, which is said then. */
extern bool contacts_field_misplaced(const ContactsFieldSet *set, const JsonbValue *key,
									 const char *allowed, ContactsProblem *problem);

/* No definition, or an archived one; names the nearest keys. */
extern bool contacts_field_unknown(const ContactsFieldSet *set, const JsonbValue *key,
								   ContactsProblem *problem);
/* A value that does not fit; reason continues "The field is of type …", NULL = nothing to add. */
extern bool contacts_field_unfit(const ContactsField *field, const JsonbValue *value,
								 const char *reason, ContactsProblem *problem);
/* An unknown key that would be kept but is too long (value NULL), or whose value is too large. */
extern bool contacts_field_oversized(const JsonbValue *key, const JsonbValue *value,
									 const char *reason, ContactsProblem *problem);

/*
 * Whether a contact may have these fields after it had those: what they are more than
 * CONTACTS_FIELDS_MAX is not allowed, but what is there already is no obstacle to other changes.
 */
extern bool contacts_fields_fit(Jsonb *before, Jsonb *after, ContactsProblem *problem);

#endif
