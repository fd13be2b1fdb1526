// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/kernel.h"

#include <stdlib.h>
#include <string.h>

#include "api/kernel_steps.h"
#include "base/cleanup.h"
#include "base/zero.h"
#include "kernel/address.h"
#include "kernel/struct_pages.h"
#include "kernel/vmemmap_index.h"
#include "ptdump/ptdump_kernel.h"
#include "walk/walker.h"

void hr_kernel_warn(struct hr_kernel *kernel, const char *text)
{
	for (size_t i = 0; i < kernel->warning_count; i++)
		if (!strcmp(kernel->warnings[i], text))
			return;
	if (kernel->warning_count < HR_WARNINGS_MAX)
		kernel->warnings[kernel->warning_count++] = text;
}

const char *const *hr_kernel_warnings(const struct hr_kernel *kernel, size_t *ret_count)
{
	*ret_count = kernel->warning_count;
	return kernel->warnings;
}

static struct hr_error *name_source(const struct hr_kernel *kernel, struct hr_error *error)
{
	const char *name = kernel->config.name;

	return error && name ? hr_error_context(error, "%s", name) : error;
}

static struct hr_error *load_note(struct hr_kernel *kernel)
{
	const struct hr_config *config = &kernel->config;
	struct hr_error *error;

	if (!config->vmcoreinfo)
		return NULL;
	error = hr_vmcoreinfo_create(config->vmcoreinfo, config->vmcoreinfo_len, &kernel->note);
	if (error && config->vmcoreinfo_of)
		return hr_error_context(error, "%s", config->vmcoreinfo_of);
	return name_source(kernel, error);
}

static struct hr_error *no_phys_offset(const struct hr_kernel *kernel)
{
	if (hr_vmcoreinfo_get(kernel->note, "NUMBER(PHYS_OFFSET)") && kernel->config.vmcoreinfo)
		return hr_error_new(HR_ERROR_INPUT,
				    "page table text has no physical addresses, and before 5.10 "
				    "VMCOREINFO does not tell where the linear map begins: give "
				    "{phys_offset}");
	return hr_error_new(HR_ERROR_INPUT, "page table text has no physical addresses: give "
					    "{phys_offset} or {vmcoreinfo}");
}

/* A text of page tables is walked as if it were memory; what it does not say is assumed. */
static struct hr_error *find_layout_of_text(struct hr_kernel *kernel)
{
	const struct hr_config *config = &kernel->config;
	struct hr_ptdump_note found;
	struct hr_error *error =
		hr_ptdump_make_note(config->ptdump, &config->overrides, &kernel->note, &found);

	if (error)
		return error;
	kernel->has_phys_offset = found.has_phys_offset;
	if (!kernel->has_phys_offset && !config->maps_only)
		return no_phys_offset(kernel);
	for (size_t i = 0; i < HR_PTDUMP_WARNINGS && found.warnings[i]; i++)
		hr_kernel_warn(kernel, found.warnings[i]);
	error = hr_layout_init(kernel->note, &found.overrides, &kernel->layout);
	if (!error)
		error = hr_ptdump_place(config->ptdump, &kernel->layout, &kernel->tables);
	if (!error)
		kernel->memory = hr_ptdump_tables_memory(kernel->tables);
	return error;
}

static struct hr_error *find_layout(struct hr_kernel *kernel)
{
	if (kernel->config.ptdump)
		return find_layout_of_text(kernel);
	kernel->memory = *kernel->config.memory;
	kernel->has_phys_offset = true;
	return hr_layout_init(kernel->note, &kernel->config.overrides, &kernel->layout);
}

/*
 * Learn from the vmemmap of the whole kernel what the check of a range needs. A map does not need
 * it.
 */
static struct hr_error *learn_vmemmap(struct hr_kernel *kernel)
{
	struct hr_error *error;

	if (kernel->config.maps_only)
		return NULL;
	hr_struct_pages_learn(&kernel->layout, kernel->walker);
	error = hr_vmemmap_index_create(&kernel->layout, kernel->walker, &kernel->vmemmap_index);
	kernel->layout.vmemmap_index = kernel->vmemmap_index;
	return error;
}

/* A walk has reached @va. The vmemmap is small compared with the memory that it describes. */
static void on_table(void *context, uint64_t va)
{
	const struct hr_kernel *kernel = context;
	const struct hr_layout *layout = &kernel->layout;

	if (va >= hr_half_base(&layout->geo) && va < layout->linear_end)
		hr_kernel_progress(kernel, hr_layout_linear_pa(layout, va));
}

void hr_kernel_watch_tables(struct hr_kernel *kernel)
{
	if (kernel->config.progress)
		hr_walker_report(kernel->walker, on_table, kernel);
}

static struct hr_error *open_core(struct hr_kernel *kernel)
{
	const struct hr_memory *memory = &kernel->memory;
	const struct hr_layout *layout = &kernel->layout;
	struct hr_error *error =
		hr_walker_create(&layout->geo, memory, layout->swapper_pa, &kernel->walker);

	if (error)
		return error;
	hr_kernel_watch_tables(kernel);
	error = hr_kernel_place_maps(kernel);
	if (!error)
		error = learn_vmemmap(kernel);
	return error ? error : hr_kernel_open_sections(kernel);
}

/* On arm64 a memory block is one section, because the kernel keeps the default. */
static void find_memory_block_size(struct hr_kernel *kernel)
{
	uint64_t section = hr_section_size(&kernel->layout),
		 size = kernel->config.memory_block_size;
	bool can_be = size >= section && !(size & (size - 1)) && !(size >> kernel->layout.pa_bits);

	kernel->memory_block_size = can_be ? size : section;
}

/* Is every value one that this version knows? Others come from a later one, or were never set. */
static bool is_known(const struct hr_config *config)
{
	const bool *set = config->overrides.set;
	bool known = config->tlbi_range <= HR_GIVEN_YES && config->repeat_tlbi <= HR_GIVEN_YES &&
		     config->teardown <= HR_TEARDOWN_BATCHED &&
		     config->flush <= HR_FLUSH_RANGE_OPS && config->guard <= HR_GUARD_REQUESTED &&
		     config->calls <= HR_CALLS_BLOCK && config->mapping <= HR_MAPPING_BLOCKS &&
		     !(config->ignored >> HR_REASON_COUNT);

	for (size_t i = HR_OVERRIDE_COUNT; i < HR_OVERRIDES_ROOM; i++)
		known &= !set[i];
	return known;
}

/* Is the room for later versions empty? */
static bool is_of_this_version(const struct hr_config *config)
{
	const struct hr_memory *memory = config->ptdump ? NULL : config->memory;
	const struct hr_host *host = config->host;

	return hr_is_zero(config->reserved, sizeof(config->reserved)) &&
	       (!memory || hr_is_zero((const void *)memory->reserved, sizeof(memory->reserved))) &&
	       (!host || hr_is_zero((const void *)host->reserved, sizeof(host->reserved)));
}

/* Without a size, which somebody may have forgotten to set, there is room for no table. */
static bool can_be_read(const struct hr_memory *memory)
{
	return memory && memory->read && memory->size;
}

static struct hr_error *check_config(const struct hr_config *config)
{
	if (!config->ptdump && !can_be_read(config->memory))
		return hr_error_new(HR_ERROR_USAGE,
				    "the configuration has neither memory that can be read nor "
				    "a text of page tables");
	if (!is_known(config) || !is_of_this_version(config))
		return hr_error_new(HR_ERROR_USAGE,
				    "the configuration has a value that this version of the "
				    "library does not know");
	return NULL;
}

static struct hr_error *make_kernel(const struct hr_config *config, struct hr_kernel **ret)
{
	_cleanup_(hr_cleanup_kernel) struct hr_kernel *kernel = calloc(1, sizeof(*kernel));
	struct hr_error *error;

	if (!kernel)
		return hr_error_no_memory();
	kernel->config = *config;
	error = load_note(kernel);
	if (!error)
		error = name_source(kernel, find_layout(kernel));
	if (!error)
		error = open_core(kernel);
	if (!error)
		error = name_source(kernel, hr_kernel_check_phys_offset(kernel));
	if (error)
		return error;
	hr_kernel_find_release(kernel);
	find_memory_block_size(kernel);
	error = hr_kernel_find_evidence(kernel);
	if (error)
		return error;
	kernel->version = kernel->layout.version;
	memcpy(kernel->release, kernel->layout.release, sizeof(kernel->release));
	hr_kernel_choose_behaviour(kernel);
	*ret = hr_take(kernel);
	return NULL;
}

struct hr_error *hr_kernel_create(const struct hr_config *config, struct hr_kernel **ret)
{
	struct hr_error *error = check_config(config);

	return error ? error : make_kernel(config, ret);
}

void hr_kernel_destroy(struct hr_kernel *kernel)
{
	if (!kernel)
		return;
	hr_sections_destroy(kernel->sections);
	hr_error_destroy(kernel->no_sections);
	hr_vmemmap_index_destroy(kernel->vmemmap_index);
	hr_walker_destroy(kernel->walker);
	hr_kernel_forget_changes(kernel);
	hr_vmcoreinfo_destroy(kernel->note);
	hr_ptdump_tables_destroy(kernel->tables);
	free(kernel);
}
