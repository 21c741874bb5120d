/* -------------------------------------------------------------------------
 * page_view.c
 *		Linking rows of contacts.page_view to visitors who became known (R15).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "store/identifier.h"
#include "store/page_view.h"
#include "store/spi/datum.h"
#include "store/spi/query.h"

void
contacts_link_page_views(int64 account_id, const ContactsClaim *visitors, int count)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"UPDATE contacts.page_view p"
		" SET contact_id = r.contact_id"
		" FROM ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($3))"
		"      AS r (visitor, contact_id)"
		" WHERE " IN_ACCOUNT(p)
		"   AND p.visitor" EQ "r.visitor"
		"   AND p.contact_id IS NULL",
		"bigint text[] bigint[]");
	const char **values = palloc(count * sizeof(char *));
	int64 *ids = palloc(count * sizeof(int64));
	ContactsArgs args = {0};

	for (int i = 0; i < count; i++)
	{
		values[i] = visitors[i].value;
		ids[i] = visitors[i].contact_id;
	}
	contacts_arg_int64(&args, account_id);
	contacts_arg_texts(&args, values, count);
	contacts_arg_int64s(&args, ids, count);
	contacts_run(&query, &args);
}
