/* -------------------------------------------------------------------------
 * context.c
 *		The context of errors, without our statements.
 *
 * The server quotes each statement that an error came through.  Ours are long, tell a user nothing
 * and hide the lines that do: those of their own functions and triggers.  A callback of the server
 * writes the quotation, and callbacks can add to a context only; so the error is caught, changed
 * and raised again.  Whatever language the server speaks, the statement stands there word by word,
 * from the beginning of a line to the end of one.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/memutils.h"

#include "store/spi/context.h"

static const char short_line[] = "statement of the extension contacts";

static char *without(const char *context, const char *sql);

void
contacts_rethrow_without(const char *sql, MemoryContext caller)
{
	ErrorData *error;

	MemoryContextSwitchTo(caller);
	error = CopyErrorData();
	if (error->context == NULL || strstr(error->context, sql) == NULL)
		PG_RE_THROW();
	FlushErrorState();
	error->context = without(error->context, sql);
	ReThrowError(error);
}

/* Each quotation becomes the short line; one such line is enough for several in a row. */
static char *
without(const char *context, const char *sql)
{
	StringInfoData result;
	const char *quoted;

	initStringInfo(&result);
	while ((quoted = strstr(context, sql)) != NULL)
	{
		const char *line = quoted;
		const char *end = quoted + strlen(sql);

		while (line > context && line[-1] != '\n')
			line--;
		end += strcspn(end, "\n");
		appendBinaryStringInfo(&result, context, line - context);
		if (strncmp(end, "\n", 1) == 0 && strncmp(end + 1, short_line, strlen(short_line)) == 0)
			end++;
		else
			appendStringInfoString(&result, short_line);
		context = end;
	}
	appendStringInfoString(&result, context);
	return result.data;
}
