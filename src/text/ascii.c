/* -------------------------------------------------------------------------
 * ascii.c
 *		What an ASCII character may be part of, by one table look-up.
 *
 * The functions of ctype.h follow the locale; these never do.
 * -------------------------------------------------------------------------
 */
#include "text/ascii.h"

#define TEXT CONTACTS_ASCII_LOCAL
#define WORD (CONTACTS_ASCII_LOCAL | CONTACTS_ASCII_NAME)
#define HOST (CONTACTS_ASCII_LOCAL | CONTACTS_ASCII_NAME | CONTACTS_ASCII_HOST)
#define NUM (HOST | CONTACTS_ASCII_DIGIT)
#define CAP (HOST | CONTACTS_ASCII_UPPER)
#define GAP CONTACTS_ASCII_SPACE

/* clang-format off */
const unsigned char contacts_ascii_class[256] = {
	/* 00 */ 0, 0, 0, 0, 0, 0, 0, 0, 0, GAP, GAP, GAP, GAP, GAP, 0, 0,
	/* 10 */ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	/*  ! */ GAP, TEXT, 0, TEXT, TEXT, TEXT, TEXT, TEXT, 0, 0, TEXT, TEXT, 0, HOST, WORD, TEXT,
	/* 0… */ NUM, NUM, NUM, NUM, NUM, NUM, NUM, NUM, NUM, NUM, 0, 0, 0, TEXT, 0, TEXT,
	/* @A */ 0, CAP, CAP, CAP, CAP, CAP, CAP, CAP, CAP, CAP, CAP, CAP, CAP, CAP, CAP, CAP,
	/* P… */ CAP, CAP, CAP, CAP, CAP, CAP, CAP, CAP, CAP, CAP, CAP, 0, 0, 0, TEXT, WORD,
	/* `a */ TEXT, HOST, HOST, HOST, HOST, HOST, HOST, HOST,
			 HOST, HOST, HOST, HOST, HOST, HOST, HOST, HOST,
	/* p… */ HOST, HOST, HOST, HOST, HOST, HOST, HOST, HOST,
			 HOST, HOST, HOST, TEXT, TEXT, TEXT, TEXT, 0,
};
/* clang-format on */

bool
contacts_ascii_equal(const char *one, size_t one_size, const char *other, size_t other_size)
{
	if (one_size != other_size)
		return false;
	for (size_t i = 0; i < one_size; i++)
	{
		if (contacts_ascii_lower(one[i]) != contacts_ascii_lower(other[i]))
			return false;
	}
	return true;
}
