/*
 * identifier.h - an identifier as given, and the key it becomes (R10).
 */
#ifndef CONTACTS_IDENTIFIER_H
#define CONTACTS_IDENTIFIER_H

#include <stdbool.h>
#include <stddef.h>

#include "text/problem.h"

/* In the order in which they are tried (R12), and of the SQL enum identifier_kind. */
typedef enum ContactsIdentifierKind
{
	CONTACTS_EMAIL,
	CONTACTS_PHONE,
	CONTACTS_EXTERNAL,
	CONTACTS_VISITOR
} ContactsIdentifierKind;
#define CONTACTS_KINDS 4

#define CONTACTS_KEY_MAX 256

typedef enum ContactsKeyUse
{
	CONTACTS_KEY_ABSENT, /* blank or a placeholder: as if not given */
	CONTACTS_KEY_SHOWN,  /* valid, but many people share it: kept, finds nobody */
	CONTACTS_KEY_FINDS   /* a key */
} ContactsKeyUse;

typedef struct ContactsKey
{
	ContactsKeyUse use;
	const char *reason;           /* why it is none, static; NULL = fine */
	size_t size;                  /* bytes of value */
	char value[CONTACTS_KEY_MAX]; /* canonical form, NUL-terminated; "" when absent */
} ContactsKey;

/* identifier.c */

/* An identifier as given, and how to read it. */
typedef struct ContactsGivenIdentifier
{
	ContactsIdentifierKind kind;
	const char *text;
	size_t size;
	const char *region; /* of phones without country code; NULL = none known */
	bool utf8;          /* how the text is encoded */
} ContactsGivenIdentifier;

/* Reads an identifier.  Returns false with *problem filled when the text is none. */
extern bool contacts_read_identifier(const ContactsGivenIdentifier *given, ContactsKey *key,
									 ContactsProblem *problem);

/* Whether two external ids are of the same system: what stands before the colon. */
extern bool contacts_same_system(const char *external, const char *other);

/* "e-mail address", "phone number" … for messages. */
extern const char *contacts_kind_noun(ContactsIdentifierKind kind);

/* The problem of what is given as a key but finds nobody; returns false. */
extern bool contacts_nobody_problem(ContactsProblem *problem, ContactsIdentifierKind kind);
/* The problem of a key that another contact has (R11, R40). */
extern bool contacts_taken_problem(ContactsProblem *problem, ContactsIdentifierKind kind,
								   long long contact_id);
/*
 * The problem of a key that two contacts of one statement give themselves, in these spellings: the
 * id of neither may be there any more when the statement is taken back.
 */
extern bool contacts_given_twice_problem(ContactsProblem *problem, ContactsIdentifierKind kind,
										 const char *spelling, const char *other_spelling);

#endif
