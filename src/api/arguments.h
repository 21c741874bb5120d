/*
 * arguments.h - the arguments of record_activity, upsert_contact and the like, as reports.
 */
#ifndef CONTACTS_ARGUMENTS_H
#define CONTACTS_ARGUMENTS_H

#include "api/call.h"
#include "engine/report.h"

/* arguments.c */

/* A new report with an empty activity behind it. */
extern ContactsReport *contacts_new_activity_report(TimestampTz now);
/* One element of record_activities; a problem is noted in the report. */
extern ContactsReport *contacts_report_of_json(const JsonbValue *object, TimestampTz now);
/* Fills what follows from the arguments: source, times (news from the future count as now). */
extern void contacts_finish_report(ContactsReport *report, TimestampTz now);

#endif
