/* -------------------------------------------------------------------------
 * inputs.h
 *	  What the ways of writing a phone number share.
 * -------------------------------------------------------------------------
 */
#ifndef INPUTS_H
#define INPUTS_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "text/phone_data.h"

#define COUNT(list) ((unsigned) (sizeof(list) / sizeof(list)[0]))
#define PICK(list) ((list)[below(COUNT(list))])

/* What a line is made from. */
typedef struct Made
{
	char national[32];
	int code;
	const char *region; /* a region of the calling code, or another, or "ZZ" */
	char text[1024];
} Made;

/* A way of writing, which sets text and may change the rest. */
typedef struct Way
{
	const char *name;
	void (*write)(Made *made);
} Way;

/* ---- inputs.c ---- */
extern unsigned below(unsigned limit); /* random, 0 for limit 0 */
extern void make_number(Made *made);
extern void add(Made *made, const char *piece); /* to the end of the text */
extern void add_digit(Made *made, unsigned digit);
extern void add_digits(Made *made, const char *digits, const char *separators);
extern void add_code(Made *made, const char *separator); /* "+44" */
extern void put(Made *made, char c);                     /* in place of any ASCII character */

/* ---- ways.c ---- */
extern const Way ordinary_ways[];
extern const unsigned ordinary_count;
extern void write_spaced(Made *made);
extern void write_national(Made *made);
extern void write_extended(Made *made);
extern void write_e164(Made *made);

/* ---- ways_hostile.c ---- */
extern const Way hostile_ways[];
extern const unsigned hostile_count;

#endif /* INPUTS_H */
