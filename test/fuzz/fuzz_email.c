/*-------------------------------------------------------------------------
 *
 * fuzz_email.c
 *	  libFuzzer on contacts_email_parse.
 *
 * Holds for every result: at most 254 bytes, NUL-terminated, no NUL inside, well-formed
 * UTF-8, one @ before an ASCII domain, and the same result when read again.
 *
 * Build: clang -g -O1 -fsanitize=fuzzer,address,undefined -Isrc test/fuzz/fuzz_email.c
 *	src/text/{email,email_wrap,email_local,email_domain,compose,utf8,visible,ascii}.c
 *	src/text/{lower,lower_data}.c
 *	-lidn2 -lunistring
 *
 *-------------------------------------------------------------------------
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/email.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_value(const ContactsEmail *email);
static void require(bool condition);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ContactsEmail email;
	ContactsEmail again;

	/* the first bit of the input says which kind of server this is */
	bool utf8 = size == 0 || (data[0] & 1) == 0;
	const char *text = (const char *) data + (size > 0);

	if (size > 0)
		size--;
	if (contacts_email_parse(text, size, utf8, &email) != NULL)
		return 0;
	check_value(&email);
	require(contacts_email_parse(email.value, email.size, utf8, &again) == NULL);
	require(again.size == email.size && memcmp(again.value, email.value, email.size) == 0);
	return 0;
}

static void
check_value(const ContactsEmail *email)
{
	const char *at = strrchr(email->value, '@');
	uint32_t code = 0;

	require(email->size <= CONTACTS_EMAIL_MAX && strlen(email->value) == email->size);
	require(at != NULL && at > email->value && at - email->value <= 64 && strlen(at + 1) <= 253);
	for (size_t i = 0; i < email->size;)
	{
		size_t length = contacts_utf8_decode(email->value + i, email->size - i, &code);

		require(length > 0);
		require(code >= 0x20 && code != 0x7F && (email->value + i < at || code < 0x80));
		i += length;
	}
}

static void
require(bool condition)
{
	if (!condition)
		abort();
}
