// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/kernel.h"
#include "kernel/address.h"
#include "kernel/maps.h"
#include "walk/walk.h"

bool hr_kernel_has_pa(const struct hr_kernel *kernel, enum hr_map map)
{
	if (map == HR_MAP_LINEAR)
		return kernel->has_phys_offset;
	return !kernel->config.ptdump;
}

uint64_t hr_kernel_linear_pa(const struct hr_kernel *kernel, uint64_t va)
{
	return hr_layout_linear_pa(&kernel->layout, va);
}

void hr_kernel_map_extent(const struct hr_kernel *kernel, enum hr_map map, uint64_t *ret_start,
			  uint64_t *ret_last)
{
	const struct hr_layout *layout = &kernel->layout;

	if (map == HR_MAP_LINEAR) {
		*ret_start = hr_half_base(&layout->geo);
		*ret_last = layout->linear_end - 1;
	} else {
		*ret_start = hr_layout_vmemmap_used(layout);
		*ret_last = layout->vmemmap_end - 1;
	}
}

/* A walk in progress, with the bytes that it has found of each kind. */
struct counted {
	const struct hr_map_walk *walk;
	uint64_t mapped;
	uint64_t unexpected; /* mapped by leaves that no kernel makes */
	uint64_t unreadable;
};

static struct hr_error *on_run(void *context, const struct hr_run *run)
{
	struct counted *counted = context;
	const struct hr_map_walk *walk = counted->walk;
	uint64_t bytes = run->leaf.size * run->count;

	if (run->state == HR_MAP_MAPPED) {
		*(run->leaf.expected ? &counted->mapped : &counted->unexpected) += bytes;
		return walk->run(walk->context, run);
	}
	if (run->state != HR_MAP_UNREADABLE)
		return NULL;
	counted->unreadable += run->leaf.size;
	return walk->unread ? walk->unread(walk->context, run) : NULL;
}

static struct hr_error *on_group(void *context, const struct hr_leaf *group)
{
	const struct hr_map_walk *walk = ((const struct counted *)context)->walk;

	return walk->malformed ? walk->malformed(walk->context, group) : NULL;
}

struct hr_error *hr_kernel_check_map(enum hr_map map)
{
	return map < HR_MAP_COUNT ? NULL
				  : hr_error_new(HR_ERROR_USAGE, "there is no map %d", (int)map);
}

static void warn_of_unreadable(struct hr_kernel *kernel, enum hr_map map)
{
	static const char *const warnings[HR_MAP_COUNT] = {
		[HR_MAP_LINEAR] = "parts of the linear map could not be read: the map lacks them",
		[HR_MAP_VMEMMAP] = "parts of the vmemmap could not be read: the map lacks them",
	};

	hr_kernel_warn(kernel, warnings[map]);
}

static void warn_of_unexpected(struct hr_kernel *kernel, enum hr_map map)
{
	static const char *const warnings[HR_MAP_COUNT] = {
		[HR_MAP_LINEAR] = "the linear map has leaves that no kernel makes: a table is "
				  "damaged or is not a table",
		[HR_MAP_VMEMMAP] = "the vmemmap has leaves that no kernel makes: a table is "
				   "damaged or is not a table",
	};

	hr_kernel_warn(kernel, warnings[map]);
}

/* Every kernel has memory, and struct pages for it. */
static void warn_of_empty(struct hr_kernel *kernel, enum hr_map map)
{
	static const char *const warnings[HR_MAP_COUNT] = {
		[HR_MAP_LINEAR] = "the linear map is empty, which no kernel's is: the root table, "
				  "or where the linear map lies, is wrong",
		[HR_MAP_VMEMMAP] = "the vmemmap is empty, which no kernel's is: a table is "
				   "damaged, or VMEMMAP_START is wrong",
	};

	hr_kernel_warn(kernel, warnings[map]);
}

/*
 * Judge what the walk of @extent bytes has found. An empty linear map was not found where it is. An
 * empty vmemmap is only suspicious: a core may have no tables for it.
 */
static uint64_t judge(struct hr_kernel *kernel, enum hr_map map, const struct counted *counted,
		      uint64_t extent)
{
	uint64_t bytes = counted->unreadable + counted->unexpected;

	if (counted->unreadable)
		warn_of_unreadable(kernel, map);
	if (counted->unexpected)
		warn_of_unexpected(kernel, map);
	if (counted->mapped || bytes)
		return bytes;
	warn_of_empty(kernel, map);
	return map == HR_MAP_LINEAR ? extent : 0;
}

struct hr_error *hr_kernel_walk_map(struct hr_kernel *kernel, enum hr_map map,
				    struct hr_map_walk *walk)
{
	struct counted counted = { .walk = walk };
	const struct hr_visitor visitor = {
		.context = &counted,
		.run = on_run,
		.broken_group = on_group,
	};
	struct hr_error *error = hr_kernel_check_map(map);
	uint64_t start, last;

	if (error)
		return error;
	hr_kernel_map_extent(kernel, map, &start, &last);
	error = hr_walk_range(kernel->walker, start, last, &visitor);
	walk->unreadable =
		error ? counted.unreadable : judge(kernel, map, &counted, last - start + 1);
	return error;
}
