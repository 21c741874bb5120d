/* -------------------------------------------------------------------------
 * problem.c
 *		What is wrong with a value, as three texts and the names of what it breaks.
 *
 * A fixed-size record is filled, nothing is allocated and nothing raised; texts that do not
 * fit are cut at a character's end, so that the message stays valid UTF-8.
 * -------------------------------------------------------------------------
 */
#include "text/problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void format_text(char *out, size_t room, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));
static size_t whole_characters(const char *text, size_t size);

bool
contacts_problem(ContactsProblem *problem, ContactsProblemKind kind, const char *format, ...)
{
	va_list args;

	problem->kind = kind;
	problem->detail[0] = problem->hint[0] = '\0';
	problem->constraint = problem->column = NULL;
	va_start(args, format);
	format_text(problem->message, sizeof(problem->message), format, args);
	va_end(args);
	return false;
}

void
contacts_problem_detail(ContactsProblem *problem, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	format_text(problem->detail, sizeof(problem->detail), format, args);
	va_end(args);
}

void
contacts_problem_hint(ContactsProblem *problem, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	format_text(problem->hint, sizeof(problem->hint), format, args);
	va_end(args);
}

void
contacts_problem_breaks(ContactsProblem *problem, const char *constraint, const char *column)
{
	problem->constraint = constraint;
	problem->column = column;
}

bool
contacts_missing_problem(ContactsProblem *problem, const char *what, long long id)
{
	contacts_problem(problem, CONTACTS_MISSING, "%s %lld does not exist", what, id);
	contacts_problem_detail(problem, "The account has no such %s.", what);
	contacts_problem_hint(problem, "Check the id and the setting contacts.account_id.");
	return false;
}

bool
contacts_no_member_problem(ContactsProblem *problem, long long id)
{
	contacts_missing_problem(problem, "member", id);
	contacts_problem_hint(problem,
						  "Insert the member into contacts.member first, or leave it out.");
	return false;
}

bool
contacts_busy_problem(ContactsProblem *problem, const char *what)
{
	contacts_problem(problem, CONTACTS_BUSY, "could not settle %s", what);
	contacts_problem_detail(problem, "Other sessions changed it again and again meanwhile.");
	contacts_problem_hint(problem, "Try again, and run contacts.check() if this stays.");
	return false;
}

const char *
contacts_quote_value(const char *value, size_t size, char *out)
{
	size_t kept = size > 60 ? whole_characters(value, 57) : size;

	memcpy(out, value, kept);
	for (size_t i = 0; i < kept; i++)
		if ((unsigned char) out[i] < 0x20 || out[i] == 0x7F)
			out[i] = '?';
	strcpy(out + kept, kept < size ? "..." : "");
	return out;
}

static void
format_text(char *out, size_t room, const char *format, va_list args)
{
	int length = vsnprintf(out, room, format, args);

	if (length >= (int) room)
		out[whole_characters(out, room - 1)] = '\0';
}

/* The largest prefix of at most size bytes that does not end within a UTF-8 character. */
static size_t
whole_characters(const char *text, size_t size)
{
	size_t end = size;

	while (end > 0 && ((unsigned char) text[end] & 0xC0) == 0x80)
		end--;
	return end;
}
