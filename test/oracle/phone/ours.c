/* -------------------------------------------------------------------------
 * ours.c
 *	  Answers of text/phone to lines "way TAB region TAB text" on standard input.
 *
 * Prints per line "number extension type region possible valid", a dash for
 * what there is none of, or a single dash for text that cannot be read.
 * -------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/phone.h"

static size_t
unescape(char *text)
{
	char *to = text;

	for (char *from = text; *from != '\0'; from++)
	{
		if (*from != '\\')
			*to++ = *from;
		else
		{
			from++;
			*to++ = *from == 't' ? '\t' : *from == 'n' ? '\n' : *from == 'r' ? '\r' : *from;
		}
	}
	*to = '\0';
	return (size_t) (to - text);
}

int
main(void)
{
	static char line[65536];

	while (fgets(line, sizeof line, stdin) != NULL)
	{
		char *rest = line;
		const char *region;
		ContactsPhone phone;

		line[strcspn(line, "\n")] = '\0';
		strsep(&rest, "\t");
		region = strsep(&rest, "\t");
		contacts_phone_parse(rest, unescape(rest), region, &phone);
		if (phone.e164[0] == '\0')
			puts("-");
		else
			printf("%s %s %s %s %s %s\n", phone.e164, phone.extension[0] ? phone.extension : "-",
				   contacts_phone_type_name(phone.type), phone.region ? phone.region : "-",
				   phone.possible ? "possible" : "-", phone.valid ? "valid" : "-");
	}
	return 0;
}
