// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/layout_steps.h"

#include <inttypes.h>

#include "kernel/address.h"
#include "kernel/release_table.h"
#include "kernel/vmemmap.h"

/* Every formula gives a multiple of this, with every granule, width and size of struct page. */
#define VMEMMAP_ALIGN UINT64_C(0x200000)

/*
 * Derive the vmemmap's place from the kernel's version if the note does not have it (before 5.19).
 */
static void derive_vmemmap(struct hr_layout *layout)
{
	layout->vmemmap_is_derived = true;
	hr_vmemmap_place(&layout->geo, layout->struct_page_size,
			 hr_release_trait(&layout->version, HR_TRAIT_VMEMMAP),
			 &layout->vmemmap_start, &layout->vmemmap_end);
}

/* SYMBOL(vmemmap), in the note from 6.12 on, is the value of pfn_to_page(0). */
static struct hr_error *check_vmemmap(const struct hr_layout_input *input,
				      const struct hr_layout *layout)
{
	const bool *set = input->overrides->set;
	uint64_t base;
	bool found;
	struct hr_error *error;

	if (layout->vmemmap_start < layout->linear_end)
		return hr_error_new(HR_ERROR_INPUT,
				    "VMEMMAP_START at 0x%" PRIx64
				    " lies below the end of the linear "
				    "map at 0x%" PRIx64,
				    layout->vmemmap_start, layout->linear_end);
	if (layout->vmemmap_start % VMEMMAP_ALIGN)
		return hr_error_new(HR_ERROR_INPUT,
				    "VMEMMAP_START at 0x%" PRIx64
				    " is not a multiple of 2 MiB, which every arm64 kernel's is",
				    layout->vmemmap_start);
	error = hr_vmcoreinfo_number(input->note, "SYMBOL(vmemmap)", &found, &base);
	if (error || !found)
		return error;
	if (set[HR_OVERRIDE_VMEMMAP_START] || set[HR_OVERRIDE_PHYS_OFFSET] ||
	    set[HR_OVERRIDE_STRUCT_PAGE_SIZE] || set[HR_OVERRIDE_PAGE_SIZE])
		return NULL;
	if (base != hr_layout_page_va(layout, 0))
		return hr_error_new(HR_ERROR_INPUT,
				    "VMCOREINFO contradicts itself: SYMBOL(vmemmap) is 0x%" PRIx64
				    ", but VMEMMAP_START and PHYS_OFFSET make it 0x%" PRIx64,
				    base, hr_layout_page_va(layout, 0));
	return NULL;
}

/* Is VMEMMAP_START where one of the formulas puts it for struct pages of @size bytes? */
static bool has_vmemmap_form(const struct hr_layout *layout, uint64_t size)
{
	uint64_t start, end;

	for (enum hr_vmemmap_form form = 0; form < HR_VMEMMAP_FORMS; form++) {
		hr_vmemmap_place(&layout->geo, size, form, &start, &end);
		if (start == layout->vmemmap_start)
			return true;
	}
	return false;
}

/*
 * VMEMMAP_START depends on the size of a struct page. If it fits a size other than the note's, the
 * note's size is wrong. If it fits no size, it may come from a later kernel.
 */
static struct hr_error *check_vmemmap_form(const struct hr_layout_input *input,
					   const struct hr_layout *layout)
{
	const bool *set = input->overrides->set;

	if (set[HR_OVERRIDE_VMEMMAP_START] || set[HR_OVERRIDE_STRUCT_PAGE_SIZE] ||
	    set[HR_OVERRIDE_PAGE_SIZE] || set[HR_OVERRIDE_VA_BITS] ||
	    has_vmemmap_form(layout, layout->struct_page_size))
		return NULL;
	for (uint64_t size = HR_STRUCT_PAGE_MIN; size <= HR_STRUCT_PAGE_MAX; size += 8)
		if (has_vmemmap_form(layout, size))
			return hr_error_new(HR_ERROR_INPUT,
					    "VMCOREINFO contradicts itself: VMEMMAP_START is that "
					    "of a kernel with struct pages of %" PRIu64
					    " bytes, but SIZE(page) is %" PRIu64,
					    size, layout->struct_page_size);
	return NULL;
}

struct hr_error *hr_layout_find_vmemmap(const struct hr_layout_input *input,
					struct hr_layout *layout)
{
	enum hr_override_key key = HR_OVERRIDE_VMEMMAP_START;
	bool found, found_end;
	uint64_t end;
	struct hr_error *error = hr_layout_optional(input, key, &found, &layout->vmemmap_start);

	if (error)
		return error;
	if (!found && !layout->version.known)
		return hr_layout_required(input, key, &layout->vmemmap_start);
	if (!found) {
		derive_vmemmap(layout);
		return check_vmemmap(input, layout);
	}
	error = hr_vmcoreinfo_number(input->note, "NUMBER(VMEMMAP_END)", &found_end, &end);
	if (error)
		return error;
	layout->vmemmap_end = found_end && end > layout->vmemmap_start ? end : -UINT64_C(0x200000);
	error = check_vmemmap_form(input, layout);
	return error ? error : check_vmemmap(input, layout);
}
