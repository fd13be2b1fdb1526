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
	bool is_strange; /* something reaches to where there cannot be memory */
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

/* The pages whose struct pages end in the first @bytes from where that of address 0 would begin. */
static uint64_t memory_of_pages(const struct hr_layout *layout, uint64_t bytes)
{
	return bytes / layout->struct_page_size << layout->geo.page_shift;
}

/* The bytes from where physical address 0 has its place in the map, or would have it, to @va. */
static int64_t place_of(const struct taking *taking, uint64_t va)
{
	const struct hr_layout *layout = &taking->kernel->layout;

	return (int64_t)(taking->map == HR_MAP_LINEAR ? hr_layout_linear_pa(layout, va)
						      : va - hr_layout_page_va(layout, 0));
}

/* The bytes from there to the end of what can be memory. */
static int64_t places_of_all(const struct taking *taking)
{
	const struct hr_layout *layout = &taking->kernel->layout;

	return (int64_t)(taking->map == HR_MAP_LINEAR
				 ? PA_END
				 : (PA_END >> layout->geo.page_shift) * layout->struct_page_size);
}

/* The memory that belongs to @size bytes at @va, as far as there can be any. May be empty. */
static struct hr_pa_range memory_at(struct taking *taking, uint64_t va, uint64_t size)
{
	const struct hr_layout *layout = &taking->kernel->layout;
	int64_t start = place_of(taking, va), limit = places_of_all(taking);
	int64_t end = start < limit ? start + (int64_t)size : start;
	struct hr_pa_range memory;

	taking->is_strange |= start < 0 || end > limit;
	start = start < 0 ? 0 : start;
	end = end > limit ? limit : end;
	if (start >= end)
		return (struct hr_pa_range){ 0, 0 };
	memory = (struct hr_pa_range){ (uint64_t)start, (uint64_t)end };
	if (taking->map == HR_MAP_VMEMMAP) {
		memory.start = memory_of_pages(layout, memory.start);
		memory.end = memory_of_pages(layout, memory.end);
	}
	return memory;
}

/* Add what lies at @va, @size bytes, to @parts. */
static struct hr_error *add(struct taking *taking, struct hr_parts *parts, uint64_t va,
			    uint64_t size, uint32_t kind)
{
	const struct hr_pa_range memory = memory_at(taking, va, size);

	return memory.start < memory.end ? hr_parts_add(parts, memory.start, memory.end - 1, kind)
					 : NULL;
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
