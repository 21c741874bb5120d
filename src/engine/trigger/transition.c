/* -------------------------------------------------------------------------
 * transition.c
 *		The changed rows of a statement, and what differs in them.
 *
 * The n-th rows of the two transition tables are before and after of one row.  The stores are
 * read here and not by queries: one pass serves everything that follows from a change.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datum.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"

#include "engine/trigger/transition.h"
#include "values/json.h"
#include "values/survivorship.h"

static int open_reader(Tuplestorestate *store);
static TupleTableSlot *next_row(Tuplestorestate *store, int reader, TupleTableSlot *slot);
static bool compare(const ContactsTransition *transition);
static bool is_name(const ContactsTransition *transition, int attribute);
static bool differs(const ContactsTransition *transition, int attribute);
static bool is_known(const ContactsTransition *transition, Form_pg_attribute column);
static bool is_null(TupleTableSlot *row, int attribute);
static void push_change(JsonbParseState **state, const ContactsTransition *transition,
						int attribute);
static void push_fields(JsonbParseState **state, const ContactsTransition *transition,
						int attribute);
static Jsonb *fields_of(TupleTableSlot *row, int attribute);
static void push_side(JsonbParseState **state, const char *key, TupleTableSlot *row, int attribute);
static void push_datum(JsonbParseState **state, Datum value, Oid type);
static void push_any(JsonbParseState **state, Datum value, Oid type);

void
contacts_transition_begin(ContactsTransition *transition, TriggerData *trigger)
{
	transition->shape = RelationGetDescr(trigger->tg_relation);
	transition->name_count = Max(trigger->tg_trigger->tgnargs - 1, 0);
	transition->names = trigger->tg_trigger->tgargs + 1;
	transition->old_store = trigger->tg_oldtable;
	transition->new_store = trigger->tg_newtable;
	transition->old_slot = MakeSingleTupleTableSlot(transition->shape, &TTSOpsMinimalTuple);
	transition->new_slot = MakeSingleTupleTableSlot(transition->shape, &TTSOpsMinimalTuple);
	transition->old_reader = transition->old_store ? open_reader(transition->old_store) : 0;
	transition->new_reader = transition->new_store ? open_reader(transition->new_store) : 0;
	transition->differs = palloc(transition->shape->natts * sizeof(bool));
}

bool
contacts_transition_next(ContactsTransition *transition)
{
	transition->old_row =
		next_row(transition->old_store, transition->old_reader, transition->old_slot);
	transition->new_row =
		next_row(transition->new_store, transition->new_reader, transition->new_slot);
	return transition->old_row || transition->new_row;
}

void
contacts_transition_end(ContactsTransition *transition)
{
	ExecDropSingleTupleTableSlot(transition->old_slot);
	ExecDropSingleTupleTableSlot(transition->new_slot);
}

const char *
contacts_transition_action(const ContactsTransition *transition)
{
	return transition->old_row == NULL   ? "insert"
		   : transition->new_row == NULL ? "delete"
										 : "update";
}

Jsonb *
contacts_transition_diff(const ContactsTransition *transition)
{
	JsonbParseState *state;

	if (!compare(transition))
		return NULL;
	contacts_object_begin(&state);
	for (int attribute = 1; attribute <= transition->shape->natts; attribute++)
	{
		if (!transition->differs[attribute - 1] && !is_name(transition, attribute))
			continue;
		if (strcmp(NameStr(TupleDescAttr(transition->shape, attribute - 1)->attname), "fields") ==
			0)
			push_fields(&state, transition, attribute);
		else
			push_change(&state, transition, attribute);
	}
	return contacts_object_end(&state);
}

/* A reader of our own, since other triggers read the same store. */
static int
open_reader(Tuplestorestate *store)
{
	/* it begins at the first row whatever was read before, so it has to be able to go back */
	int reader = tuplestore_alloc_read_pointer(store, EXEC_FLAG_REWIND);

	tuplestore_select_read_pointer(store, reader);
	tuplestore_rescan(store);
	return reader;
}

static TupleTableSlot *
next_row(Tuplestorestate *store, int reader, TupleTableSlot *slot)
{
	if (store == NULL)
		return NULL;
	tuplestore_select_read_pointer(store, reader);
	if (!tuplestore_gettupleslot(store, true, false, slot))
		return NULL;
	slot_getallattrs(slot);
	return slot;
}

/* Compares the present pair, column by column; returns whether any differs. */
static bool
compare(const ContactsTransition *transition)
{
	bool any = false;

	for (int i = 0; i < transition->shape->natts; i++)
		any |= transition->differs[i] = differs(transition, i + 1);
	return any;
}

static bool
is_name(const ContactsTransition *transition, int attribute)
{
	const char *column = NameStr(TupleDescAttr(transition->shape, attribute - 1)->attname);

	for (int i = 0; i < transition->name_count; i++)
		if (strcmp(transition->names[i], column) == 0)
			return true;
	return false;
}

static bool
differs(const ContactsTransition *transition, int attribute)
{
	Form_pg_attribute column = TupleDescAttr(transition->shape, attribute - 1);
	bool old_null = is_null(transition->old_row, attribute);
	bool new_null = is_null(transition->new_row, attribute);

	if (column->attisdropped || (old_null && new_null) || is_known(transition, column))
		return false;
	if (old_null || new_null)
		return old_null != new_null;
	return !datum_image_eq(transition->old_row->tts_values[attribute - 1],
						   transition->new_row->tts_values[attribute - 1], column->attbyval,
						   column->attlen);
}

/* The ids that whoever reads the diff has anyway. */
static bool
is_known(const ContactsTransition *transition, Form_pg_attribute column)
{
	return strcmp(NameStr(column->attname), "account_id") == 0 ||
		   ((transition->old_row == NULL || transition->new_row == NULL) &&
			strcmp(NameStr(column->attname), "contact_id") == 0);
}

static bool
is_null(TupleTableSlot *row, int attribute)
{
	return row == NULL || row->tts_isnull[attribute - 1];
}

static void
push_change(JsonbParseState **state, const ContactsTransition *transition, int attribute)
{
	Form_pg_attribute column = TupleDescAttr(transition->shape, attribute - 1);

	contacts_push_key(state, NameStr(column->attname));
	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	if (transition->old_row)
		push_side(state, "old", transition->old_row, attribute);
	if (transition->new_row)
		push_side(state, "new", transition->new_row, attribute);
	pushJsonbValue(state, WJB_END_OBJECT, NULL);
}

static void
push_side(JsonbParseState **state, const char *key, TupleTableSlot *row, int attribute)
{
	JsonbValue null = {.type = jbvNull};

	contacts_push_key(state, key);
	if (row->tts_isnull[attribute - 1])
		pushJsonbValue(state, WJB_VALUE, &null);
	else
		push_datum(state, row->tts_values[attribute - 1],
				   TupleDescAttr(row->tts_tupleDescriptor, attribute - 1)->atttypid);
}

/* Custom fields change one by one: "fields.<key>": {"old": …, "new": …}. */
static void
push_fields(JsonbParseState **state, const ContactsTransition *transition, int attribute)
{
	Jsonb *diff = contacts_fields_diff(fields_of(transition->old_row, attribute),
									   fields_of(transition->new_row, attribute));
	JsonbIterator *iterator;
	JsonbValue key;
	JsonbValue value;

	if (diff == NULL)
		return;
	iterator = JsonbIteratorInit(&diff->root);
	(void) JsonbIteratorNext(&iterator, &value, true);
	while (JsonbIteratorNext(&iterator, &key, true) == WJB_KEY)
	{
		(void) JsonbIteratorNext(&iterator, &value, true);
		contacts_push_key(state, psprintf("fields.%.*s", key.val.string.len, key.val.string.val));
		pushJsonbValue(state, WJB_VALUE, &value);
	}
}

static Jsonb *
fields_of(TupleTableSlot *row, int attribute)
{
	return is_null(row, attribute) ? NULL : DatumGetJsonbP(row->tts_values[attribute - 1]);
}

/* As to_jsonb() has it: numbers, booleans and jsonb as such, times in ISO 8601, else text. */
static void
push_datum(JsonbParseState **state, Datum value, Oid type)
{
	JsonbValue json = {.type = jbvNumeric};

	switch (type)
	{
		case BOOLOID:
			json.type = jbvBool;
			json.val.boolean = DatumGetBool(value);
			pushJsonbValue(state, WJB_VALUE, &json);
			return;
		case INT8OID:
			json.val.numeric = int64_to_numeric(DatumGetInt64(value));
			pushJsonbValue(state, WJB_VALUE, &json);
			return;
		case INT4OID:
			json.val.numeric = int64_to_numeric(DatumGetInt32(value));
			pushJsonbValue(state, WJB_VALUE, &json);
			return;
		case JSONBOID:
			contacts_push_value(state, DatumGetJsonbP(value));
			return;
		case NUMERICOID:
			if (numeric_is_nan(DatumGetNumeric(value)) || numeric_is_inf(DatumGetNumeric(value)))
				break;
			json.val.numeric = DatumGetNumeric(value);
			pushJsonbValue(state, WJB_VALUE, &json);
			return;
		case DATEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			contacts_push_string(state, JsonEncodeDateTime(NULL, value, type, NULL));
			return;
		case TEXTOID:
			contacts_push_string(state, TextDatumGetCString(value));
			return;
		default:
			break;
	}
	push_any(state, value, type);
}

/* Arrays element by element, all else as it is written. */
static void
push_any(JsonbParseState **state, Datum value, Oid type)
{
	Oid output;
	bool is_varlena;
	text *array;

	if (!OidIsValid(get_element_type(type)))
	{
		getTypeOutputInfo(type, &output, &is_varlena);
		contacts_push_string(state, OidOutputFunctionCall(output, value));
		return;
	}
	array = DatumGetTextPP(DirectFunctionCall1(array_to_json, value));
	contacts_push_value(state,
						DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(
																		 text_to_cstring(array)))));
}
