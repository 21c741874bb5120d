/*
 * clean.h - what is given for a contact or activity, checked and made as it is stored.
 *
 * The one place for it: what comes in with a report, an edit, reviewed values of a merge and a row
 * that plain SQL writes pass here.  Blank becomes NULL; copies are in the current memory context;
 * false with *problem filled.
 */
#ifndef CONTACTS_CLEAN_H
#define CONTACTS_CLEAN_H

#include "datatype/timestamp.h"

#include "engine/contact/detail.h"
#include "identity/identifier.h"
#include "store/account.h"
#include "store/contact.h"
#include "text/problem.h"

#define CONTACTS_TEXT_MAX 1000    /* bytes of a name, company, title, source … */
#define CONTACTS_DATA_MAX 1000000 /* bytes of the data of an activity, as they are stored */

/* clean.c */

/*
 * Sets a detail that is a text.  An e-mail or phone is read by the way, and its key noted in the
 * contact (R10); names and companies are squeezed (R25), time zones spelled as the server does.
 */
extern bool contacts_clean_detail(const ContactsAccount *account, ContactsContact *contact,
								  ContactsDetail detail, const char *given,
								  ContactsProblem *problem);
/* The same for an e-mail or phone; region of a phone without country code, NULL = not given. */
extern bool contacts_clean_shown(const ContactsAccount *account, ContactsContact *contact,
								 ContactsIdentifierKind kind, const char *given, const char *region,
								 ContactsProblem *problem);
/*
 * Whether a given e-mail or phone is, letter by letter, what is shown: then it is no news, whatever
 * region there is for phones without their country by now.
 */
extern bool contacts_is_shown(ContactsIdentifierKind kind, const char *shown, const char *given);
/* A squeezed text. */
extern bool contacts_clean_text(const char *what, const char *given, const char **clean,
								ContactsProblem *problem);
/* The name of a time zone in PostgreSQL's spelling. */
extern bool contacts_clean_timezone(const char *given, const char **clean,
									ContactsProblem *problem);
/* A trimmed short text such as a source or title. */
extern bool contacts_clean_label(const char *what, const char **text, ContactsProblem *problem);
/* A copy without white space at the edges, NULL when nothing is left. */
extern const char *contacts_trimmed(const char *text);

/* Always false: the data of an activity are too large. */
extern bool contacts_data_problem(ContactsProblem *problem);
/*
 * The end of an activity that is moved and keeps its length, where it has one and a new start;
 * else *new_end stays.  False when there is no such time.
 */
extern bool contacts_moved_end(TimestampTz starts_at, TimestampTz ends_at, TimestampTz new_start,
							   TimestampTz *new_end, ContactsProblem *problem);
/* Whether an activity ends after it starts; DT_NOBEGIN = not said. */
extern bool contacts_check_times(TimestampTz starts_at, TimestampTz ends_at,
								 ContactsProblem *problem);
/* Whether the account has the member; 0 = nobody is named. */
extern bool contacts_check_member(int64 account_id, int64 member_id, ContactsProblem *problem);
/* A region of phones in capital letters; ZZ = none is known. */
extern bool contacts_clean_region(const char *given, const char **clean, ContactsProblem *problem);
/* Always false: the numbering plans know no such region. */
extern bool contacts_region_problem(ContactsProblem *problem, const char *region);

#endif
