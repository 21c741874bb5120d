/*
 * page_view.h - rows of contacts.page_view (R34).
 */
#ifndef CONTACTS_STORE_PAGE_VIEW_H
#define CONTACTS_STORE_PAGE_VIEW_H

#include "store/identifier.h"

/* page_view.c */

/* Links the page views of visitors who became known (R15); claims of kind visitor. */
extern void contacts_link_page_views(int64 account_id, const ContactsClaim *visitors, int count);

#endif
