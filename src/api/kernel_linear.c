// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/kernel.h"

#include <inttypes.h>

#include "api/kernel_steps.h"
#include "base/units.h"
#include "kernel/address.h"
#include "kernel/linear_extent.h"
#include "ptdump/ptdump_kernel.h"

static const char what_it_is[] =
	"it is memstart_addr (NUMBER(PHYS_OFFSET) in VMCOREINFO), not where memory begins";

bool hr_kernel_linear_memory(const struct hr_kernel *kernel, struct hr_pa_range *ret)
{
	const struct hr_layout *layout = &kernel->layout;
	struct hr_linear_extent extent;
	uint64_t va, last;

	if (!kernel->has_phys_offset)
		return false;
	if (kernel->config.ptdump) {
		if (!hr_ptdump_mapped(kernel->config.ptdump, layout, &va, &last))
			return false;
		ret->start = hr_layout_linear_pa(layout, va);
		ret->end = hr_layout_linear_pa(layout, last) + 1;
		return true;
	}
	hr_linear_extent_find(layout, kernel->walker, &extent);
	ret->start = extent.first.pa;
	ret->end = extent.last.pa + extent.last.size;
	return extent.known && hr_linear_leaf_is_in_place(layout, &extent.first) &&
	       hr_linear_leaf_is_in_place(layout, &extent.last);
}

/*
 * A text has no output addresses. Check at least that memory lies where output addresses are
 * possible.
 */
static struct hr_error *check_text(const struct hr_kernel *kernel)
{
	const struct hr_layout *layout = &kernel->layout;
	struct hr_pa_range mapped;

	if (!hr_kernel_linear_memory(kernel, &mapped) ||
	    (mapped.start < mapped.end && !((mapped.end - 1) >> layout->pa_bits)))
		return NULL;
	return hr_error_new(
		HR_ERROR_INPUT,
		"PHYS_OFFSET 0x%" PRIx64
		" puts the mapped memory at PA %s, beyond the %u-bit physical addresses: %s",
		layout->phys_offset, hr_range_text(mapped.start, mapped.end).text, layout->pa_bits,
		what_it_is);
}

/*
 * In a core the tables are authoritative. If they contradict the option at both ends of the linear
 * map, or say nothing, sections are not used, because their place depends on PHYS_OFFSET too.
 * Unmapped memory is then unreadable, not absent. Memory mapped at another place is unreadable
 * anyway.
 */
static void check_core(struct hr_kernel *kernel)
{
	const struct hr_layout *layout = &kernel->layout;
	struct hr_linear_extent extent;

	hr_linear_extent_find(layout, kernel->walker, &extent);
	if (extent.known && (hr_linear_leaf_is_in_place(layout, &extent.first) ||
			     hr_linear_leaf_is_in_place(layout, &extent.last)))
		return;
	hr_kernel_warn(kernel,
		       extent.known ? "the PHYS_OFFSET given contradicts the tables of the linear "
				      "map: nothing is known to be removable"
				    : "the tables do not prove the PHYS_OFFSET given: the linear "
				      "map cannot be read where it begins or ends");
	hr_kernel_drop_sections(kernel, hr_error_new(HR_ERROR_UNREADABLE,
						     "the PHYS_OFFSET given is not proven, and the "
						     "address of mem_section follows from it"));
}

struct hr_error *hr_kernel_check_phys_offset(struct hr_kernel *kernel)
{
	const struct hr_config *config = &kernel->config;

	if (config->ptdump)
		return kernel->has_phys_offset ? check_text(kernel) : NULL;
	if (config->overrides.set[HR_OVERRIDE_PHYS_OFFSET] || config->vmcoreinfo_of)
		check_core(kernel);
	return NULL;
}

struct hr_error *hr_kernel_check_purpose(const struct hr_kernel *kernel)
{
	return kernel->config.maps_only
		       ? hr_error_new(HR_ERROR_USAGE, "this kernel was opened for its maps only")
		       : NULL;
}

struct hr_error *hr_kernel_check_range(const struct hr_kernel *kernel,
				       const struct hr_pa_range *range)
{
	const struct hr_layout *layout = &kernel->layout;
	uint64_t first = hr_half_base(&layout->geo), end = layout->linear_end;
	struct hr_error *error = hr_kernel_check_purpose(kernel);

	if (error)
		return error;
	if (range->start >= range->end || (range->end - 1) >> layout->pa_bits)
		return hr_error_new(HR_ERROR_USAGE,
				    "0x%" PRIx64 "-0x%" PRIx64
				    " is not a range of %u-bit physical addresses",
				    range->start, range->end - 1, layout->pa_bits);
	if (!kernel->config.ptdump || (hr_layout_has_linear(layout, range->start) &&
				       hr_layout_has_linear(layout, range->end - 1)))
		return NULL;
	return hr_error_new(HR_ERROR_INPUT,
			    "with PHYS_OFFSET 0x%" PRIx64
			    " the linear map has no room for %s, only for PA %s: %s",
			    layout->phys_offset, hr_range_text(range->start, range->end).text,
			    hr_range_text(hr_layout_linear_pa(layout, first),
					  hr_layout_linear_pa(layout, end - 1) + 1)
				    .text,
			    what_it_is);
}
