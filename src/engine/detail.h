/*
 * detail.h - the details of a contact by name, as JSON values: for previews and journals of merges.
 */
#ifndef CONTACTS_DETAIL_H
#define CONTACTS_DETAIL_H

#include "store/store.h"

/* In this order in previews; the columns of contacts.contact but for custom fields. */
typedef enum ContactsDetail
{
	CONTACTS_DETAIL_NAME,
	CONTACTS_DETAIL_EMAIL,
	CONTACTS_DETAIL_PHONE,
	CONTACTS_DETAIL_COMPANY,
	CONTACTS_DETAIL_TIMEZONE,
	CONTACTS_DETAIL_STATUS,
	CONTACTS_DETAIL_OWNER,
	CONTACTS_DETAIL_SOURCE,
	CONTACTS_DETAIL_CREATED_AT,
	CONTACTS_DETAIL_DETAILS_AT
} ContactsDetail;
#define CONTACTS_DETAILS 10

/* detail.c.  Values are in the current memory context; NULL stands for no value. */

extern const char *contacts_detail_name(ContactsDetail detail);
/* The detail of this name, -1 when there is none. */
extern int contacts_detail_named(const char *name);
extern Jsonb *contacts_detail_value(const ContactsContact *contact, ContactsDetail detail);
/* value: as contacts_detail_value() gave it. */
extern void contacts_set_detail(ContactsContact *contact, ContactsDetail detail, Jsonb *value);
/* Such values of a text (NULL = NULL) and of a number, and back: of NULL they give NULL and 0. */
extern Jsonb *contacts_json_text(const char *text);
extern Jsonb *contacts_json_int64(int64 number);
extern const char *contacts_text_of_json(Jsonb *value);
extern int64 contacts_int64_of_json(Jsonb *value);
/* Takes the detail of another contact over. */
extern void contacts_copy_detail(ContactsContact *contact, const ContactsContact *other,
								 ContactsDetail detail);
/* Where a contact keeps the e-mail or phone that it shows. */
extern const char **contacts_shown(ContactsContact *contact, ContactsIdentifierKind kind);
/* The value of a custom field, NULL when it is absent or blank. */
extern Jsonb *contacts_field_value(const ContactsContact *contact, const char *key, int size);
/* Equality of two such values. */
extern bool contacts_same_value(Jsonb *a, Jsonb *b);

#endif
