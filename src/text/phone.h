/*
 * phone.h - reads phone numbers as people type them.
 *
 * The meaning is that of Google's libphonenumber (Parse, IsValidNumber,
 * IsPossibleNumber, GetNumberType, GetRegionCodeForNumber); where its versions
 * in Java, C++ and JavaScript differ, what the Java original does.  The plans
 * are tables made from its metadata.  Nothing here allocates or keeps state.
 */
#ifndef CONTACTS_PHONE_H
#define CONTACTS_PHONE_H

#include <stdbool.h>
#include <stddef.h>

/* Longer text is no phone number: UTF-16 code units, as in the library. */
#define CONTACTS_PHONE_MAX_TEXT 250

typedef enum ContactsPhoneType
{
	CONTACTS_PHONE_UNKNOWN,
	CONTACTS_PHONE_FIXED,
	CONTACTS_PHONE_MOBILE,
	CONTACTS_PHONE_FIXED_OR_MOBILE, /* the plan does not tell, as in +1 */
	CONTACTS_PHONE_TOLL_FREE,
	CONTACTS_PHONE_PREMIUM,
	CONTACTS_PHONE_SHARED_COST,
	CONTACTS_PHONE_VOIP,
	CONTACTS_PHONE_PERSONAL,
	CONTACTS_PHONE_PAGER,
	CONTACTS_PHONE_UAN, /* company number without a place */
	CONTACTS_PHONE_VOICEMAIL
} ContactsPhoneType;

typedef struct ContactsPhone
{
	/* "+14155552671" or "+14155552671;ext=12"; "" unless valid. */
	char key[64];
	/* "+14155552671"; "" when the text could not be read. */
	char e164[24];
	char extension[24]; /* ASCII digits, at most 20; "" when none */
	char national[24];  /* national significant number, at most 17 digits */
	int country_code;   /* calling code, 0 when unknown */
	/* Static: ISO 3166 alpha-2, "001" for a network without country, NULL when unknown. */
	const char *region;
	ContactsPhoneType type;
	bool possible; /* its length occurs in the plan */
	bool valid;    /* the plan assigns it */
} ContactsPhone;

/* ---- phone.c ---- */

/*
 * Reads size bytes of UTF-8.  region: two capital letters, or NULL or "ZZ" for
 * none known.  Returns NULL when the number is valid under its plan, else why
 * it is not (a static text, lower case); out holds what is known either way.
 */
extern const char *contacts_phone_parse(const char *text, size_t size, const char *region,
										ContactsPhone *out);

/* Whether the plans know the region; case matters, "001" and "ZZ" are not regions. */
extern bool contacts_phone_region_known(const char *region);

/*
 * Reads a region as people write it: in any case, with white space around it.  code becomes two
 * capital letters, "ZZ" for none known, "" for a blank text.  False when it is no region.
 */
extern bool contacts_phone_region_read(const char *text, size_t size, char code[3]);

/* 'mobile', 'fixed', 'fixed or mobile' …; static. */
extern const char *contacts_phone_type_name(ContactsPhoneType type);

/*
 * False for numbers that many people share: toll-free, premium, shared cost,
 * company numbers, voicemail (R10).
 */
extern bool contacts_phone_matches_person(ContactsPhoneType type);

/* Version of the plans, static. */
extern const char *contacts_phone_metadata_version(void);

#endif /* CONTACTS_PHONE_H */
