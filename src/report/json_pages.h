/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HR_JSON_PAGES_H
#define HR_JSON_PAGES_H

#include <hotremove/hotremove.h>

struct json_object;

/* Put what lies in a range into @object as "pages"; null if @pages is NULL. */
void hr_json_put_pages(struct json_object *object, const struct hr_pages *pages);

#endif
