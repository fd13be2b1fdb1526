// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/redaction.h"

#include "kernel/address.h"
#include "redact/random.h"

/* A sum of what a kernel has, in order, of which addresses count as they are after a move. */
struct sum {
	const struct hr_moves *moves; /* NULL: they have moved already */
	enum hr_area_name area;
	uint64_t value;
};

static void add(struct sum *sum, uint64_t number)
{
	sum->value ^= number;
	sum->value = hr_random_next(&sum->value);
}

static struct hr_error *add_run(void *context, const struct hr_run *run)
{
	struct sum *sum = context;
	const struct hr_leaf *leaf = &run->leaf;
	uint64_t by = sum->moves ? sum->moves->areas[sum->area].by : 0;

	add(sum, run->state);
	add(sum, leaf->va + by);
	add(sum, leaf->size);
	add(sum, run->count);
	if (run->state != HR_MAP_MAPPED)
		return NULL;
	add(sum, leaf->pa);
	add(sum, (uint64_t)(leaf->level + 1) << 3 | (uint64_t)leaf->cont << 2 |
			 (uint64_t)leaf->valid << 1 | leaf->expected);
	return NULL;
}

static struct hr_error *add_maps(struct hr_kernel *kernel, struct sum *sum)
{
	static const enum hr_area_name areas[HR_MAP_COUNT] = {
		[HR_MAP_LINEAR] = HR_AREA_LINEAR,
		[HR_MAP_VMEMMAP] = HR_AREA_VMEMMAP,
	};
	struct hr_map_walk walk = { .run = add_run, .unread = add_run, .context = sum };
	struct hr_error *error = NULL;

	for (enum hr_map map = 0; !error && map < HR_MAP_COUNT; map++) {
		sum->area = areas[map];
		error = hr_kernel_walk_map(kernel, map, &walk);
	}
	return error;
}

/* What the section of @pa says about itself. An address in it counts by its distance. */
static void add_section(const struct hr_kernel *kernel, uint64_t pa, struct sum *sum)
{
	const struct hr_layout *layout = &kernel->layout;
	uint64_t value = 0, memmap;
	struct hr_error *error =
		hr_section_read(kernel->sections, pa >> layout->section_size_bits, &value);

	memmap = hr_section_memmap(value);
	add(sum, error ? UINT64_MAX : value & HR_SECTION_FLAGS);
	add(sum, (int64_t)memmap < 0 ? memmap - hr_layout_page_va(layout, 0) : memmap);
	hr_error_destroy(error);
}

static void add_sections(const struct hr_kernel *kernel, struct sum *sum)
{
	uint64_t size = kernel->memory_block_size, section = hr_section_size(&kernel->layout);
	bool unread = false;

	for (uint64_t start = hr_kernel_next_block(kernel, 0, &unread); start != HR_NO_BLOCK;
	     start = hr_kernel_next_block(kernel, start + size, &unread)) {
		add(sum, start);
		for (uint64_t pa = start; kernel->sections && pa < start + size; pa += section)
			add_section(kernel, pa, sum);
	}
	add(sum, unread);
}

static struct hr_error *sum_of(struct hr_kernel *kernel, const struct hr_moves *moves,
			       uint64_t *ret)
{
	struct sum sum = { .moves = moves };
	struct hr_error *error = add_maps(kernel, &sum);
	enum hr_model_source from;

	add_sections(kernel, &sum);
	add(&sum, hr_kernel_mapping(kernel, &from));
	add(&sum, from);
	add(&sum, (uint64_t)hr_kernel_bbml2_noabort(kernel));
	add(&sum, kernel->warning_count);
	*ret = sum.value;
	return error;
}

static bool has_same_models(const struct hr_facts *a, const struct hr_facts *b)
{
	return a->tlbi_range == b->tlbi_range && a->repeat_tlbi == b->repeat_tlbi &&
	       a->teardown == b->teardown && a->flush == b->flush && a->guard == b->guard &&
	       a->teardown_from == b->teardown_from && a->flush_from == b->flush_from &&
	       a->guard_from == b->guard_from && a->no_hotremove == b->no_hotremove &&
	       a->root_flush == b->root_flush;
}

static bool has_same_facts(const struct hr_redaction *redaction, const struct hr_kernel *kernel)
{
	const struct hr_facts *a = hr_kernel_facts(redaction->kernel);
	const struct hr_facts *b = hr_kernel_facts(kernel);
	const struct hr_moved_area *areas = redaction->tables.moves.areas;

	return has_same_models(a, b) && a->has_sections == b->has_sections &&
	       a->section_size == b->section_size && a->memory_block_size == b->memory_block_size &&
	       a->page_offset == b->page_offset && a->vmemmap_start == b->vmemmap_start &&
	       a->swapper_pa == b->swapper_pa &&
	       a->phys_offset - areas[HR_AREA_LINEAR].by == b->phys_offset &&
	       (!a->has_kimage_voffset ||
		a->kimage_voffset + areas[HR_AREA_IMAGE].by == b->kimage_voffset);
}

struct hr_error *hr_redaction_check(struct hr_redaction *redaction, struct hr_kernel *kernel,
				    bool *ret_same)
{
	struct hr_error *error = NULL;
	uint64_t one = 0, other = 0;

	*ret_same = has_same_facts(redaction, kernel);
	if (!*ret_same)
		return NULL;
	error = sum_of(redaction->kernel, &redaction->tables.moves, &one);
	if (!error)
		error = sum_of(kernel, NULL, &other);
	*ret_same = !error && one == other && !redaction->is_unforeseen;
	return error;
}
