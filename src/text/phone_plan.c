/* -------------------------------------------------------------------------
 * phone_plan.c
 *		From dialled digits to calling code and national number.
 *
 * Order of steps, that of libphonenumber's ParseHelper:
 *	1. calling code: behind a plus or the region's prefix for calls abroad; or
 *	   the region's own code, typed without plus, where the number fits the plan
 *	   only without it; else the region's code is taken for granted
 *	2. strip or rewrite the national prefix, unless that spoils the number
 *	3. walk the automaton of the calling code: region and line type
 *
 * Must not: look at text (phone_text.c has read it), allocate, recurse.
 * -------------------------------------------------------------------------
 */
#include "text/phone_plan.h"

#include <string.h>

#define MIN_NATIONAL 2
#define MAX_NATIONAL 17
#define MAX_CHOICES 40                              /* the generator refuses rules with more */
#define MAX_REWRITTEN (CONTACTS_PHONE_MAX_TEXT + 6) /* a rule inserts up to 5 digits */

/* Operations of prefix rules; four bits of operation, twelve of operand. */
enum
{
	RULE_ACCEPT,
	RULE_DIGIT, /* next digit in mask */
	RULE_TRY,   /* try here, else at + operand */
	RULE_GOTO,
	RULE_NOTE, /* position into note[operand] */
	RULE_END,  /* end of number */
	RULE_PEEK  /* next digit in mask, else go on at + next word */
};

/* How far a rule matched, and where its two groups start and end. */
typedef struct RuleMatch
{
	size_t length;
	size_t note[4];
} RuleMatch;

typedef struct RuleChoice
{
	const uint16_t *rule; /* where to go on */
	RuleMatch match;      /* as it was then */
} RuleChoice;

typedef struct Number
{
	const char *digits;
	size_t length;
} Number;

/* How a number's length fits a plan. */
typedef enum LengthFit
{
	LENGTH_POSSIBLE,
	LENGTH_LOCAL, /* only when dialled within its area */
	LENGTH_SHORT,
	LENGTH_LONG,
	LENGTH_BETWEEN /* there are shorter and longer ones */
} LengthFit;

static const char unknown_code[] = "unknown country code";
static const char too_short[] = "too short";
static const char too_long[] = "too long";

static const char *find_code(Number *number, bool plus, unsigned region, char *room, int *code);
static const char *code_in_front(Number *number, bool plus, unsigned region, char *room, int *code);
static const char *take_code(Number *number, int *code);
static bool strip_international(Number *number, const ContactsPhoneRegion *plan);
static bool take_own_code(Number *number, const ContactsPhoneRegion *plan, char *room);
static Number strip_national(Number number, const ContactsPhoneRegion *plan, char *room);
static Number strip_possible(Number number, const ContactsPhoneRegion *plan, char *room);
static Number rewrite(Number number, const RuleMatch *match, const ContactsPhoneRegion *plan,
					  char *room);
static bool fits_general(Number number, const ContactsPhoneRegion *plan);
static LengthFit length_fit(size_t length, const ContactsPhoneRegion *plan);
static bool rule_matches(unsigned start, Number number, RuleMatch *match);
static const char *classify(Number number, const ContactsPhoneCode *code, ContactsPhone *out);
static const char *length_problem(LengthFit fit);
static void write_number(Number number, int code, ContactsPhone *out);

unsigned
contacts_phone_region(const char *region)
{
	if (region == NULL || region[0] < 'A' || region[0] > 'Z' || region[1] < 'A' ||
		region[1] > 'Z' || region[2] != '\0')
		return 0;
	return contacts_phone_region_index[region[0] - 'A'][region[1] - 'A'];
}

const char *
contacts_phone_resolve(ContactsPhoneDialled dialled, unsigned region, ContactsPhone *out)
{
	char room[2][MAX_REWRITTEN];
	Number number = {dialled.digits, dialled.length};
	const ContactsPhoneCode *plan;
	const char *problem;
	int code = 0;

	if (region == 0 && !dialled.plus)
		return "no country code";
	problem = find_code(&number, dialled.plus, region, room[0], &code);
	if (problem != NULL)
		return problem;

	/* A code in the number goes by its main region, else the region itself. */
	if (code != 0)
		region = contacts_phone_codes[contacts_phone_code_index[code]].main;
	code = contacts_phone_regions[region].code;
	plan = &contacts_phone_codes[contacts_phone_code_index[code]];
	out->country_code = code;
	if (number.length < MIN_NATIONAL)
		return too_short;
	number = strip_possible(number, &contacts_phone_regions[region], room[1]);
	if (number.length < MIN_NATIONAL)
		return too_short;
	if (number.length > MAX_NATIONAL)
		return too_long;
	write_number(number, code, out);
	return classify(number, plan, out);
}

/*
 * Takes the calling code off the number; 0 in code when there is none.  A plus
 * before an unknown code may be a slip: the number is then read once more as
 * if it were not there.
 */
static const char *
find_code(Number *number, bool plus, unsigned region, char *room, int *code)
{
	const char *problem = code_in_front(number, plus, region, room, code);

	if (problem != unknown_code || !plus)
		return problem;
	if (code_in_front(number, false, region, room, code) != NULL || *code == 0)
		return problem;
	return NULL;
}

static const char *
code_in_front(Number *number, bool plus, unsigned region, char *room, int *code)
{
	const ContactsPhoneRegion *plan = &contacts_phone_regions[region];

	*code = 0;
	if (plus || strip_international(number, plan))
		return take_code(number, code);
	if (region != 0 && take_own_code(number, plan, room))
		*code = plan->code;
	return NULL;
}

/* No calling code begins another, so the first that exists is the one. */
static const char *
take_code(Number *number, int *code)
{
	int value = 0;

	if (number->length <= MIN_NATIONAL)
		return too_short;
	if (number->digits[0] == '0')
		return unknown_code;
	for (size_t i = 0; i < 3; i++)
	{
		value = value * 10 + (number->digits[i] - '0');
		if (contacts_phone_code_index[value] == 0)
			continue;
		number->digits += i + 1;
		number->length -= i + 1;
		*code = value;
		return NULL;
	}
	return unknown_code;
}

/* True when the number began with the region's prefix for calls abroad. */
static bool
strip_international(Number *number, const ContactsPhoneRegion *plan)
{
	RuleMatch match;

	if (plan->idd == 0 || !rule_matches(plan->idd, *number, &match))
		return false;
	/* Calling codes do not begin with 0: then it was something else. */
	if (match.length < number->length && number->digits[match.length] == '0')
		return false;
	number->digits += match.length;
	number->length -= match.length;
	return true;
}

/* The region's own calling code without plus, where leaving it out helps. */
static bool
take_own_code(Number *number, const ContactsPhoneRegion *plan, char *room)
{
	size_t width = plan->code > 99 ? 3 : plan->code > 9 ? 2 : 1;
	Number shorter = {number->digits + width, number->length - width};
	int code = 0;

	if (number->length < width)
		return false;
	for (size_t i = 0; i < width; i++)
		code = code * 10 + (number->digits[i] - '0');
	if (code != plan->code)
		return false;
	shorter = strip_national(shorter, plan, room);
	if (length_fit(number->length, plan) != LENGTH_LONG &&
		(fits_general(*number, plan) || !fits_general(shorter, plan)))
		return false;
	*number = shorter;
	return true;
}

/*
 * Strips the national prefix, or rewrites the number by the plan's rule (some
 * regions put an area code or a mobile token back); a number that fits the
 * general pattern keeps its digits if it did not fit without them.  room takes
 * a rewritten number.
 */
static Number
strip_national(Number number, const ContactsPhoneRegion *plan, char *room)
{
	RuleMatch match;
	Number stripped;

	/* Nearly all numbers end here, by their first digit. */
	if (plan->prefix == 0 || number.length == 0 ||
		(plan->prefix_first & (1 << (number.digits[0] - '0'))) == 0 ||
		!rule_matches(plan->prefix, number, &match))
		return number;
	stripped = rewrite(number, &match, plan, room);
	if (fits_general(number, plan) && !fits_general(stripped, plan))
		return number;
	return stripped;
}

/* Likewise, but the result must be of a length that a full number can have. */
static Number
strip_possible(Number number, const ContactsPhoneRegion *plan, char *room)
{
	Number stripped = strip_national(number, plan, room);
	LengthFit fit = length_fit(stripped.length, plan);

	return fit == LENGTH_POSSIBLE || fit == LENGTH_LONG ? stripped : number;
}

static Number
rewrite(Number number, const RuleMatch *match, const ContactsPhoneRegion *plan, char *room)
{
	Number result = {number.digits + match->length, number.length - match->length};
	size_t start;
	size_t group;
	size_t insert;

	if (plan->group == 0)
		return result;
	start = match->note[plan->group * 2 - 2];
	group = match->note[plan->group * 2 - 1] - start;
	if (group == 0)
		return result;
	insert = strlen(plan->insert);
	memcpy(room, plan->insert, insert);
	memcpy(room + insert, number.digits + start, group);
	memcpy(room + insert + group, result.digits, result.length);
	result.digits = room;
	result.length += insert + group;
	return result;
}

static bool
fits_general(Number number, const ContactsPhoneRegion *plan)
{
	unsigned state = plan->general;

	for (size_t i = 0; i < number.length && state != 0; i++)
		state = contacts_phone_states[state].next[number.digits[i] - '0'];
	return contacts_phone_states[state].label != 0;
}

static LengthFit
length_fit(size_t length, const ContactsPhoneRegion *plan)
{
	uint32_t bit;

	if (length > 31)
		return LENGTH_LONG;
	bit = UINT32_C(1) << length;
	if (plan->local & bit)
		return LENGTH_LOCAL;
	if (plan->possible & bit)
		return LENGTH_POSSIBLE;
	if ((plan->possible & (bit - 1)) == 0)
		return LENGTH_SHORT;
	return plan->possible < bit ? LENGTH_LONG : LENGTH_BETWEEN;
}

/*
 * Runs a rule from the number's first digit, with the choices of a Perl pattern:
 * alternatives in order, the first way through wins.  Rules have no loops.
 */
static bool
rule_matches(unsigned start, Number number, RuleMatch *match)
{
	RuleChoice stack[MAX_CHOICES];
	unsigned choices = 0;
	const uint16_t *rule = &contacts_phone_rules[start];

	memset(match, 0, sizeof *match);
	for (;;)
	{
		unsigned operand = *rule & 0xfff;
		size_t at = match->length;
		bool stuck = false;

		switch (*rule++ >> 12)
		{
			case RULE_DIGIT:
				stuck = at >= number.length || (operand & (1 << (number.digits[at] - '0'))) == 0;
				match->length++;
				break;
			case RULE_TRY:
				stack[choices].match = *match;
				stack[choices++].rule = rule - 1 + operand;
				break;
			case RULE_GOTO:
				rule += operand - 1;
				break;
			case RULE_NOTE:
				match->note[operand] = at;
				break;
			case RULE_END:
				stuck = at != number.length;
				break;
			case RULE_PEEK:
				if (at >= number.length || (operand & (1 << (number.digits[at] - '0'))) == 0)
					rule += *rule;
				else
					rule++;
				break;
			default:
				return true;
		}
		if (!stuck)
			continue;
		if (choices == 0)
			return false;
		*match = stack[--choices].match;
		rule = stack[choices].rule;
	}
}

/* Region, line type and verdict of a whole national number. */
static const char *
classify(Number number, const ContactsPhoneCode *code, ContactsPhone *out)
{
	unsigned state = code->start;
	unsigned place;
	unsigned label;
	LengthFit fit;

	for (size_t i = 0; i < number.length; i++)
		state = contacts_phone_states[state].next[number.digits[i] - '0'];
	label = contacts_phone_states[state].label;
	place = label >> 4;
	if (place == 0 && code->single)
		place = 1;
	if (place != 0)
		out->region = contacts_phone_regions[code->main + place - 1].id;
	out->type = (ContactsPhoneType) (label & 15);
	out->valid = out->type != CONTACTS_PHONE_UNKNOWN;
	fit = length_fit(number.length, &contacts_phone_regions[code->main]);
	out->possible = fit == LENGTH_POSSIBLE || fit == LENGTH_LOCAL;
	return out->valid ? NULL : length_problem(fit);
}

static const char *
length_problem(LengthFit fit)
{
	switch (fit)
	{
		case LENGTH_SHORT:
			return too_short;
		case LENGTH_LONG:
			return too_long;
		case LENGTH_BETWEEN:
			return "impossible length";
		case LENGTH_LOCAL:
			return "no area code";
		default:
			return "possible length, but not assigned";
	}
}

static void
write_number(Number number, int code, ContactsPhone *out)
{
	char *to = out->e164;

	*to++ = '+';
	if (code > 99)
		*to++ = (char) ('0' + code / 100);
	if (code > 9)
		*to++ = (char) ('0' + code / 10 % 10);
	*to++ = (char) ('0' + code % 10);
	memcpy(to, number.digits, number.length);
	to[number.length] = '\0';
	memcpy(out->national, number.digits, number.length);
	out->national[number.length] = '\0';
}
