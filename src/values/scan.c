/* -------------------------------------------------------------------------
 * scan.c
 *		The spelling of numbers and dates given as text.
 *
 * Plain scanners over bytes that need no terminator: whatever they accept, the server's own
 * input functions accept as well, so that those need not be tried and cannot raise.
 * -------------------------------------------------------------------------
 */
#include "values/scan.h"

#define NUMBER_TEXT_MAX 400 /* bytes */

static int digits_at(const char *text, int size);
static int exponent_at(const char *text, int size);
static bool is_time_of_day(const char *text, int size);
static int seconds_at(const char *text, int size);
static bool is_clock_part(const char *text, int size, int max);
static bool is_zone(const char *text, int size);

bool
contacts_scan_number(const char *text, int size)
{
	const char *end = text + size;
	int whole;
	int fraction = 0;

	if (size == 0 || size > NUMBER_TEXT_MAX)
		return false;
	if (*text == '+' || *text == '-')
		text++;
	whole = digits_at(text, (int) (end - text));
	text += whole;
	if (text < end && *text == '.')
	{
		fraction = digits_at(text + 1, (int) (end - text - 1));
		text += fraction + 1;
	}
	text += exponent_at(text, (int) (end - text));
	return whole + fraction > 0 && text == end;
}

bool
contacts_scan_date(const char *text, int size)
{
	if (size < 10 || digits_at(text, 4) != 4 || text[4] != '-' || digits_at(text + 5, 2) != 2 ||
		text[7] != '-' || digits_at(text + 8, 2) != 2)
		return false;
	return size == 10 || is_time_of_day(text + 10, size - 10);
}

bool
contacts_scan_real_date(const char *text)
{
	static const int month_days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year =
		(text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + text[3] - '0';
	int month = (text[5] - '0') * 10 + text[6] - '0';
	int day = (text[8] - '0') * 10 + text[9] - '0';
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (year < 1 || month < 1 || month > 12 || day < 1 || day > month_days[month - 1])
		return false;
	return month != 2 || day <= 28 || leap;
}

/* Number of ASCII digits at the front. */
static int
digits_at(const char *text, int size)
{
	int count = 0;

	while (count < size && text[count] >= '0' && text[count] <= '9')
		count++;
	return count;
}

/* Length of an exponent at the front, such as e+12, of at most three digits; 0 when none. */
static int
exponent_at(const char *text, int size)
{
	int lead = 1;
	int digits;

	if (size < 2 || (text[0] != 'e' && text[0] != 'E'))
		return 0;
	if (text[1] == '+' || text[1] == '-')
		lead = 2;
	digits = digits_at(text + lead, size - lead);
	return digits >= 1 && digits <= 3 ? lead + digits : 0;
}

/* What stands behind the date of a timestamp: T10:15, " 10:15:30.5+02", T10:15:30Z … */
static bool
is_time_of_day(const char *text, int size)
{
	int used = 6;

	if (size < used || (text[0] != 'T' && text[0] != 't' && text[0] != ' ') ||
		!is_clock_part(text + 1, size - 1, 24) || text[3] != ':' ||
		!is_clock_part(text + 4, size - 4, 59))
		return false;
	used += seconds_at(text + used, size - used);
	return used == size || is_zone(text + used, size - used);
}

/* Length of seconds at the front, such as :30 or :30.125; 0 when there are none. */
static int
seconds_at(const char *text, int size)
{
	int fraction;

	if (size < 3 || text[0] != ':' || !is_clock_part(text + 1, size - 1, 60))
		return 0;
	if (size == 3 || (text[3] != '.' && text[3] != ','))
		return 3;
	fraction = digits_at(text + 4, size - 4);
	return fraction == 0 ? 3 : 4 + fraction;
}

/* Is there a number of two digits at the front, of at most max? */
static bool
is_clock_part(const char *text, int size, int max)
{
	return size >= 2 && digits_at(text, 2) == 2 && (text[0] - '0') * 10 + text[1] - '0' <= max;
}

/* Z, +02, +0200 or +02:00 */
static bool
is_zone(const char *text, int size)
{
	if (size == 1)
		return text[0] == 'Z' || text[0] == 'z';
	if ((text[0] != '+' && text[0] != '-') || !is_clock_part(text + 1, size - 1, 15))
		return false;
	if (size == 6)
		return text[3] == ':' && is_clock_part(text + 4, 2, 59);
	return size == 3 || (size == 5 && is_clock_part(text + 3, 2, 59));
}
