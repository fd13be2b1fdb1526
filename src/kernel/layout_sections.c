// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/layout_steps.h"

#include <inttypes.h>

#include "kernel/release_table.h"
#include "kernel/section_array.h"

/* The keys that give the size of the array of section roots. */
static const char *const array_keys[] = { "LENGTH(mem_section)", "SIZE(mem_section)" };

/* log2 of the section size in the kernel's version. */
static bool section_bits_of_version(const struct hr_layout *layout, uint64_t *ret)
{
	if (!layout->version.known)
		return false;
	*ret = hr_section_bits_of(hr_release_trait(&layout->version, HR_TRAIT_SECTION_SIZE),
				  &layout->geo);
	return true;
}

/*
 * Vendors backported the smaller sections of 5.12 to older kernels, but no newer kernel has the
 * larger ones: an array that says so is damaged.
 */
static bool may_have_bits(const struct hr_layout *layout, uint64_t bits)
{
	uint64_t usual;

	return !section_bits_of_version(layout, &usual) || bits <= usual;
}

/*
 * Get the section size from the array of section roots. @ret_found is false if the note lacks it.
 */
static struct hr_error *section_bits_of_array(const struct hr_layout_input *input,
					      struct hr_layout *layout, bool *ret_found,
					      uint64_t *ret)
{
	struct hr_section_array array = { .page_size = hr_page_size(&layout->geo) };
	uint64_t *const values[] = { &array.roots, &array.struct_size };
	struct hr_error *error = hr_layout_find_all(input->note, 2, array_keys, values, ret_found);

	if (error || !*ret_found)
		return error;
	/* If the array is not exactly for the width in use, it was made for the widest one. */
	array.pa_bits = layout->pa_bits;
	array.is_exact =
		layout->has_pa_bits &&
		hr_release_trait(&layout->version, HR_TRAIT_PA_BITS) == HR_PA_BITS_CONFIGURED;
	if (hr_section_array_bits(&array, ret) && may_have_bits(layout, *ret))
		return NULL;
	return hr_error_new(HR_ERROR_INPUT,
			    "VMCOREINFO contradicts itself: no section size follows from %" PRIu64
			    " roots of sections, a struct mem_section of %" PRIu64
			    " bytes and %u physical address bits: give it with {section_size_bits}",
			    array.roots, array.struct_size, array.pa_bits);
}

struct hr_error *hr_layout_find_section_size(const struct hr_layout_input *input,
					     struct hr_layout *layout)
{
	enum hr_override_key key = HR_OVERRIDE_SECTION_SIZE_BITS;
	uint64_t bits;
	bool found;
	struct hr_error *error = hr_layout_optional(input, key, &found, &bits);

	if (!error && !found)
		error = section_bits_of_array(input, layout, &found, &bits);
	if (!error && !found && !section_bits_of_version(layout, &bits))
		error = hr_layout_required(input, key, &bits);
	if (error)
		return error;
	if (bits < HR_SECTION_BITS_MIN || bits > HR_SECTION_BITS_MAX)
		return hr_error_new(HR_ERROR_INPUT,
				    "no kernel has sections of 2^%" PRIu64
				    " bytes: 2^%d to 2^%d are possible",
				    bits, HR_SECTION_BITS_MIN, HR_SECTION_BITS_MAX);
	layout->section_size_bits = (unsigned int)bits;
	return NULL;
}

/*
 * The array of roots has the length that the widest physical address of the kernel's configuration
 * needs. With a section size other than the array's, the flags of one section would be taken for
 * another's.
 */
static struct hr_error *check_section_count(const struct hr_layout_input *input,
					    const struct hr_layout *layout)
{
	const bool *set = input->overrides->set;
	uint64_t per_root = hr_page_size(&layout->geo) / layout->section_struct_size;
	uint64_t roots_48 = (UINT64_C(1) << (48 - layout->section_size_bits)) / per_root;
	uint64_t roots_52 = (UINT64_C(1) << (52 - layout->section_size_bits)) / per_root;

	if (set[HR_OVERRIDE_PAGE_SIZE] || set[HR_OVERRIDE_SECTION_SIZE_BITS] ||
	    layout->section_roots == roots_48 || layout->section_roots == roots_52)
		return NULL;
	return hr_error_new(HR_ERROR_INPUT,
			    "VMCOREINFO contradicts itself: %" PRIu64
			    " roots of sections of 2^%u bytes do not cover 48 or 52 physical "
			    "address bits: give the section size with {section_size_bits}",
			    layout->section_roots, layout->section_size_bits);
}

static bool is_in_linear_map(const struct hr_layout *layout, uint64_t va)
{
	return va >= layout->page_offset && va < layout->linear_end;
}

/* Check the array that the note describes. */
static struct hr_error *check_array(const struct hr_layout_input *input,
				    const struct hr_layout *layout)
{
	if (layout->section_struct_size != HR_SECTION_STRUCT_SMALL &&
	    layout->section_struct_size != HR_SECTION_STRUCT_LARGE)
		return hr_error_new(HR_ERROR_INPUT,
				    "no kernel has a struct mem_section of %" PRIu64 " bytes",
				    layout->section_struct_size);
	return check_section_count(input, layout);
}

/*
 * The roots are an array of pointers in the linear map: SPARSEMEM_EXTREME, the default on arm64. If
 * the user gives its address, memory can tell what the note lacks.
 */
struct hr_error *hr_layout_find_mem_section(const struct hr_layout_input *input,
					    struct hr_layout *layout)
{
	enum hr_override_key key = HR_OVERRIDE_MEM_SECTION;
	uint64_t *const values[] = { &layout->section_roots, &layout->section_struct_size };
	bool given = input->overrides->set[key], has_array;
	struct hr_error *error =
		hr_layout_optional(input, key, &layout->has_mem_section, &layout->mem_section_va);

	if (!error)
		error = hr_layout_find_all(input->note, 2, array_keys, values, &has_array);
	if (error)
		return error;
	layout->has_mem_section &= has_array || given;
	if (!has_array)
		layout->section_struct_size = 0;
	if (!layout->has_mem_section)
		return NULL;
	error = has_array ? check_array(input, layout) : NULL;
	if (error || is_in_linear_map(layout, layout->mem_section_va))
		return error;
	layout->has_mem_section = false;
	if (!given)
		return NULL;
	return hr_error_new(HR_ERROR_INPUT,
			    "{mem_section=0x%" PRIx64
			    "} is not in the linear map: give the value of the pointer, which "
			    "VMCOREINFO has as SYMBOL(mem_section)",
			    layout->mem_section_va);
}
