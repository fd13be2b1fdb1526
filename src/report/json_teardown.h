/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HR_JSON_TEARDOWN_H
#define HR_JSON_TEARDOWN_H

#include <hotremove/hotremove.h>

struct json_object;

/* Put the teardown of the range of @answer, which must have a plan, into @object. */
void hr_json_put_teardown(struct json_object *object, const struct hr_kernel *kernel,
			  const struct hr_answer *answer);

#endif
