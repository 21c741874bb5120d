/* -------------------------------------------------------------------------
 * squeeze.c
 *		Names and companies as they are kept and shown (R25).
 *
 * One pass: a space is owed when white space was seen after something visible, and is
 * paid before the next visible character; so nothing is owed at the edges.  The result
 * of a result is itself.
 * -------------------------------------------------------------------------
 */
#include "text/squeeze.h"

#include "text/blank.h"
#include "text/utf8.h"
#include "text/visible.h"

size_t
contacts_squeeze(const char *text, size_t size, char *out)
{
	ContactsVisibleWriter writer;
	bool space_owed = false;
	uint32_t code = 0;
	size_t length;

	contacts_visible_begin(&writer, out);
	for (size_t i = 0; i < size; i += length)
	{
		length = contacts_utf8_decode(text + i, size - i, &code);
		if (length == 0)
		{
			/* a byte of another encoding: keep it as it is */
			length = 1;
			code = 0xFFFD;
		}
		if (contacts_is_space(code))
			space_owed = writer.size > 0;
		else if (contacts_is_joiner(code) && !space_owed)
			contacts_visible_join(&writer, text + i, length);
		else if (!contacts_is_control(code) && !contacts_is_invisible(code) &&
				 !contacts_is_joiner(code))
		{
			if (space_owed)
				contacts_visible_put(&writer, " ", 1, true);
			space_owed = false;
			contacts_visible_put(&writer, text + i, length, code < 0x80);
		}
	}
	size = contacts_visible_end(&writer);
	return contacts_is_blank(out, size) ? 0 : size;
}
