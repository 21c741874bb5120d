/* -------------------------------------------------------------------------
 * traits.c
 *		What of a contact tells who it is, in the form in which contacts are compared (R46).
 *
 * Looser than the keys of identity (R10), since it leads to a question and not to an answer: an
 * e-mail is read as its provider reads it, a phone without a country as what all writings of a
 * number have in common.
 * -------------------------------------------------------------------------
 */
#include "text/traits.h"

#include <string.h>

#include "text/ascii.h"
#include "text/phone.h"
#include "text/traits_data.h"

#define PHONE_LEAST 7 /* digits of a number that tells a person */

static void read_email(const ContactsGivenTraits *given, ContactsTraits *traits);
static void write_mailbox(ContactsTraits *traits, const ContactsProvider *provider);
static const ContactsProvider *provider_of(ContactsPiece domain);
static bool is_free_mail(ContactsPiece domain);
static void read_phone(ContactsPiece text, ContactsTraits *traits);
static size_t plain_digits(ContactsPiece text, char *out);

void
contacts_read_traits(const ContactsGivenTraits *given, ContactsTraits *traits)
{
	traits->word_count = traits->generation = 0;
	traits->email.size = 0;
	traits->local.size = traits->domain.size = traits->mailbox_size = 0;
	traits->is_role = traits->is_free_mail = false;
	traits->digit_count = traits->extension_size = 0;
	if (given->name.size > 0)
		contacts_read_name(given->name, traits);
	if (given->email.size > 0)
		read_email(given, traits);
	if (given->phone.size > 0)
		read_phone(given->phone, traits);
}

size_t
contacts_fold_company(const char *text, size_t size, char *out)
{
	char folded[CONTACTS_FOLD_MAX];
	size_t folded_size = contacts_fold(text, size, folded);
	ContactsPiece words[CONTACTS_FOLD_MAX / 2];
	int count = contacts_words(folded, folded_size, words, CONTACTS_FOLD_MAX / 2);
	size_t written = 0;

	for (int i = 0; i < count; i++)
	{
		if (contacts_is_listed(words[i], &contacts_legal_forms))
			continue;
		if (written > 0)
			out[written++] = ' ';
		memcpy(out + written, words[i].start, words[i].size);
		written += words[i].size;
	}
	/* a company may be called The Company */
	if (written == 0)
		memcpy(out, folded, written = folded_size);
	return written;
}

static void
read_email(const ContactsGivenTraits *given, ContactsTraits *traits)
{
	const char *at;
	const ContactsProvider *provider;

	if (given->known_email)
		traits->email = *given->known_email;
	else if (contacts_email_parse(given->email.start, given->email.size, given->utf8,
								  &traits->email) != NULL)
	{
		traits->email.size = 0;
		return;
	}
	at = strrchr(traits->email.value, '@');
	traits->local = (ContactsPiece){traits->email.value, (size_t) (at - traits->email.value)};
	traits->domain = (ContactsPiece){at + 1, traits->email.size - traits->local.size - 1};
	provider = provider_of(traits->domain);
	for (size_t i = 1; i < traits->local.size; i++)
		if (traits->local.start[i] == '+')
			traits->local.size = i;
	if (provider)
		traits->domain = (ContactsPiece){provider->main, strlen(provider->main)};
	write_mailbox(traits, provider);
	traits->is_role = contacts_is_listed(traits->local, &contacts_roles);
	traits->is_free_mail = is_free_mail(traits->domain);
}

/* The local part without what the provider passes over, and the provider's main domain. */
static void
write_mailbox(ContactsTraits *traits, const ContactsProvider *provider)
{
	size_t written = 0;

	for (size_t i = 0; i < traits->local.size; i++)
	{
		char letter = traits->local.start[i];

		if (provider == NULL || strchr(provider->noise, letter) == NULL)
			traits->mailbox[written++] = letter;
	}
	traits->mailbox[written++] = '@';
	memcpy(traits->mailbox + written, traits->domain.start, traits->domain.size);
	traits->mailbox_size = written + traits->domain.size;
}

static const ContactsProvider *
provider_of(ContactsPiece domain)
{
	for (size_t i = 0; i < contacts_provider_count; i++)
		if (contacts_is_word(domain, contacts_providers[i].domain))
			return &contacts_providers[i];
	return NULL;
}

/* An entry without a dot is the first label of a domain in any country: yahoo.co.uk. */
static bool
is_free_mail(ContactsPiece domain)
{
	const char *dot = memchr(domain.start, '.', domain.size);
	ContactsPiece label = {domain.start, dot ? (size_t) (dot - domain.start) : domain.size};

	return contacts_is_listed(domain, &contacts_free_mail) ||
		   contacts_is_listed(label, &contacts_free_mail);
}

static void
read_phone(ContactsPiece text, ContactsTraits *traits)
{
	ContactsPhone phone;
	char digits[CONTACTS_PHONE_MAX_TEXT + 1];
	size_t count;
	size_t zeros = 0;

	(void) contacts_phone_parse(text.start, text.size, NULL, &phone);
	if (phone.e164[0])
		memcpy(digits, phone.e164 + 1, count = strlen(phone.e164 + 1));
	else
		count = plain_digits(text, digits);
	while (zeros < count && digits[zeros] == '0')
		zeros++;
	count -= zeros;
	if (count < PHONE_LEAST || count > CONTACTS_PHONE_DIGITS)
		return;
	memcpy(traits->digits, digits + zeros, count);
	traits->digit_count = count;
	traits->extension_size = strlen(phone.extension);
	memcpy(traits->extension, phone.extension, traits->extension_size);
}

/* The digits before an extension, for numbers whose country is not known. */
static size_t
plain_digits(ContactsPiece text, char *out)
{
	size_t count = 0;

	for (size_t i = 0; i < text.size && i < CONTACTS_PHONE_MAX_TEXT; i++)
	{
		char letter = contacts_ascii_lower(text.start[i]);

		if (contacts_ascii_is(letter, CONTACTS_ASCII_DIGIT))
			out[count++] = letter;
		else if (count >= PHONE_LEAST && (letter == 'x' || letter == 'e' || letter == '#' ||
										  letter == ';' || letter == ','))
			break;
	}
	return count;
}

bool
contacts_is_listed(ContactsPiece word, const ContactsWordList *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (contacts_is_word(word, list->words[i]))
			return true;
	return false;
}
