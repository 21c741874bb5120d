/*-------------------------------------------------------------------------
 *
 * fuzz_text.c
 *	  libFuzzer on blank, squeeze, compose, token, lower and utf8.
 *
 * Build: clang -g -O1 -fsanitize=fuzzer,address,undefined -Isrc test/fuzz/fuzz_text.c
 *	src/text/{blank,squeeze,compose,token,lower,lower_data,utf8,visible,ascii}.c -lunistring
 *
 *-------------------------------------------------------------------------
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/blank.h"
#include "text/compose.h"
#include "text/lower.h"
#include "text/squeeze.h"
#include "text/token.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_squeeze(const char *text, size_t size);
static void check_blank(const char *text, size_t size);
static void check_compose(const char *text, size_t size);
static void check_token(const char *text, size_t size);
static void check_lower(const char *text, size_t size);
static bool is_utf8(const char *text, size_t size);
static void require(bool condition);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *) data;

	check_squeeze(text, size);
	check_blank(text, size);
	check_compose(text, size);
	check_token(text, size);
	if (is_utf8(text, size))
		check_lower(text, size);
	return 0;
}

/* No longer than the text, no wide gaps, the same in place, the same when done again. */
static void
check_squeeze(const char *text, size_t size)
{
	char *out = malloc(size + 1);
	char *again = malloc(size + 1);
	size_t out_size = contacts_squeeze(text, size, out);
	size_t again_size;

	require(out_size <= size && (out_size == 0) == contacts_is_blank(out, out_size));
	require(!contacts_is_blank(text, size) || out_size == 0);
	require(!is_utf8(text, size) || is_utf8(out, out_size));
	for (size_t i = 0; i < out_size; i++)
	{
		require((unsigned char) out[i] >= ' ' && out[i] != '\x7F');
		require(out[i] != ' ' || (i > 0 && i + 1 < out_size && out[i + 1] != ' '));
	}
	/* bytes of no encoding may come together as characters, so only UTF-8 promises this */
	again_size = contacts_squeeze(out, out_size, again);
	if (is_utf8(text, size))
		require(again_size == out_size && memcmp(again, out, out_size) == 0);
	if (size > 0)
		memcpy(again, text, size);
	again_size = contacts_squeeze(again, size, again);
	require(again_size == out_size && memcmp(again, out, out_size) == 0);
	free(out);
	free(again);
}

static void
check_blank(const char *text, size_t size)
{
	const char *start;
	size_t length;
	bool left = contacts_trim(text, size, &start, &length);

	require(left == (length > 0) && start >= text && start + length <= text + size);
	require(left || contacts_is_blank(text, size));
	if (contacts_is_blank(text, size))
		require(contacts_is_placeholder(text, size));
	if (contacts_is_placeholder(text, size))
	{
		require(contacts_is_placeholder_phone(text, size));
		require(contacts_is_placeholder_external_id(text, size));
	}
}

/* Well-formed and within its bounds, the same when done again, and as the quick look said. */
static void
check_compose(const char *text, size_t size)
{
	size_t out_size = CONTACTS_COMPOSED_GROWTH * size + 1;
	char *out = malloc(out_size);
	size_t again_size;
	char *again;
	bool composed = contacts_compose(text, size, out, &out_size);

	require(composed == is_utf8(text, size));
	if (composed)
	{
		require(is_utf8(out, out_size) && out_size <= CONTACTS_COMPOSED_GROWTH * size);
		require(size <= CONTACTS_COMPOSED_SHRINK * out_size);
		if (contacts_is_composed(text, size))
			require(out_size == size && memcmp(out, text, size) == 0);
		again_size = CONTACTS_COMPOSED_GROWTH * out_size + 1;
		again = malloc(again_size);
		require(contacts_compose(out, out_size, again, &again_size));
		require(again_size == out_size && memcmp(again, out, out_size) == 0);
		free(again);
	}
	free(out);
}

static void
check_token(const char *text, size_t size)
{
	const char *start;
	const char *again;
	size_t length;
	size_t again_length;

	if (contacts_token_parse(text, size, &start, &length) != NULL)
	{
		require(contacts_external_id_parse(text, size, &start, &length) != NULL);
		return;
	}
	require(length > 0 && length <= CONTACTS_TOKEN_MAX);
	require(contacts_token_parse(start, length, &again, &again_length) == NULL);
	require(again == start && again_length == length);
	if (contacts_external_id_parse(text, size, &start, &length) == NULL)
		require(memchr(start, ':', length) != NULL);
}

static void
check_lower(const char *text, size_t size)
{
	char *out = malloc(CONTACTS_LOWER_MAX(size));
	size_t out_size = contacts_lower_text(text, size, out);
	char *again = malloc(CONTACTS_LOWER_MAX(out_size));

	require(out_size <= CONTACTS_LOWER_MAX(size) && is_utf8(out, out_size));
	require(contacts_lower_text(out, out_size, again) == out_size);
	require(memcmp(again, out, out_size) == 0);
	free(out);
	free(again);
}

static bool
is_utf8(const char *text, size_t size)
{
	uint32_t code = 0;
	size_t length;

	for (size_t i = 0; i < size; i += length)
	{
		char bytes[CONTACTS_UTF8_MAX];

		length = contacts_utf8_decode(text + i, size - i, &code);
		if (length == 0)
			return false;
		require(contacts_utf8_encode(code, bytes) == length);
		require(memcmp(bytes, text + i, length) == 0);
	}
	return true;
}

static void
require(bool condition)
{
	if (!condition)
		abort();
}
