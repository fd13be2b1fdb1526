// SPDX-License-Identifier: GPL-2.0-or-later
#include "walk/walker.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "walk/walker_state.h"

struct hr_error *hr_walker_create(const struct hr_geometry *geo, const struct hr_memory *memory,
				  uint64_t root_pa, struct hr_walker **ret)
{
	_cleanup_(hr_cleanup_walker) struct hr_walker *walker = calloc(1, sizeof(*walker));
	struct hr_error *error;

	if (!walker)
		return hr_error_no_memory();
	error = hr_table_cache_init(&walker->tables, geo, memory);
	if (error)
		return error;
	walker->root_pa = root_pa;
	walker->entry_limit = UINT64_MAX;
	*ret = hr_take(walker);
	return NULL;
}

void hr_walker_destroy(struct hr_walker *walker)
{
	if (!walker)
		return;
	hr_table_cache_release(&walker->tables);
	free(walker);
}

uint64_t hr_walker_visits(const struct hr_walker *walker)
{
	return walker->tables.visits;
}

void hr_walker_forget_visits(struct hr_walker *walker, uint64_t visits)
{
	walker->tables.visits = visits;
}

uint64_t hr_walker_source_pages(const struct hr_walker *walker)
{
	return walker->tables.memory->size >> walker->tables.geo->page_shift;
}

void hr_walker_report(struct hr_walker *walker, hr_table_fn *report, void *context)
{
	walker->report = report;
	walker->report_context = context;
}

uint64_t hr_walker_tables_read(const struct hr_walker *walker)
{
	return walker->tables.tables_read;
}

bool hr_walker_may_look_on(struct hr_walker *walker)
{
	return walker->vain_looks++ < HR_VAIN_LOOKS_MAX;
}
