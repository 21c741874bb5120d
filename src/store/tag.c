/* -------------------------------------------------------------------------
 * tag.c
 *		Putting tags on contacts (R60).
 *
 * A name is one tag, however it is capitalized: the spelling that came first stays.  Both inserts
 * go in an order, so that callers who tag alike wait for each other and do not deadlock.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "store/spi/datum.h"
#include "store/spi/query.h"
#include "store/tag.h"

static void arg_taggings(ContactsArgs *args, int64 account_id, const ContactsTagging *tags,
						 int count);

int
contacts_add_tags(int64 account_id, const ContactsTagging *tags, int count)
{
	static ContactsQuery make_tags = CONTACTS_QUERY(
		"INSERT INTO contacts.tag (account_id, name)"
		" SELECT DISTINCT ON (pg_catalog.lower(r.tag)) $1, r.tag"
		" FROM ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($3))"
		"      WITH ORDINALITY AS r (contact_id, tag, place)"
		" ORDER BY pg_catalog.lower(r.tag), r.place"
		" ON CONFLICT (account_id, pg_catalog.lower(name)) DO NOTHING",
		"bigint bigint[] text[]");
	static ContactsQuery put_tags = CONTACTS_QUERY(
		"INSERT INTO contacts.contact_tag (account_id, contact_id, tag_id)"
		" SELECT $1, r.contact_id, t.tag_id"
		" FROM ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($3)) AS r (contact_id, tag)"
		" JOIN contacts.tag t"
		"   ON " IN_ACCOUNT(t)
		"  AND pg_catalog.lower(t.name)" EQ "pg_catalog.lower(r.tag)"
		" ORDER BY 2, 3"
		" ON CONFLICT (account_id, contact_id, tag_id) DO NOTHING",
		"bigint bigint[] text[]");
	ContactsArgs args = {0};

	arg_taggings(&args, account_id, tags, count);
	contacts_run(&make_tags, &args);
	return contacts_run(&put_tags, &args);
}

static void
arg_taggings(ContactsArgs *args, int64 account_id, const ContactsTagging *tags, int count)
{
	int64 *ids = palloc(count * sizeof(int64));
	const char **names = palloc(count * sizeof(char *));

	for (int i = 0; i < count; i++)
	{
		ids[i] = tags[i].contact_id;
		names[i] = tags[i].tag;
	}
	contacts_arg_int64(args, account_id);
	contacts_arg_int64s(args, ids, count);
	contacts_arg_texts(args, names, count);
}
