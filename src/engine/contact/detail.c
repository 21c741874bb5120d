/* -------------------------------------------------------------------------
 * detail.c
 *		The details of a contact by name.
 *
 * A table says where each detail stands and of what type it is; so a check, an edit, a preview and
 * a journal can walk them, and what a journal holds can be put back as it was.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "engine/contact/detail.h"
#include "identity/identifier.h"
#include "store/contact.h"
#include "store/spi/enums.h"
#include "values/json.h"
#include "values/survivorship.h"

typedef enum DetailType
{
	TYPE_TEXT,
	TYPE_STATUS,
	TYPE_ID,
	TYPE_TIME
} DetailType;

typedef struct Detail
{
	const char *name; /* of the column, too */
	DetailType type;
	size_t offset;
} Detail;

static const Detail details[CONTACTS_DETAILS] = {
	[CONTACTS_DETAIL_NAME] = {"name", TYPE_TEXT, offsetof(ContactsContact, name)},
	[CONTACTS_DETAIL_EMAIL] = {"email", TYPE_TEXT, offsetof(ContactsContact, email)},
	[CONTACTS_DETAIL_PHONE] = {"phone", TYPE_TEXT, offsetof(ContactsContact, phone)},
	[CONTACTS_DETAIL_COMPANY] = {"company", TYPE_TEXT, offsetof(ContactsContact, company)},
	[CONTACTS_DETAIL_TIMEZONE] = {"timezone", TYPE_TEXT, offsetof(ContactsContact, timezone)},
	[CONTACTS_DETAIL_STATUS] = {"status", TYPE_STATUS, offsetof(ContactsContact, status)},
	[CONTACTS_DETAIL_OWNER] = {"owner_id", TYPE_ID, offsetof(ContactsContact, owner_id)},
	[CONTACTS_DETAIL_SOURCE] = {"source", TYPE_TEXT, offsetof(ContactsContact, source)},
	[CONTACTS_DETAIL_CREATED_AT] = {"created_at", TYPE_TIME, offsetof(ContactsContact, created_at)},
	[CONTACTS_DETAIL_DETAILS_AT] = {"details_at", TYPE_TIME, offsetof(ContactsContact, details_at)},
};

const char *
contacts_detail_name(ContactsDetail detail)
{
	return details[detail].name;
}

int
contacts_detail_named(const char *name, int size)
{
	for (int detail = 0; detail < CONTACTS_DETAILS; detail++)
		if (strncmp(details[detail].name, name, size) == 0 && details[detail].name[size] == '\0')
			return detail;
	return -1;
}

const char **
contacts_detail_text(ContactsContact *contact, ContactsDetail detail)
{
	Assert(details[detail].type == TYPE_TEXT);
	return (const char **) ((char *) contact + details[detail].offset);
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

bool
contacts_details_differ(const ContactsContact *a, const ContactsContact *b)
{
	for (ContactsDetail detail = 0; detail < CONTACTS_EDITED_DETAILS; detail++)
		if (!contacts_same_detail(a, b, detail))
			return true;
	return !contacts_json_same(a->fields, b->fields);
}

bool
contacts_same_detail(const ContactsContact *a, const ContactsContact *b, ContactsDetail detail)
{
	size_t offset = details[detail].offset;
	const char *left = (const char *) a + offset;
	const char *right = (const char *) b + offset;

	switch (details[detail].type)
	{
		case TYPE_TEXT:
			return contacts_same_text(*(const char *const *) left, *(const char *const *) right);
		case TYPE_STATUS:
			return *(const int *) left == *(const int *) right;
		case TYPE_ID:
		case TYPE_TIME:
			return *(const int64 *) left == *(const int64 *) right;
	}
	return false;
}

const char **
contacts_shown_detail(ContactsContact *contact, ContactsIdentifierKind kind)
{
	return kind == CONTACTS_EMAIL ? &contact->email : &contact->phone;
}

int
contacts_kind_shown(int detail)
{
	return detail == CONTACTS_DETAIL_EMAIL   ? CONTACTS_EMAIL
		   : detail == CONTACTS_DETAIL_PHONE ? CONTACTS_PHONE
											 : -1;
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
