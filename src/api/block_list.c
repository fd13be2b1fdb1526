// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/answer.h"
#include "api/kernel_pages.h"
#include "api/kernel_views.h"
#include "base/cleanup.h"
#include "check/section_check.h"
#include "kernel/maps.h"
#include "map/altmap.h"
#include "walk/lookup.h"
#include "walk/walk.h"

uint64_t hr_kernel_next_block(const struct hr_kernel *kernel, uint64_t start, bool *ret_unread)
{
	const struct hr_machine machine = hr_kernel_machine(kernel);
	uint64_t size = machine.block_size;

	if (start > -size)
		return HR_NO_BLOCK;
	start = (start + size - 1) & -size;
	return hr_block_next(&machine, start, UINT64_C(1) << kernel->layout.pa_bits, ret_unread);
}

enum hr_tristate hr_kernel_memmap_on_memory(const struct hr_kernel *kernel, uint64_t start)
{
	bool holds;

	if (kernel->layout.hides_vmemmap_pa ||
	    !hr_block_has_altmap(&kernel->layout, kernel->walker, start, &holds))
		return HR_UNKNOWN;
	return holds ? HR_YES : HR_NO;
}

/* For the running kernel, sysfs says so; for others, the sections do. */
static enum hr_tristate block_online(const struct hr_kernel *kernel, uint64_t start)
{
	const struct hr_machine machine = hr_kernel_machine(kernel);
	const struct hr_host *host = kernel->config.host;
	struct hr_block_state state;
	struct hr_error *error;

	if (host && host->block_online)
		return host->block_online(host->context, start / kernel->memory_block_size);
	error = hr_block_read(&machine, start, &state);
	if (error || !machine.sections) {
		hr_error_destroy(error);
		return HR_UNKNOWN;
	}
	return state.online ? HR_YES : HR_NO;
}

/* Was any part of the block of @answer present at boot? */
static enum hr_tristate block_boot(const struct hr_kernel *kernel, const struct hr_answer *answer)
{
	const struct hr_check check = hr_kernel_check(kernel);
	struct hr_check_result sections;

	if (!kernel->sections)
		return HR_UNKNOWN;
	if (hr_check_has(&answer->check, HR_REASON_BOOT_MEMORY))
		return HR_YES;
	if (!hr_check_has(&answer->check, HR_REASON_UNREADABLE))
		return HR_NO;
	/*
	 * Is a section that could not be read the cause? The table of reasons is large, so it is
	 * not cleared.
	 */
	sections.count = 0;
	hr_check_sections(&check, &answer->range, &sections);
	return hr_check_has(&sections, HR_REASON_UNREADABLE) ? HR_UNKNOWN : HR_NO;
}

/* What maps @va, the first byte of a block or, with @at_end, the last. */
static struct hr_block_edge edge_at(struct hr_walker *walker, uint64_t va, bool at_end)
{
	struct hr_block_edge edge = { .state = HR_MAP_UNMAPPED };
	struct hr_lookup found;

	hr_walk_lookup(walker, va, &found);
	edge.state = found.state;
	edge.is_damaged = found.in_broken_group;
	edge.has_leaf = found.in_broken_group || found.state == HR_MAP_MAPPED;
	if (!edge.has_leaf)
		return edge;
	edge.leaf = found.in_broken_group ? found.broken_group : found.leaf;
	edge.crosses = va != (at_end ? edge.leaf.va + (edge.leaf.size - 1) : edge.leaf.va);
	return edge;
}

/* A block whose edges are to be found. */
struct edges {
	const struct hr_kernel *kernel;
	struct hr_listed_block *block;
};

static void find_edges(void *context)
{
	const struct edges *wanted = context;
	const struct hr_kernel *kernel = wanted->kernel;
	struct hr_listed_block *block = wanted->block;
	const struct hr_pa_range *range = &block->answer->range;

	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		struct hr_block_edges *edges = &block->edges[map];
		uint64_t start, end;

		if (!hr_map_range(&kernel->layout, map, range->start, range->end, &start, &end))
			continue;
		edges->start = edge_at(kernel->walker, start, false);
		edges->end = edge_at(kernel->walker, end - 1, true);
	}
}

static struct hr_error *list_block(struct hr_kernel *kernel, uint64_t start,
				   const struct hr_block_list *list)
{
	const struct hr_pa_range range = { start, start + kernel->memory_block_size };
	_cleanup_(hr_cleanup_answer) struct hr_answer *answer = NULL;
	struct hr_error *error = hr_answer_create(kernel, &range, HR_DEPTH_LEAVES, &answer);
	struct hr_listed_block block;

	if (error)
		return error;
	block = (struct hr_listed_block){
		.answer = answer,
		.online = block_online(kernel, start),
		.boot = block_boot(kernel, answer),
	};
	hr_walk_together(kernel->walker, find_edges, &(struct edges){ kernel, &block });
	return list->block(list->context, &block);
}

_Static_assert(HR_MAPPED_BLOCKS_MAX == 524288, "a warning names the limit");

/* If there are more blocks than possible, mem_section has led to a block more than once. */
static void end_list(struct hr_kernel *kernel, struct hr_block_list *list)
{
	if (kernel->sections)
		hr_kernel_warn(kernel, "mem_section has more memory blocks than the source can "
				       "hold sections for: it is damaged, and the list ends there");
	else
		hr_kernel_warn(kernel, "the linear map maps more than 524288 memory blocks, the "
				       "most that are listed without mem_section: the list ends "
				       "there");
	list->incomplete = true;
}

/* Every kernel has memory. If it seems to have none, something else was read. */
static void end_empty_list(struct hr_kernel *kernel, struct hr_block_list *list)
{
	hr_kernel_warn(kernel, "no memory block was found, although every kernel has some: what "
			       "was read is not this kernel's");
	list->incomplete = true;
}

/* Sets *@ret_unread if blocks may be missing because something could not be read. */
static struct hr_error *list_all(struct hr_kernel *kernel, struct hr_block_list *list,
				 bool *ret_unread)
{
	const struct hr_machine machine = hr_kernel_machine(kernel);
	const uint64_t most = hr_block_most(&machine);
	struct hr_error *error = NULL;
	uint64_t left = most;

	for (uint64_t start = hr_kernel_next_block(kernel, 0, ret_unread);
	     !error && start != HR_NO_BLOCK;
	     start = hr_kernel_next_block(kernel, start + machine.block_size, ret_unread)) {
		if (!left--) {
			end_list(kernel, list);
			break;
		}
		error = list_block(kernel, start, list);
	}
	if (left == most && !*ret_unread)
		end_empty_list(kernel, list);
	return error;
}

static void warn_of_missing(struct hr_kernel *kernel)
{
	hr_kernel_warn(kernel, kernel->sections ? "parts of mem_section could not be read: the "
						  "blocks there are missing from the list"
						: "parts of the linear map could not be read: "
						  "blocks there may be missing from the list");
}

struct hr_error *hr_kernel_list_blocks(struct hr_kernel *kernel, struct hr_block_list *list)
{
	struct hr_error *error = hr_kernel_check_purpose(kernel);
	bool unread = false;

	list->incomplete = false;
	if (error)
		return error;
	if (!kernel->sections)
		hr_kernel_warn(kernel, "it is not known which memory blocks exist: the list has "
				       "those that the linear map maps");
	/* Once for the block, and once for the memory that holds struct pages of other blocks. */
	hr_walk_pass_begin(kernel->walker, 2);
	hr_kernel_pages_pass_begin(kernel);
	error = list_all(kernel, list, &unread);
	hr_kernel_pages_pass_end(kernel);
	hr_walk_pass_end(kernel->walker);
	if (unread)
		warn_of_missing(kernel);
	list->incomplete |= unread;
	return error;
}
