/*
 * choice.h - one of a few words, as options of a call are given.
 */
#ifndef CONTACTS_CHOICE_H
#define CONTACTS_CHOICE_H

#include "text/problem.h"

/* An option and the words that it takes. */
typedef struct ContactsChoice
{
	const char *what;   /* name of the option, for the message */
	const char *words;  /* "update, fill, skip": lower case, separated by comma and blank */
	const char *detail; /* what the option says, a sentence; NULL = "The value is not known." */
} ContactsChoice;

/* choice.c */

/*
 * Sets *index to the place of the given word among the words, from 0; -1 for NULL, which is not
 * given.  False with *problem filled when it is none of them.
 */
extern bool contacts_choose(const ContactsChoice *choice, const char *given, int *index,
							ContactsProblem *problem);

#endif
