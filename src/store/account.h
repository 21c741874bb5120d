/*
 * account.h - settings, fields and blocked identifiers of an account, kept in memory.
 */
#ifndef CONTACTS_ACCOUNT_H
#define CONTACTS_ACCOUNT_H

#include "identity/decide.h"
#include "identity/identifier.h"
#include "values/field.h"

/* account.c */

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

#endif
