/* -------------------------------------------------------------------------
 * detail.c
 *		The details of a contact by name, as JSON values.
 *
 * A table says where each detail stands and of what type it is; so a journal can hold any of them,
 * and what it holds can be put back as it was.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "engine/detail.h"
#include "values/object.h"

typedef enum DetailType
{
	TYPE_TEXT,
	TYPE_STATUS,
	TYPE_ID,
	TYPE_TIME
} DetailType;

typedef struct Detail
{
	const char *name;
	DetailType type;
	size_t offset;
} Detail;

#define DETAIL(name, type) \
	{ \
#name, type, offsetof(ContactsContact, name) \
	}

static const Detail details[CONTACTS_DETAILS] = {
	[CONTACTS_DETAIL_NAME] = DETAIL(name, TYPE_TEXT),
	[CONTACTS_DETAIL_EMAIL] = DETAIL(email, TYPE_TEXT),
	[CONTACTS_DETAIL_PHONE] = DETAIL(phone, TYPE_TEXT),
	[CONTACTS_DETAIL_COMPANY] = DETAIL(company, TYPE_TEXT),
	[CONTACTS_DETAIL_TIMEZONE] = DETAIL(timezone, TYPE_TEXT),
	[CONTACTS_DETAIL_STATUS] = DETAIL(status, TYPE_STATUS),
	[CONTACTS_DETAIL_OWNER] = DETAIL(owner_id, TYPE_ID),
	[CONTACTS_DETAIL_SOURCE] = DETAIL(source, TYPE_TEXT),
	[CONTACTS_DETAIL_CREATED_AT] = DETAIL(created_at, TYPE_TIME),
	[CONTACTS_DETAIL_DETAILS_AT] = DETAIL(details_at, TYPE_TIME),
};

const char *
contacts_detail_name(ContactsDetail detail)
{
	return details[detail].name;
}

int
contacts_detail_named(const char *name)
{
	for (int detail = 0; detail < CONTACTS_DETAILS; detail++)
		if (strcmp(details[detail].name, name) == 0)
			return detail;
	return -1;
}

Jsonb *
contacts_detail_value(const ContactsContact *contact, ContactsDetail detail)
{
	const char *place = (const char *) contact + details[detail].offset;
	TimestampTz time;
	int status;
	int64 id;

	switch (details[detail].type)
	{
		case TYPE_TEXT:
			return contacts_json_text(*(const char *const *) place);
		case TYPE_STATUS:
			status = *(const int *) place;
			return status == CONTACTS_NO_STATUS
					   ? NULL
					   : contacts_json_text(contacts_enum_label(CONTACTS_ENUM_STATUS, status));
		case TYPE_ID:
			id = *(const int64 *) place;
			return id == 0 ? NULL : contacts_json_int64(id);
		case TYPE_TIME:
			time = *(const TimestampTz *) place;
			return time == DT_NOBEGIN
					   ? NULL
					   : contacts_json_text(JsonEncodeDateTime(NULL, TimestampTzGetDatum(time),
															   TIMESTAMPTZOID, NULL));
	}
	return NULL;
}

void
contacts_set_detail(ContactsContact *contact, ContactsDetail detail, Jsonb *value)
{
	char *place = (char *) contact + details[detail].offset;
	const char *text = contacts_text_of_json(value);

	switch (details[detail].type)
	{
		case TYPE_TEXT:
			*(const char **) place = text;
			return;
		case TYPE_STATUS:
			*(int *) place =
				text ? contacts_enum_index(CONTACTS_ENUM_STATUS, text) : CONTACTS_NO_STATUS;
			return;
		case TYPE_ID:
			*(int64 *) place = contacts_int64_of_json(value);
			return;
		case TYPE_TIME:
			*(TimestampTz *) place =
				text ? DatumGetTimestampTz(
						   DirectFunctionCall3(timestamptz_in, CStringGetDatum(text),
											   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)))
					 : DT_NOBEGIN;
			return;
	}
}

void
contacts_copy_detail(ContactsContact *contact, const ContactsContact *other, ContactsDetail detail)
{
	static const size_t sizes[] = {[TYPE_TEXT] = sizeof(char *),
								   [TYPE_STATUS] = sizeof(int),
								   [TYPE_ID] = sizeof(int64),
								   [TYPE_TIME] = sizeof(TimestampTz)};
	size_t offset = details[detail].offset;

	memcpy((char *) contact + offset, (const char *) other + offset, sizes[details[detail].type]);
}

const char **
contacts_shown(ContactsContact *contact, ContactsIdentifierKind kind)
{
	return kind == CONTACTS_EMAIL ? &contact->email : &contact->phone;
}

Jsonb *
contacts_field_value(const ContactsContact *contact, const char *key, int size)
{
	JsonbValue room;
	JsonbValue *value = NULL;

	if (contacts_object_count(contact->fields) > 0)
		value = getKeyJsonValueFromContainer(&contact->fields->root, key, size, &room);
	return value == NULL || contacts_json_blank(value) ? NULL : JsonbValueToJsonb(value);
}

bool
contacts_same_value(Jsonb *a, Jsonb *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return compareJsonbContainers(&a->root, &b->root) == 0;
}

Jsonb *
contacts_json_int64(int64 number)
{
	JsonbValue value = {.type = jbvNumeric};

	value.val.numeric = int64_to_numeric(number);
	return JsonbValueToJsonb(&value);
}

const char *
contacts_text_of_json(Jsonb *value)
{
	JsonbValue scalar;

	if (value == NULL || !JsonbExtractScalar(&value->root, &scalar) || scalar.type != jbvString)
		return NULL;
	return pnstrdup(scalar.val.string.val, scalar.val.string.len);
}

int64
contacts_int64_of_json(Jsonb *value)
{
	return value ? DatumGetInt64(DirectFunctionCall1(jsonb_int8, JsonbPGetDatum(value))) : 0;
}

Jsonb *
contacts_json_text(const char *text)
{
	JsonbValue value = {.type = jbvString};

	if (text == NULL)
		return NULL;
	value.val.string.val = unconstify(char *, text);
	value.val.string.len = (int) strlen(text);
	return JsonbValueToJsonb(&value);
}
