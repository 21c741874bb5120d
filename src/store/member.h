/*
 * member.h - members, and which contacts they see.
 */
#ifndef CONTACTS_MEMBER_H
#define CONTACTS_MEMBER_H

/* member.c */

/* Which of the member ids exist: sets found[i]. */
extern void contacts_members_exist(int64 account_id, const int64 *ids, int count, bool *found);
/* True when the member sees everything; else the members whose contacts he sees. */
extern bool contacts_read_visible_members(int64 account_id, int64 member_id, int64 **members,
										  int *count);
/* Which contacts are owned actor, or have an activity of, one of the members: sets visible[i]. */
extern void contacts_read_visible(int64 account_id, const int64 *members, int member_count,
								  const int64 *ids, int count, bool *visible);

#endif
