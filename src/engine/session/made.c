/* -------------------------------------------------------------------------
 * made.c
 *		Contacts that this transaction makes by plain SQL, and sees at once (R81).
 *
 * Policies look contacts up with the snapshot of their statement, which does not show what the
 * statement itself has written: with a tag or activity of a contact that the same statement makes
 * (WITH … INSERT … RETURNING), they would refuse.  Such a contact is looked up by a newer snapshot.
 * That costs a statement for each row, so only for ids between those noted here; what is noted
 * grants nothing.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "engine/session/access.h"
#include "engine/session/made.h"
#include "store/member.h"
#include "store/spi/query.h"

static int64 lowest = 0; /* 0 = none was made */
static int64 highest = 0;

void
contacts_note_made(int64 contact_id)
{
	lowest = lowest == 0 ? contact_id : Min(lowest, contact_id);
	highest = Max(highest, contact_id);
}

bool
contacts_has_made(void)
{
	return lowest != 0;
}

bool
contacts_sees_made(int64 account_id, int64 contact_id)
{
	ContactsIdentity identity;
	const int64 *members;
	bool visible = false;
	int count;

	if (lowest == 0 || contact_id < lowest || contact_id > highest ||
		!contacts_has_right(account_id, CONTACTS_READ))
		return false;
	if (contacts_session_sees_all(account_id, &members, &count))
		return true;
	contacts_connect_as_owner(&identity);
	contacts_read_visible(account_id, members, count, &contact_id, 1, &visible);
	contacts_disconnect_as_owner(&identity);
	return visible;
}

void
contacts_forget_made(void)
{
	lowest = highest = 0;
}
