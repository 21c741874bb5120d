/* -------------------------------------------------------------------------
 * match_keys.c
 *		The keys by which contacts that may be the same person find each other (R46).
 *
 * Keys of a name are symmetrical in its first and last word, so swapped names meet:
 *	- both words as they sound;
 *	- one word as it is with the beginning of the other, and with its end.  One slip spoils the
 *	  beginning or the end of one word, seldom both, and never the other word.
 * A nickname gives the beginnings of the names that it is short for, so Bob and Robert Smith meet.
 * Names in letters without spaces meet when all letters are the same, or the outer ones.
 * Then the last digits of the phone, the mailbox as its provider reads it, and the local part of
 * the e-mail when it is long enough to say something.
 * -------------------------------------------------------------------------
 */
#include "text/traits.h"

#include <string.h>

#define EDGE 2        /* letters of a word's beginning and end */
#define BEGINNINGS 2  /* of one word that are keys */
#define FORMS 8       /* names that a nickname is short for */
#define SOUND_MAX 8   /* letters of a sound */
#define LOCAL_LEAST 6 /* bytes of a local part that is a key */
#define HASH_SEED UINT64_C(0xcbf29ce484222325)

typedef enum KeyKind
{
	KEY_SOUND = 1,
	KEY_BEGINNING,
	KEY_END,
	KEY_PHONE,
	KEY_MAILBOX,
	KEY_LOCAL,
	KEY_LETTERS
} KeyKind;

typedef struct KeyWriter
{
	int64_t account_id;
	uint64_t *keys;
	int count;
} KeyWriter;

static void write_name_keys(KeyWriter *writer, const ContactsTraits *traits);
static void write_sound_key(KeyWriter *writer, ContactsPiece first, ContactsPiece last,
							bool has_two);
static void write_edge_keys(KeyWriter *writer, ContactsPiece whole, ContactsPiece other);
static ContactsPiece beginning_of(ContactsPiece word);
static ContactsPiece end_of(ContactsPiece word);
static bool is_inside(char byte);
static size_t write_sound(ContactsPiece word, char *out);
static char sound_of(char letter);
static void put_key(KeyWriter *writer, KeyKind kind, uint64_t value);
static uint64_t hash_piece(uint64_t hash, ContactsPiece piece);
static uint64_t mix(uint64_t hash);

int
contacts_traits_keys(int64_t account_id, const ContactsTraits *traits, uint64_t *keys)
{
	KeyWriter writer = {account_id, keys, 0};

	if (traits->word_count > 0)
		write_name_keys(&writer, traits);
	if (traits->digit_count > 0)
	{
		size_t tail =
			traits->digit_count < CONTACTS_PHONE_TAIL ? traits->digit_count : CONTACTS_PHONE_TAIL;
		ContactsPiece end = {traits->digits + traits->digit_count - tail, tail};

		put_key(&writer, KEY_PHONE, hash_piece(HASH_SEED, end));
	}
	if (traits->mailbox_size > 0)
		put_key(&writer, KEY_MAILBOX,
				hash_piece(HASH_SEED, (ContactsPiece){traits->mailbox, traits->mailbox_size}));
	if (traits->local.size >= LOCAL_LEAST && !traits->is_role)
		put_key(&writer, KEY_LOCAL, hash_piece(HASH_SEED, traits->local));
	return writer.count;
}

static void
write_name_keys(KeyWriter *writer, const ContactsTraits *traits)
{
	ContactsPiece words[CONTACTS_NAME_WORDS];
	uint64_t letters = 0; /* a sum does not know an order */
	int letter_count = 0;
	int count = 0;

	for (int i = 0; i < traits->word_count; i++)
	{
		if (!contacts_starts_unspaced(traits->words[i]))
		{
			words[count++] = traits->words[i];
			continue;
		}
		letters += mix(hash_piece(HASH_SEED, traits->words[i]));
		letter_count++;
	}
	if (letter_count > 0)
		put_key(writer, KEY_LETTERS, letters);
	if (count == 0)
		write_sound_key(writer, traits->words[0], traits->words[traits->word_count - 1],
						traits->word_count > 1);
	else if (letter_count == 0)
		write_sound_key(writer, words[0], words[count - 1], count > 1);
	if (count > 1)
	{
		write_edge_keys(writer, words[0], words[count - 1]);
		write_edge_keys(writer, words[count - 1], words[0]);
	}
}

static void
write_sound_key(KeyWriter *writer, ContactsPiece first, ContactsPiece last, bool has_two)
{
	char first_sound[SOUND_MAX];
	char last_sound[SOUND_MAX];
	ContactsPiece sounds[2] = {{first_sound, write_sound(first, first_sound)},
							   {last_sound, write_sound(last, last_sound)}};

	put_key(writer, KEY_SOUND,
			mix(hash_piece(HASH_SEED, sounds[0])) +
				(has_two ? mix(hash_piece(HASH_SEED, sounds[1])) : 0));
}

/* Two keys: a nickname's ends say less than the names that it is short for. */
static void
write_edge_keys(KeyWriter *writer, ContactsPiece whole, ContactsPiece other)
{
	uint64_t hash = mix(hash_piece(HASH_SEED, whole));
	const char *forms[FORMS];
	int form_count = contacts_nickname_forms(other, forms, FORMS);
	ContactsPiece edges[FORMS + 1] = {beginning_of(other)};
	bool own_counts = false; /* Fred is short for Frederick, among others */
	int count = 1;
	int first;

	for (int i = 0; i < form_count; i++)
	{
		ContactsPiece edge = beginning_of((ContactsPiece){forms[i], strlen(forms[i])});
		bool is_new = true;

		for (int j = 0; j < count; j++)
			is_new &=
				edge.size != edges[j].size || memcmp(edge.start, edges[j].start, edge.size) != 0;
		if (is_new)
			edges[count++] = edge;
		own_counts |=
			edge.size == edges[0].size && memcmp(edge.start, edges[0].start, edge.size) == 0;
	}
	if (count == 1)
		put_key(writer, KEY_END, hash_piece(hash, end_of(other)));
	first = count > BEGINNINGS && !own_counts;
	for (int i = first; i < count && i < first + BEGINNINGS; i++)
		put_key(writer, KEY_BEGINNING, hash_piece(hash, edges[i]));
}

static ContactsPiece
beginning_of(ContactsPiece word)
{
	size_t size = 0;

	for (int letters = 0; letters < EDGE && size < word.size; letters++)
		while (++size < word.size && is_inside(word.start[size]))
			continue;
	return (ContactsPiece){word.start, size};
}

static ContactsPiece
end_of(ContactsPiece word)
{
	size_t start = word.size;

	for (int letters = 0; letters < EDGE && start > 0; letters++)
		while (--start > 0 && is_inside(word.start[start]))
			continue;
	return (ContactsPiece){word.start + start, word.size - start};
}

/* Is the byte one of a letter, but not its first? */
static bool
is_inside(char byte)
{
	return ((unsigned char) byte & 0xC0) == 0x80;
}

/* A word without vowels behind its first letter, and without the difference of like consonants. */
static size_t
write_sound(ContactsPiece word, char *out)
{
	size_t written = 0;

	for (size_t i = 0; i < word.size && written < SOUND_MAX; i++)
	{
		char sound = sound_of(word.start[i]);

		if (word.start[i] == 'p' && i + 1 < word.size && word.start[i + 1] == 'h')
			sound = 'f';
		if (written > 0 && (sound == 'a' || sound == out[written - 1]))
			continue;
		out[written++] = sound;
	}
	return written;
}

static char
sound_of(char letter)
{
	switch (letter)
	{
		case 'a':
		case 'e':
		case 'i':
		case 'o':
		case 'u':
		case 'y':
		case 'h':
		case 'w':
			return 'a';
		case 'c':
		case 'q':
		case 'g':
			return 'k';
		case 'z':
			return 's';
		case 'd':
			return 't';
		case 'v':
			return 'f';
		case 'm':
			return 'n';
		default:
			return letter;
	}
}

static void
put_key(KeyWriter *writer, KeyKind kind, uint64_t value)
{
	uint64_t key = mix(value ^ mix((uint64_t) writer->account_id * 16 + (uint64_t) kind));

	for (int i = 0; i < writer->count; i++)
		if (writer->keys[i] == key)
			return;
	writer->keys[writer->count++] = key;
}

/* FNV-1a. */
static uint64_t
hash_piece(uint64_t hash, ContactsPiece piece)
{
	for (size_t i = 0; i < piece.size; i++)
		hash = (hash ^ (unsigned char) piece.start[i]) * UINT64_C(0x100000001b3);
	return hash;
}

/* The last step of splitmix64: each bit of the result depends on each bit of the hash. */
static uint64_t
mix(uint64_t hash)
{
	hash = (hash ^ hash >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	hash = (hash ^ hash >> 27) * UINT64_C(0x94d049bb133111eb);
	return hash ^ hash >> 31;
}
