/* -------------------------------------------------------------------------
 * token.c
 *		Identifiers that other systems give: external ids and visitor cookies.
 *
 * Nothing inside a token is changed, since what looks like a slip may be what the
 * other system means.  Only the edges are, where spreadsheets and forms add spaces.
 * -------------------------------------------------------------------------
 */
#include "text/token.h"

#include <string.h>

#include "text/ascii.h"
#include "text/blank.h"
#include "text/utf8.h"
#include "text/visible.h"

static bool has_control(const char *text, size_t size);
static const char *check_system(const char *system, size_t size);

const char *
contacts_token_parse(const char *text, size_t size, const char **start, size_t *length)
{
	*start = text;
	*length = 0;
	if (contacts_is_blank(text, size))
		return "empty";
	contacts_trim(text, size, start, length);
	if (*length > CONTACTS_TOKEN_MAX)
		return "longer than 255 bytes";
	if (has_control(*start, *length))
		return "control character";
	return NULL;
}

const char *
contacts_external_id_parse(const char *text, size_t size, const char **start, size_t *length)
{
	const char *reason = contacts_token_parse(text, size, start, length);
	const char *colon;
	const char *id;
	size_t system_size;
	size_t id_size;

	if (reason != NULL)
		return reason;
	colon = memchr(*start, ':', *length);
	if (colon == NULL)
		return "no colon between system and id";
	system_size = (size_t) (colon - *start);
	if ((reason = check_system(*start, system_size)) != NULL)
		return reason;
	id_size = *length - system_size - 1;
	if (contacts_is_blank(colon + 1, id_size))
		return "nothing after the colon";
	/* an id with and one without this space would be two persons that look the same */
	contacts_trim(colon + 1, id_size, &id, &id_size);
	if (id != colon + 1)
		return "white space after the colon";
	return NULL;
}

/* Narrow, so that two spellings of one system do not look alike. */
static const char *
check_system(const char *system, size_t size)
{
	if (size == 0)
		return "nothing before the colon";
	if (size > CONTACTS_SYSTEM_MAX)
		return "system longer than 63 bytes";
	for (size_t i = 0; i < size; i++)
	{
		if (!contacts_ascii_is(system[i], CONTACTS_ASCII_NAME))
			return "character not allowed in the system before the colon";
	}
	return NULL;
}

/* White space other than spaces counts too: a tab or line end in an id is a broken cut. */
static bool
has_control(const char *text, size_t size)
{
	uint32_t code = 0;

	for (size_t i = 0; i < size;)
	{
		size_t length = contacts_utf8_decode(text + i, size - i, &code);

		if (length == 1 && (code < 0x20 || code == 0x7F))
			return true;
		/* C1: two bytes in UTF-8; of other encodings nothing is known */
		if (length == 2 && code < 0xA0)
			return true;
		i += length > 0 ? length : 1;
	}
	return false;
}
