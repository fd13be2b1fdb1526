/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HR_JSON_BLOCK_H
#define HR_JSON_BLOCK_H

#include <hotremove/hotremove.h>

#include "cli/session.h"

struct json_object;

/* Put everything about a memory block into @object, which is new or has held another block. */
void hr_json_put_block(struct json_object *object, const struct hr_session *session,
		       const struct hr_listed_block *block);

#endif
