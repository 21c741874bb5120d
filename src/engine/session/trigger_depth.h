/*
 * trigger_depth.h - how many triggers deep the session is.
 */
#ifndef CONTACTS_SESSION_TRIGGER_DEPTH_H
#define CONTACTS_SESSION_TRIGGER_DEPTH_H

#include "utils/fmgrprotos.h"

/* What pg_trigger_depth() tells, which does not look at its arguments; 0 = in no trigger. */
static inline int
contacts_trigger_depth(void)
{
	return DatumGetInt32(pg_trigger_depth(NULL));
}

#endif
