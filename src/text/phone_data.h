/* -------------------------------------------------------------------------
 * phone_data.h
 *	  Shape of the generated tables of numbering plans.
 *
 * phone_data.c is made by tools/phone-data/generate; the two must agree.
 * Everything is constant and shared by all processes.
 * -------------------------------------------------------------------------
 */
#ifndef CONTACTS_PHONE_DATA_H
#define CONTACTS_PHONE_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One state of the automata over national digits; state 0 is dead. */
typedef struct ContactsPhoneState
{
	uint16_t next[10]; /* state after each digit */
	/*
	 * Place of the region << 4 | line type; place 1 is the main region of the calling
	 * code, 0 = none known.  In a general pattern 1 = matches.
	 */
	uint16_t label;
} ContactsPhoneState;

/* A region, or one of the networks without country (id "001"). */
typedef struct ContactsPhoneRegion
{
	char id[4];            /* ISO 3166 alpha-2 */
	uint16_t code;         /* calling code */
	uint16_t general;      /* start state of its general pattern */
	uint16_t idd;          /* rule: prefix for calls abroad; 0 = none */
	uint16_t prefix;       /* rule: national prefix; 0 = none */
	uint16_t prefix_first; /* bit d: the national prefix can begin with d */
	uint8_t group;         /* group of the rule that is put back; 0 = strip only */
	char insert[6];        /* digits put before it */
	uint32_t possible;     /* bit n: a number can have n digits */
	uint32_t local;        /* bit n: likewise, but only dialled locally */
} ContactsPhoneRegion;

typedef struct ContactsPhoneCode
{
	uint16_t code;  /* calling code */
	uint16_t start; /* start state of its automaton */
	uint16_t main;  /* index of its main region, the others follow */
	uint8_t single; /* it has no other region */
} ContactsPhoneCode;

typedef struct ContactsPhoneRange
{
	uint32_t low;
	uint32_t high; /* last code point within */
} ContactsPhoneRange;

/* phone_data.c */
extern const char contacts_phone_version[];                /* where the plans come from */
extern const ContactsPhoneRegion contacts_phone_regions[]; /* 0 = none */
extern const uint16_t contacts_phone_region_index[26][26]; /* by the two letters */
extern const ContactsPhoneCode contacts_phone_codes[];     /* 0 = none */
extern const uint8_t contacts_phone_code_index[1000];      /* by calling code */
extern const uint16_t contacts_phone_rules[];              /* byte code of prefix rules */
extern const ContactsPhoneState contacts_phone_states[];
extern const uint32_t contacts_phone_zeros[]; /* the zero of each set of digits */
extern const size_t contacts_phone_zeros_count;
extern const ContactsPhoneRange contacts_phone_letters[]; /* non-ASCII letters, numbers */
extern const size_t contacts_phone_letters_count;

#endif /* CONTACTS_PHONE_DATA_H */
