// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/kernel_views.h"

struct hr_check hr_kernel_check(const struct hr_kernel *kernel)
{
	return (struct hr_check){
		.layout = &kernel->layout,
		.walker = kernel->walker,
		.sections = kernel->sections,
		.no_sections = kernel->no_sections ? kernel->no_sections->message : NULL,
		.memory_block_size = kernel->memory_block_size,
		.ignored = kernel->config.ignored,
		.no_hotremove = kernel->no_hotremove,
		.guard_unproven = kernel->guard_unproven,
		.by_block = kernel->config.calls == HR_CALLS_BLOCK,
	};
}

struct hr_guard_check hr_kernel_guard(const struct hr_kernel *kernel)
{
	return (struct hr_guard_check){
		.layout = &kernel->layout,
		.walker = kernel->walker,
		.sections = kernel->sections,
		.memory_block_size = kernel->memory_block_size,
		.model = kernel->models.guard,
		/* An unverified check leaves every verdict open anyway. */
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

struct hr_blocks hr_kernel_blocks(const struct hr_kernel *kernel)
{
	return (struct hr_blocks){
		.layout = &kernel->layout,
		.sections = kernel->sections,
		.size = kernel->memory_block_size,
		.walker = kernel->walker,
	};
}
