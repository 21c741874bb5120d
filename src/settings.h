/*
 * settings.h - what a session may set (GUC), as values.
 */
#ifndef CONTACTS_SETTINGS_H
#define CONTACTS_SETTINGS_H

/* contacts.c */

extern const char *const contacts_version; /* of this library */

extern int64 contacts_setting_account; /* contacts.account_id; 1 when unset */
extern int64 contacts_setting_member;  /* contacts.member_id; 0 when unset */
extern char *contacts_setting_actor;   /* contacts.actor; "" when unset */
extern char *contacts_setting_region;  /* contacts.default_region; "" when unset */
extern bool contacts_setting_notify;   /* contacts.notify */

#endif
