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

#define PHONE_LEAST 7 /* digits of a number that tells a person */

typedef struct Provider
{
	const char *domain;
	const char *main;  /* domain that its addresses are compared under */
	const char *noise; /* characters of a local part that it passes over */
} Provider;

static const Provider providers[] = {
	{"gmail.com", "gmail.com", "."},       {"googlemail.com", "gmail.com", "."},
	{"proton.me", "proton.me", "._-"},     {"protonmail.com", "proton.me", "._-"},
	{"protonmail.ch", "proton.me", "._-"}, {"pm.me", "proton.me", "._-"},
	{"icloud.com", "icloud.com", ""},      {"me.com", "icloud.com", ""},
	{"mac.com", "icloud.com", ""},         {"yandex.ru", "yandex.ru", ""},
	{"yandex.com", "yandex.ru", ""},       {"ya.ru", "yandex.ru", ""},
	{"fastmail.com", "fastmail.com", ""},  {"fastmail.fm", "fastmail.com", ""},
	{"tutanota.com", "tutanota.com", ""},  {"tuta.io", "tutanota.com", ""},
};

static const char *const free_mail[] = {"gmail.com",       "icloud.com",    "proton.me",
										"yandex.ru",       "fastmail.com",  "tutanota.com",
										"hotmail",         "outlook",       "live",
										"yahoo",           "ymail",         "rocketmail",
										"msn.com",         "aol",           "gmx",
										"web.de",          "t-online.de",   "freenet.de",
										"mail.ru",         "mail.com",      "email.com",
										"comcast.net",     "verizon.net",   "att.net",
										"sbcglobal.net",   "bellsouth.net", "cox.net",
										"charter.net",     "earthlink.net", "juno.com",
										"btinternet.com",  "ntlworld.com",  "sky.com",
										"virginmedia.com", "orange.fr",     "wanadoo.fr",
										"free.fr",         "sfr.fr",        "laposte.net",
										"libero.it",       "virgilio.it",   "tiscali",
										"telenet.be",      "skynet.be",     "ziggo.nl",
										"kpnmail.nl",      "hetnet.nl",     "planet.nl",
										"bluewin.ch",      "seznam.cz",     "wp.pl",
										"o2.pl",           "onet.pl",       "interia.pl",
										"rediffmail.com",  "qq.com",        "163.com",
										"126.com",         "naver.com",     "uol.com.br",
										"bol.com.br",      "terra.com.br",  "rambler.ru",
										"list.ru",         "bk.ru",         "inbox.ru",
										"zoho.com",        "hey.com",       "hushmail.com",
										"optusnet.com.au", "bigpond.com",   "shaw.ca",
										"rogers.com",      "sympatico.ca"};

static const char *const roles[] = {"info",      "sales",       "support",   "contact",
									"office",    "admin",       "hello",     "mail",
									"email",     "team",        "service",   "billing",
									"accounts",  "accounting",  "help",      "helpdesk",
									"enquiry",   "inquiry",     "kontakt",   "buero",
									"noreply",   "marketing",   "press",     "hr",
									"jobs",      "post",        "invoice",   "reception",
									"webmaster", "postmaster",  "enquiries", "customerservice",
									"orders",    "shop",        "contacto",  "hotel",
									"booking",   "reservations"};

static const char *const titles[] = {"mr",  "mrs",  "ms",   "miss", "mx",  "dr",  "prof",
									 "sir", "herr", "frau", "dipl", "ing", "mme", "mlle",
									 "phd", "md",   "mba",  "sr",   "sra", "dame"};

static const char *const legal_forms[] = {"inc",     "incorporated", "llc",      "llp",  "ltd",
										  "limited", "gmbh",         "mbh",      "co",   "corp",
										  "company", "corporation",  "ag",       "sa",   "sarl",
										  "sas",     "bv",           "nv",       "plc",  "kg",
										  "kgaa",    "oy",           "ab",       "as",   "aps",
										  "spa",     "srl",          "pty",      "pvt",  "the",
										  "and",     "und",          "et",       "ug",   "ohg",
										  "group",   "holding",      "holdings", "intl", "se"};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static void read_name(ContactsPiece name, ContactsTraits *traits);
static void read_email(const ContactsGivenTraits *given, ContactsTraits *traits);
static void write_mailbox(ContactsTraits *traits, const Provider *provider);
static const Provider *provider_of(ContactsPiece domain);
static bool is_free_mail(ContactsPiece domain);
static void read_phone(ContactsPiece text, ContactsTraits *traits);
static size_t plain_digits(ContactsPiece text, char *out);
static bool is_one_of(ContactsPiece word, const char *const *list, size_t count);
static bool is_word(ContactsPiece piece, const char *word);

void
contacts_read_traits(const ContactsGivenTraits *given, ContactsTraits *traits)
{
	traits->word_count = 0;
	traits->email.size = 0;
	traits->local.size = traits->domain.size = traits->mailbox_size = 0;
	traits->is_role = traits->is_free_mail = false;
	traits->digit_count = traits->extension_size = 0;
	if (given->name.size > 0)
		read_name(given->name, traits);
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
		if (is_one_of(words[i], legal_forms, COUNT(legal_forms)))
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
read_name(ContactsPiece name, ContactsTraits *traits)
{
	size_t size = contacts_fold(name.start, name.size, traits->name);
	ContactsPiece words[CONTACTS_FOLD_MAX / 2];
	int count = contacts_words(traits->name, size, words, CONTACTS_FOLD_MAX / 2);

	for (int i = 0; i < count && traits->word_count < CONTACTS_NAME_WORDS; i++)
		if (!is_one_of(words[i], titles, COUNT(titles)))
			traits->words[traits->word_count++] = words[i];
	/* of a long name the last word counts more than one in the middle */
	if (traits->word_count == CONTACTS_NAME_WORDS)
		traits->words[CONTACTS_NAME_WORDS - 1] = words[count - 1];
}

static void
read_email(const ContactsGivenTraits *given, ContactsTraits *traits)
{
	const char *at;
	const Provider *provider;

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
	traits->is_role = is_one_of(traits->local, roles, COUNT(roles));
	traits->is_free_mail = is_free_mail(traits->domain);
}

/* The local part without what the provider passes over, and the provider's main domain. */
static void
write_mailbox(ContactsTraits *traits, const Provider *provider)
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

static const Provider *
provider_of(ContactsPiece domain)
{
	for (size_t i = 0; i < COUNT(providers); i++)
		if (is_word(domain, providers[i].domain))
			return &providers[i];
	return NULL;
}

/* An entry without a dot is the first label of a domain in any country: yahoo.co.uk. */
static bool
is_free_mail(ContactsPiece domain)
{
	const char *dot = memchr(domain.start, '.', domain.size);
	ContactsPiece label = {domain.start, dot ? (size_t) (dot - domain.start) : domain.size};

	return is_one_of(domain, free_mail, COUNT(free_mail)) ||
		   is_one_of(label, free_mail, COUNT(free_mail));
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

static bool
is_one_of(ContactsPiece word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_word(word, list[i]))
			return true;
	return false;
}

static bool
is_word(ContactsPiece piece, const char *word)
{
	return strncmp(piece.start, word, piece.size) == 0 && word[piece.size] == '\0';
}
