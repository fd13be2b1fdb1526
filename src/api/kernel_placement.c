// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/kernel_steps.h"

#include <inttypes.h>
#include <stdio.h>

#include "kernel/placement.h"

static const char no_place[] =
	"PHYS_OFFSET contradicts the tables of the linear map, and the address of mem_section "
	"follows from it";

/* Does the note leave the place of the maps to formulas? Then the memory tells more. */
static bool is_wanted(const struct hr_kernel *kernel)
{
	return !kernel->config.ptdump && !hr_vmcoreinfo_get(kernel->note, "NUMBER(VMEMMAP_START)");
}

static void warn_of_open_offset(struct hr_kernel *kernel, const struct hr_placement *placement)
{
	char *text = kernel->offset_warning;
	size_t size = sizeof(kernel->offset_warning);

	if (placement->has_phys_offset)
		snprintf(text, size,
			 "PHYS_OFFSET 0x%" PRIx64 " contradicts the tables of the linear map, "
			 "whose two ends say 0x%" PRIx64 ", but nothing else proves that: nothing "
			 "is known to be removable ({phys_offset=0x%" PRIx64 "} sets it)",
			 kernel->layout.phys_offset, placement->phys_offset,
			 placement->phys_offset);
	else
		snprintf(text, size,
			 "PHYS_OFFSET 0x%" PRIx64 " contradicts the tables of the linear map, "
			 "whose two ends disagree: nothing is known to be removable "
			 "({phys_offset} sets it)",
			 kernel->layout.phys_offset);
	hr_kernel_warn(kernel, text);
}

static void place_linear(struct hr_kernel *kernel, const struct hr_placement *placement)
{
	char *text = kernel->offset_warning;

	if (placement->linear == HR_PLACE_OPEN) {
		warn_of_open_offset(kernel, placement);
		hr_kernel_drop_sections(kernel, hr_error_new(HR_ERROR_UNREADABLE, "%s", no_place));
	}
	if (placement->linear != HR_PLACE_PROVEN)
		return;
	snprintf(text, sizeof(kernel->offset_warning),
		 "VMCOREINFO has PHYS_OFFSET 0x%" PRIx64 ", but the tables and mem_section agree "
		 "on 0x%" PRIx64 ", which is taken: kernels before 5.10 may note a later value of "
		 "memstart_addr than the one that the linear map has ({phys_offset} overrides)",
		 kernel->layout.phys_offset, placement->phys_offset);
	hr_kernel_warn(kernel, text);
	kernel->layout.phys_offset = placement->phys_offset;
}

static void place_vmemmap(struct hr_kernel *kernel, const struct hr_placement *placement)
{
	char *text = kernel->vmemmap_warning;
	size_t size = sizeof(kernel->vmemmap_warning);

	if (placement->vmemmap == HR_PLACE_STANDS || placement->linear == HR_PLACE_OPEN)
		return;
	if (placement->vmemmap == HR_PLACE_OPEN) {
		snprintf(text, size,
			 "mem_section contradicts VMEMMAP_START 0x%" PRIx64
			 ", and would have it at "
			 "0x%" PRIx64 ", which nothing else proves ({vmemmap_start} sets it)",
			 kernel->layout.vmemmap_start, placement->vmemmap_start);
		hr_kernel_warn(kernel, text);
		return;
	}
	snprintf(text, size,
		 "the vmemmap is not where kernel %s has it, but by mem_section and the tables "
		 "where other releases have it, at 0x%" PRIx64 ", which is taken "
		 "({vmemmap_start} overrides)",
		 kernel->layout.release, placement->vmemmap_start);
	hr_kernel_warn(kernel, text);
	kernel->layout.vmemmap_start = placement->vmemmap_start;
	kernel->layout.vmemmap_end = placement->vmemmap_end;
}

struct hr_error *hr_kernel_place_maps(struct hr_kernel *kernel)
{
	struct hr_placement placement = { 0 };
	struct hr_error *error;

	if (!is_wanted(kernel))
		return NULL;
	error = hr_placement_find(&kernel->layout, kernel->walker, &kernel->memory, &placement);
	if (error)
		return error;
	/* A PHYS_OFFSET that the user gives wins, and is judged by a step of its own. */
	if (kernel->config.overrides.set[HR_OVERRIDE_PHYS_OFFSET] &&
	    placement.linear != HR_PLACE_STANDS)
		return NULL;
	place_vmemmap(kernel, &placement);
	place_linear(kernel, &placement);
	return NULL;
}
