/*
 * tag.h - tags of contacts (R60).
 */
#ifndef CONTACTS_STORE_TAG_H
#define CONTACTS_STORE_TAG_H

/* tag.c */

typedef struct ContactsTagging
{
	int64 contact_id;
	const char *tag;
} ContactsTagging;

/* Tags contacts, making tags that are not there; returns how many were new on their contact. */
extern int contacts_add_tags(int64 account_id, const ContactsTagging *tags, int count);

#endif
