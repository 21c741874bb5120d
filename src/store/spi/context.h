/*
 * context.h - the context of errors, without our statements.
 */
#ifndef CONTACTS_SPI_CONTEXT_H
#define CONTACTS_SPI_CONTEXT_H

#include "utils/palloc.h"

/* context.c */

/*
 * To be called in PG_CATCH() around a statement of ours: raises the error again, and where its
 * context quotes the statement, which is the server's way to say what was going on, one short line
 * stands instead.  caller: the context to work in, that of the time before the statement.
 */
extern void contacts_rethrow_without(const char *sql, MemoryContext caller)
	__attribute__((noreturn));

#endif
