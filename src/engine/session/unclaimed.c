/* -------------------------------------------------------------------------
 * unclaimed.c
 *		Contacts that are being inserted, while their identifiers are not claimed yet.
 *
 * Noted is the outermost statement that inserts contacts, by the depth of its triggers.  Only
 * calls from further in are of interest, so nobody else pays for a look at the table; what an
 * error left behind in here costs such a look, and no more.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "datatype/timestamp.h"

#include "engine/session/trigger_depth.h"
#include "engine/session/unclaimed.h"
#include "store/contact.h"
#include "text/problem.h"

static int inserting_depth = 0; /* of the triggers of that statement; 0 = none */
static TimestampTz inserted_at; /* its transaction */
static int64 first_id;          /* the lowest id that it inserts */

void
contacts_note_insert(int64 contact_id)
{
	int depth = contacts_trigger_depth();
	TimestampTz now = GetCurrentTransactionStartTimestamp();

	if (inserting_depth == 0 || depth < inserting_depth || now != inserted_at)
	{
		inserting_depth = depth;
		inserted_at = now;
		first_id = contact_id;
	}
	else if (depth == inserting_depth)
		first_id = Min(first_id, contact_id);
}

void
contacts_note_claimed(bool by_trigger)
{
	if (contacts_trigger_depth() + (by_trigger ? 0 : 1) == inserting_depth)
		inserting_depth = 0;
}

bool
contacts_check_unclaimed(int64 account_id, const char *email, const char *phone,
						 ContactsProblem *problem)
{
	if (inserting_depth == 0 || contacts_trigger_depth() < inserting_depth || (!email && !phone) ||
		!contacts_shows_unclaimed(account_id, first_id, email, phone))
		return true;
	contacts_problem(problem, CONTACTS_WRONG_STATE,
					 "the contact's identifiers are not claimed yet");
	contacts_problem_detail(problem,
							"A trigger of contacts.contact calls this while the row is inserted.");
	contacts_problem_hint(problem, "Call it from a deferred constraint trigger, or take the "
								   "contact's events with contacts.take_events().");
	return false;
}
