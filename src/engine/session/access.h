/*
 * access.h - who is at work, in which account, with which rights, seeing whom (R3, R80-R82).
 */
#ifndef CONTACTS_ACCESS_H
#define CONTACTS_ACCESS_H

#include "text/problem.h"

/* What a call needs.  A level has some of them: see access.c. */
typedef enum ContactsRight
{
	CONTACTS_READ = 1,
	CONTACTS_REPORT = 2,
	CONTACTS_EDIT = 4,
	CONTACTS_ADMIN = 8
} ContactsRight;

/* access.c */

/* Account that calls work in: the pinned one, else the setting (R3, R81). */
extern int64 contacts_account_at_work(void);
/* Member that calls are made for: pinned, else the setting, else the grant's; 0 = nobody. */
extern int64 contacts_member_at_work(int64 account_id);
/*
 * Whether the settings name what is none, or no member where the role may work for members only:
 * then *problem is filled, and nothing must be done by them.
 */
extern bool contacts_settings_problem(ContactsProblem *problem);
extern bool contacts_member_problem(int64 account_id, ContactsProblem *problem);
/* Whether the role at work has every right: a superuser, or owner of the tables, and not pinned. */
extern bool contacts_session_is_owner(void);
/* Whether the session may do this in the account; false with *problem filled. */
extern bool contacts_may(int64 account_id, ContactsRight right, ContactsProblem *problem);
/* The same as a plain answer, for policies. */
extern bool contacts_has_right(int64 account_id, ContactsRight right);
/*
 * Whether the session sees every contact of the account; else *members are those whose contacts
 * it sees.
 */
extern bool contacts_session_sees_all(int64 account_id, const int64 **members, int *count);
/* Which contacts the session sees: sets visible[i].  One statement, none when it sees all. */
extern void contacts_see(int64 account_id, const int64 *ids, int count, bool *visible);
extern bool contacts_sees(int64 account_id, int64 contact_id);
/*
 * Whether a person is at work who sees only some contacts: what they report about the others, and
 * what they assign, is taken with care (R83).  A role that reports and reads nothing is no person.
 */
extern bool contacts_is_restricted(int64 account_id);
/* Whether the session sees what is the member's. */
extern bool contacts_sees_member(int64 account_id, int64 member_id);
/*
 * Whether it sees an activity: of a contact that it sees, of a member that it sees, or one without
 * contact that was reported for such a member (R81).  The policies of contacts.activity say the
 * same.
 */
extern bool contacts_sees_activity(int64 account_id, int64 contact_id, int64 assigned_to,
								   int64 reporter);
/* Whether a member, who need not be at work, sees a contact. */
extern bool contacts_member_sees(int64 account_id, int64 member_id, int64 contact_id);
/* Always false: R41's problem, which says nothing about the contact. */
extern bool contacts_hidden_problem(ContactsProblem *problem);

#endif
