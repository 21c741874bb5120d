/*
 * phone_piece.h - text as code points, and what the characters of a phone number are.
 *
 * Shared by the phone files only.
 */
#ifndef CONTACTS_PHONE_PIECE_H
#define CONTACTS_PHONE_PIECE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of text as code points; does not own them. */
typedef struct ContactsPhonePiece
{
	const uint32_t *at;
	size_t length;
} ContactsPhonePiece;

/* An extension at the end of a piece, as positions in it. */
typedef struct ContactsPhoneExtension
{
	size_t label; /* where its label begins */
	size_t start; /* its digits */
	size_t end;
} ContactsPhoneExtension;

/* ---- phone_piece.c ---- */

/* Bytes of the first code point, strict UTF-8; 0 when it is none.  size > 0. */
extern size_t contacts_phone_decode(const char *text, size_t size, uint32_t *point);

extern ContactsPhonePiece contacts_phone_part(ContactsPhonePiece piece, size_t from, size_t to);

/* Where an ASCII text first stands, case counts; the length when nowhere. */
extern size_t contacts_phone_find(ContactsPhonePiece piece, const char *ascii);

/* Takes a UTF-8 word in lower case off the front, written in any case. */
extern bool contacts_phone_skip(ContactsPhonePiece *piece, const char *word);

/* Value of a decimal digit of any script, -1 for all else. */
extern int contacts_phone_digit(uint32_t point);

extern bool contacts_phone_is_letter(uint32_t point); /* A to Z, a to z */
extern bool contacts_phone_is_text(uint32_t point);   /* letter or number of any script */
extern bool contacts_phone_is_plus(uint32_t point);
extern bool contacts_phone_is_punctuation(uint32_t point);
extern bool contacts_phone_is_space(uint32_t point); /* as around extensions */

/* ---- phone_extension.c ---- */

/*
 * Finds the extension that reaches to the end of the piece and whose label
 * begins first, from least to most.
 */
extern bool contacts_phone_find_extension(ContactsPhonePiece piece, size_t least, size_t most,
										  ContactsPhoneExtension *found);

#endif /* CONTACTS_PHONE_PIECE_H */
