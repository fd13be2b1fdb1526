// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/kernel_views.h"

struct hr_machine hr_kernel_machine(const struct hr_kernel *kernel)
{
	return (struct hr_machine){
		.layout = &kernel->layout,
		.walker = kernel->walker,
		.sections = kernel->sections,
		.block_size = kernel->memory_block_size,
	};
}

/* A text has no sections, wherever they are. */
static const char *why_no_sections(const struct hr_kernel *kernel)
{
	if (kernel->no_sections)
		return kernel->no_sections->message;
	return kernel->config.ptdump
		       ? NULL
		       : "the address of mem_section is not known ({mem_section} gives it)";
}

struct hr_check hr_kernel_check(const struct hr_kernel *kernel)
{
	return (struct hr_check){
		.machine = hr_kernel_machine(kernel),
		.no_sections = why_no_sections(kernel),
		.ignored = kernel->config.ignored,
		.no_hotremove = kernel->no_hotremove,
		.guard_unproven = kernel->guard_unproven,
		.by_block = kernel->config.calls == HR_CALLS_BLOCK,
	};
}

struct hr_guard_check hr_kernel_guard(const struct hr_kernel *kernel)
{
	return (struct hr_guard_check){
		.machine = hr_kernel_machine(kernel),
		.model = kernel->models.guard,
		/* If the check is unproven, every verdict is open anyway. */
		.may_check = !kernel->models.guard && kernel->models.may_check &&
			     !kernel->guard_unproven,
	};
}

struct hr_teardown_form hr_kernel_teardown(const struct hr_kernel *kernel)
{
	return (struct hr_teardown_form){
		.tlbi = &kernel->tlbi,
		.teardown = kernel->models.teardown,
		.calls = kernel->config.calls,
		.memory_block_size = kernel->memory_block_size,
	};
}
