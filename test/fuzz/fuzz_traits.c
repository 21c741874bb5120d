/*-------------------------------------------------------------------------
 *
 * fuzz_traits.c
 *	  libFuzzer on what contacts are compared by: fold, similarity, traits, match_keys (R46).
 *
 * The input is cut by zero bytes into name, e-mail, phone and company.  Holds for every result:
 * nothing is longer than its buffer, keys are the same whenever they are made, folding a folded
 * text does not make it longer, the distance does not depend on the order.
 *
 *-------------------------------------------------------------------------
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/similarity.h"
#include "text/traits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ContactsPiece next_part(const char **text, size_t *size);
static ContactsPiece fold(ContactsPiece part, char *out);
static void check_keys(const ContactsGivenTraits *given);
static void require(bool condition);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *) data;
	ContactsGivenTraits given = {0};
	char folded[2][CONTACTS_FOLD_MAX];
	char company[CONTACTS_FOLD_MAX];
	ContactsPiece words[2];
	ContactsPiece last;

	given.utf8 = true;
	given.name = next_part(&text, &size);
	given.email = next_part(&text, &size);
	given.phone = next_part(&text, &size);
	last = next_part(&text, &size);
	check_keys(&given);
	words[0] = fold(given.name, folded[0]);
	words[1] = fold(last, folded[1]);
	require(contacts_fold_company(last.start, last.size, company) <= CONTACTS_FOLD_MAX);
	for (int most = 0; most < 4; most++)
		require(contacts_edit_distance(words[0], words[1], most) ==
				contacts_edit_distance(words[1], words[0], most));
	(void) contacts_is_alike(words[0], words[1]);
	(void) contacts_is_like_company(words[0], words[1]);
	(void) contacts_is_misspelled(words[0], words[1]);
	return 0;
}

static ContactsPiece
next_part(const char **text, size_t *size)
{
	const char *end = *size > 0 ? memchr(*text, '\0', *size) : NULL;
	ContactsPiece part = {*text, end ? (size_t) (end - *text) : *size};
	size_t taken = part.size + (end != NULL);

	*text += taken;
	*size -= taken;
	return part;
}

static ContactsPiece
fold(ContactsPiece part, char *out)
{
	ContactsPiece folded = {out, contacts_fold(part.start, part.size, out)};
	char again[CONTACTS_FOLD_MAX];

	require(folded.size <= CONTACTS_FOLD_MAX);
	require(contacts_fold(folded.start, folded.size, again) <= folded.size);
	return folded;
}

static void
check_keys(const ContactsGivenTraits *given)
{
	ContactsTraits traits[2];
	uint64_t keys[2][CONTACTS_MATCH_KEYS];
	int counts[2];

	for (int i = 0; i < 2; i++)
	{
		memset(&traits[i], i * 0x55, sizeof(traits[i]));
		contacts_read_traits(given, &traits[i]);
		counts[i] = contacts_traits_keys(7, &traits[i], keys[i]);
		require(traits[i].word_count <= CONTACTS_NAME_WORDS);
		require(traits[i].digit_count <= CONTACTS_PHONE_DIGITS);
		require(traits[i].mailbox_size <= sizeof(traits[i].mailbox));
	}
	require(counts[0] == counts[1] && counts[0] <= CONTACTS_MATCH_KEYS);
	require(memcmp(keys[0], keys[1], (size_t) counts[0] * sizeof(uint64_t)) == 0);
}

static void
require(bool condition)
{
	if (!condition)
		abort();
}
