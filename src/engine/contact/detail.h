/*
 * detail.h - the details of a contact by name.
 */
#ifndef CONTACTS_DETAIL_H
#define CONTACTS_DETAIL_H

#include "utils/jsonb.h"

#include "identity/identifier.h"
#include "store/contact.h"

/*
 * In this order in previews; the columns of contacts.contact but for custom fields.  Those up to
 * the owner are what an edit may change.
 */
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
#define CONTACTS_EDITED_DETAILS (CONTACTS_DETAIL_OWNER + 1)
#define CONTACTS_TEXT_DETAILS (CONTACTS_DETAIL_TIMEZONE + 1)
#define CONTACTS_DETAILS (CONTACTS_DETAIL_DETAILS_AT + 1)

/* detail.c.  Values are in the current memory context; NULL stands for no value. */

extern const char *contacts_detail_name(ContactsDetail detail);
/* The detail of this name, -1 when there is none. */
extern int contacts_detail_named(const char *name, int size);
/* Where a contact keeps a detail that is a text. */
extern const char **contacts_detail_text(ContactsContact *contact, ContactsDetail detail);
extern Jsonb *contacts_detail_value(const ContactsContact *contact, ContactsDetail detail);
/* value: as contacts_detail_value() gave it. */
extern void contacts_set_detail(ContactsContact *contact, ContactsDetail detail, Jsonb *value);
/* Whether both have the same value, or none. */
extern bool contacts_same_detail(const ContactsContact *a, const ContactsContact *b,
								 ContactsDetail detail);
/* Takes the detail of another contact over. */
extern void contacts_copy_detail(ContactsContact *contact, const ContactsContact *other,
								 ContactsDetail detail);
/* Whether any detail that an edit may change, or a custom field, differs. */
extern bool contacts_details_differ(const ContactsContact *a, const ContactsContact *b);

/* Where a contact keeps the e-mail or phone that it shows. */
extern const char **contacts_shown_detail(ContactsContact *contact, ContactsIdentifierKind kind);
/* The kind of identifier that a detail shows; -1 = none. */
extern int contacts_kind_shown(int detail);
/* The value of a custom field, NULL when it is absent or blank. */
extern Jsonb *contacts_field_value(const ContactsContact *contact, const char *key, int size);

#endif
