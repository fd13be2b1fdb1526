// SPDX-License-Identifier: GPL-2.0-or-later
#include "map/survey.h"

#include <stdio.h>
#include <string.h>

#include "kernel/address.h"
#include "walk/walk.h"

/* A survey of one map in progress. */
struct surveyor {
	const struct hr_layout *layout;
	enum hr_map map;
	struct hr_map_survey *survey;
	hr_entries_fn *entries;
	void *context;
	struct hr_struct_pages pages; /* of the vmemmap; of the linear map only its tables */
};

const char *hr_leaf_kind_name(enum hr_leaf_kind kind)
{
	static const char *const names[HR_LEAF_KINDS] = { "PUD", "CONT_PMD", "PMD", "CONT_PTE",
							  "PTE" };

	return kind < HR_LEAF_KINDS ? names[kind] : NULL;
}

static void note(struct hr_finding *finding, const struct hr_leaf *leaf)
{
	if (!finding->count++)
		finding->first = *leaf;
}

bool hr_leaf_kind_of(const struct hr_leaf *leaf, enum hr_leaf_kind *ret)
{
	switch (leaf->level) {
	case HR_LEVEL_PUD:
		*ret = HR_LEAF_PUD;
		return true;
	case HR_LEVEL_PMD:
		*ret = leaf->cont ? HR_LEAF_CONT_PMD : HR_LEAF_PMD;
		return true;
	case HR_LEVEL_PTE:
		*ret = leaf->cont ? HR_LEAF_CONT_PTE : HR_LEAF_PTE;
		return true;
	default:
		return false;
	}
}

/* The leaves of @run that lie completely inside the range. A run may end with the address space. */
static uint64_t leaves_inside(const struct hr_map_survey *survey, const struct hr_run *run)
{
	uint64_t size = run->leaf.size, outside = 0;
	uint64_t va = run->leaf.va, last = va + (size * run->count - 1);

	if (va < survey->va_start)
		outside += (survey->va_start - va + size - 1) / size;
	if (last >= survey->va_end)
		outside += (last - survey->va_end) / size + 1;
	return outside < run->count ? run->count - outside : 0;
}

/* Count the entries of @run that map a byte of the range; CONT members count individually. */
static void count_entries(struct surveyor *at, const struct hr_run *run, uint64_t va, uint64_t end)
{
	uint64_t size = hr_level_size(&at->layout->geo, run->leaf.level);
	uint64_t first = va & ~(size - 1);
	uint64_t count = (end - first + size - 1) / size;

	at->survey->entries[run->leaf.level + 1] += count;
	if (run->leaf.level == at->layout->geo.root_level)
		at->survey->root_entries += count;
	if (at->entries)
		at->entries(at->context, first, size, count);
}

/* Removing a physical range is only correct if the linear map has each page in its place. */
static bool is_misplaced(const struct surveyor *at, const struct hr_run *run)
{
	return at->map == HR_MAP_LINEAR &&
	       run->leaf.pa != hr_layout_linear_pa(at->layout, run->leaf.va);
}

static void survey_leaves(struct surveyor *at, const struct hr_run *run)
{
	struct hr_map_survey *survey = at->survey;
	uint64_t last = run->leaf.va + (run->leaf.size * run->count - 1);
	uint64_t va = run->leaf.va > survey->va_start ? run->leaf.va : survey->va_start;
	uint64_t end = last < survey->va_end ? last + 1 : survey->va_end;
	enum hr_leaf_kind kind;

	survey->mapped += end - va;
	if (hr_leaf_kind_of(&run->leaf, &kind))
		survey->leaves[kind] += leaves_inside(survey, run);
	count_entries(at, run, va, end);
	if (at->map == HR_MAP_VMEMMAP)
		hr_struct_pages_add(&at->pages, run);
	if (!run->leaf.expected)
		note(&survey->unexpected, &run->leaf);
	if (is_misplaced(at, run))
		note(&survey->misplaced, &run->leaf);
}

static struct hr_error *on_run(void *context, const struct hr_run *run)
{
	struct surveyor *at = context;
	struct hr_map_survey *survey = at->survey;

	switch (run->state) {
	case HR_MAP_MAPPED:
		survey_leaves(at, run);
		break;
	case HR_MAP_UNMAPPED:
		survey->unmapped += run->leaf.size;
		break;
	case HR_MAP_UNREADABLE:
		survey->unreadable += run->leaf.size;
		if (!survey->why[0])
			snprintf(survey->why, sizeof(survey->why), "%s", run->why);
		break;
	}
	return NULL;
}

static struct hr_error *on_broken_group(void *context, const struct hr_leaf *group)
{
	struct surveyor *at = context;

	note(&at->survey->broken_groups, group);
	return NULL;
}

static void on_table(void *context, uint64_t pa)
{
	struct surveyor *at = context;

	if (at->map == HR_MAP_VMEMMAP)
		hr_struct_pages_add_table(&at->pages, pa);
	else
		hr_struct_pages_check_table(&at->pages, pa);
}

static bool on_emptied(void *context, const struct hr_emptied_table *table)
{
	struct surveyor *at = context;

	if (!hr_map_frees_table(at->layout, at->map, table->level, table->va_start, table->va_last))
		return false;
	at->survey->tables_emptied++;
	at->survey->root_entries += table->level - 1 == at->layout->geo.root_level;
	return true;
}

static void survey_map(const struct hr_layout *layout, struct hr_walker *walker, uint64_t pa_start,
		       uint64_t pa_end, struct surveyor *at)
{
	const struct hr_visitor visitor = {
		.context = at,
		.run = on_run,
		.broken_group = on_broken_group,
		.table = on_table,
		.emptied = on_emptied,
	};
	struct hr_map_survey *survey = at->survey;

	survey->done =
		hr_map_range(layout, at->map, pa_start, pa_end, &survey->va_start, &survey->va_end);
	if (survey->done) {
		hr_struct_pages_begin(&at->pages, layout, pa_start, pa_end);
		/* The visitor's functions do not fail. */
		hr_error_destroy(
			hr_walk_range(walker, survey->va_start, survey->va_end - 1, &visitor));
		survey->struct_pages = hr_struct_pages_end(&at->pages, walker);
		return;
	}
	survey->unmapped = pa_end - pa_start;
	if (at->map == HR_MAP_VMEMMAP)
		survey->unmapped =
			survey->unmapped / hr_page_size(&layout->geo) * layout->struct_page_size;
}

void hr_survey_range(const struct hr_layout *layout, struct hr_walker *walker, uint64_t pa_start,
		     uint64_t pa_end, hr_entries_fn *entries, void *context, struct hr_survey *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		struct surveyor at = {
			.layout = layout,
			.map = map,
			.survey = &ret->maps[map],
			.entries = map == HR_MAP_VMEMMAP ? entries : NULL,
			.context = context,
		};

		survey_map(layout, walker, pa_start, pa_end, &at);
	}
}

bool hr_survey_shows_no_altmap(const struct hr_survey *survey)
{
	const struct hr_map_survey *vmemmap = &survey->maps[HR_MAP_VMEMMAP];

	return vmemmap->done && !vmemmap->unreadable && !vmemmap->struct_pages.own_memory;
}
