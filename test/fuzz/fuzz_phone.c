/* -------------------------------------------------------------------------
 * fuzz_phone.c
 *	  libFuzzer on contacts_phone_parse.
 *
 * The first two bytes choose the region, the rest is the text, copied to memory
 * of exactly its size.  Holds for every result: the parts are digits of bounded
 * length and agree with each other, a valid number has a key, any other has a
 * reason and none, and the key is read as itself, whatever the region.
 *
 * Build: clang -g -O1 -fsanitize=fuzzer,address,undefined -Isrc test/fuzz/fuzz_phone.c
 *	src/text/{phone*,blank,utf8,visible,ascii}.c
 * -------------------------------------------------------------------------
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/phone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_parts(const char *problem, const ContactsPhone *phone);
static void check_again(const ContactsPhone *phone, const char *region);
static void require(bool condition);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char region[3] = "ZZ";
	char *text;
	const char *problem;
	ContactsPhone phone;

	if (size < 2)
		return 0;
	region[0] = (char) ('A' + data[0] % 26);
	region[1] = (char) ('A' + data[1] % 26);
	text = malloc(size - 2);
	require(size == 2 || text != NULL);
	memcpy(text, data + 2, size - 2);
	memset(&phone, 0x5a, sizeof phone);
	problem = contacts_phone_parse(text, size - 2, region, &phone);
	free(text);
	check_parts(problem, &phone);
	if (problem == NULL)
	{
		check_again(&phone, NULL);
		check_again(&phone, region);
	}
	return 0;
}

static void
check_parts(const char *problem, const ContactsPhone *phone)
{
	char expected[80];

	require(strspn(phone->extension, "0123456789") == strlen(phone->extension));
	require(strspn(phone->national, "0123456789") == strlen(phone->national));
	require(strlen(phone->extension) <= 20 && strlen(phone->national) <= 17);
	require(phone->valid == (problem == NULL) && phone->valid == (phone->key[0] != '\0'));
	require(phone->valid == (phone->type != CONTACTS_PHONE_UNKNOWN));
	require(!phone->valid || (phone->possible && phone->region != NULL));
	require(phone->region == NULL || strlen(phone->region) == 2 || !strcmp(phone->region, "001"));
	if (phone->national[0] == '\0')
	{
		require(phone->e164[0] == '\0');
		return;
	}
	snprintf(expected, sizeof expected, "+%d%s", phone->country_code, phone->national);
	require(strcmp(expected, phone->e164) == 0);
	if (!phone->valid)
		return;
	if (phone->extension[0] != '\0')
		snprintf(expected + strlen(expected), 32, ";ext=%s", phone->extension);
	require(strcmp(expected, phone->key) == 0);
}

/*
 * libphonenumber has one hole: Belarusian premium numbers that begin with 810
 * lose their 8 as a national prefix, so that they are valid only behind another.
 */
static void
check_again(const ContactsPhone *phone, const char *region)
{
	ContactsPhone again;

	contacts_phone_parse(phone->key, strlen(phone->key), region, &again);
	if (phone->country_code == 375 && phone->type == CONTACTS_PHONE_PREMIUM && !again.valid)
		return;
	require(strcmp(again.key, phone->key) == 0);
}

static void
require(bool condition)
{
	if (!condition)
		abort();
}
