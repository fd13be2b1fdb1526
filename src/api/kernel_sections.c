// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/kernel_steps.h"

#include "kernel/linear_extent.h"
#include "kernel/section_stride.h"

static const char warn_size[] =
	"the sections at {mem_section} are not used: nothing shows the size of a struct "
	"mem_section, which VMCOREINFO has as SIZE(mem_section)";

static const char warn_place[] =
	"the sections at {mem_section} are not used: where the linear map begins or ends, they "
	"have no memory";

/* Is there no section at @pa? */
static struct hr_error *is_empty(const struct hr_kernel *kernel, uint64_t pa, bool *ret)
{
	uint64_t value;
	struct hr_error *error =
		hr_section_read(kernel->sections, pa >> kernel->layout.section_size_bits, &value);

	*ret = !error && !value;
	if (error && error->code == HR_ERROR_NO_MEMORY)
		return error;
	hr_error_destroy(error);
	return NULL;
}

/*
 * An array that begins at another root has the sections of other memory, and that of the kernel's
 * tables may be like the right one. All memory of the linear map has sections, so its ends show
 * that.
 */
static struct hr_error *check_place(struct hr_kernel *kernel)
{
	struct hr_linear_extent extent;
	bool first = false, last = false;
	struct hr_error *error;

	hr_linear_extent_find(&kernel->layout, kernel->walker, &extent);
	if (!extent.known)
		return NULL;
	error = is_empty(kernel, extent.first.pa, &first);
	if (!error)
		error = is_empty(kernel, extent.last.pa + (extent.last.size - 1), &last);
	if (error || (!first && !last))
		return error;
	hr_kernel_warn(kernel, warn_place);
	hr_kernel_drop_sections(kernel,
				hr_error_new(HR_ERROR_UNREADABLE,
					     "the mem_section given has no memory where the "
					     "linear map begins or ends"));
	return NULL;
}

void hr_kernel_drop_sections(struct hr_kernel *kernel, struct hr_error *why)
{
	kernel->layout.has_mem_section = false;
	hr_sections_destroy(kernel->sections);
	kernel->sections = NULL;
	hr_error_destroy(kernel->no_sections);
	kernel->no_sections = why;
}

struct hr_error *hr_kernel_open_sections(struct hr_kernel *kernel)
{
	struct hr_layout *layout = &kernel->layout;
	struct hr_error *error = NULL;

	if (!layout->has_mem_section)
		return NULL;
	if (!layout->section_struct_size)
		error = hr_section_stride_find(layout, &kernel->memory);
	if (error)
		return error;
	if (!layout->has_mem_section) {
		hr_kernel_warn(kernel, warn_size);
		return NULL;
	}
	error = hr_sections_create(layout, &kernel->memory, &kernel->sections);
	if (error || !kernel->config.overrides.set[HR_OVERRIDE_MEM_SECTION])
		return error;
	return check_place(kernel);
}
