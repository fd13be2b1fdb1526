// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/redaction.h"

#include <stdlib.h>
#include <string.h>

#include "api/redaction_memory.h"
#include "arch/descriptor.h"
#include "base/cleanup.h"
#include "kernel/address.h"
#include "kernel/root_table.h"
#include "redact/choose_moves.h"
#include "redact/moved_data.h"
#include "redact/moved_note.h"
#include "walk/lookup.h"

static void cleanup_redaction(struct hr_redaction **redaction)
{
	hr_redaction_destroy(*redaction);
}

/* Where the maps and the image are must be in the note, where it can be moved. */
static struct hr_error *check_config(const struct hr_config *config)
{
	const bool *set = config->overrides.set;

	if (config->ptdump)
		return hr_error_new(HR_ERROR_USAGE,
				    "a text of page tables has no memory that could be redacted");
	if (set[HR_OVERRIDE_PHYS_OFFSET] || set[HR_OVERRIDE_KIMAGE_VOFFSET] ||
	    set[HR_OVERRIDE_MEM_SECTION])
		return hr_error_new(HR_ERROR_USAGE,
				    "addresses that are given cannot be shifted: leave out "
				    "{phys_offset}, {kimage_voffset} and {mem_section}");
	return NULL;
}

/* Let the kernel as it is read all that is not in tables. */
static struct hr_error *read_kernel(struct hr_redaction *redaction)
{
	struct hr_config config = redaction->config;
	enum hr_model_source from;
	struct hr_error *error;

	config.memory = &redaction->logged;
	error = hr_kernel_create(&config, &redaction->kernel);
	if (error)
		return error;
	hr_kernel_mapping(redaction->kernel, &from);
	redaction->log.is_closed = true;
	return redaction->log.is_lost ? hr_error_no_memory() : NULL;
}

static void widen(struct hr_moved_things *things, const struct hr_moves *moves, uint64_t va)
{
	if (hr_moves_area(moves, va) != HR_AREA_IMAGE)
		return;
	things->image_first = va < things->image_first ? va : things->image_first;
	things->image_last = va > things->image_last ? va : things->image_last;
}

static bool find_number(const struct hr_kernel *kernel, const char *key, uint64_t *ret)
{
	bool found = false;
	struct hr_error *error = hr_vmcoreinfo_number(kernel->note, key, &found, ret);

	hr_error_destroy(error);
	return found;
}

/* What is known to be in the image. */
static void find_image(const struct hr_redaction *redaction, struct hr_moved_things *things)
{
	static const char *const keys[] = { "SYMBOL(_stext)", "SYMBOL(swapper_pg_dir)",
					    "SYMBOL(init_uts_ns)" };
	const struct hr_moved_data data = hr_redaction_data(redaction);
	const struct hr_kernel *kernel = redaction->kernel;
	uint64_t va;

	things->image_first = UINT64_MAX;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (find_number(kernel, keys[i], &va))
			widen(things, data.moves, va);
	for (size_t i = 0; i < HR_EVIDENCE_SYMBOLS; i++)
		if (kernel->symbols[i].found)
			widen(things, data.moves, kernel->symbols[i].va);
	hr_moved_data_image(&data, &things->image_first, &things->image_last);
	things->has_image = things->image_first <= things->image_last;
	things->has_kaslr_offset = find_number(kernel, "KERNELOFFSET", &things->kaslr_offset);
}

/* Of the image's tables, only those are kept that lead to the root table. */
static struct hr_error *find_leaf(struct hr_redaction *redaction)
{
	const struct hr_kernel *kernel = redaction->kernel;
	const struct hr_layout *layout = &kernel->layout;
	struct hr_moved_tables *tables = &redaction->tables;
	uint64_t va = layout->swapper_pa + layout->kimage_voffset, pa = layout->swapper_pa;
	struct hr_error *error = NULL;
	struct hr_lookup found;

	if (kernel->features.root_writable == HR_UNKNOWN ||
	    hr_moves_area(&tables->moves, va) != HR_AREA_IMAGE)
		return NULL;
	hr_walk_lookup(kernel->walker, va, &found);
	if (found.state != HR_MAP_MAPPED)
		return NULL;
	tables->has_leaf = true;
	tables->leaf_va = va;
	tables->leaf_level = found.leaf.level;
	for (int level = layout->geo.root_level; !error && level <= found.leaf.level; level++) {
		error = hr_table_survey_add(&tables->survey, pa, level,
					    va & -hr_table_span(&layout->geo, level));
		pa = hr_desc_output_address(&layout->geo, found.path[level + 1]);
	}
	return error ? error : hr_table_survey_sort(&tables->survey);
}

static bool is_boot(const struct hr_kernel *kernel, uint64_t pa)
{
	uint64_t value = 0;
	struct hr_error *error = NULL;

	if (!kernel->sections)
		return false;
	error = hr_section_read(kernel->sections, pa >> kernel->layout.section_size_bits, &value);
	hr_error_destroy(error);
	return !error && value & hr_sections_flags(kernel->sections)->early;
}

/* The block at @pa of which the linear map has all. Blocks ascend. */
static void note_block(const struct hr_kernel *kernel, uint64_t pa, struct hr_moved_things *things)
{
	const struct hr_layout *layout = &kernel->layout;
	uint64_t last = pa + kernel->memory_block_size - 1;
	uint64_t page_va = hr_layout_page_va(layout, pa >> layout->geo.page_shift);
	bool follows = !things->has_boot || page_va == things->boot_last + 1;

	if (!things->has_sections)
		things->sections_first = hr_layout_linear_va(layout, pa);
	things->has_sections = true;
	things->sections_last = hr_layout_linear_va(layout, last);
	if (!follows || !is_boot(kernel, pa))
		return;
	if (!things->has_boot)
		things->boot_first = page_va;
	things->has_boot = true;
	things->boot_last = hr_layout_page_va(layout, (last >> layout->geo.page_shift) + 1) - 1;
}

/* Memory that has sections, as far as the linear map has room. */
static void find_sections(const struct hr_kernel *kernel, struct hr_moved_things *things)
{
	const struct hr_layout *layout = &kernel->layout;
	uint64_t size = kernel->memory_block_size;
	bool unread = false;

	for (uint64_t pa = hr_kernel_next_block(kernel, 0, &unread); pa != HR_NO_BLOCK;
	     pa = hr_kernel_next_block(kernel, pa + size, &unread))
		if (hr_layout_has_linear(layout, pa) && hr_layout_has_linear(layout, pa + size - 1))
			note_block(kernel, pa, things);
}

static struct hr_error *choose(struct hr_redaction *redaction, uint64_t seed)
{
	struct hr_moved_tables *tables = &redaction->tables;
	struct hr_moved_things things = {
		.layout = &redaction->kernel->layout,
		.survey = &tables->survey,
		.has_leaf = tables->has_leaf,
		.leaf_va = tables->leaf_va,
		.leaf_level = tables->leaf_level,
	};

	find_image(redaction, &things);
	find_sections(redaction->kernel, &things);
	return hr_moves_choose(&things, seed, &tables->moves);
}

/* What the note has of the root table must move, or the redacted kernel would have none. */
static struct hr_error *check_root(const struct hr_redaction *redaction)
{
	const struct hr_moves *moves = &redaction->tables.moves;
	uint64_t va;

	if (!find_number(redaction->kernel, "SYMBOL(swapper_pg_dir)", &va) ||
	    hr_moves_area(moves, va) != HR_AREAS)
		return NULL;
	return hr_error_new(HR_ERROR_INPUT,
			    "its root table is not at an address of the kernel's image");
}

static struct hr_error *move_note(struct hr_redaction *redaction)
{
	struct hr_config *config = &redaction->config;
	struct hr_error *error;

	if (!config->vmcoreinfo)
		return NULL;
	error = hr_moved_note(&redaction->tables.moves, config->vmcoreinfo, config->vmcoreinfo_len,
			      &redaction->note, &config->vmcoreinfo_len);
	config->vmcoreinfo = redaction->note;
	return error;
}

static struct hr_error *move_all(struct hr_redaction *redaction, uint64_t seed)
{
	const struct hr_layout *layout = &redaction->kernel->layout;
	struct hr_moved_tables *tables = &redaction->tables;
	struct hr_moved_data data;
	struct hr_error *error = hr_table_survey_make(layout, &redaction->below, &tables->survey);

	tables->moves = hr_moves_of(layout);
	if (!error)
		error = check_root(redaction);
	if (!error)
		error = find_leaf(redaction);
	if (!error)
		error = choose(redaction, seed);
	data = hr_redaction_data(redaction);
	if (!error)
		error = hr_moved_data_make(&data, &redaction->data);
	return error ? error : move_note(redaction);
}

struct hr_error *hr_redaction_create(const struct hr_config *config, uint64_t seed,
				     struct hr_redaction **ret)
{
	_cleanup_(cleanup_redaction) struct hr_redaction *redaction = NULL;
	struct hr_error *error = check_config(config);

	if (error)
		return error;
	redaction = calloc(1, sizeof(*redaction));
	if (!redaction)
		return hr_error_no_memory();
	redaction->config = *config;
	redaction->below = *config->memory;
	hr_read_log_begin(&redaction->below, &redaction->log, &redaction->logged);
	error = read_kernel(redaction);
	if (!error)
		error = move_all(redaction, seed);
	if (!error)
		error = hr_redaction_begin(redaction);
	if (error)
		return error;
	redaction->config.memory = &redaction->memory;
	*ret = hr_take(redaction);
	return NULL;
}

void hr_redaction_destroy(struct hr_redaction *redaction)
{
	if (!redaction)
		return;
	hr_kernel_destroy(redaction->kernel);
	hr_read_log_release(&redaction->log);
	hr_table_survey_release(&redaction->tables.survey);
	hr_data_copy_release(&redaction->data);
	free(redaction->note);
	free(redaction->page);
	free(redaction);
}

const struct hr_config *hr_redaction_config(const struct hr_redaction *redaction)
{
	return &redaction->config;
}

uint64_t hr_redaction_va(const struct hr_redaction *redaction, uint64_t va)
{
	uint64_t moved;

	return hr_moves_va(&redaction->tables.moves, va, &moved) ? moved : 0;
}
