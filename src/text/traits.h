/*
 * traits.h - what of a contact tells who it is, in the form in which contacts are compared (R46),
 * and the keys by which those that may be the same person find each other.
 */
#ifndef CONTACTS_TRAITS_H
#define CONTACTS_TRAITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/email.h"
#include "text/fold.h"

#define CONTACTS_NAME_WORDS 6
#define CONTACTS_PHONE_DIGITS 15
#define CONTACTS_PHONE_TAIL 8  /* digits that all writings of a number have in common */
#define CONTACTS_GENERATIONS 5 /* none, and the first to the fourth */
#define CONTACTS_MATCH_KEYS 8  /* keys of one contact at most */

/* Given texts; size 0 = none. */
typedef struct ContactsGivenTraits
{
	ContactsPiece name;
	ContactsPiece email;
	ContactsPiece phone;
	bool utf8;
	const ContactsEmail *known_email; /* what the e-mail reads as; NULL = not read before */
} ContactsGivenTraits;

typedef struct ContactsTraits
{
	int word_count;                           /* of the name, without titles and generation */
	ContactsPiece words[CONTACTS_NAME_WORDS]; /* in the order given */
	char name[CONTACTS_FOLD_MAX];             /* what words point into */
	int generation;                           /* senior 1, junior 2, III 3; 0 = none given */
	ContactsEmail email;                      /* canonical; size 0 = none */
	ContactsPiece local;                      /* of email, without what stands behind a plus */
	ContactsPiece domain;                     /* of email; provider's main one */
	size_t mailbox_size;                      /* 0 = none */
	char mailbox[CONTACTS_EMAIL_MAX + 32];    /* spelled as its provider reads it */
	bool is_role;                             /* info@, sales@: nobody's own address */
	bool is_free_mail;                        /* the domain is no company */
	size_t digit_count;                       /* of the phone, without leading zeros; 0 = none */
	char digits[CONTACTS_PHONE_DIGITS + 1];
	size_t extension_size;
	char extension[24]; /* digits */
} ContactsTraits;

/* What a word of a name is, as a set of bits. */
#define CONTACTS_WORD_NICKNAME 1 /* a short form, or a name that has one */
#define CONTACTS_WORD_UNSPACED 2 /* letters of a script without spaces, compared one by one */

/* traits.c */

extern void contacts_read_traits(const ContactsGivenTraits *given, ContactsTraits *traits);

/* Folds the name of a company without its legal form; out has CONTACTS_FOLD_MAX bytes. */
extern size_t contacts_fold_company(const char *text, size_t size, char *out);

/* traits_name.c */

/* Fills what comes of the name. */
extern void contacts_read_name(ContactsPiece name, ContactsTraits *traits);
/* Does a word begin with a letter of a script without spaces?  Then all of it is that. */
extern bool contacts_starts_unspaced(ContactsPiece word);
/* The bits of a word. */
extern int contacts_word_bits(ContactsPiece word);
/* Is one name the usual short form of the other, as Bob of Robert? */
extern bool contacts_is_nickname(ContactsPiece one, ContactsPiece other);
/* Names that a word is short for; writes at most `most` and returns how many. */
extern int contacts_nickname_forms(ContactsPiece word, const char **forms, int most);

/* match_keys.c */

/*
 * Writes the keys of a contact (CONTACTS_MATCH_KEYS at most) and returns their number.  Contacts of
 * different accounts never share one, other than by chance: a key is a hash.  Changing a key
 * means to build the index contact_match anew.
 */
extern int contacts_traits_keys(int64_t account_id, const ContactsTraits *traits, uint64_t *keys);

#endif /* CONTACTS_TRAITS_H */
