/* -------------------------------------------------------------------------
 * find.c
 *		Finding contacts that may be the same person, and keeping the pairs for review (R46).
 *
 * Steps: the contacts come into memory as a model; pairs that share something are weighed; the
 * best ones are joined with the open pairs that are known already, returned, and kept.  A search
 * for one contact weighs it against all of a small account, so the scores are those of a search for
 * all; of a larger one against those that share one of its match keys, found by the index
 * contact_match, with frequencies from a sample.
 *
 * A session that does not see all contacts gets a model of those it sees, so nothing about others
 * shows, not in the frequencies either.  Nothing is locked; a pair whose contact was deleted
 * meanwhile is not kept.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "engine/contact/resolve.h"
#include "engine/duplicates/duplicates.h"
#include "engine/duplicates/model.h"
#include "engine/session/access.h"
#include "store/account.h"
#include "store/contact.h"
#include "store/duplicate.h"
#include "store/traits.h"
#include "text/problem.h"
#include "text/traits.h"

#define SAMPLE 1000       /* contacts that tell frequencies */
#define SAMPLE_LEAST 500  /* it counts as so many when there are fewer */
#define MATCHES_MOST 3000 /* contacts that one is compared with */
#define FOUND_ROOM 100000 /* found pairs, several times the number asked for */
#define KEEP_AT_ONCE 5000

/* Two contacts of the model, and how sure. */
typedef struct Found
{
	uint32 one, other; /* one < other */
	float score;
} Found;

typedef struct Finder
{
	const ContactsSearch *search;
	int64 contact_id; /* survivor of the one searched for; 0 = all */
	ContactsModel *model;
	ContactsPair *known; /* pairs of earlier times, in order of ids */
	int known_count;
	float floor; /* lower scores are of no use any more */
	Found *found;
	int64 count, room;
} Finder;

static bool resolve(const ContactsSearch *search, Finder *finder, ContactsProblem *problem);
static void search_all(Finder *finder);
static void search_one(Finder *finder);
static void search_small(Finder *finder, ContactsTraitsRow *rows, int count);
static void search_sample(Finder *finder, ContactsTraitsRow *rows, int count);
static void add_visible(Finder *finder, ContactsTraitsRow *rows, int count, bool with_self);
static void take_pair(void *taker, uint32 one, uint32 other);
static void drop_worst(Finder *finder);
static int unite_pairs(Finder *finder, ContactsPair **pairs);
static void describe_pair(const Finder *finder, const Found *found, ContactsPair *pair);
static void unite_reasons(ContactsPair *pair, const ContactsPair *known);
static bool *judge_known(const Finder *finder);
static ContactsPair *find_known(const Finder *finder, int64 contact_id, int64 other_id);
static void keep(const ContactsSearch *search, const ContactsPair *pairs, int count);
static int compare_places(const void *a, const void *b);
static int compare_scores(const void *a, const void *b);
static int compare_ids(const void *a, const void *b);
static int compare_best(const void *a, const void *b);

int
contacts_search_duplicates(const ContactsSearch *search, ContactsPair **found,
						   ContactsProblem *problem)
{
	Finder finder = {.search = search, .floor = search->min_score};
	int count;

	if (!resolve(search, &finder, problem))
		return -1;
	finder.room = Max((int64) search->max_pairs * 2, FOUND_ROOM);
	finder.found = MemoryContextAllocHuge(CurrentMemoryContext, finder.room * sizeof(Found));
	finder.known_count = contacts_read_pairs(search->account_id, finder.contact_id, &finder.known);
	finder.model = contacts_model_new(contacts_account(search->account_id));
	if (finder.contact_id == 0)
		search_all(&finder);
	else
		search_one(&finder);
	drop_worst(&finder);
	count = unite_pairs(&finder, found);
	keep(search, *found, count);
	return count;
}

bool
contacts_edit_dismiss(int64 account_id, int64 contact_id, int64 other_id, ContactsProblem *problem)
{
	int64 ids[2] = {contact_id, other_id};
	int64 survivors[2];

	if (!contacts_resolve(account_id, &(ContactsIds){2, ids}, 0, survivors, problem))
		return false;
	if (survivors[0] == survivors[1])
	{
		contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid other_id: the same contact");
		contacts_problem_detail(problem, "A pair consists of two contacts.");
		contacts_problem_hint(problem, "Give the ids of two contacts that were not merged.");
		return false;
	}
	contacts_insert_dismissal(account_id, survivors[0], survivors[1]);
	return true;
}

static bool
resolve(const ContactsSearch *search, Finder *finder, ContactsProblem *problem)
{
	if (search->contact_id == 0)
		return true;
	finder->contact_id = contacts_resolve_one(search->account_id, search->contact_id, 0, problem);
	return finder->contact_id != 0;
}

static void
search_all(Finder *finder)
{
	ContactsScan *scan = contacts_scan_begin(finder->search->account_id);
	ContactsTraitsRow *rows;
	int count;

	while ((count = contacts_scan_next(scan, &rows)) > 0)
	{
		add_visible(finder, rows, count, true);
		pfree(rows);
	}
	contacts_scan_end(scan);
	contacts_model_finish(finder->model, finder->model->count);
	contacts_model_pairs(finder->model, take_pair, finder);
}

static void
search_one(Finder *finder)
{
	ContactsTraitsRow *rows;
	int count = contacts_read_newest(finder->search->account_id, SAMPLE + 1, &rows);

	if (count <= SAMPLE)
		search_small(finder, rows, count);
	else
		search_sample(finder, rows, SAMPLE);
}

/* All contacts of the account come into the model. */
static void
search_small(Finder *finder, ContactsTraitsRow *rows, int count)
{
	ContactsModel *model = finder->model;
	uint32 self = 0;

	add_visible(finder, rows, count, true);
	contacts_model_finish(model, model->count);
	while (self < model->count && model->ids[self] != finder->contact_id)
		self++;
	for (uint32 i = 0; i < model->count && self < model->count; i++)
		take_pair(finder, self, i);
}

/* Of the model's contacts the sample comes first, then the one searched for, then the matches. */
static void
search_sample(Finder *finder, ContactsTraitsRow *rows, int count)
{
	ContactsModel *model = finder->model;
	int64 account_id = finder->search->account_id;
	uint32 self;

	model->is_sample = true;
	model->terms.counts_own = false;
	add_visible(finder, rows, count, false);
	model->measured = Max(model->count, SAMPLE_LEAST);
	model->terms.counts_own = true;
	model->terms.counts_shared = false;
	self = model->count;
	count = contacts_read_traits_of(account_id, finder->contact_id, &rows);
	contacts_model_add(model, rows, count);
	if (count == 0)
		return;
	count =
		contacts_read_matches(account_id, (int64 *) model->keys + (Size) self * CONTACTS_MATCH_KEYS,
							  CONTACTS_MATCH_KEYS, MATCHES_MOST, &rows);
	add_visible(finder, rows, count, false);
	contacts_model_finish(model, contacts_estimate_contacts(account_id));
	for (uint32 i = self + 1; i < model->count; i++)
		take_pair(finder, self, i);
}

/* Adds the contacts that the session sees, with or without the one searched for. */
static void
add_visible(Finder *finder, ContactsTraitsRow *rows, int count, bool with_self)
{
	int64 *ids = palloc(Max(count, 1) * sizeof(int64));
	bool *visible = palloc(Max(count, 1) * sizeof(bool));
	int kept = 0;

	for (int i = 0; i < count; i++)
		ids[i] = rows[i].contact_id;
	contacts_see(finder->search->account_id, ids, count, visible);
	for (int i = 0; i < count; i++)
		if (visible[i] && (with_self || ids[i] != finder->contact_id))
			rows[kept++] = rows[i];
	contacts_model_add(finder->model, rows, kept);
	pfree(ids);
	pfree(visible);
}

/* Weighs two contacts and notes them when they are alike enough, unless that was decided. */
static void
take_pair(void *taker, uint32 one, uint32 other)
{
	Finder *finder = taker;
	const ContactsModel *model = finder->model;
	const ContactsPair *known;
	ContactsEvidence evidence;
	float score;

	if (one == other)
		return;
	/* in one order, so that rounding is the same in each search */
	if (model->ids[one] > model->ids[other])
		return take_pair(taker, other, one);
	contacts_weigh_pair(model, one, other, &evidence);
	score = contacts_evidence_score(&evidence);
	if (score < finder->floor)
		return;
	known = find_known(finder, model->ids[one], model->ids[other]);
	if (known && !known->is_open)
		return;
	if (finder->count == finder->room)
		drop_worst(finder);
	finder->found[finder->count++] = (Found){Min(one, other), Max(one, other), score};
}

/* Each pair once, and no more than are asked for. */
static void
drop_worst(Finder *finder)
{
	int64 kept = 0;

	CHECK_FOR_INTERRUPTS();
	qsort(finder->found, finder->count, sizeof(Found), compare_places);
	for (int64 i = 0; i < finder->count; i++)
		if (i == 0 || compare_places(&finder->found[i], &finder->found[i - 1]) != 0)
			finder->found[kept++] = finder->found[i];
	finder->count = kept;
	if (kept <= finder->search->max_pairs)
		return;
	qsort(finder->found, kept, sizeof(Found), compare_scores);
	finder->count = finder->search->max_pairs;
	finder->floor = Max(finder->floor, finder->found[finder->count - 1].score);
}

/* What was found and the open pairs known before, the best ones first; returns how many. */
static int
unite_pairs(Finder *finder, ContactsPair **pairs)
{
	bool *is_good = judge_known(finder);
	int count = 0;

	*pairs =
		MemoryContextAllocHuge(CurrentMemoryContext,
							   (finder->count + finder->known_count + 1) * sizeof(ContactsPair));
	for (int64 i = 0; i < finder->count; i++)
	{
		ContactsPair *pair = &(*pairs)[count++];
		const ContactsPair *known;

		CHECK_FOR_INTERRUPTS();
		describe_pair(finder, &finder->found[i], pair);
		known = find_known(finder, pair->contact_id, pair->other_id);
		if (known == NULL)
			continue;
		unite_reasons(pair, known);
		is_good[known - finder->known] = false;
	}
	for (int i = 0; i < finder->known_count; i++)
		if (is_good[i])
			(*pairs)[count++] = finder->known[i];
	qsort(*pairs, count, sizeof(ContactsPair), compare_best);
	return Min(count, finder->search->max_pairs);
}

static void
describe_pair(const Finder *finder, const Found *found, ContactsPair *pair)
{
	const ContactsModel *model = finder->model;
	ContactsEvidence evidence;

	contacts_weigh_pair(model, found->one, found->other, &evidence);
	pair->contact_id = Min(model->ids[found->one], model->ids[found->other]);
	pair->other_id = Max(model->ids[found->one], model->ids[found->other]);
	pair->score = found->score;
	pair->is_open = true;
	pair->reason_count = contacts_evidence_words(model, &evidence, &pair->reasons);
}

/* The reasons known before, then the new ones. */
static void
unite_reasons(ContactsPair *pair, const ContactsPair *known)
{
	const char **reasons = palloc((pair->reason_count + known->reason_count) * sizeof(char *));
	int count = known->reason_count;

	memcpy(reasons, known->reasons, count * sizeof(char *));
	for (int i = 0; i < pair->reason_count; i++)
	{
		bool found = false;

		for (int j = 0; j < known->reason_count && !found; j++)
			found = strcmp(pair->reasons[i], known->reasons[j]) == 0;
		if (!found)
			reasons[count++] = pair->reasons[i];
	}
	pair->score = Max(pair->score, known->score);
	pair->reasons = reasons;
	pair->reason_count = count;
}

/* Which known pairs are open, good enough, of live contacts that the session sees. */
static bool *
judge_known(const Finder *finder)
{
	int64 account_id = finder->search->account_id;
	int count = finder->known_count;
	int64 *ids = palloc_extended((2 * count + 1) * sizeof(int64), MCXT_ALLOC_HUGE);
	int64 *survivors = palloc_extended((2 * count + 1) * sizeof(int64), MCXT_ALLOC_HUGE);
	bool *visible = palloc_extended(2 * count + 1, MCXT_ALLOC_HUGE);
	bool *is_good = palloc(count + 1);

	for (int i = 0; i < count; i++)
	{
		ids[2 * i] = finder->known[i].contact_id;
		ids[2 * i + 1] = finder->known[i].other_id;
	}
	memset(visible, false, 2 * count);
	if (count > 0)
	{
		contacts_read_survivors(account_id, ids, 2 * count, false, false, survivors);
		contacts_see(account_id, ids, 2 * count, visible);
	}
	for (int i = 0; i < count; i++)
		is_good[i] = finder->known[i].is_open &&
					 finder->known[i].score >= finder->search->min_score && visible[2 * i] &&
					 visible[2 * i + 1] && survivors[2 * i] == ids[2 * i] &&
					 survivors[2 * i + 1] == ids[2 * i + 1];
	pfree(ids);
	pfree(survivors);
	pfree(visible);
	return is_good;
}

static ContactsPair *
find_known(const Finder *finder, int64 contact_id, int64 other_id)
{
	ContactsPair wanted = {.contact_id = contact_id, .other_id = other_id};

	return bsearch(&wanted, finder->known, finder->known_count, sizeof(ContactsPair), compare_ids);
}

/* In order of ids, so that two searches at a time do not lock each other out. */
static void
keep(const ContactsSearch *search, const ContactsPair *pairs, int count)
{
	MemoryContext portion =
		AllocSetContextCreate(CurrentMemoryContext, "contacts pairs", ALLOCSET_DEFAULT_SIZES);
	ContactsPair *sorted =
		MemoryContextAllocHuge(CurrentMemoryContext, (count + 1) * sizeof(ContactsPair));

	memcpy(sorted, pairs, count * sizeof(ContactsPair));
	qsort(sorted, count, sizeof(ContactsPair), compare_ids);
	for (int i = 0; i < count; i += KEEP_AT_ONCE)
	{
		MemoryContext caller = MemoryContextSwitchTo(portion);

		CHECK_FOR_INTERRUPTS();
		contacts_keep_pairs(search->account_id, sorted + i, Min(count - i, KEEP_AT_ONCE));
		MemoryContextSwitchTo(caller);
		MemoryContextReset(portion);
	}
	MemoryContextDelete(portion);
	pfree(sorted);
}

static int
compare_places(const void *a, const void *b)
{
	const Found *one = a;
	const Found *other = b;

	CHECK_FOR_INTERRUPTS(); /* millions may be sorted */
	if (one->one != other->one)
		return one->one < other->one ? -1 : 1;
	return (one->other > other->other) - (one->other < other->other);
}

static int
compare_scores(const void *a, const void *b)
{
	const Found *one = a;
	const Found *other = b;

	CHECK_FOR_INTERRUPTS();
	if (one->score != other->score)
		return one->score > other->score ? -1 : 1;
	return compare_places(a, b);
}

static int
compare_ids(const void *a, const void *b)
{
	const ContactsPair *one = a;
	const ContactsPair *other = b;

	if (one->contact_id != other->contact_id)
		return one->contact_id < other->contact_id ? -1 : 1;
	return (one->other_id > other->other_id) - (one->other_id < other->other_id);
}

static int
compare_best(const void *a, const void *b)
{
	const ContactsPair *one = a;
	const ContactsPair *other = b;

	if (one->score != other->score)
		return one->score > other->score ? -1 : 1;
	return compare_ids(a, b);
}
