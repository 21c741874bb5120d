/*
 * store.h - the tables, as C sees them.  The files of store/ hold all SQL; they read and write
 * what they are told and decide nothing.
 */
#ifndef CONTACTS_STORE_H
#define CONTACTS_STORE_H

#include "access/tupdesc.h"
#include "datatype/timestamp.h"
#include "utils/array.h"
#include "utils/jsonb.h"

#include "identity/decide.h"
#include "identity/identifier.h"
#include "store/query.h"
#include "values/field.h"

/* ---- query.c ---- */

extern Oid contacts_type_oid(const char *name); /* schema-qualified; "contacts.activity[]" too */

/* ---- setup.c ---- */

/* Whether setup() has made the tables that this library knows. */
extern bool contacts_is_set_up(void);

/* ---- rows.c: many rows as one parameter ---- */

/*
 * A table and the columns that C writes.  The insert takes one array of the table's row type, so
 * one plan serves one row and ten thousand.
 */
typedef struct ContactsTable
{
	const char *name;                           /* qualified name */
	const char *columns;                        /* separated by ", " */
	Oid rowtype;                                /* the row type; InvalidOid until first use */
	uint64 version;                             /* of the row type, as the type cache counts */
	TupleDesc shape;                            /* copy of its descriptor */
	int count;                                  /* number of columns named above */
	AttrNumber attributes[CONTACTS_QUERY_ARGS]; /* where they stand in the table */
} ContactsTable;

typedef struct ContactsRows
{
	ContactsTable *table;
	int count;
	int room;
	Datum *tuples;
} ContactsRows;

extern void contacts_rows_begin(ContactsRows *rows, ContactsTable *table, int expected);
/* Adds a row: args holds the columns in the order of table->columns. */
extern void contacts_rows_add(ContactsRows *rows, const ContactsArgs *args);
extern void contacts_arg_rows(ContactsArgs *args, const ContactsRows *rows);
/* The next id of an identity column; sequence as named by PostgreSQL, in schema contacts. */
extern int64 contacts_next_id(const char *sequence);

/* ---- account.c: settings of an account, kept in memory ---- */

typedef struct ContactsAccount
{
	int64 account_id;
	char default_region[4]; /* "" = none */
	ContactsPhoneMatch phone_match;
	bool activity_events;
	bool has_consumers;    /* somebody takes events */
	int integration_count; /* connected systems of kind crm and workflow */
	char **integrations;   /* their names */
	ContactsFieldSet fields;
	const char **match_fields; /* fields that tell duplicates; NULL = all texts, numbers, dates */
	int match_field_count;
	int blocked_count;
	char **blocked; /* kind digit and value, sorted */
} ContactsAccount;

/* Valid until the end of the transaction at least. */
extern const ContactsAccount *contacts_account(int64 account_id);
extern bool contacts_is_blocked(const ContactsAccount *account, ContactsIdentifierKind kind,
								const char *value);
/* Every session reads the settings again once this transaction has committed. */
extern void contacts_account_changed(Oid relation);
/* Rises with every change of settings, grants, members, role memberships. */
extern uint64 contacts_settings_generation(void);
/* The transaction ended: what was read with its snapshot may be stale. */
extern void contacts_settings_end_transaction(void);
/* Which of the member ids exist: sets found[i]. */
extern void contacts_members_exist(int64 account_id, const int64 *ids, int count, bool *found);

/* ---- grant.c ---- */

typedef struct ContactsGrant
{
	int64 account_id; /* 0 = every account */
	const char *level;
	int64 member_id; /* 0 = none */
	bool pinned;
} ContactsGrant;

/* What a role has, by itself or as a member of other roles; returns the number. */
extern int contacts_read_grants(Oid role, ContactsGrant **grants);
/* True when the member sees everything; else the members whose contacts he sees. */
extern bool contacts_read_visible_members(int64 account_id, int64 member_id, int64 **members,
										  int *count);
/* Which contacts are owned by, or have an activity of, one of the members: sets visible[i]. */
extern void contacts_read_visible(int64 account_id, const int64 *members, int member_count,
								  const int64 *ids, int count, bool *visible);

/* ---- contact.c ---- */

#define CONTACTS_NO_STATUS (-1)

/* A contact in memory; texts are NULL and ids 0 where the row has null. */
typedef struct ContactsContact
{
	int64 contact_id;
	const char *name;
	const char *email;
	const char *phone;
	const char *company;
	const char *timezone;
	int status; /* index of the enum, CONTACTS_NO_STATUS = null */
	int64 owner_id;
	const char *source;
	Jsonb *fields;
	TimestampTz created_at;
	TimestampTz details_at; /* DT_NOBEGIN = null */
} ContactsContact;

typedef enum ContactsLock
{
	CONTACTS_LOCK_NONE,  /* read only */
	CONTACTS_LOCK_SHARE, /* stays, unmerged and undeleted, until the transaction ends */
	CONTACTS_LOCK_WRITE, /* and nobody else changes its details */
	CONTACTS_LOCK_LIFE   /* and nobody links anything to it: it may be merged or deleted */
} ContactsLock;

/* A key that somebody owns. */
typedef struct ContactsOwner
{
	int key;         /* index into the keys asked for */
	bool is_primary; /* the contact shows it */
	ContactsContact contact;
} ContactsOwner;

/* Owners of the keys, locked in order of contact_id; *owners is palloc'd.  Returns their number. */
extern int contacts_find_owners(int64 account_id, const Datum *kinds, const Datum *values,
								int count, ContactsLock lock, ContactsOwner **owners);
/* Contacts by id, live ones only, locked in order; found[i] says whether ids[i] is among them. */
extern int contacts_read_contacts(int64 account_id, const int64 *ids, int count, ContactsLock lock,
								  ContactsContact **contacts);
/*
 * Follows merges: survivors[i] is 0 when ids[i] is unknown or its survivor deleted.  read_only:
 * with the snapshot of the calling statement, for functions that are STABLE.
 */
extern void contacts_survivors(int64 account_id, const int64 *ids, int count, bool read_only,
							   int64 *survivors);
/* The same, deleted or not. */
extern void contacts_read_last_links(int64 account_id, const int64 *ids, int count, int64 *last);
extern void contacts_insert_contacts(int64 account_id, ContactsContact **contacts, int count);
extern void contacts_update_contacts(int64 account_id, ContactsContact **contacts, int count);
/* External ids of contacts: pairs of contact id and value. */
typedef struct ContactsExternalId
{
	int64 contact_id;
	const char *value;
} ContactsExternalId;
extern int contacts_read_external_ids(int64 account_id, const int64 *ids, int count,
									  ContactsExternalId **external);
/* One contact as a document, NULL when there is no live one (get_contact). */
extern Jsonb *contacts_contact_document(int64 account_id, int64 contact_id);

/* ---- duplicate.c: contacts for comparing, pairs for review (R46) ---- */

/* What is compared of a contact; NULL = null.  Lives as long as what was read with it. */
typedef struct ContactsTraitsRow
{
	int64 contact_id;
	text *name, *email, *phone, *company;
	Jsonb *fields;
} ContactsTraitsRow;

/* All live contacts of an account in order of id, some at a time. */
typedef struct ContactsScan
{
	Portal portal;
	SPITupleTable *rows; /* of the last step; NULL = none */
} ContactsScan;

extern ContactsScan *contacts_scan_begin(int64 account_id);
/* Returns how many, 0 at the end; they live until the next call.  Caller: pfree(*rows). */
extern int contacts_scan_next(ContactsScan *scan, ContactsTraitsRow **rows);
extern void contacts_scan_end(ContactsScan *scan);
/* One contact, when it is live; the newest ones; those that have a match key. */
extern int contacts_read_traits_of(int64 account_id, int64 contact_id, ContactsTraitsRow **rows);
extern int contacts_read_newest(int64 account_id, int most, ContactsTraitsRow **rows);
extern int contacts_read_matches(int64 account_id, const int64 *keys, int count, int most,
								 ContactsTraitsRow **rows);
/* A rough number of contacts, without counting them. */
extern double contacts_estimate_contacts(int64 account_id);

/* ---- pair.c ---- */

typedef struct ContactsPair
{
	int64 contact_id, other_id; /* in any order */
	const char *reason;
	int order; /* of pairs given twice the first one counts */
} ContactsPair;

typedef struct ContactsReviewPair
{
	int64 contact_id, other_id; /* contact_id < other_id */
	float score;
	bool is_open;
	int reason_count;
	const char **reasons;
} ContactsReviewPair;

/* Pairs that are known, in order of ids; of one contact, or with 0 of all. */
extern int contacts_read_pairs(int64 account_id, int64 contact_id, ContactsReviewPair **pairs);
/*
 * Puts different pairs, in order of ids, up for review.  One that is known and open gets the higher
 * score and the new reasons; one that was decided stays as it is.
 */
extern void contacts_keep_pairs(int64 account_id, const ContactsReviewPair *pairs, int count);
extern void contacts_dismiss_pair(int64 account_id, int64 contact_id, int64 other_id);
/* The same for contacts that share a key, in any order; a known conflict is none again. */
extern void contacts_insert_pairs(int64 account_id, const ContactsPair *pairs, int count);

/* ---- identifier.c ---- */

typedef struct ContactsClaim
{
	ContactsIdentifierKind kind;
	const char *value;
	int64 contact_id;
	bool is_primary;
} ContactsClaim;

/* Inserts the claims that nobody owns, in order of kind and value; returns how many. */
extern int contacts_claim(int64 account_id, ContactsClaim *claims, int count, TimestampTz now);
/* Contact that owns a key; 0 = nobody. */
extern int64 contacts_owner_of(int64 account_id, ContactsIdentifierKind kind, const char *value);
/* Gives cookies to other contacts; returns how many were there. */
extern int contacts_move_visitors(int64 account_id, ContactsClaim *moves, int count);
/* Makes each key the primary one of its kind on its contact, the others not. */
extern void contacts_set_primary(int64 account_id, const ContactsClaim *keys, int count);
/* Frees the primary keys of one kind of contacts. */
extern void contacts_free_primary(int64 account_id, ContactsIdentifierKind kind,
								  const int64 *contact_ids, int count);
/* Frees all keys of deleted contacts, and notes them for their return (R51). */
extern void contacts_free_all(int64 account_id, const int64 *contact_ids, int count);
/* A key that a restored contact had and somebody else has now. */
typedef struct ContactsTakenKey
{
	int64 contact_id, owner_id;
	ContactsIdentifierKind kind;
} ContactsTakenKey;
/* Claims the noted keys again; *taken, palloc'd, are those that others have now. */
extern int contacts_reclaim_all(int64 account_id, const int64 *contact_ids, int count,
								ContactsTakenKey **taken);
/* Which of the claims somebody else has; *taken is palloc'd. */
extern int contacts_read_taken(int64 account_id, const ContactsClaim *claims, int count,
							   ContactsTakenKey **taken);
extern int contacts_free_key(int64 account_id, int64 contact_id, ContactsIdentifierKind kind,
							 const char *value, bool *was_primary);
/* The oldest key of a kind of a contact; NULL = none. */
extern const char *contacts_oldest_key(int64 account_id, int64 contact_id,
									   ContactsIdentifierKind kind);

/* ---- activity.c ---- */

typedef struct ContactsActivity
{
	int64 activity_id;
	int64 contact_id; /* 0 = unlinked */
	const char *kind, *source, *source_ref, *title;
	int state; /* index of the enum */
	TimestampTz occurred_at;
	TimestampTz starts_at, ends_at; /* DT_NOBEGIN = null */
	int64 assigned_to;
	const char *recipient_email, *recipient_phone, *calendar;
	Jsonb *data;
	TimestampTz details_at; /* time of the newest report applied */
	bool is_recorded;       /* the insert wrote it */
} ContactsActivity;

/*
 * Inserts activities and sets is_recorded of each; one whose source and source_ref are taken is
 * left out.
 */
extern void contacts_insert_activities(int64 account_id, ContactsActivity **activities, int count,
									   TimestampTz now);
/* The activity with this key of idempotency, locked; false = none. */
extern bool contacts_read_repeated(int64 account_id, const char *source, const char *source_ref,
								   ContactsActivity *activity);
extern bool contacts_read_activity(int64 account_id, int64 activity_id, ContactsActivity *activity);
extern void contacts_update_activity(int64 account_id, const ContactsActivity *activity);
/* A scheduled activity in the future whose recipient changed, in calendar `calendar`. */
typedef struct ContactsReached
{
	int64 contact_id;
	int64 activity_id;
	const char *calendar; /* NULL = none */
} ContactsReached;

/* Contacts whose e-mail, or whose phone, changed, and what they show now. */
typedef struct ContactsRecipients
{
	ContactsIdentifierKind kind;
	int count;
	int64 *contact_ids;
	const char **shown;
} ContactsRecipients;

/*
 * Gives the scheduled activities after `now` of these contacts their new recipients (R50).
 * Returns how many; *reached is palloc'd.
 */
extern int contacts_update_recipients(int64 account_id, const ContactsRecipients *recipients,
									  TimestampTz now, ContactsReached **reached);
/* Links the page views of visitors who became known (R15); claims of kind visitor. */
extern void contacts_link_page_views(int64 account_id, const ContactsClaim *visitors, int count);

/* ---- audit.c, event.c, history.c: what is kept of changes ---- */

/* Who changes something, and why. */
typedef struct ContactsBy
{
	int64 member_id;   /* 0 = none */
	const char *actor; /* application or person */
	const char *role;  /* database role */
	const char *cause; /* SQL function; "sql" = a plain statement */
	int64 cause_id;    /* import, merge …; 0 = none */
} ContactsBy;

typedef struct ContactsAuditEntry
{
	int64 contact_id; /* 0 = none */
	const char *table_name;
	const char *action; /* insert, update, delete */
	Jsonb *changes;     /* {"column": {"old": …, "new": …}} */
} ContactsAuditEntry;

extern void contacts_insert_audit(int64 account_id, const ContactsAuditEntry *entries, int count,
								  const ContactsBy *by, TimestampTz now);
/* Writes the chain of this transaction; the deferred trigger of the log calls it. */
extern void contacts_audit_seal(void);
/* The transaction ended; a savepoint began, or was rolled back to. */
extern void contacts_audit_forget(void);
extern void contacts_audit_savepoint(int level);
extern void contacts_audit_rollback(int level);

typedef struct ContactsEvent
{
	int64 contact_id; /* 0 = none */
	const char *kind; /* contact.created … */
	Jsonb *payload;
} ContactsEvent;

extern void contacts_insert_events(int64 account_id, const ContactsEvent *events, int count,
								   const ContactsBy *by, TimestampTz now);

typedef struct ContactsStatusChange
{
	int64 contact_id;
	int from_status, to_status;
	const char *source;
	TimestampTz at;
} ContactsStatusChange;

extern void contacts_insert_status_changes(int64 account_id, const ContactsStatusChange *changes,
										   int count, const ContactsBy *by);

typedef struct ContactsTagging
{
	int64 contact_id;
	const char *tag;
} ContactsTagging;

/* Tags contacts, making tags that are not there; returns how many were new on their contact. */
extern int contacts_add_tags(int64 account_id, const ContactsTagging *tags, int count);

#endif
