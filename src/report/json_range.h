/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HR_JSON_RANGE_H
#define HR_JSON_RANGE_H

#include <hotremove/hotremove.h>

#include "cli/asked.h"

struct json_object;

/* Everything about the range @asked; @answer must have a plan. */
struct json_object *hr_json_new_range(const struct hr_kernel *kernel,
				      const struct hr_answer *answer, const struct hr_asked *asked);

/* Parts of it that memory blocks also use. */
void hr_json_put_leaf(struct json_object *parent, const char *key, const struct hr_kernel *kernel,
		      enum hr_map map, const struct hr_leaf *leaf);
void hr_json_put_reasons(struct json_object *object, const struct hr_kernel *kernel,
			 const struct hr_check_result *check);
void hr_json_put_leaf_counts(struct json_object *object, const struct hr_contents *contents);

#endif
