/* -------------------------------------------------------------------------
 * own_write.c
 *		Writes of the engine itself to contacts.contact and contacts.identifier.
 *
 * A trigger gets rows and nothing else, so what the writer knows besides is kept here while its
 * statement runs.  It holds for that statement only: a trigger of the user's that writes contacts
 * in turn runs at another depth of triggers, and is anybody's write.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "engine/session/own_write.h"
#include "engine/session/trigger_depth.h"
#include "store/contact.h"
#include "store/identifier.h"
#include "store/lifecycle.h"

/* One statement of ours: rows, claims, or redirects when ids are given. */
typedef struct OwnWrite
{
	int64 account_id;
	int depth; /* of triggers, at which the statement runs */
	int mine;
	const char *source; /* of a changed status; NULL = that of the write around it */
	bool is_new;
	ContactsContact **contacts;
	int count;
	ContactsClaim *claims;
	TimestampTz now;
	const int64 *ids;
	int64 survivor;
} OwnWrite;

static const OwnWrite *running = NULL; /* the innermost one; NULL = none */

static int run(OwnWrite *write);

void
contacts_insert_own(int64 account_id, ContactsContact **contacts, int count, int mine)
{
	OwnWrite write = {account_id, .mine = mine, .is_new = true, .contacts = contacts,
					  .count = count};

	if (count > 0)
		run(&write);
}

void
contacts_update_own(int64 account_id, ContactsContact **contacts, int count, int mine,
					const char *source)
{
	OwnWrite write = {account_id, .mine = mine, .source = source, .contacts = contacts,
					  .count = count};

	if (count > 0)
		run(&write);
}

void
contacts_redirect_own(int64 account_id, const int64 *ids, int count, int64 survivor)
{
	OwnWrite write = {account_id, .mine = ~0, .ids = ids, .count = count, .survivor = survivor};

	run(&write);
}

int
contacts_claim_own(int64 account_id, ContactsClaim *claims, int count, TimestampTz now)
{
	OwnWrite write = {account_id, .claims = claims, .count = count, .now = now};

	return run(&write);
}

bool
contacts_is_own_write(void)
{
	return running != NULL && contacts_trigger_depth() == running->depth + 1;
}

bool
contacts_is_mine(int what)
{
	return contacts_is_own_write() && (running->mine & what) != 0;
}

const char *
contacts_status_source(void)
{
	return running != NULL && running->source ? running->source : "manual";
}

/* Writers that leave identifiers to the triggers change one contact, or what is not shown. */
const ContactsContact *
contacts_own_contact(int64 contact_id)
{
	if (!contacts_is_own_write() || running->contacts == NULL)
		return NULL;
	for (int i = 0; i < running->count; i++)
		if (running->contacts[i]->contact_id == contact_id)
			return running->contacts[i];
	return NULL;
}

/* Returns how many keys were claimed. */
static int
run(OwnWrite *write)
{
	const OwnWrite *before = running;
	volatile int claimed = 0;

	write->depth = contacts_trigger_depth();
	if (write->source == NULL && before != NULL)
		write->source = before->source;
	running = write;
	PG_TRY();
	{
		if (write->ids)
			contacts_redirect(write->account_id, write->ids, write->count, write->survivor);
		else if (write->claims)
			claimed = contacts_claim(write->account_id, write->claims, write->count, write->now);
		else if (write->is_new)
			contacts_insert_contacts(write->account_id, write->contacts, write->count);
		else
			contacts_update_contacts(write->account_id, write->contacts, write->count);
	}
	PG_FINALLY();
	{
		running = before;
	}
	PG_END_TRY();
	return claimed;
}
