/*
 * decide.h - to whom an activity belongs, by the identifiers given (R12-R17).
 */
#ifndef CONTACTS_DECIDE_H
#define CONTACTS_DECIDE_H

#include "identity/identifier.h"

typedef enum ContactsPhoneMatch
{
	CONTACTS_PHONE_ALWAYS, /* a phone finds its contact, whatever e-mail is given */
	CONTACTS_PHONE_FILL,   /* … only a contact without e-mail */
	CONTACTS_PHONE_NEVER   /* … only when no e-mail is given */
} ContactsPhoneMatch;

#define CONTACTS_NOBODY (-1)

/* What the owner of one given identifier looks like from here. */
typedef struct ContactsHit
{
	int contact;    /* the caller's number for it; CONTACTS_NOBODY = nobody owns the key */
	bool has_email; /* it shows an e-mail */
	bool has_phone; /* it shows a phone */
	bool other_id;  /* it has another id of the system of the external id given (R16) */
} ContactsHit;

/* One question. */
typedef struct ContactsQuestion
{
	bool given[CONTACTS_KINDS];      /* keys that can find somebody */
	ContactsHit hit[CONTACTS_KINDS]; /* who owns them; of those given only */
	ContactsPhoneMatch phone_match;  /* setting of the account */
	bool create;                     /* create a contact whatever the hits (R71, create) */
	bool is_named;                   /* it is `named`, whatever the hits (R35) */
	int named;
} ContactsQuestion;

/* A pair to review: the contact at hand and another one. */
typedef struct ContactsReview
{
	int contact;
	const char *reason; /* static text */
} ContactsReview;

/* The answer. */
typedef struct ContactsVerdict
{
	int contact;                /* CONTACTS_NOBODY = create one */
	int matched_by;             /* kind that found it; -1 = created */
	bool claim[CONTACTS_KINDS]; /* keys nobody owns, that become the contact's (R17) */
	bool own[CONTACTS_KINDS];   /* keys that the contact owns already */
	bool move_visitor;          /* the cookie leaves its owner for the contact (R15) */
	int review_count;
	ContactsReview reviews[CONTACTS_KINDS];
} ContactsVerdict;

/* decide.c */

/* Why two contacts are put up for review when the other one has a key of this kind. */
extern const char *contacts_taken_reason(ContactsIdentifierKind kind);
extern void contacts_decide(const ContactsQuestion *question, ContactsVerdict *verdict);

#endif
