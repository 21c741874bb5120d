/*
 * transaction.h - what the session remembers, and forgets with its transaction.
 */
#ifndef CONTACTS_TRANSACTION_H
#define CONTACTS_TRANSACTION_H

/* transaction.c */

/* Asks to be told of the ends of transactions and savepoints; once per backend. */
extern void contacts_watch_transactions(void);

#endif
