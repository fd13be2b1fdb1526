// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "api/kernel.h"
#include "base/cleanup.h"
#include "map/verify.h"
#include "ptdump/ptdump_tables.h"

/* A text in a form that can be walked. */
struct hr_comparison {
	struct hr_kernel *kernel;
	struct hr_ptdump_tables *tables;
	struct hr_memory memory;
	struct hr_walker *walker;
};

void hr_comparison_destroy(struct hr_comparison *comparison)
{
	if (!comparison)
		return;
	hr_walker_destroy(comparison->walker);
	hr_ptdump_tables_destroy(comparison->tables);
	free(comparison);
}

static void cleanup(struct hr_comparison **comparison)
{
	hr_comparison_destroy(*comparison);
}

struct hr_error *hr_comparison_create(struct hr_kernel *kernel, const struct hr_ptdump *ptdump,
				      struct hr_comparison **ret)
{
	_cleanup_(cleanup) struct hr_comparison *comparison = calloc(1, sizeof(*comparison));
	const struct hr_layout *layout = &kernel->layout;
	struct hr_error *error;

	if (!comparison)
		return hr_error_no_memory();
	comparison->kernel = kernel;
	error = hr_ptdump_tables_create(ptdump, layout, &comparison->tables);
	if (error)
		return error;
	comparison->memory = hr_ptdump_tables_memory(comparison->tables);
	error = hr_walker_create(&layout->geo, &comparison->memory, hr_ptdump_root_pa(&layout->geo),
				 &comparison->walker);
	if (!error)
		*ret = hr_take(comparison);
	return error;
}

/* A comparison in progress, and whether something could not be read. */
struct counted {
	struct hr_compared *compared;
	bool unreadable;
};

static struct hr_error *on_difference(void *context, const struct hr_difference *difference)
{
	struct counted *counted = context;
	struct hr_compared *compared = counted->compared;

	compared->differences++;
	counted->unreadable |= difference->unreadable;
	return compared->difference(compared->context, difference);
}

static void warn_of_gaps(struct hr_kernel *kernel, bool unreadable, bool cut)
{
	_Static_assert(HR_VERIFY_GROUPS_MAX == 4096, "the sentence names the limit");
	if (unreadable)
		hr_kernel_warn(kernel,
			       "parts of the maps could not be read, and were not compared");
	if (cut)
		hr_kernel_warn(kernel, "a map has more malformed CONT groups than the 4096 that "
				       "are compared");
}

struct hr_error *hr_comparison_run(struct hr_comparison *comparison, enum hr_map map,
				   struct hr_compared *compared)
{
	struct hr_kernel *kernel = comparison->kernel;
	struct counted counted = { .compared = compared };
	struct hr_verify verify = {
		.geo = &kernel->layout.geo,
		.walker = kernel->walker,
		.text_walker = comparison->walker,
		.difference = on_difference,
		.context = &counted,
	};
	struct hr_error *error = hr_kernel_check_map(map);
	bool cut;

	compared->differences = 0;
	if (error)
		return error;
	hr_kernel_map_extent(kernel, map, &verify.va_start, &verify.va_last);
	error = hr_verify_map(&verify, &compared->leaves, &cut);
	if (error)
		return error;
	compared->incomplete = counted.unreadable || cut;
	warn_of_gaps(kernel, counted.unreadable, cut);
	return NULL;
}
