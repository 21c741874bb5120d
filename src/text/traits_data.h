/*
 * traits_data.h - words that are known when contacts are compared (R46); shared by the files of
 * this folder.
 */
#ifndef CONTACTS_TRAITS_DATA_H
#define CONTACTS_TRAITS_DATA_H

#include <stddef.h>
#include <string.h>

#include "text/fold.h"

typedef struct ContactsProvider
{
	const char *domain;
	const char *main;  /* domain that its addresses are compared under */
	const char *noise; /* characters of a local part that it passes over */
} ContactsProvider;

typedef struct ContactsWordList
{
	const char *const *words;
	size_t count;
} ContactsWordList;

typedef enum ContactsGenerationKind
{
	CONTACTS_GENERATION_SURE,
	CONTACTS_GENERATION_NAME /* a name too; tells it with a dot or a small letter: Amit Sen */
} ContactsGenerationKind;

/* Never the first word of a name: Jun Li, Sr. Garcia. */
typedef struct ContactsGeneration
{
	const char *word;
	int number;
	ContactsGenerationKind kind;
} ContactsGeneration;

typedef struct ContactsNickname
{
	const char *name;
	const char *form; /* that it is short for */
} ContactsNickname;

/* traits_data.c */

/* An entry of free mail without a dot is the first label of a domain in any country. */
extern const ContactsWordList contacts_free_mail;
extern const ContactsWordList contacts_roles;
extern const ContactsWordList contacts_titles;
extern const ContactsWordList contacts_legal_forms;
extern const ContactsProvider *const contacts_providers;
extern const size_t contacts_provider_count;
extern const ContactsGeneration *const contacts_generations;
extern const size_t contacts_generation_count;
extern const ContactsNickname *const contacts_nicknames; /* in order of names, then forms */
extern const size_t contacts_nickname_count;

/* traits.c */

extern bool contacts_is_listed(ContactsPiece word, const ContactsWordList *list);

/* Lists are long, so the first byte decides mostly. */
static inline bool
contacts_is_word(ContactsPiece piece, const char *word)
{
	return piece.size > 0 && piece.start[0] == word[0] &&
		   strncmp(piece.start, word, piece.size) == 0 && word[piece.size] == '\0';
}

#endif /* CONTACTS_TRAITS_DATA_H */
