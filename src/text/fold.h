/*
 * fold.h - texts as they are compared: words in lower case, without accents and punctuation.
 */
#ifndef CONTACTS_FOLD_H
#define CONTACTS_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONTACTS_FOLD_MAX 96 /* bytes of a folded text; the rest of a longer one does not count */

/* A word or another part of a text that somebody else keeps. */
typedef struct ContactsPiece
{
	const char *start;
	size_t size;
} ContactsPiece;

/* fold.c */

/*
 * Writes the words of text to out (CONTACTS_FOLD_MAX bytes), one space between them; returns the
 * bytes written.  "Müller-Lüdenscheidt, D'Arcy" becomes "muller ludenscheidt darcy".
 */
extern size_t contacts_fold(const char *text, size_t size, char *out);

/* Cuts a folded text into at most `most` words; returns how many. */
extern int contacts_words(const char *text, size_t size, ContactsPiece *words, int most);

/* Is it a letter of a script that writes names without spaces: Chinese, Japanese, Korean? */
extern bool contacts_is_unspaced(uint32_t code);

#endif /* CONTACTS_FOLD_H */
