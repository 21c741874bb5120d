/* -------------------------------------------------------------------------
 * phone.c
 *		Reads phone numbers: entry, the quick way in, names.
 *
 * Most numbers are ASCII digits, perhaps behind a plus, with plain punctuation
 * between.  scan_plain reads those; all else goes through phone_text.c, which
 * knows extensions, letters, RFC 3966 and Unicode.  Both only collect digits:
 * what the digits mean is decided in one place, phone_plan.c.
 *
 * Must not: decide anything in the quick way that the long way would not.
 * -------------------------------------------------------------------------
 */
#include "text/phone.h"

#include <string.h>

#include "text/blank.h"
#include "text/phone_plan.h"

static bool scan_plain(const char *text, size_t size, char *buffer, ContactsPhoneDialled *dialled);
static void write_key(ContactsPhone *out);

const char *
contacts_phone_parse(const char *text, size_t size, const char *region, ContactsPhone *out)
{
	char buffer[CONTACTS_PHONE_MAX_TEXT];
	ContactsPhoneDialled dialled;
	const char *problem = NULL;

	out->key[0] = out->e164[0] = out->extension[0] = out->national[0] = '\0';
	out->country_code = 0;
	out->region = NULL;
	out->type = CONTACTS_PHONE_UNKNOWN;
	out->possible = out->valid = false;

	if (!scan_plain(text, size, buffer, &dialled))
		problem = contacts_phone_read(text, size, buffer, &dialled, out->extension);
	if (problem == NULL)
		problem = contacts_phone_resolve(dialled, contacts_phone_region(region), out);
	if (problem == NULL)
		write_key(out);
	return problem;
}

bool
contacts_phone_region_known(const char *region)
{
	return contacts_phone_region(region) != 0;
}

bool
contacts_phone_region_read(const char *text, size_t size, char code[3])
{
	const char *start;

	code[0] = code[1] = code[2] = '\0';
	if (!contacts_trim(text, size, &start, &size))
		return true;
	if (size != 2)
		return false;
	for (int i = 0; i < 2; i++)
		code[i] = start[i] >= 'a' && start[i] <= 'z' ? (char) (start[i] - 'a' + 'A') : start[i];
	return strcmp(code, "ZZ") == 0 || contacts_phone_region_known(code);
}

const char *
contacts_phone_type_name(ContactsPhoneType type)
{
	static const char *const names[] = {
		"unknown",     "fixed", "mobile",   "fixed or mobile", "toll-free", "premium",
		"shared cost", "voip",  "personal", "pager",           "uan",       "voicemail",
	};

	return (size_t) type < sizeof names / sizeof names[0] ? names[type] : names[0];
}

bool
contacts_phone_matches_person(ContactsPhoneType type)
{
	switch (type)
	{
		case CONTACTS_PHONE_UNKNOWN:
		case CONTACTS_PHONE_TOLL_FREE:
		case CONTACTS_PHONE_PREMIUM:
		case CONTACTS_PHONE_SHARED_COST:
		case CONTACTS_PHONE_UAN:
		case CONTACTS_PHONE_VOICEMAIL:
			return false;
		default:
			return true;
	}
}

const char *
contacts_phone_metadata_version(void)
{
	return contacts_phone_version;
}

/*
 * Collects digits with plain punctuation between; false when the text holds
 * anything else and must be read the long way.  None of these characters can
 * start an extension, and all of them are cut off at either edge.  A plus counts
 * before the first digit only, and at least three digits are asked for, because
 * two are a number only if nothing stands between them.
 */
static bool
scan_plain(const char *text, size_t size, char *buffer, ContactsPhoneDialled *dialled)
{
	size_t length = 0;

	if (size > CONTACTS_PHONE_MAX_TEXT)
		return false;
	dialled->plus = false;
	for (size_t i = 0; i < size; i++)
	{
		char c = text[i];

		if (c >= '0' && c <= '9')
			buffer[length++] = c;
		else if (c == '+' && length == 0 && !dialled->plus)
			dialled->plus = true;
		else if (c != ' ' && c != '-' && c != '(' && c != ')' && c != '.' && c != '/')
			return false;
	}
	dialled->digits = buffer;
	dialled->length = length;
	return length >= 3;
}

static void
write_key(ContactsPhone *out)
{
	char *to = out->key;
	size_t length = strlen(out->e164);

	memcpy(to, out->e164, length + 1);
	if (out->extension[0] == '\0')
		return;
	memcpy(to + length, ";ext=", 5);
	strcpy(to + length + 5, out->extension);
}
