/*
 * phone_plan.h - from dialled digits to calling code and national number.
 *
 * Shared by the phone files only.
 */
#ifndef CONTACTS_PHONE_PLAN_H
#define CONTACTS_PHONE_PLAN_H

#include "text/phone.h"
#include "text/phone_data.h"

#define CONTACTS_PHONE_MAX_EXTENSION 20

/* What was dialled, without punctuation: ASCII digits, not terminated. */
typedef struct ContactsPhoneDialled
{
	const char *digits;
	size_t length; /* at most CONTACTS_PHONE_MAX_TEXT */
	bool plus;     /* a plus sign stood before them */
} ContactsPhoneDialled;

/* ---- phone_plan.c ---- */

/* The region's index, 0 when region is NULL or not known. */
extern unsigned contacts_phone_region(const char *region);

/*
 * Fills all of out but key and extension.  region: index of the default region
 * or 0.  Result as of contacts_phone_parse.
 */
extern const char *contacts_phone_resolve(ContactsPhoneDialled dialled, unsigned region,
										  ContactsPhone *out);

/* ---- phone_text.c ---- */

/*
 * Reads any text.  buffer: room for CONTACTS_PHONE_MAX_TEXT bytes, dialled then
 * points into it; extension: room for CONTACTS_PHONE_MAX_EXTENSION + 1.
 * Returns NULL, or why it is no phone number.
 */
extern const char *contacts_phone_read(const char *text, size_t size, char *buffer,
									   ContactsPhoneDialled *dialled, char *extension);

#endif /* CONTACTS_PHONE_PLAN_H */
