/*
 * made.h - contacts that this transaction makes by plain SQL, and sees at once.
 */
#ifndef CONTACTS_MADE_H
#define CONTACTS_MADE_H

/* made.c */

/* A restricted person's statement makes a contact (R83). */
extern void contacts_note_made(int64 contact_id);
/* Whether there are any. */
extern bool contacts_has_made(void);
/* Whether it is one of them, and the session sees it. */
extern bool contacts_sees_made(int64 account_id, int64 contact_id);
/* The transaction is over. */
extern void contacts_forget_made(void);

#endif
