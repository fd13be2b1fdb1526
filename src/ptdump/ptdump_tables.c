// SPDX-License-Identifier: GPL-2.0-or-later
#include "ptdump/ptdump_tables.h"

#include <endian.h>
#include <inttypes.h>
#include <string.h>

#include "arch/descriptor_steps.h"
#include "base/cleanup.h"
#include "kernel/address.h"
#include "ptdump/ptdump_geometry.h"

/*
 * The address of a table page: its level above this bit, and below it the number of tables of that
 * level before the one that maps the VA. There are at most 2^31 tables (4K pages, 52 VA bits) of
 * one level, and all descriptor formats can hold such addresses.
 */
#define LEVEL_SHIFT 44

/* One line may stand for more entries than can be made and walked: these take some seconds. */
#define ENTRIES_MAX (UINT64_C(1) << 32)

struct hr_ptdump_tables {
	const struct hr_ptdump *ptdump;
	const struct hr_layout *layout;
	uint64_t left; /* entries that may yet be made */
};

static uint64_t table_pa(const struct hr_geometry *geo, int level, uint64_t va)
{
	uint64_t index = 0;

	if (level != geo->root_level)
		index = (va - hr_half_base(geo)) / hr_table_span(geo, level);
	return (uint64_t)(level + 2) << LEVEL_SHIFT | index << geo->page_shift;
}

uint64_t hr_ptdump_root_pa(const struct hr_geometry *geo)
{
	return table_pa(geo, geo->root_level, hr_half_base(geo));
}

/* The level and first VA of the table at @pa. Returns false if there is none. */
static bool find_table(const struct hr_geometry *geo, uint64_t pa, int *ret_level, uint64_t *ret_va)
{
	uint64_t index = (pa & ((UINT64_C(1) << LEVEL_SHIFT) - 1)) >> geo->page_shift;
	uint64_t half = UINT64_C(1) << geo->va_bits_actual;
	uint64_t span;

	if (pa >> LEVEL_SHIFT < 1 || pa >> LEVEL_SHIFT > HR_LEVELS_MAX)
		return false;
	*ret_level = (int)(pa >> LEVEL_SHIFT) - 2;
	if (*ret_level < geo->root_level)
		return false;
	if (*ret_level == geo->root_level) {
		/* The root of a folded 64K kernel has entries for VAs before the half. */
		*ret_va = -hr_table_span(geo, *ret_level);
		return !index;
	}
	span = hr_table_span(geo, *ret_level);
	*ret_va = hr_half_base(geo) + index * span;
	return index < half / span;
}

/* The linear map gets its true addresses; other mappings get any that fit in the format's bits. */
static uint64_t leaf_pa(const struct hr_layout *layout, uint64_t va)
{
	uint64_t base = hr_half_base(&layout->geo);

	if (va < layout->linear_end)
		return hr_layout_linear_pa(layout, va);
	return (va - base) & ((UINT64_C(1) << 47) - 1);
}

static uint64_t leaf_desc(const struct hr_layout *layout, int level, uint64_t va,
			  const struct hr_ptdump_entry *entry)
{
	uint64_t desc = hr_desc_of_output_address(&layout->geo, leaf_pa(layout, va));

	/* A leaf that is not valid can have any value but 0, and bit 1 ensures that. */
	if (!entry->valid || level == HR_LEVEL_PTE)
		desc |= HR_DESC_TABLE;
	return desc | (entry->valid ? HR_DESC_VALID : 0) | (entry->cont ? HR_DESC_CONT : 0) |
	       (entry->not_global ? HR_DESC_NOT_GLOBAL : 0);
}

/* Are the lines from @index on only holes, up to @last? */
static bool is_hole(const struct hr_ptdump *ptdump, size_t index, uint64_t last)
{
	for (; index < ptdump->count && !ptdump->entries[index].mapped; index++) {
		if (ptdump->entries[index].last >= last)
			return true;
		if (index + 1 < ptdump->count &&
		    ptdump->entries[index + 1].va != ptdump->entries[index].last + 1)
			return false;
	}
	return false;
}

/* The entry of @level that maps [@va, @last]. @index is the first line that extends beyond @va. */
static uint64_t make_entry(const struct hr_ptdump_tables *tables, int level, uint64_t va,
			   uint64_t last, size_t index)
{
	const struct hr_geometry *geo = &tables->layout->geo;
	const struct hr_ptdump *ptdump = tables->ptdump;
	const struct hr_ptdump_entry *entry = &ptdump->entries[index];

	if (index == ptdump->count || entry->va > last)
		return HR_DESC_UNKNOWN;
	if (entry->va <= va && is_hole(ptdump, index, last))
		return 0;
	if (entry->va <= va && entry->mapped && hr_ptdump_level_of(geo, entry) == level)
		return leaf_desc(tables->layout, level, va, entry);
	if (level == HR_LEVEL_PTE)
		return HR_DESC_UNKNOWN;
	return hr_desc_of_output_address(geo, table_pa(geo, level + 1, va)) | HR_DESC_VALID |
	       HR_DESC_TABLE;
}

/*
 * How many entries of @level from @va on, at most @left, each add the level's size to the one
 * before, the first being @desc: those of one line, up to where the in-place part of the output
 * address wraps.
 */
static size_t count_alike(const struct hr_ptdump_tables *tables, int level, uint64_t va,
			  uint64_t desc, size_t left, size_t index)
{
	const struct hr_layout *layout = tables->layout;
	const struct hr_ptdump_entry *entry = &tables->ptdump->entries[index];
	uint64_t pa = leaf_pa(layout, va), count, last;

	if (index == tables->ptdump->count || entry->va > va ||
	    hr_ptdump_level_of(&layout->geo, entry) != level)
		return 1;
	count = (entry->last - va + 1) >> hr_level_shift(&layout->geo, level);
	count = count < left ? count : left;
	last = (count - 1) << hr_level_shift(&layout->geo, level);
	if (last >= hr_desc_room_in_place(&layout->geo, desc) ||
	    leaf_pa(layout, va + last) != pa + last)
		return 1;
	return count;
}

static void make_table(const struct hr_ptdump_tables *tables, int level, uint64_t va,
		       uint64_t *desc)
{
	const struct hr_geometry *geo = &tables->layout->geo;
	const struct hr_ptdump *ptdump = tables->ptdump;
	uint64_t size = hr_level_size(geo, level);
	size_t index = hr_ptdump_find(ptdump, va), entries = hr_table_entries(geo, level), alike;

	memset(desc + entries, 0, hr_page_size(geo) - entries * sizeof(*desc));
	for (size_t i = 0; i < entries; i += alike, va += alike * size) {
		uint64_t first;

		alike = 1;
		desc[i] = 0;
		while (index < ptdump->count && ptdump->entries[index].last < va)
			index++;
		/* The kernel does not use addresses before the half. */
		if (va < hr_half_base(geo))
			continue;
		first = make_entry(tables, level, va, va + (size - 1), index);
		alike = count_alike(tables, level, va, first, entries - i, index);
		hr_desc_write_steps(desc + i, alike, first, first ? size : 0);
	}
}

static struct hr_error *read_tables(void *context, uint64_t pa, void *buffer, size_t len)
{
	struct hr_ptdump_tables *tables = context;
	const struct hr_geometry *geo = &tables->layout->geo;
	uint64_t va;
	int level;

	if (len != hr_page_size(geo) || pa % hr_page_size(geo) || !find_table(geo, pa, &level, &va))
		return hr_error_new(HR_ERROR_UNREADABLE,
				    "page table text does not have the memory at PA 0x%" PRIx64,
				    pa);
	if (tables->left < hr_table_entries(geo, level))
		return hr_error_new(HR_ERROR_UNREADABLE,
				    "the page table text stands for more than %" PRIu64
				    " entries, the most that are read",
				    ENTRIES_MAX);
	tables->left -= hr_table_entries(geo, level);
	make_table(tables, level, va, buffer);
	return NULL;
}

struct hr_error *hr_ptdump_tables_create(const struct hr_ptdump *ptdump,
					 const struct hr_layout *layout,
					 struct hr_ptdump_tables **ret)
{
	struct hr_ptdump_tables *tables;
	struct hr_error *error = hr_ptdump_check(ptdump, &layout->geo);

	if (error)
		return error;
	tables = malloc(sizeof(*tables));
	if (!tables)
		return hr_error_no_memory();
	*tables = (struct hr_ptdump_tables){ ptdump, layout, ENTRIES_MAX };
	*ret = tables;
	return NULL;
}

void hr_ptdump_tables_destroy(struct hr_ptdump_tables *tables)
{
	free(tables);
}

struct hr_memory hr_ptdump_tables_memory(struct hr_ptdump_tables *tables)
{
	return (struct hr_memory){
		.read = read_tables,
		.context = tables,
		.size = ENTRIES_MAX * sizeof(uint64_t),
	};
}
