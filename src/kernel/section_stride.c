// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/section_stride.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "kernel/address.h"
#include "kernel/section.h"

/* The width for which the array has a known length: others may be built for 48 bits or for 52. */
enum {
	PA_BITS = 48
};

static uint64_t count_roots(const struct hr_layout *layout, uint64_t struct_size)
{
	uint64_t per_root = hr_page_size(&layout->geo) / struct_size;
	uint64_t roots = (UINT64_C(1) << (PA_BITS - layout->section_size_bits)) / per_root;

	return roots ? roots : 1;
}

/* Does the section of swapper_pg_dir lead to the vmemmap if a struct mem_section has this size? */
static struct hr_error *fits(struct hr_layout *layout, const struct hr_memory *memory,
			     uint64_t struct_size, bool *ret)
{
	_cleanup_(hr_cleanup_sections) struct hr_sections *sections = NULL;
	struct hr_error *error;
	uint64_t value = 0;

	*ret = false;
	layout->section_struct_size = struct_size;
	layout->section_roots = count_roots(layout, struct_size);
	error = hr_sections_create(layout, memory, &sections);
	if (error)
		return error;
	error = hr_section_read(sections, layout->swapper_pa >> layout->section_size_bits, &value);
	if (error && error->code == HR_ERROR_NO_MEMORY)
		return error;
	*ret = !error && (value & ~HR_SECTION_FLAGS) == hr_layout_page_va(layout, 0);
	hr_error_destroy(error);
	return NULL;
}

struct hr_error *hr_section_stride_find(struct hr_layout *layout, const struct hr_memory *memory)
{
	bool small = false, large = false;
	struct hr_error *error = NULL;

	if (layout->pa_bits == PA_BITS)
		error = fits(layout, memory, HR_SECTION_STRUCT_LARGE, &large);
	if (!error && layout->pa_bits == PA_BITS)
		error = fits(layout, memory, HR_SECTION_STRUCT_SMALL, &small);
	if (error)
		return error;
	layout->has_mem_section = small != large;
	if (!layout->has_mem_section)
		return NULL;
	layout->section_struct_size = small ? HR_SECTION_STRUCT_SMALL : HR_SECTION_STRUCT_LARGE;
	layout->section_roots = count_roots(layout, layout->section_struct_size);
	return NULL;
}
