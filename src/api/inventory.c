// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/inventory.h"

#include <stdlib.h>

#include "api/block_form.h"
#include "api/kernel.h"
#include "base/cleanup.h"
#include "kernel/address.h"
#include "map/leaf_form.h"

#define PA_END (UINT64_C(1) << HR_PA_BITS_MAX)

/* A map that is being taken down. */
struct taking {
	const struct hr_kernel *kernel;
	enum hr_map map;
	struct hr_parts leaves, groups;
	bool is_strange; /* it maps what cannot be memory */
};

/* An inventory that is being filled with blocks. */
struct listing {
	struct hr_inventory *inventory;
	uint64_t block_size;
};

static void release(struct taking *taking)
{
	hr_parts_release(&taking->leaves);
	hr_parts_release(&taking->groups);
}

void hr_inventory_destroy(struct hr_inventory *inventory)
{
	if (!inventory)
		return;
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		hr_parts_release(&inventory->leaves[map]);
	hr_parts_release(&inventory->blocks);
	free(inventory);
}

static void cleanup(struct hr_inventory **inventory)
{
	hr_inventory_destroy(*inventory);
}

/*
 * The memory whose struct pages end @offset bytes behind where that of address 0 is, or would be.
 * Addresses have at most 52 bits, and struct pages are smaller than pages.
 */
static uint64_t memory_of_pages(const struct hr_layout *layout, uint64_t offset)
{
	uint64_t page = hr_page_size(&layout->geo);

	return (uint64_t)((unsigned __int128)offset * page / layout->struct_page_size);
}

/* The memory that belongs to @size bytes at @va. Returns false if there can be none. */
static bool memory_at(const struct taking *taking, uint64_t va, uint64_t size,
		      struct hr_pa_range *ret)
{
	const struct hr_layout *layout = &taking->kernel->layout;
	uint64_t start = taking->map == HR_MAP_LINEAR ? hr_layout_linear_pa(layout, va)
						      : va - hr_layout_page_va(layout, 0);

	if (start >= PA_END || size > PA_END - start)
		return false;
	*ret = (struct hr_pa_range){ start, start + size };
	if (taking->map == HR_MAP_VMEMMAP) {
		ret->start = memory_of_pages(layout, start);
		ret->end = memory_of_pages(layout, start + size);
	}
	return ret->start < ret->end && ret->end <= PA_END;
}

/* Add what lies at @va, @size bytes, to @parts. */
static struct hr_error *add(struct taking *taking, struct hr_parts *parts, uint64_t va,
			    uint64_t size, uint32_t kind)
{
	struct hr_pa_range range;

	if (memory_at(taking, va, size, &range))
		return hr_parts_add(parts, range.start, range.end - 1, kind);
	taking->is_strange |= kind != 0;
	return NULL;
}

static struct hr_error *on_run(void *context, const struct hr_run *run)
{
	struct taking *taking = context;
	uint64_t count = run->state == HR_MAP_MAPPED ? run->count : 1;
	const struct hr_leaf_form form = hr_leaf_form_of(run);

	return add(taking, &taking->leaves, run->leaf.va, run->leaf.size * count,
		   hr_leaf_form_pack(&form));
}

static struct hr_error *on_group(void *context, const struct hr_leaf *group)
{
	struct taking *taking = context;

	return add(taking, &taking->groups, group->va, group->size, 1);
}

/* The same leaves, those in malformed groups marked. */
static struct hr_error *on_marked(void *context, const struct hr_part_pair *pair)
{
	struct hr_leaf_form form = hr_leaf_form_unpack(pair->one);

	form.malformed = pair->other != 0;
	return hr_parts_add(context, pair->start, pair->last, hr_leaf_form_pack(&form));
}

static struct hr_error *take_map(struct hr_kernel *kernel, enum hr_map map,
				 struct hr_inventory *inventory)
{
	_cleanup_(release) struct taking taking = { .kernel = kernel, .map = map };
	struct hr_map_walk walk = {
		.run = on_run,
		.unread = on_run,
		.malformed = on_group,
		.context = &taking,
	};
	struct hr_error *error = hr_kernel_walk_map(kernel, map, &walk);

	if (error)
		return error;
	inventory->lacks_leaves[map] = walk.unreadable || taking.is_strange;
	return hr_parts_pair(&taking.leaves, &taking.groups, on_marked, &inventory->leaves[map]);
}

static struct hr_error *on_block(void *context, const struct hr_listed_block *block)
{
	const struct listing *listing = context;
	const struct hr_block_form form = hr_block_form_of(block);
	uint64_t start = block->answer->range.start;

	return hr_parts_add(&listing->inventory->blocks, start, start + listing->block_size - 1,
			    hr_block_form_pack(&form));
}

static struct hr_error *take_blocks(struct hr_kernel *kernel, struct hr_inventory *inventory)
{
	struct listing listing = { inventory, kernel->memory_block_size };
	struct hr_block_list list = { .block = on_block, .context = &listing };
	struct hr_error *error = hr_kernel_list_blocks(kernel, &list);

	inventory->lacks_blocks = list.incomplete;
	return error;
}

static struct hr_error *take_all(struct hr_kernel *kernel, bool blocks,
				 struct hr_inventory *inventory)
{
	struct hr_error *error = blocks ? take_blocks(kernel, inventory) : NULL;

	for (enum hr_map map = 0; !error && map < HR_MAP_COUNT; map++)
		error = take_map(kernel, map, inventory);
	return error;
}

struct hr_error *hr_inventory_create(struct hr_kernel *kernel, bool blocks,
				     struct hr_inventory **ret)
{
	_cleanup_(cleanup) struct hr_inventory *inventory = calloc(1, sizeof(*inventory));
	struct hr_error *error;

	if (!inventory)
		return hr_error_no_memory();
	if (!kernel->has_phys_offset)
		return hr_error_new(HR_ERROR_INPUT, "a text of page tables does not tell where "
						    "memory is: {phys_offset} is needed");
	inventory->page_size = hr_page_size(&kernel->layout.geo);
	inventory->struct_page_size = kernel->layout.struct_page_size;
	error = take_all(kernel, blocks, inventory);
	if (!error)
		*ret = hr_take(inventory);
	return error;
}
