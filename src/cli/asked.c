// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/asked.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/grow.h"
#include "cli/options.h"

struct hr_error *hr_asked_add(struct hr_asked_list *list, const struct hr_asked *asked)
{
	struct hr_asked *grown;

	if (list->count == HR_RANGES_MAX)
		return hr_error_new(HR_ERROR_USAGE, "too many ranges: the limit is %d",
				    HR_RANGES_MAX);
	grown = hr_grow(list->list, list->count, &list->room, sizeof(*grown));
	if (!grown)
		return hr_error_no_memory();
	list->list = grown;
	list->list[list->count++] = *asked;
	return NULL;
}

void hr_asked_release(struct hr_asked_list *list)
{
	free(list->list);
	*list = (struct hr_asked_list){ .count = 0 };
}
