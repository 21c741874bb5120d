/* -------------------------------------------------------------------------
 * access.c
 *		Who is at work, in which account, with which rights, seeing whom.
 *
 * The role at work is the one that the session runs as, SET ROLE included; SECURITY DEFINER
 * functions around a call do not change it.  Its grants decide: a right in the account or in all
 * of them.  A pinned grant of it, or of the role that logged in, binds the session to its account
 * and member, and no setting or SET ROLE undoes that.  Superusers and the owner of the tables
 * have every right, unless pinned as the role that logged in.
 *
 * Grants are read once and kept until a grant, a member or a role membership changes.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "engine/session/access.h"
#include "settings.h"
#include "store/account.h"
#include "store/grant.h"
#include "store/member.h"
#include "store/spi/query.h"
#include "store/spi/setup.h"
#include "text/problem.h"

/* The session's position, valid for one generation of settings and one pair of roles. */
typedef struct Position
{
	uint64 generation;     /* 0 = none */
	Oid role;              /* at work */
	Oid login;             /* logged in */
	MemoryContext context; /* of what follows */
	bool is_owner;         /* has every right */
	int grant_count;
	ContactsGrant *grants;
	const ContactsGrant *pin; /* NULL = not pinned */
	/* whom the member sees, for one account and member; looked up when asked */
	bool scope_known;
	int64 scope_account;
	int64 scope_member;
	bool is_known; /* there is such a member */
	bool sees_all;
	int64 *members;
	int member_count;
} Position;

static Position position = {0};

static Position *current_position(void);
static void read_position(Position *new_position);
static bool is_member_of_owner(Oid role);
static const ContactsGrant *find_pin(const ContactsGrant *grants, int count);
static int rights_of(const char *level);
static bool is_without_member(Position *at, int64 account_id);
static void read_scope(Position *at, int64 account_id, int64 member_id);

int64
contacts_account_at_work(void)
{
	const Position *at = current_position();

	return at->pin && at->pin->account_id ? at->pin->account_id : contacts_setting_account;
}

int64
contacts_member_at_work(int64 account_id)
{
	const Position *at = current_position();

	if (at->pin)
		return at->pin->member_id;
	if (contacts_setting_member)
		return contacts_setting_member;
	for (int i = 0; i < at->grant_count; i++)
		if (at->grants[i].member_id && at->grants[i].account_id == account_id)
			return at->grants[i].member_id;
	return 0;
}

bool
contacts_has_right(int64 account_id, ContactsRight right)
{
	const Position *at = current_position();
	int rights = at->is_owner ? ~0 : 0;

	/* ANALYZE, REINDEX, REFRESH … of somebody's table run their code for whoever calls them */
	if (InSecurityRestrictedOperation())
		return false;
	if (at->pin && at->pin->account_id && at->pin->account_id != account_id)
		return false;
	for (int i = 0; i < at->grant_count; i++)
		if (at->grants[i].account_id == account_id || at->grants[i].account_id == 0)
			rights |= rights_of(at->grants[i].level);
	return (rights & right) != 0 && !is_without_member(current_position(), account_id);
}

bool
contacts_settings_problem(ContactsProblem *problem)
{
	const char *name = contacts_invalid_setting();

	if (name == NULL)
		return false;
	contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid setting: %s", name);
	contacts_problem_detail(problem, "Its value is none that the setting can have.");
	contacts_problem_hint(problem, "Set it anew, or RESET %s.", name);
	return true;
}

bool
contacts_member_problem(int64 account_id, ContactsProblem *problem)
{
	if (!is_without_member(current_position(), account_id))
		return false;
	contacts_problem(problem, CONTACTS_DENIED, "permission denied without a member");
	contacts_problem_detail(problem,
							"The role works for members only, and none of account %lld "
							"is named.",
							(long long) account_id);
	contacts_problem_hint(problem, "SET LOCAL contacts.member_id to the member at work.");
	return true;
}

bool
contacts_session_is_owner(void)
{
	return current_position()->is_owner && !InSecurityRestrictedOperation();
}

bool
contacts_may(int64 account_id, ContactsRight right, ContactsProblem *problem)
{
	if (contacts_has_right(account_id, right))
		return true;
	contacts_problem(problem, CONTACTS_DENIED, "permission denied for account %lld",
					 (long long) account_id);
	contacts_problem_detail(problem, "The role has no grant there that allows this.");
	contacts_problem_hint(problem, "Ask an administrator for contacts.grant_access().");
	return false;
}

bool
contacts_session_sees_all(int64 account_id, const int64 **members, int *count)
{
	Position *at = current_position();
	int64 member_id = contacts_member_at_work(account_id);

	*count = 0;
	if (member_id == 0)
		return true;
	if (!at->scope_known || at->scope_account != account_id || at->scope_member != member_id)
		read_scope(at, account_id, member_id);
	*members = at->members;
	*count = at->member_count;
	return at->sees_all;
}

void
contacts_see(int64 account_id, const int64 *ids, int count, bool *visible)
{
	const int64 *members;
	int member_count;

	if (contacts_session_sees_all(account_id, &members, &member_count))
		memset(visible, true, count * sizeof(bool));
	else if (count > 0)
		contacts_read_visible(account_id, members, member_count, ids, count, visible);
}

bool
contacts_sees(int64 account_id, int64 contact_id)
{
	bool visible;

	contacts_see(account_id, &contact_id, 1, &visible);
	return visible;
}

bool
contacts_is_restricted(int64 account_id)
{
	const int64 *members;
	int count;

	return !contacts_session_sees_all(account_id, &members, &count) &&
		   contacts_has_right(account_id, CONTACTS_READ);
}

bool
contacts_sees_member(int64 account_id, int64 member_id)
{
	const int64 *members;
	int count;

	if (contacts_session_sees_all(account_id, &members, &count))
		return true;
	for (int i = 0; i < count; i++)
		if (members[i] == member_id)
			return true;
	return false;
}

bool
contacts_sees_activity(int64 account_id, int64 contact_id, int64 assigned_to, int64 reporter)
{
	return contacts_sees_member(account_id, assigned_to) ||
		   (contact_id == 0 ? contacts_sees_member(account_id, reporter)
							: contacts_sees(account_id, contact_id));
}

bool
contacts_member_sees(int64 account_id, int64 member_id, int64 contact_id)
{
	bool visible = true;
	int64 *members;
	int count;

	if (!contacts_read_visible_members(account_id, member_id, &members, &count))
		contacts_read_visible(account_id, members, count, &contact_id, 1, &visible);
	return visible;
}

bool
contacts_hidden_problem(ContactsProblem *problem)
{
	contacts_problem(problem, CONTACTS_HIDDEN, "cannot save contact");
	contacts_problem_detail(problem, "You may not see every contact that this concerns.");
	contacts_problem_hint(problem, "Ask an administrator to resolve the conflict.");
	return false;
}

/* The position, read again when roles, grants or members changed since. */
static Position *
current_position(void)
{
	uint64 generation = contacts_settings_generation();
	Position fresh = {0};

	if (position.generation == generation && position.role == GetOuterUserId() &&
		position.login == GetSessionUserId())
		return &position;
	fresh.generation = generation;
	fresh.role = GetOuterUserId();
	fresh.login = GetSessionUserId();
	fresh.context =
		AllocSetContextCreate(CacheMemoryContext, "contacts access", ALLOCSET_SMALL_SIZES);
	read_position(&fresh);
	if (position.context)
		MemoryContextDelete(position.context);
	position = fresh;
	return &position;
}

static void
read_position(Position *new_position)
{
	MemoryContext caller = CurrentMemoryContext;
	ContactsIdentity identity;
	ContactsGrant *grants;
	int count;

	new_position->is_owner = is_member_of_owner(new_position->role);
	if (!contacts_is_set_up())
		return;
	contacts_connect_as_owner(&identity);
	if (!superuser_arg(new_position->login))
	{
		count = contacts_read_grants(new_position->login, &grants);
		if (find_pin(grants, count))
		{
			ContactsGrant *pin = MemoryContextAlloc(new_position->context, sizeof(ContactsGrant));

			*pin = *find_pin(grants, count);
			new_position->pin = pin;
			new_position->is_owner = false;
		}
	}
	count = new_position->is_owner ? 0 : contacts_read_grants(new_position->role, &grants);
	new_position->grants =
		MemoryContextAlloc(new_position->context, Max(count, 1) * sizeof(ContactsGrant));
	for (int i = 0; i < count; i++)
	{
		new_position->grants[i] = grants[i];
		new_position->grants[i].level = MemoryContextStrdup(new_position->context, grants[i].level);
	}
	new_position->grant_count = count;
	if (new_position->pin == NULL)
		new_position->pin = find_pin(new_position->grants, count);
	contacts_disconnect_as_owner(&identity);
	MemoryContextSwitchTo(caller);
}

/* Superusers are members of everything. */
static bool
is_member_of_owner(Oid role)
{
	Oid owner = contacts_table_owner();

	return superuser_arg(role) || (OidIsValid(owner) && has_privs_of_role(role, owner));
}

static const ContactsGrant *
find_pin(const ContactsGrant *grants, int count)
{
	for (int i = 0; i < count; i++)
		if (grants[i].pinned)
			return &grants[i];
	return NULL;
}

/* What each level may do (R80); a level that is none of these has no right. */
static int
rights_of(const char *level)
{
	static const struct
	{
		const char *level;
		int rights;
	} levels[] = {
		{"reader", CONTACTS_READ},
		{"ingest", CONTACTS_REPORT},
		{"agent", CONTACTS_READ | CONTACTS_REPORT | CONTACTS_EDIT},
		{"admin", CONTACTS_READ | CONTACTS_REPORT | CONTACTS_EDIT | CONTACTS_ADMIN},
	};

	for (size_t i = 0; i < lengthof(levels); i++)
		if (strcmp(levels[i].level, level) == 0)
			return levels[i].rights;
	return 0;
}

/* Whether a grant demands a member, and none is named, or one who does not exist. */
static bool
is_without_member(Position *at, int64 account_id)
{
	bool demanded = at->pin && at->pin->member_required;
	int64 member_id;

	for (int i = 0; i < at->grant_count; i++)
		if (at->grants[i].account_id == account_id || at->grants[i].account_id == 0)
			demanded = demanded || at->grants[i].member_required;
	if (!demanded)
		return false;
	member_id = contacts_member_at_work(account_id);
	if (member_id <= 0)
		return true;
	if (!at->scope_known || at->scope_account != account_id || at->scope_member != member_id)
		read_scope(at, account_id, member_id);
	return !at->is_known;
}

static void
read_scope(Position *at, int64 account_id, int64 member_id)
{
	ContactsIdentity identity;
	int64 *members = NULL;
	int count = 0;
	bool is_known;
	bool all;

	contacts_connect_as_owner(&identity);
	all = contacts_read_visible_members(account_id, member_id, &members, &count);
	contacts_members_exist(account_id, &member_id, 1, &is_known);
	at->scope_known = false;
	at->members = MemoryContextAlloc(at->context, Max(count, 1) * sizeof(int64));
	if (count > 0)
		memcpy(at->members, members, count * sizeof(int64));
	contacts_disconnect_as_owner(&identity);
	at->is_known = is_known;
	at->sees_all = all;
	at->member_count = count;
	at->scope_account = account_id;
	at->scope_member = member_id;
	at->scope_known = true;
}
