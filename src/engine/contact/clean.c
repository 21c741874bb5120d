/* -------------------------------------------------------------------------
 * clean.c
 *		What is given for a contact or activity, checked and made as it is stored.
 *
 * Nothing is read from tables but the account's settings, which are kept in memory, and members,
 * so that a trigger can call it for each row.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/int.h"
#include "utils/timestamp.h"

#include "engine/contact/clean.h"
#include "engine/contact/detail.h"
#include "engine/contact/identifier.h"
#include "identity/identifier.h"
#include "store/account.h"
#include "store/contact.h"
#include "store/member.h"
#include "text/blank.h"
#include "text/phone.h"
#include "text/problem.h"
#include "text/squeeze.h"
#include "values/composed.h"
#include "values/timezone.h"

static const char *squeezed(const char *given, size_t *size);
static bool too_long(const char *what, size_t size, const char *hint, ContactsProblem *problem);
static const char *bare_email(const char *email, const char *canonical);
static const char *shown_phone(const ContactsAccount *account, const char *phone, const char *key);
static const char *bare_phone(const char *phone);
static bool reads_as(const char *phone, const char *region, const char *key);

bool
contacts_clean_detail(const ContactsAccount *account, ContactsContact *contact,
					  ContactsDetail detail, const char *given, ContactsProblem *problem)
{
	const char **place = contacts_detail_text(contact, detail);

	switch (detail)
	{
		case CONTACTS_DETAIL_EMAIL:
			return contacts_clean_shown(account, contact, CONTACTS_EMAIL, given, NULL, problem);
		case CONTACTS_DETAIL_PHONE:
			return contacts_clean_shown(account, contact, CONTACTS_PHONE, given, NULL, problem);
		case CONTACTS_DETAIL_TIMEZONE:
			return contacts_clean_timezone(given, place, problem);
		default:
			return contacts_clean_text(contacts_detail_name(detail), given, place, problem);
	}
}

/* The entered spelling stays, bare: without white space at its edges, and what it is wrapped in. */
bool
contacts_clean_shown(const ContactsAccount *account, ContactsContact *contact,
					 ContactsIdentifierKind kind, const char *given, const char *region,
					 ContactsProblem *problem)
{
	const char **shown = contacts_shown_detail(contact, kind);
	ContactsKey key = {.use = CONTACTS_KEY_ABSENT};

	region = contacts_effective_region(account, region);
	if (given && !contacts_read_identifier_of(account, kind, given, region, &key, problem))
		return false;
	contact->keys[kind] = key.use == CONTACTS_KEY_FINDS ? pstrdup(key.value) : "";
	*shown = key.use == CONTACTS_KEY_ABSENT ? NULL : contacts_trimmed(given);
	if (key.use == CONTACTS_KEY_ABSENT)
		return true;
	*shown = kind == CONTACTS_EMAIL ? bare_email(*shown, contact->keys[kind])
									: shown_phone(account, *shown, key.value);
	return true;
}

/* The e-mail as entered, or its canonical form: without a name, angle brackets, mailto: … */
static const char *
bare_email(const char *email, const char *canonical)
{
	return strpbrk(email, "<>:;,()\"' \t\r\n") || (unsigned char) email[0] >= 0x80 ? canonical
																				   : email;
}

/*
 * The phone as entered, or its canonical form where the entered one would tell others another
 * number, or none: where the account, whose region need not be the one it was given with, reads it
 * otherwise, or people at home in the number's own region do.  So the text and its key can be held
 * against each other at any time (contacts.check()), whatever becomes of the regions.
 */
static const char *
shown_phone(const ContactsAccount *account, const char *phone, const char *key)
{
	const char *bare = bare_phone(phone);
	const char *home = account->default_region[0] ? account->default_region : NULL;
	ContactsPhone known;

	if (bare == phone && phone[0] == '+')
		return phone;
	(void) contacts_phone_parse(key, strlen(key), NULL, &known);
	return bare != NULL && reads_as(bare, home, key) && reads_as(bare, known.region, key)
			   ? bare
			   : pstrdup(key);
}

/* Without a label such as tel:, Phone: or WhatsApp; NULL when it cannot be taken off. */
static const char *
bare_phone(const char *phone)
{
	static const char *const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:";
	static const char wide_plus[] = "\xEF\xBC\x8B";
	size_t start = strcspn(phone, "+0123456789");
	const char *wide = strstr(phone, wide_plus);
	const char *parameter = strchr(phone, ';');

	if (parameter && strncmp(parameter, ";ext=", 5) != 0)
		return NULL;
	if (phone[start] == '\0' || (wide && wide < phone + start))
		return strcspn(phone, letters) == strlen(phone) && wide == phone ? phone : NULL;
	if (start > 0 && phone[start - 1] == '(')
		start--;
	for (size_t i = 0; i < start; i++)
		if (strchr(letters, phone[i]) || (unsigned char) phone[i] >= 0x80)
			return phone + start;
	return phone;
}

bool
contacts_is_shown(ContactsIdentifierKind kind, const char *shown, const char *given)
{
	const char *bare = given ? contacts_trimmed(given) : NULL;

	if (bare && kind == CONTACTS_PHONE)
		bare = bare_phone(bare);
	return shown && bare && strcmp(shown, bare) == 0;
}

static bool
reads_as(const char *phone, const char *region, const char *key)
{
	ContactsPhone read;

	return contacts_phone_parse(phone, strlen(phone), region, &read) == NULL &&
		   strcmp(read.key, key) == 0;
}

bool
contacts_clean_text(const char *what, const char *given, const char **clean,
					ContactsProblem *problem)
{
	size_t size = given ? strlen(given) : 0;
	const char *text;

	*clean = NULL;
	if (size == 0)
		return true;
	text = squeezed(given, &size);
	if (size > CONTACTS_TEXT_MAX)
		return too_long(what, size, "Shorten it, or keep the long text in a field or note.",
						problem);
	*clean = size > 0 ? text : NULL;
	return true;
}

/*
 * Composed, too (R25).  Composing turns a few signs into ASCII, which decides about joiners; and
 * what was taken away may have stood between a letter and its mark.  So both are done again.
 */
static const char *
squeezed(const char *given, size_t *size)
{
	char *copy = palloc(*size + 1);
	const char *composed;

	*size = contacts_squeeze(given, *size, copy);
	copy[*size] = '\0';
	composed = contacts_composed_span(copy, size);
	if (composed == copy)
		return copy;
	copy = pnstrdup(composed, *size);
	*size = contacts_squeeze(composed, *size, copy);
	copy[*size] = '\0';
	return contacts_composed_span(copy, size);
}

bool
contacts_clean_timezone(const char *given, const char **clean, ContactsProblem *problem)
{
	char canonical[TZ_STRLEN_MAX + 1];

	*clean = NULL;
	if (given == NULL || contacts_is_blank(given, strlen(given)))
		return true;
	if (!contacts_timezone_canonical(given, strlen(given), canonical, problem))
		return false;
	*clean = pstrdup(canonical);
	return true;
}

bool
contacts_clean_label(const char *what, const char **text, ContactsProblem *problem)
{
	if (*text == NULL || (*text = contacts_trimmed(*text)) == NULL ||
		strlen(*text) <= CONTACTS_TEXT_MAX)
		return true;
	return too_long(what, strlen(*text), "Keep the long text in data.", problem);
}

static bool
too_long(const char *what, size_t size, const char *hint, ContactsProblem *problem)
{
	contacts_problem(problem, CONTACTS_INVALID_VALUE, "invalid %s: too long", what);
	contacts_problem_detail(problem, "It has %zu bytes, the limit is %d.", size, CONTACTS_TEXT_MAX);
	contacts_problem_hint(problem, "%s", hint);
	return false;
}

const char *
contacts_trimmed(const char *text)
{
	const char *start;
	size_t size;

	if (!contacts_trim(text, strlen(text), &start, &size))
		return NULL;
	return contacts_composed_text(pnstrdup(start, size));
}

bool
contacts_check_times(TimestampTz starts_at, TimestampTz ends_at, ContactsProblem *problem)
{
	if (starts_at == DT_NOBEGIN || ends_at == DT_NOBEGIN || ends_at >= starts_at)
		return true;
	contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid ends_at: before starts_at");
	contacts_problem_detail(problem, "An activity cannot end before it starts.");
	contacts_problem_hint(problem, "Check the two times and their time zones.");
	return false;
}

bool
contacts_data_problem(ContactsProblem *problem)
{
	contacts_problem(problem, CONTACTS_TOO_LARGE, "invalid data: too large");
	contacts_problem_detail(problem, "The data of an activity have at most %d bytes.",
							CONTACTS_DATA_MAX);
	contacts_problem_hint(problem, "Keep large texts and files elsewhere, and their address here.");
	return false;
}

bool
contacts_moved_end(TimestampTz starts_at, TimestampTz ends_at, TimestampTz new_start,
				   TimestampTz *new_end, ContactsProblem *problem)
{
	int64 length;

	if (starts_at == DT_NOBEGIN || ends_at == DT_NOBEGIN || new_start == DT_NOBEGIN)
		return true;
	if (!pg_sub_s64_overflow(ends_at, starts_at, &length) &&
		!pg_add_s64_overflow(new_start, length, new_end) && IS_VALID_TIMESTAMP(*new_end))
		return true;
	contacts_problem(problem, CONTACTS_OUT_OF_RANGE, "invalid ends_at: out of range");
	contacts_problem_detail(problem, "The activity keeps its length, and would end too late.");
	contacts_problem_hint(problem, "Give ends_at, too.");
	return false;
}

bool
contacts_check_member(int64 account_id, int64 member_id, ContactsProblem *problem)
{
	bool found = true;

	if (member_id != 0)
		contacts_members_exist(account_id, &member_id, 1, &found);
	return found || contacts_no_member_problem(problem, member_id);
}

bool
contacts_clean_region(const char *given, const char **clean, ContactsProblem *problem)
{
	char code[3] = "";

	*clean = NULL;
	if (given && !contacts_phone_region_read(given, strlen(given), code))
		return contacts_region_problem(problem, given);
	*clean = code[0] ? pstrdup(code) : NULL;
	return true;
}

bool
contacts_region_problem(ContactsProblem *problem, const char *region)
{
	char quoted[CONTACTS_QUOTE_SIZE];

	contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid region: \"%s\"",
					 contacts_quote_value(region, strlen(region), quoted));
	contacts_problem_detail(problem, "The numbering plans know no such region.");
	contacts_problem_hint(problem,
						  "Give an ISO 3166 code of two letters, such as US, or ZZ when none is "
						  "known.");
	return false;
}
