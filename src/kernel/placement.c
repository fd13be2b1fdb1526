// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/placement.h"

#include "base/cleanup.h"
#include "kernel/address.h"
#include "kernel/linear_extent.h"
#include "kernel/section.h"
#include "kernel/vmemmap.h"
#include "walk/lookup.h"

/* Flags of a section from boot, in all kernels whose notes lack the vmemmap. */
enum {
	FROM_BOOT = 15
};

/* A search for the places of one kernel. */
struct search {
	struct hr_layout layout; /* by what was found so far */
	struct hr_walker *walker;
	const struct hr_memory *memory;
	struct hr_placement *found;
};

/* Do the tables map @va to @pa, by a leaf that kernels make? */
static bool is_mapped_to(const struct search *search, uint64_t va, uint64_t pa)
{
	struct hr_lookup found;

	hr_walk_lookup(search->walker, va, &found);
	return found.state == HR_MAP_MAPPED && found.leaf.expected &&
	       found.leaf.pa + (va - found.leaf.va) == pa;
}

/* What the tables have at the struct page of swapper_pg_dir, if the vmemmap begins at @start. */
static enum hr_map_state struct_page_state(const struct search *search, uint64_t start)
{
	struct hr_layout layout = search->layout;
	struct hr_lookup found;

	layout.vmemmap_start = start;
	hr_walk_lookup(search->walker,
		       hr_layout_page_va(&layout, layout.swapper_pa >> layout.geo.page_shift),
		       &found);
	if (found.state == HR_MAP_MAPPED && !found.leaf.expected)
		return HR_MAP_UNREADABLE;
	return found.state;
}

/* Compare PHYS_OFFSET with what both ends of the linear map say. */
static void place_linear(struct search *search)
{
	struct hr_placement *found = search->found;
	const struct hr_layout *layout = &search->layout;
	struct hr_linear_extent extent;
	uint64_t offset;

	hr_linear_extent_find(layout, search->walker, &extent);
	if (!extent.known || hr_linear_leaf_is_in_place(layout, &extent.first) ||
	    hr_linear_leaf_is_in_place(layout, &extent.last))
		return;
	found->linear = HR_PLACE_OPEN;
	offset = hr_linear_leaf_phys_offset(layout, &extent.first);
	if (offset != hr_linear_leaf_phys_offset(layout, &extent.last) ||
	    offset % HR_PHYS_OFFSET_ALIGN)
		return;
	found->has_phys_offset = true;
	found->phys_offset = offset;
	search->layout.phys_offset = offset;
}

/*
 * Read where the section of swapper_pg_dir, which is from boot, has the struct page of page frame
 * 0. *@ret is 0 if that is not known.
 */
static struct hr_error *read_memmap(const struct search *search, uint64_t *ret)
{
	_cleanup_(hr_cleanup_sections) struct hr_sections *sections = NULL;
	const struct hr_layout *layout = &search->layout;
	struct hr_error *error;
	uint64_t value;

	*ret = 0;
	/* A given mem_section may lack the size of its structures until memory shows it. */
	if (!layout->has_mem_section || !layout->section_struct_size)
		return NULL;
	error = hr_sections_create(layout, search->memory, &sections);
	if (error)
		return error;
	error = hr_section_read(sections, layout->swapper_pa >> layout->section_size_bits, &value);
	if (!error && (value & FROM_BOOT) == FROM_BOOT)
		*ret = hr_section_memmap(value);
	hr_error_destroy(error);
	return NULL;
}

/* Does exactly one formula put the vmemmap at @start? */
static bool has_one_form(const struct hr_layout *layout, uint64_t start, uint64_t *ret_end)
{
	unsigned int count = 0;

	for (enum hr_vmemmap_form form = 0; form < HR_VMEMMAP_FORMS; form++) {
		uint64_t form_start, form_end;

		hr_vmemmap_place(&layout->geo, layout->struct_page_size, form, &form_start,
				 &form_end);
		if (form_start != start)
			continue;
		*ret_end = form_end;
		count++;
	}
	return count == 1;
}

/*
 * Where the linear map ends changed with the vmemmap. It is the same in all releases if the kernel
 * runs with the least bits that it can run with.
 */
static bool has_one_linear_end(const struct hr_layout *layout)
{
	const struct hr_geometry *geo = &layout->geo;

	return geo->va_bits_actual == hr_geometry_va_bits_min(geo->page_shift, geo->va_bits);
}

/* Compare the vmemmap with @memmap, the struct page of page frame 0 by mem_section. */
static void place_vmemmap(struct search *search, uint64_t memmap)
{
	struct hr_placement *found = search->found;
	struct hr_layout *layout = &search->layout;
	uint64_t start = layout->vmemmap_start + memmap - hr_layout_page_va(layout, 0);

	if (start == layout->vmemmap_start)
		return;
	found->vmemmap = HR_PLACE_OPEN;
	found->vmemmap_start = start;
	if (!layout->vmemmap_is_derived || !has_one_linear_end(layout) ||
	    !has_one_form(layout, start, &found->vmemmap_end) ||
	    struct_page_state(search, start) != HR_MAP_MAPPED ||
	    struct_page_state(search, layout->vmemmap_start) != HR_MAP_UNMAPPED)
		return;
	found->vmemmap = HR_PLACE_PROVEN;
	layout->vmemmap_start = start;
	layout->vmemmap_end = found->vmemmap_end;
}

/* Does all that is known agree with the PHYS_OFFSET of both ends? */
static bool linear_map_is_proven(const struct search *search)
{
	const struct hr_layout *layout = &search->layout;
	uint64_t swapper = layout->swapper_pa, roots = layout->mem_section_va;

	return search->found->vmemmap != HR_PLACE_OPEN && hr_layout_has_linear(layout, swapper) &&
	       is_mapped_to(search, hr_layout_linear_va(layout, swapper), swapper) &&
	       is_mapped_to(search, roots, hr_layout_linear_pa(layout, roots)) &&
	       struct_page_state(search, layout->vmemmap_start) == HR_MAP_MAPPED;
}

struct hr_error *hr_placement_find(const struct hr_layout *layout, struct hr_walker *walker,
				   const struct hr_memory *memory, struct hr_placement *ret)
{
	struct search search = { *layout, walker, memory, ret };
	struct hr_error *error;
	uint64_t memmap;

	*ret = (struct hr_placement){ 0 };
	place_linear(&search);
	if (ret->linear == HR_PLACE_OPEN && !ret->has_phys_offset)
		return NULL;
	error = read_memmap(&search, &memmap);
	if (error || !memmap)
		return error;
	place_vmemmap(&search, memmap);
	if (ret->linear == HR_PLACE_OPEN && linear_map_is_proven(&search))
		ret->linear = HR_PLACE_PROVEN;
	return NULL;
}
