// SPDX-License-Identifier: GPL-2.0-or-later
#include "predict/add.h"

#include <endian.h>

#include "arch/descriptor_steps.h"
#include "kernel/address.h"

/* Memory being added. */
struct adder {
	const struct hr_add *add;
	struct hr_made_tables *tables; /* NULL: a whole table is computed, which needs no other */
	uint64_t left_out;
};

/* With memmap_on_memory, the struct pages of a block lie in order from its start. */
static uint64_t own_memmap_pa(const struct hr_add *add, uint64_t va)
{
	const struct hr_layout *layout = add->layout;
	uint64_t pages = (va - hr_layout_page_va(layout, 0)) / layout->struct_page_size;
	uint64_t block = (pages << layout->geo.page_shift) & -add->block_size;

	return block + (va - hr_layout_page_va(layout, block >> layout->geo.page_shift));
}

static uint64_t leaf_pa(const struct hr_add *add, uint64_t va)
{
	if (add->map == HR_MAP_LINEAR)
		return hr_layout_linear_pa(add->layout, va);
	if (add->block_size)
		return own_memmap_pa(add, va);
	return HR_PA_PREDICTED | (va - hr_half_base(&add->layout->geo));
}

static uint64_t leaf_desc(const struct hr_add *add, int level, uint64_t va, bool cont)
{
	return hr_desc_of_output_address(&add->layout->geo, leaf_pa(add, va)) | HR_DESC_VALID |
	       (level == HR_LEVEL_PTE ? HR_DESC_TABLE : 0) | (cont ? HR_DESC_CONT : 0);
}

/* Is the entry @desc of @level, little-endian, a table? */
static bool is_table(const struct adder *adder, int level, uint64_t desc)
{
	return hr_desc_decode(&adder->add->layout->geo, level, le64toh(desc)).kind ==
	       HR_ENTRY_TABLE;
}

/* Can one call add as much as a leaf of @size maps? Calls add aligned pieces of a power of two. */
static bool fits_call(const struct hr_add *add, uint64_t size)
{
	return !add->call_size || size <= add->call_size;
}

/*
 * May an entry of @level that maps [@va, @last], or as much of it as is added, be a block? The
 * linear map needs all of it, at the right place (mmu.c). The vmemmap has PMDs with 4K pages only;
 * one is as large as the struct pages of a section, but may begin before it if struct pages do not
 * have 64 bytes (vmemmap_populate_hugepages()).
 */
static bool can_be_block(const struct hr_add *add, int level, uint64_t va, uint64_t last)
{
	const struct hr_geometry *geo = &add->layout->geo;
	uint64_t size = hr_level_size(geo, level);

	if (add->map == HR_MAP_VMEMMAP)
		return level == HR_LEVEL_PMD && geo->page_shift == 12;
	return add->blocks && level >= geo->leaf_level && level < HR_LEVEL_PTE &&
	       fits_call(add, size) && !((va | (last + 1) | leaf_pa(add, va)) & (size - 1));
}

/* Is some entry of a group valid without CONT? A table counts (pmd_range_has_valid_noncont()). */
static bool has_other_entry(const uint64_t *group, size_t entries)
{
	for (size_t i = 0; i < entries; i++) {
		uint64_t desc = le64toh(group[i]);

		if (desc & HR_DESC_VALID && !(desc & HR_DESC_CONT))
			return true;
	}
	return false;
}

size_t hr_add_cont_entries(const struct hr_geometry *geo, int level)
{
	return level == geo->root_level ? 1 : hr_cont_entries(geo, level);
}

/* Do the entries of @level that map [@va, @last] become a CONT group? */
static bool is_group(const struct adder *adder, int level, const uint64_t *desc, uint64_t va,
		     uint64_t last)
{
	const struct hr_add *add = adder->add;
	const struct hr_geometry *geo = &add->layout->geo;
	size_t entries = hr_add_cont_entries(geo, level);
	uint64_t size = hr_level_size(geo, level) * entries;

	if (add->map != HR_MAP_LINEAR || !add->blocks || entries == 1 || !fits_call(add, size) ||
	    (va | (last + 1) | leaf_pa(add, va)) & (size - 1))
		return false;
	return add->standing == HR_STANDING_LEFT_EMPTY ||
	       !has_other_entry(&desc[hr_table_index(geo, level, va)], entries);
}

static struct hr_error *add_table(struct adder *adder, int level, uint64_t *desc, uint64_t va,
				  uint64_t last, bool cont);

/* Continue in the table below @entry of @level. */
static struct hr_error *add_below(struct adder *adder, int level, uint64_t *entry, uint64_t va,
				  uint64_t last, bool cont)
{
	uint64_t *table;
	struct hr_error *error = hr_made_table_open(adder->tables, entry, &table);

	return error ? error : add_table(adder, level + 1, table, va, last, cont);
}

/* A table stands where a block could be. */
static struct hr_error *add_to_standing(struct adder *adder, int level, uint64_t *entry,
					uint64_t va, uint64_t last, bool cont)
{
	switch (adder->add->standing) {
	case HR_STANDING_FILLED:
		return add_below(adder, level, entry, va, last, cont);
	case HR_STANDING_LEFT_EMPTY:
		adder->left_out += last - va + 1;
		return NULL;
	case HR_STANDING_UNKNOWN:
		break;
	}
	return hr_error_new(HR_ERROR_INPUT,
			    "a table without entries stands in the place of a leaf, and it is not "
			    "known what this kernel does with it");
}

/* Map [@va, @last], which lies in one entry of @level. */
static struct hr_error *add_entry(struct adder *adder, int level, uint64_t *entry, uint64_t va,
				  uint64_t last, bool cont)
{
	const struct hr_geometry *geo = &adder->add->layout->geo;
	uint64_t size = hr_level_size(geo, level), start = va & ~(size - 1);
	bool stands = is_table(adder, level, *entry);

	/* A leaf that is there is a neighbour's, in the vmemmap, and has room for these pages. */
	if (*entry && !stands)
		return NULL;
	if (level == HR_LEVEL_PTE || can_be_block(adder->add, level, va, last)) {
		if (stands)
			return add_to_standing(adder, level, entry, va, last, cont);
		*entry = htole64(leaf_desc(adder->add, level, start, cont));
		return NULL;
	}
	if (!stands && va == start && last - start == size - 1) {
		*entry = hr_made_table_whole(geo, level + 1, va);
		return NULL;
	}
	return add_below(adder, level, entry, va, last, cont);
}

/* The pages of [@va, @last] have contiguous addresses, and no entry yet: write them at once. */
static bool add_pages(struct adder *adder, uint64_t *desc, uint64_t va, uint64_t last, bool cont)
{
	const struct hr_geometry *geo = &adder->add->layout->geo;
	uint64_t first = leaf_desc(adder->add, HR_LEVEL_PTE, va, cont);
	size_t count = ((last - va) >> geo->page_shift) + 1;

	if (adder->tables || leaf_pa(adder->add, last) - leaf_pa(adder->add, va) != last - va ||
	    last - va >= hr_desc_room_in_place(geo, first))
		return false;
	hr_desc_write_steps(&desc[hr_table_index(geo, HR_LEVEL_PTE, va)], count, first,
			    hr_page_size(geo));
	return true;
}

/* Map [@va, @last], which lies in one CONT group of @level; @cont: the entries are members. */
static struct hr_error *add_part(struct adder *adder, int level, uint64_t *desc, uint64_t va,
				 uint64_t last, bool cont)
{
	const struct hr_geometry *geo = &adder->add->layout->geo;
	uint64_t size = hr_level_size(geo, level);

	if (level == HR_LEVEL_PTE && add_pages(adder, desc, va, last, cont))
		return NULL;
	for (;;) {
		uint64_t end = hr_region_last(va, size, last);
		struct hr_error *error = add_entry(
			adder, level, &desc[hr_table_index(geo, level, va)], va, end, cont);
		if (error || end == last)
			return error;
		va = end + 1;
	}
}

/*
 * Map [@va, @last] in the table of @level, group by group (alloc_init_cont_pmd() and so on, mmu.c).
 * What is below a CONT group of PMDs has the CONT bit from there, whatever its place.
 */
static struct hr_error *add_table(struct adder *adder, int level, uint64_t *desc, uint64_t va,
				  uint64_t last, bool cont)
{
	const struct hr_geometry *geo = &adder->add->layout->geo;
	uint64_t size = hr_level_size(geo, level) * hr_add_cont_entries(geo, level);

	for (;;) {
		uint64_t end = hr_region_last(va, size, last);
		struct hr_error *error = add_part(adder, level, desc, va, end,
						  cont || is_group(adder, level, desc, va, end));
		if (error || end == last)
			return error;
		va = end + 1;
	}
}

static void fill(void *context, int level, uint64_t va, uint64_t *desc)
{
	const struct hr_add *add = context;
	struct adder adder = { .add = add };

	/* Without tables to open, this cannot fail. */
	hr_error_destroy(add_table(&adder, level, desc, va,
				   va + (hr_table_span(&add->layout->geo, level) - 1), false));
}

struct hr_error *hr_add_apply(struct hr_made_tables *tables, const struct hr_add *add,
			      uint64_t *ret_left_out)
{
	struct adder adder = { .add = add, .tables = tables };
	struct hr_error *error;
	uint64_t start, end;

	*ret_left_out = 0;
	if (!hr_map_range(add->layout, add->map, add->range.start, add->range.end, &start, &end))
		return hr_error_new(HR_ERROR_INPUT, "the %s has no room for this memory",
				    hr_map_phrase(add->map));
	error = hr_made_tables_fill(tables, start, end - 1, fill, (void *)add);
	if (!error)
		error = add_table(&adder, add->layout->geo.root_level, hr_made_root(tables), start,
				  end - 1, false);
	*ret_left_out = adder.left_out;
	return error;
}
