/*
 * report.h - one report about a person: what is given, what it means, what became of it.
 *
 * An activity, an upsert, a row of an import are all reports.  The api fills the part "as given",
 * report.c checks it, ingest.c finds the person and fills the result.
 */
#ifndef CONTACTS_REPORT_H
#define CONTACTS_REPORT_H

#include "store/store.h"
#include "text/problem.h"

/* What to do with the details when the person is known (SQL enum duplicate_mode, and two more). */
typedef enum ContactsReportMode
{
	CONTACTS_MODE_SKIP,   /* leave the contact alone */
	CONTACTS_MODE_UPDATE, /* news replace (R20) */
	CONTACTS_MODE_FILL,   /* only blanks */
	CONTACTS_MODE_CREATE, /* always a new contact; taken identifiers stay where they are */
	CONTACTS_MODE_STRICT  /* a new contact, or a problem when an identifier is taken */
} ContactsReportMode;

/* SQL enum outcome */
typedef enum ContactsOutcome
{
	CONTACTS_CREATED,
	CONTACTS_MATCHED,
	CONTACTS_UPDATED,
	CONTACTS_UNCHANGED,
	CONTACTS_MERGED,
	CONTACTS_SKIPPED
} ContactsOutcome;
#define CONTACTS_NO_OUTCOME (-1)

typedef struct ContactsReport
{
	/* as given; NULL, 0 or DT_NOBEGIN = not given */
	const char *identifiers[CONTACTS_KINDS]; /* in the order of the kinds */
	const char *name;
	const char *company;
	const char *timezone;
	const char *status; /* label */
	const char *state;  /* label; activities only */
	int64 owner_id;
	Jsonb *fields;
	const char **tags;
	int tag_count;
	const char *source;
	const char *region;
	TimestampTz at;         /* time of the news */
	const char *on_invalid; /* error, keep (R19); NULL = error */
	ContactsReportMode mode;
	ContactsActivity *activity; /* NULL = no activity, only the contact */

	/* as checked */
	const char *keys[CONTACTS_KINDS]; /* canonical; NULL = finds nobody */
	bool shown[CONTACTS_KINDS];       /* valid but finds nobody: kept on the contact (R10) */
	int status_index;
	bool keep_invalid; /* on_invalid is keep */

	/* result */
	ContactsProblem *problem; /* NULL = fine */
	int64 contact_id;         /* 0 = unlinked */
	int outcome;              /* CONTACTS_NO_OUTCOME = no contact */
	int matched_by;           /* -1 = not matched */
	int64 duplicate_of;       /* 0 = no pair to review */
	bool hidden;              /* the session may not see the contact: say nothing of it (R82) */
} ContactsReport;

/* report.c */

/* An empty report, with the defaults of the SQL functions. */
extern void contacts_report_init(ContactsReport *report, TimestampTz now);
/*
 * Checks a report and fills the part "as checked".  The texts named NULL above must not be blank
 * afterwards: blank ones become NULL.  Returns false with *problem filled.
 */
extern bool contacts_report_check(const ContactsAccount *account, ContactsReport *report,
								  ContactsProblem *problem);
/* A contact of which nothing is known helps nobody: false with *problem filled. */
extern bool contacts_report_says_who(const ContactsReport *report, ContactsProblem *problem);
/* Region for phones without country code: given, else the setting, else the account's (R19). */
extern const char *contacts_effective_region(const ContactsAccount *account, const char *given);
extern bool contacts_region_problem(ContactsProblem *problem, const char *region);
/* Reads one identifier of the account: blocked ones are absent. */
extern bool contacts_account_key(const ContactsAccount *account, ContactsIdentifierKind kind,
								 const char *text, const char *region, ContactsKey *key,
								 ContactsProblem *problem);
/* Whether a shown e-mail or phone reads as this key; a contact may show one that it did not own. */
extern bool contacts_shows_key(const ContactsAccount *account, ContactsIdentifierKind kind,
							   const char *shown, const char *key);
/*
 * The e-mail as entered, or its canonical form when it was wrapped in something: a name, angle
 * brackets, mailto: and the like.
 */
extern const char *contacts_bare_email(const char *email, const char *canonical);
/* An e-mail or phone as a contact shows it: as entered but bare; NULL when blank (R10). */
extern bool contacts_clean_shown(const ContactsAccount *account, ContactsIdentifierKind kind,
								 const char *given, const char **clean, ContactsProblem *problem);
/* The name of a time zone in PostgreSQL's spelling, NULL when blank. */
extern bool contacts_clean_timezone(const char *given, const char **clean,
									ContactsProblem *problem);
/* Whether an activity ends after it starts; DT_NOBEGIN = not said. */
extern bool contacts_check_times(TimestampTz starts_at, TimestampTz ends_at,
								 ContactsProblem *problem);
/* Trims a short text such as a source; blank becomes NULL, too long is a problem. */
extern bool contacts_check_label(const char *what, const char **text, ContactsProblem *problem);
/* A squeezed copy of a name or company (R25), NULL when blank; false when it is too long. */
extern bool contacts_clean_text(const char *what, const char *text, const char **clean,
								ContactsProblem *problem);
/* A label to its number; false with *problem filled, which lists the labels. */
extern bool contacts_read_label(ContactsEnum type, const char *what, const char *label, int *index,
								ContactsProblem *problem);

/* The keys of both objects, those of other winning; NULL = none. */
extern Jsonb *contacts_json_concat(Jsonb *object, Jsonb *other);

#define CONTACTS_TEXT_MAX 1000 /* bytes of a name or company */

#endif
