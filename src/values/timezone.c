/* -------------------------------------------------------------------------
 * timezone.c
 *		Names of time zones (R25).
 *
 * pg_tzset() knows each zone and its spelling, and remembers what it has read.  But it also
 * takes POSIX rules such as foo+3, and would remember each of them for the life of the backend;
 * and it opens whatever lies in the zone directory, such as posix/ and right/.  So the shape of
 * a name is judged first: an area of the tz database before a slash, or one of the names
 * without area; digits only where the tz database has them.  Without digits no POSIX rule can
 * be written, hence what pg_tzset() then finds is a zone.
 *
 * The view pg_timezone_names would say the same, but reads every file for each answer.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "text/blank.h"
#include "text/problem.h"
#include "values/timezone.h"

static void translate(char *name);
static bool read_offset(const char *name, char *out);
static const char *find_zone(const ContactsZoneName *table, size_t count, const char *name);
static const char *representative(const char *name);
static bool has_shape(const char *name);
static bool has_plain_letters(const char *name);
static bool is_numbered(const char *name);
static bool is_listed(const char *name, size_t size, const char *const *list, int count);
static bool refuse(const char *name, size_t size, ContactsProblem *problem);

/* In capitals; "-" as in the names themselves. */
static const char *const areas[] = {
	"AFRICA", "AMERICA", "ANTARCTICA", "ARCTIC", "ASIA",   "ATLANTIC", "BRAZIL",  "AUSTRALIA",
	"CANADA", "CHILE",   "ETC",        "EUROPE", "INDIAN", "MEXICO",   "PACIFIC", "US",
};

static const char *const single_words[] = {
	"CET",   "CUBA",      "EET",   "EGYPT",    "EIRE",    "EST",    "GB",     "GB-EIRE",
	"GMT",   "GREENWICH", "HST",   "HONGKONG", "ICELAND", "IRAN",   "ISRAEL", "JAMAICA",
	"JAPAN", "KWAJALEIN", "LIBYA", "MET",      "MST",     "NZ",     "NAVAJO", "NZ-CHAT",
	"PRC",   "POLAND",    "ROC",   "PORTUGAL", "ROK",     "TURKEY", "UCT",    "SINGAPORE",
	"UTC",   "UNIVERSAL", "W-SU",  "WET",      "ZULU",
};

/* The only names with digits, apart from Etc/GMT+1 to Etc/GMT+12 and Etc/GMT-1 to Etc/GMT-14. */
static const char *const numbered[] = {
	"CST6CDT", "EST5EDT", "MST7MDT",  "PST8PDT",   "GMT+0",
	"GMT-0",   "GMT0",    "ETC/GMT0", "ETC/GMT+0", "ETC/GMT-0",
};

#define IS_LISTED(name, size, list) is_listed(name, size, list, lengthof(list))

bool
contacts_timezone_canonical(const char *name, size_t size, char *out, ContactsProblem *problem)
{
	char upper[TZ_STRLEN_MAX + 1];
	pg_tz *zone;

	if (!contacts_trim(name, size, &name, &size) || size > TZ_STRLEN_MAX)
		return refuse(name, size, problem);
	for (size_t i = 0; i < size; i++)
		upper[i] = (char) pg_ascii_toupper((unsigned char) name[i]);
	upper[size] = '\0';
	translate(upper);
	if (!has_shape(upper))
		return refuse(name, size, problem);
	zone = pg_tzset(upper);
	/* zones that count leap seconds break PostgreSQL's arithmetic */
	if (zone == NULL || !pg_tz_acceptable(zone))
		return refuse(name, size, problem);
	strlcpy(out, pg_get_timezone_name(zone), TZ_STRLEN_MAX + 1);
	return true;
}

bool
contacts_timezone_same(const char *name, const char *other)
{
	return strcmp(name, other) == 0 || strcmp(representative(name), representative(other)) == 0;
}

static const char *
representative(const char *name)
{
	const char *zone = find_zone(contacts_zone_aliases, contacts_zone_aliases_count, name);

	return zone ? zone : name;
}

/* Other names of zones, in capitals, become names of the tz database. */
static void
translate(char *name)
{
	const char *zone;
	char offset[16];

	if (strcmp(name, "Z") == 0)
		strcpy(name, "UTC");
	else if (read_offset(name, offset))
		strcpy(name, offset);
	else if (!IS_LISTED(name, strlen(name), single_words) &&
			 (zone = find_zone(contacts_windows_zones, contacts_windows_zones_count, name)) != NULL)
		for (char *to = name; (*to = (char) pg_ascii_toupper((unsigned char) *zone)) != '\0'; to++)
			zone++;
}

/* +HH:MM, +HHMM or +HH of whole hours; the names of the zones count the other way round. */
static bool
read_offset(const char *name, char *out)
{
	static const char minus[] = "\xE2\x88\x92"; /* that of typographers */
	bool west = name[0] == '-' || strncmp(name, minus, 3) == 0;
	const char *digits = name + (name[0] == '+' || name[0] == '-' ? 1 : west ? 3 : 0);
	int hours;

	if (digits == name || strspn(digits, "0123456789") < 2)
		return false;
	hours = (digits[0] - '0') * 10 + digits[1] - '0';
	digits += 2;
	if (*digits == ':' && digits[1] != '\0')
		digits++;
	if ((*digits != '\0' && strcmp(digits, "00") != 0) || hours > (west ? 12 : 14))
		return false;
	snprintf(out, 16, hours == 0 ? "UTC" : "ETC/GMT%c%d", west ? '+' : '-', hours);
	return true;
}

static const char *
find_zone(const ContactsZoneName *table, size_t count, const char *name)
{
	size_t low = 0;
	size_t high = count;

	while (low < high)
	{
		size_t middle = (low + high) / 2;
		int order = pg_strcasecmp(name, table[middle].name);

		if (order == 0)
			return table[middle].zone;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* Could this be a name of the tz database? */
static bool
has_shape(const char *name)
{
	const char *slash = strchr(name, '/');

	if (!has_plain_letters(name))
		return is_numbered(name);
	if (slash == NULL)
		return IS_LISTED(name, strlen(name), single_words);
	return slash[1] != '\0' && IS_LISTED(name, (size_t) (slash - name), areas);
}

/* Letters and separators of names; no dot, so that no path leads out of the zone directory. */
static bool
has_plain_letters(const char *name)
{
	return name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-/")] == '\0';
}

/* Etc/GMT+13 would be a POSIX rule to pg_tzset(): the tz database ends at +12 and -14. */
static bool
is_numbered(const char *name)
{
	int hours;

	if (IS_LISTED(name, strlen(name), numbered))
		return true;
	if (strncmp(name, "ETC/GMT", 7) != 0 || (name[7] != '+' && name[7] != '-'))
		return false;
	if (name[8] < '1' || name[8] > '9' || strspn(name + 8, "0123456789") != strlen(name + 8) ||
		strlen(name + 8) > 2)
		return false;
	hours = atoi(name + 8);
	return hours <= (name[7] == '+' ? 12 : 14);
}

static bool
is_listed(const char *name, size_t size, const char *const *list, int count)
{
	for (int i = 0; i < count; i++)
	{
		if (strncmp(name, list[i], size) == 0 && list[i][size] == '\0')
			return true;
	}
	return false;
}

static bool
refuse(const char *name, size_t size, ContactsProblem *problem)
{
	char quoted[CONTACTS_QUOTE_SIZE];

	contacts_problem(problem, CONTACTS_INVALID_VALUE, "invalid time zone: \"%s\"",
					 contacts_quote_value(name, size, quoted));
	contacts_problem_detail(problem, "The tz database of the server has no zone of this name.");
	contacts_problem_hint(problem, "Give a name such as Europe/Paris; the view "
								   "pg_timezone_names lists them.");
	return false;
}
