/*
 * compat.h - what differs between PostgreSQL 15 and 18; the only place with PG_VERSION_NUM.
 */
#ifndef CONTACTS_COMPAT_H
#define CONTACTS_COMPAT_H

#include "postgres.h"

/* VARSIZE and its kin left postgres.h with version 16. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* DecodeDateTime() returns details of an error since version 16; we only want to know of one. */
#if PG_VERSION_NUM >= 160000
#define DecodeDateTimeCompat(field, ftype, nf, dtype, tm, fsec, tzp) \
	DecodeDateTime(field, ftype, nf, dtype, tm, fsec, tzp, &(DateTimeErrorExtra){0})
#else
#define DecodeDateTimeCompat(field, ftype, nf, dtype, tm, fsec, tzp) \
	DecodeDateTime(field, ftype, nf, dtype, tm, fsec, tzp)
#endif

/* All settings, and their number. */
#if PG_VERSION_NUM >= 160000
#define get_guc_variables_compat(count) get_guc_variables(count)
#else
#define get_guc_variables_compat(count) (*(count) = GetNumConfigOptions(), get_guc_variables())
#endif

/* Renamed in version 17. */
#if PG_VERSION_NUM < 170000
#define SearchPathMatchesCurrentEnvironment(path) OverrideSearchPathMatchesCurrent(path)
#endif

/* Renamed in version 17. */
#if PG_VERSION_NUM >= 170000
#define TransactionCounters TransamVariables
#else
#define TransactionCounters ShmemVariableCache
#endif

#endif
