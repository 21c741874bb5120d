/*-------------------------------------------------------------------------
 *
 * driver.c
 *	  Runs contacts_email_parse over lines of hexadecimal bytes, for compare.py.
 *
 * Answers each line with "=" and the canonical form in hexadecimal, or "!" and the reason.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <string.h>

#include "text/email.h"

#define LINE_MAX_BYTES 65536

static size_t read_hex(char *line);

int
main(void)
{
	static char line[LINE_MAX_BYTES];
	ContactsEmail email;

	while (fgets(line, sizeof(line), stdin) != NULL)
	{
		const char *reason = contacts_email_parse(line, read_hex(line), true, &email);

		if (reason != NULL)
		{
			printf("!%s\n", reason);
			continue;
		}
		printf("=");
		for (size_t i = 0; i < email.size; i++)
			printf("%02x", (unsigned char) email.value[i]);
		printf("\n");
	}
	return 0;
}

/* Turns the digits of a line into bytes, in place; returns how many. */
static size_t
read_hex(char *line)
{
	size_t size = 0;
	unsigned int byte;

	while (sscanf(line + 2 * size, "%2x", &byte) == 1)
		line[size++] = (char) byte;
	return size;
}
