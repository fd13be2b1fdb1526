/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HR_JSON_BLOCK_H
#define HR_JSON_BLOCK_H

#include <hotremove/hotremove.h>

struct json_object;

/* Everything about a memory block. */
struct json_object *hr_json_new_block(const struct hr_kernel *kernel,
				      const struct hr_listed_block *block);

#endif
