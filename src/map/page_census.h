/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lies in a range of memory, page by page. */
#ifndef HR_PAGE_CENSUS_H
#define HR_PAGE_CENSUS_H

#include <hotremove/hotremove.h>

#include "map/machine.h"
#include "map/page_reader.h"

enum {
	HR_PAGE_LOOKS = 3 /* the most looks at pages of a running kernel */
};

struct hr_page_census {
	struct hr_machine machine;
	struct hr_page_reader *reader;
	/* The memory is that of a running kernel, where pages change while they are looked at. */
	bool live;
	/* Called for each window of pages with its physical address; may be NULL. */
	void (*progress)(void *context, uint64_t pa);
	void *context;
};

/*
 * Count the pages of [@start, @end), physical addresses, that exist, by what they hold. Pages of a
 * running kernel that somebody seems to hold are looked at again, since that may be for a moment.
 */
void hr_page_census_take(const struct hr_page_census *census, uint64_t start, uint64_t end,
			 struct hr_pages *ret);

/* Count @pages of @kind, of which @pfn is the first, in @ret. */
void hr_pages_add(struct hr_pages *ret, enum hr_page_kind kind, uint64_t pfn, uint64_t pages);

#endif
