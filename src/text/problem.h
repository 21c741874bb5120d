/*
 * problem.h - what is wrong with a value, said once and raised elsewhere.
 *
 * Every floor below api/ reports a bad value by filling a ContactsProblem and returning false;
 * only api/complain.c turns it into an error.  So a batch can also report it without failing.
 */
#ifndef CONTACTS_PROBLEM_H
#define CONTACTS_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

/* The situations of the SQL contract; complain.c has the SQLSTATE of each. */
typedef enum ContactsProblemKind
{
	CONTACTS_INVALID_VALUE,  /* 22P02: text that is no value of its kind */
	CONTACTS_INVALID_OPTION, /* 22023: bad option, region, key, combination of arguments */
	CONTACTS_OUT_OF_RANGE,   /* 22008: a time that is infinite, or beyond the calendar */
	CONTACTS_BREAKS_CHECK,   /* 23514: an id that is none */
	CONTACTS_TOO_LARGE,      /* 54000: more than there is room for */
	CONTACTS_MISSING,        /* P0002: no such contact, activity, member, field … */
	CONTACTS_TAKEN,          /* 23505: identifier belongs to another visible contact */
	CONTACTS_HIDDEN,         /* 42501: … to a contact that the caller may not see */
	CONTACTS_DENIED,         /* 42501: level or account not allowed */
	CONTACTS_WRONG_STATE,    /* 55000: operation in the wrong state */
	CONTACTS_BUSY            /* 40001: other sessions were faster, again and again */
} ContactsProblemKind;

/*
 * One problem: PostgreSQL's three texts, and for machines what they are about.  Empty detail or
 * hint means none.
 */
typedef struct ContactsProblem
{
	ContactsProblemKind kind;
	char message[200]; /* lower case, no period */
	char detail[300];  /* a fact, full sentence */
	char hint[400];    /* what to do, full sentence */
	/* The constraint that it breaks, and by which column of a contact; static, NULL = none. */
	const char *constraint;
	const char *column;
} ContactsProblem;

/* problem.c */

/* Starts a problem with its kind and message (printf format); always returns false. */
extern bool contacts_problem(ContactsProblem *problem, ContactsProblemKind kind, const char *format,
							 ...) __attribute__((format(printf, 3, 4)));
/* Adds a detail or a hint (printf format). */
extern void contacts_problem_detail(ContactsProblem *problem, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
extern void contacts_problem_hint(ContactsProblem *problem, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Names the constraint that the value breaks, and the column of the contact; static texts. */
extern void contacts_problem_breaks(ContactsProblem *problem, const char *constraint,
									const char *column);

/*
 * The problem of what other sessions change again and again while we look at it: `what` continues
 * "could not settle"; returns false.
 */
extern bool contacts_busy_problem(ContactsProblem *problem, const char *what);
/* The problem of an id that names nothing: `contact 12 does not exist`; returns false. */
extern bool contacts_missing_problem(ContactsProblem *problem, const char *what, long long id);

/*
 * Copies at most 60 bytes of a caller's value for quoting in a message: cut at a character's
 * end, with "..." behind a cut and control characters as "?".  out has CONTACTS_QUOTE_SIZE bytes.
 */
#define CONTACTS_QUOTE_SIZE 64
extern const char *contacts_quote_value(const char *value, size_t size, char *out);

#endif
