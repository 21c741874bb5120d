/*
 * setup.h - whether the tables are there.
 */
#ifndef CONTACTS_SETUP_H
#define CONTACTS_SETUP_H

/* setup.c */

/* Whether setup() has made the tables that this library knows. */
extern bool contacts_is_set_up(void);

#endif
