/*
 * retry.h - looking again when other sessions were faster (R18).
 *
 * Whoever looks up, locks and finds that what was looked up has changed meanwhile looks again, and
 * says so after so many attempts:
 *
 *		ContactsRetry retry = {.what = "which contacts are meant"};
 *
 *		while (contacts_try_again(&retry, problem))
 *			if (looked_up_and_locked_the_same())
 *				return true;
 *		return false;
 */
#ifndef CONTACTS_RETRY_H
#define CONTACTS_RETRY_H

#include "postgres.h"

#include "miscadmin.h"

#include "text/problem.h"

#define CONTACTS_ATTEMPTS_MAX 100

typedef struct ContactsRetry
{
	const char *what; /* is to be settled; continues "could not settle" */
	int attempts;     /* so far */
} ContactsRetry;

/* Whether to try, for the first time or once more; false with *problem filled. */
static inline bool
contacts_try_again(ContactsRetry *retry, ContactsProblem *problem)
{
	CHECK_FOR_INTERRUPTS();
	return retry->attempts++ < CONTACTS_ATTEMPTS_MAX || contacts_busy_problem(problem, retry->what);
}

#endif
