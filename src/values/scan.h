/*
 * scan.h - the spelling of numbers and dates given as text.
 *
 * No allocation, no server functions.  Sizes are in bytes; no terminator is needed.
 */
#ifndef CONTACTS_SCAN_H
#define CONTACTS_SCAN_H

#include <stdbool.h>

/* scan.c */

/* Sign, digits with at most one point, exponent of at most three digits; 400 bytes at most. */
extern bool contacts_scan_number(const char *text, int size);

/* YYYY-MM-DD, alone or as the front of an ISO timestamp.  The day need not exist. */
extern bool contacts_scan_date(const char *text, int size);

/* Does the calendar have the date at the front of a text that contacts_scan_date accepted? */
extern bool contacts_scan_real_date(const char *text);

#endif
