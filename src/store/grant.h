/*
 * grant.h - levels of database roles (R80).
 */
#ifndef CONTACTS_GRANT_H
#define CONTACTS_GRANT_H

/* grant.c */

typedef struct ContactsGrant
{
	int64 account_id; /* 0 = every account */
	const char *level;
	int64 member_id; /* 0 = none */
	bool pinned;
	bool member_required; /* without a member the role may do nothing */
} ContactsGrant;

/* What a role has, by itself or as a member of other roles; returns the number. */
extern int contacts_read_grants(Oid role, ContactsGrant **grants);

#endif
