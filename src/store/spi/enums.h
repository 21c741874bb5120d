/*
 * enums.h - labels of the extension's enum types as small numbers, in their SQL order.
 */
#ifndef CONTACTS_ENUMS_H
#define CONTACTS_ENUMS_H

#include "store/spi/query.h"
#include "text/problem.h"

/* enums.c */

typedef enum ContactsEnum
{
	CONTACTS_ENUM_STATUS,
	CONTACTS_ENUM_KIND,
	CONTACTS_ENUM_OUTCOME,
	CONTACTS_ENUM_STATE,
	CONTACTS_ENUM_FIELD_TYPE
} ContactsEnum;
#define CONTACTS_ENUM_COUNT 5

extern int contacts_enum_index(ContactsEnum type, const char *label); /* -1 = no such label */
extern const char *contacts_enum_label(ContactsEnum type, int index);
/* A label as given to its number, -1 for NULL; false with *problem filled, which lists them. */
extern bool contacts_enum_read(ContactsEnum type, const char *what, const char *label, int *index,
							   ContactsProblem *problem);
extern Oid contacts_enum_type(ContactsEnum type);
extern Datum contacts_enum_datum(ContactsEnum type, int index);
extern int contacts_enum_of_datum(ContactsEnum type, Datum value);
extern void contacts_arg_enum(ContactsArgs *args, ContactsEnum type, int index); /* -1 = null */
extern int contacts_row_enum(uint64 row, int column, ContactsEnum type);         /* null = -1 */

#endif
