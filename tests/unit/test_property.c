// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Random page tables against a model. Whatever is written into the tables is also recorded as units
 * (leaves, CONT groups, unreadable stretches) and broken groups. Every answer is derived again from
 * those, unit by unit, without looking at a descriptor.
 *
 * HOTREMOVE_TEST_SEED repeats a run, HOTREMOVE_TEST_ROUNDS sets its length.
 */
#include "fake.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "environment.h"
#include "leaf_check.h"
#include "map/survey.h"
#include "walk/lookup.h"
#include "walk/walker.h"

#define BASE (UINT64_C(1) << 44)

/* PA from which on struct pages lie; the linear map and the tables end below it. */
#define STRUCT_PAGES (UINT64_C(1) << 46)

/* Flags of section_mem_map in all kernels up to 7.3. */
enum {
	SECTION_PRESENT = 1 << 0,
	SECTION_HAS_MEM_MAP = 1 << 1,
	SECTION_EARLY = 1 << 3,
};

enum {
	RANGES = 12,
	LOOKUPS = 24,
	GROUPS_MAX = 512,
	TABLES_MAX = 24, /* page tables created in one round */
	SPLITS_MAX = 8,
};

/* A leaf or group, or the range of an entry of leaf.level that leads to no readable table. */
struct unit {
	bool unreadable;
	struct hr_leaf leaf;
};

struct model {
	size_t shape;
	uint64_t seed, random;
	unsigned int tables;
	struct fake_kernel kernel;
	struct hr_walker *walker;
	struct hr_sections *sections;
	struct unit *units;
	size_t count, capacity;
	struct hr_leaf groups[GROUPS_MAX]; /* the broken ones */
	size_t group_count;
	uint64_t pa_start, pa_end; /* the window for the ranges */
	uint64_t *section_values;  /* of the sections in the window */
	bool sections_unreadable;  /* all sections that share a root with the first of the window */
};

/* Fail with the information needed to reproduce the failure. */
#define expect(model, condition, ...)                                                              \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			print_error("shape %zu, HOTREMOVE_TEST_SEED=%" PRIu64 ": ",                \
				    (model)->shape, (model)->seed);                                \
			fail_msg(__VA_ARGS__);                                                     \
		}                                                                                  \
	} while (0)

static uint64_t mix(uint64_t value)
{
	value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
	return value ^ value >> 31;
}

static uint64_t draw(struct model *model)
{
	model->random += UINT64_C(0x9e3779b97f4a7c15);
	return mix(model->random);
}

/* A number below @limit. */
static uint64_t pick(struct model *model, uint64_t limit)
{
	return draw(model) % limit;
}

static const struct hr_geometry *geometry(const struct model *model)
{
	return &model->kernel.layout.geo;
}

static uint64_t level_size(const struct model *model, int level)
{
	return hr_level_size(geometry(model), level);
}

static uint64_t group_entries(const struct model *model, int level)
{
	return hr_cont_entries(geometry(model), level);
}

static bool is_linear(const struct model *model, uint64_t va)
{
	return va < model->kernel.layout.linear_end;
}

/* The PA that a leaf at @va should map: its own in the linear map, any in the vmemmap. */
static uint64_t right_pa(const struct model *model, uint64_t va)
{
	const struct hr_layout *layout = &model->kernel.layout;

	if (is_linear(model, va))
		return va - layout->page_offset + layout->phys_offset;
	return STRUCT_PAGES + (va & ((UINT64_C(1) << 40) - 1));
}

static struct unit *add_unit(struct model *model, int level, uint64_t va, uint64_t pa,
			     uint64_t size)
{
	struct unit *unit;

	if (model->count == model->capacity) {
		model->capacity = model->capacity ? 2 * model->capacity : 1024;
		model->units = realloc(model->units, model->capacity * sizeof(*model->units));
		assert_non_null(model->units);
	}
	unit = &model->units[model->count++];
	*unit = (struct unit){
		.leaf = { .level = level, .valid = true, .va = va, .pa = pa, .size = size },
	};
	unit->leaf.expected = level >= HR_LEVEL_PMD ||
			      (level == HR_LEVEL_PUD && geometry(model)->page_shift == 12);
	return unit;
}

/* Sometimes clear bits of @desc so that it becomes an invalid leaf. */
static uint64_t maybe_invalid(struct model *model, int level, uint64_t desc, bool *ret_valid)
{
	uint64_t way = pick(model, 12);

	*ret_valid = way > 2;
	if (way == 0)
		return desc & ~UINT64_C(1);
	if (way == 1)
		return (desc & ~UINT64_C(3)) | 0x800;
	if (way == 2)
		return level == HR_LEVEL_PTE ? desc & ~UINT64_C(2) : desc & ~UINT64_C(1);
	return desc;
}

static void grow_leaf(struct model *model, int level, uint64_t va, uint64_t flags)
{
	uint64_t size = level_size(model, level);
	uint64_t pa = right_pa(model, va) + (pick(model, 24) ? 0 : size);
	uint64_t desc = fake_leaf_desc(geometry(model), level, pa) | flags;
	struct unit *unit = add_unit(model, level, va, pa, size);

	desc = maybe_invalid(model, level, desc, &unit->leaf.valid);
	fake_set(&model->kernel.tables, level, va, desc);
}

/* An entry with an impossible table: not in memory, excluded, all zeros, or the root again. */
static void grow_bad_table(struct model *model, int level, uint64_t va)
{
	struct fake_tables *tables = &model->kernel.tables;
	uint64_t table = pick(model, 4) ? fake_new_table(tables) : tables->root_pa;
	struct unit *unit = add_unit(model, level, va, 0, level_size(model, level));

	unit->unreadable = true;
	if (table != tables->root_pa && pick(model, 3))
		fake_page(&model->kernel.fake, table)->excluded = pick(model, 2);
	fake_set(tables, level, va, fake_table_desc(geometry(model), table));
}

static void grow_group(struct model *model, int level, uint64_t va);

/*
 * The table of @level below the entry for @va: a few of its groups, including the outermost ones.
 */
static void grow_table(struct model *model, int level, uint64_t va)
{
	uint64_t size = group_entries(model, level) * level_size(model, level);
	uint64_t groups = level_size(model, level - 1) / size;
	uint64_t middle = 1 + pick(model, groups - 2);

	model->tables++;
	grow_group(model, level, va);
	grow_group(model, level, va + middle * size);
	grow_group(model, level, va + (groups - 1) * size);
}

/* Anything that one entry without the CONT bit can be. */
static void grow_entry(struct model *model, int level, uint64_t va)
{
	uint64_t way = pick(model, 16);

	if (way < 4)
		return;
	if (level < HR_LEVEL_PTE && way == 4)
		grow_bad_table(model, level, va);
	else if (level < HR_LEVEL_PTE && way < 8 && model->tables < TABLES_MAX)
		grow_table(model, level + 1, va);
	else
		grow_leaf(model, level, va, 0);
}

/* All members have the bit. They may still be invalid, scattered or misplaced. */
static void grow_cont(struct model *model, int level, uint64_t va)
{
	uint64_t size = level_size(model, level), entries = group_entries(model, level);
	uint64_t pa = right_pa(model, va) + (pick(model, 16) ? 0 : size);
	uint64_t stray = pick(model, 16) ? entries : 1 + pick(model, entries - 1);
	struct unit *unit = add_unit(model, level, va, pa, entries * size);
	bool quiet = pick(model, 2), valid;

	unit->leaf.cont = true;
	unit->leaf.expected = stray == entries && pa % (entries * size) == 0;
	for (uint64_t i = 0; i < entries; i++) {
		uint64_t at = pa + i * size + (i == stray ? entries * size : 0);
		uint64_t desc = fake_leaf_desc(geometry(model), level, at) | FAKE_CONT;

		if (!quiet) {
			desc = maybe_invalid(model, level, desc, &valid);
			unit->leaf.valid &= valid;
		}
		fake_set(&model->kernel.tables, level, va + i * size, desc);
	}
}

/* At least one member has the bit and at least one does not. */
static void grow_broken(struct model *model, int level, uint64_t va)
{
	uint64_t size = level_size(model, level), entries = group_entries(model, level);
	uint64_t with = pick(model, entries),
		 without = (with + 1 + pick(model, entries - 1)) % entries;

	if (model->group_count == GROUPS_MAX)
		return;
	model->groups[model->group_count++] = (struct hr_leaf){
		.level = level,
		.cont = true,
		.va = va,
		.size = entries * size,
	};
	for (uint64_t i = 0; i < entries; i++) {
		if (i == with || (i != without && pick(model, 2)))
			grow_leaf(model, level, va + i * size, FAKE_CONT);
		else
			grow_entry(model, level, va + i * size);
	}
}

static void grow_group(struct model *model, int level, uint64_t va)
{
	uint64_t size = level_size(model, level), way = pick(model, 10);

	if (way < 3)
		grow_cont(model, level, va);
	else if (way < 5)
		grow_broken(model, level, va);
	else if (way < 9)
		for (uint64_t i = 0; i < group_entries(model, level); i++)
			grow_entry(model, level, va + i * size);
}

/* One entry of a level 1 table. */
static void grow_slot(struct model *model, uint64_t va)
{
	uint64_t way = pick(model, 8);
	bool is_4k = geometry(model)->page_shift == 12;

	if (way == 0)
		return;
	if (way == 1)
		grow_bad_table(model, HR_LEVEL_PUD, va);
	else if (is_4k ? way < 5 : way == 2 && !pick(model, 4))
		grow_leaf(model, HR_LEVEL_PUD, va, 0);
	else
		grow_table(model, HR_LEVEL_PMD, va);
}

/* The linear map from the second slot or group on: mem_section stays alone in the first. */
static void grow_linear(struct model *model)
{
	uint64_t base = fake_linear(&model->kernel, BASE);
	bool two_levels = geometry(model)->root_level == HR_LEVEL_PMD;
	uint64_t step = two_levels ? fake_kind_size(geometry(model), FAKE_CONT_PMD)
				   : level_size(model, HR_LEVEL_PUD);

	for (uint64_t i = 1; i <= 3; i++) {
		if (two_levels)
			grow_group(model, HR_LEVEL_PMD, base + i * step);
		else
			grow_slot(model, base + i * step);
	}
	model->pa_start = BASE + step;
	model->pa_end = BASE + 4 * step;
}

static void grow_vmemmap(struct model *model)
{
	uint64_t size = fake_kind_size(geometry(model), FAKE_CONT_PMD);
	uint64_t va = fake_vmemmap(&model->kernel, model->pa_start) & ~(size - 1);
	uint64_t bytes = fake_vmemmap(&model->kernel, model->pa_end) - va;

	/* The last group may end at the end of the address space. */
	for (uint64_t done = 0; done < bytes; done += size)
		grow_group(model, HR_LEVEL_PMD, va + done);
}

/* What fake_kernel_init() has mapped, and mem_section, which may be misplaced. */
static void grow_rest(struct model *model)
{
	const struct hr_layout *layout = &model->kernel.layout;
	uint64_t size = level_size(model, HR_LEVEL_PTE);
	uint64_t va = layout->mem_section_va;
	uint64_t pa = right_pa(model, va) + (pick(model, 4) ? 0 : size);

	add_unit(model, HR_LEVEL_PTE, layout->linear_end + MIB(512), MIB(512), size);
	if (!pick(model, 3))
		return;
	add_unit(model, HR_LEVEL_PTE, va, pa, size);
	fake_map(&model->kernel.tables, va, pa, FAKE_PTE);
}

static uint64_t section_count(const struct model *model)
{
	return (model->pa_end - model->pa_start) >> model->kernel.layout.section_size_bits;
}

static uint64_t random_section(struct model *model)
{
	static const uint64_t flags[] = { 0, 1, 3, 7, 7, 15, 15 };
	uint64_t value = flags[pick(model, COUNT_OF(flags))];
	uint64_t base = fake_vmemmap(&model->kernel, 0) & ~UINT64_C(0x3f);

	if (!value)
		return 0;
	return pick(model, 8) ? base | value : (base + 0x1000) | value;
}

/* Nothing, or all sections present, with a few exceptions. */
static void grow_sections(struct model *model)
{
	uint64_t count = section_count(model), size = hr_section_size(&model->kernel.layout);
	uint64_t base = fake_vmemmap(&model->kernel, 0), way = pick(model, 8);

	fake_section(&model->kernel, BASE, 15);
	model->section_values = calloc(count, sizeof(uint64_t));
	assert_non_null(model->section_values);
	if (way == 0)
		return;
	for (uint64_t i = 0; i < count; i++)
		model->section_values[i] = base | 7;
	for (uint64_t i = pick(model, 4); i > 0 && way < 4; i--)
		model->section_values[pick(model, count)] = random_section(model);
	for (uint64_t i = 0; i < count; i++)
		fake_section_raw(&model->kernel, model->pa_start + i * size,
				 model->section_values[i]);
	model->sections_unreadable = way == 7;
	if (way == 7)
		fake_exclude(&model->kernel.fake,
			     fake_section_root(&model->kernel, model->pa_start));
}

static int compare_units(const void *a, const void *b)
{
	const struct unit *left = a, *right = b;

	return (left->leaf.va > right->leaf.va) - (left->leaf.va < right->leaf.va);
}

static void model_init(struct model *model, size_t shape, uint64_t seed)
{
	memset(model, 0, sizeof(*model));
	model->shape = shape;
	model->seed = seed;
	model->random = mix(seed + shape);
	fake_kernel_init(&model->kernel, &fake_shapes[shape], BASE);
	/* Tables must give the same result whether or not they are read ahead. */
	if (seed & 1)
		fake_reads_meanwhile(&model->kernel.fake);
	if (seed % 8 == 2)
		fake_reads_ahead(&model->kernel.fake);
	/* The same is true of memory that could change but does not. */
	model->kernel.fake.memory.live = seed % 3 == 0;
	grow_linear(model);
	grow_vmemmap(model);
	grow_rest(model);
	grow_sections(model);
	qsort(model->units, model->count, sizeof(*model->units), compare_units);
	assert_success(hr_walker_create(geometry(model), &model->kernel.fake.memory,
					model->kernel.layout.swapper_pa, &model->walker));
	assert_success(hr_sections_create(&model->kernel.layout, &model->kernel.fake.memory,
					  &model->sections));
}

static void model_release(struct model *model)
{
	hr_sections_destroy(model->sections);
	hr_walker_destroy(model->walker);
	fake_kernel_release(&model->kernel);
	free(model->units);
	free(model->section_values);
}

/* The unit that maps @va, NULL in a hole. */
static const struct unit *unit_at(const struct model *model, uint64_t va)
{
	size_t low = 0, high = model->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (model->units[middle].leaf.va <= va)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || va - model->units[low - 1].leaf.va >= model->units[low - 1].leaf.size)
		return NULL;
	return &model->units[low - 1];
}

/* The largest broken group around @va. */
static const struct hr_leaf *group_at(const struct model *model, uint64_t va)
{
	const struct hr_leaf *found = NULL;

	for (size_t i = 0; i < model->group_count; i++) {
		const struct hr_leaf *group = &model->groups[i];

		if (va - group->va < group->size && (!found || group->size > found->size))
			found = group;
	}
	return found;
}

static bool is_misplaced(const struct model *model, const struct hr_leaf *leaf)
{
	return is_linear(model, leaf->va) && leaf->pa != right_pa(model, leaf->va);
}

/* The expected result: the leaves that are split, the damaged groups, and the rest. */
struct expectation {
	struct split {
		enum hr_reason_code code;
		enum hr_map map;
		enum hr_edge edge;
		uint64_t va;
		struct hr_leaf leaf;
	} splits[2 * SPLITS_MAX];
	size_t split_count;
	bool unreadable, boot, absent, misaligned;
};

static void expect_leaf(struct expectation *expected, enum hr_reason_code code, enum hr_map map,
			enum hr_edge edge, uint64_t va, const struct hr_leaf *leaf)
{
	expected->splits[expected->split_count++] = (struct split){ code, map, edge, va, *leaf };
}

/* Can a leaf below an entry that cannot be followed lie on both sides of the edge @va? */
static bool may_hide_a_split(const struct model *model, const struct unit *unit, uint64_t va)
{
	int level = unit->leaf.level + 1;

	return va % (group_entries(model, level) * level_size(model, level)) != 0;
}

static void expect_edge(const struct model *model, enum hr_map map, enum hr_edge edge, uint64_t va,
			struct expectation *expected)
{
	const struct unit *unit = unit_at(model, va);
	const struct hr_leaf *group = group_at(model, va);
	bool end = edge == HR_EDGE_END;
	bool touches = unit && !(end && unit->leaf.va == va);

	if (end && group && group->va == va)
		group = NULL;
	if (unit && unit->unreadable)
		expected->unreadable |= !end || may_hide_a_split(model, unit, va);
	else if (touches)
		expected->unreadable |= !unit->leaf.expected || is_misplaced(model, &unit->leaf);
	if (touches && !unit->unreadable && unit->leaf.va < va && !(group && group->va < va))
		expect_leaf(expected, HR_REASON_SPLITS_LEAF, map, edge, va, &unit->leaf);
	if (group && group->va < va)
		expect_leaf(expected, HR_REASON_SPLITS_LEAF, map, edge, va, group);
	if (group)
		expect_leaf(expected, HR_REASON_MALFORMED_CONT, map, edge, va, group);
}

/* Is @value one that no kernel would leave for a section? */
static bool is_flawed(const struct model *model, uint64_t value)
{
	return value & SECTION_PRESENT && !(value & SECTION_HAS_MEM_MAP) &&
	       (value & ~HR_SECTION_FLAGS) != fake_vmemmap(&model->kernel, 0);
}

/* May the section at @pa be hot-added memory? It may if its root cannot be read. */
static bool may_exist(const struct model *model, uint64_t pa)
{
	const struct hr_layout *layout = &model->kernel.layout;
	uint64_t first = model->pa_start >> layout->section_size_bits;
	uint64_t nr = pa >> layout->section_size_bits;
	uint64_t per_root = hr_page_size(&layout->geo) / layout->section_struct_size;

	if (model->sections_unreadable && nr / per_root == first / per_root)
		return true;
	return is_flawed(model, model->section_values[nr - first]) ||
	       (model->section_values[nr - first] & (SECTION_PRESENT | SECTION_EARLY)) ==
		       SECTION_PRESENT;
}

/* Is it known that there is no section at @pa? */
static bool is_absent(const struct model *model, uint64_t pa)
{
	const struct hr_layout *layout = &model->kernel.layout;
	uint64_t first = model->pa_start >> layout->section_size_bits;
	uint64_t nr = pa >> layout->section_size_bits, value;
	uint64_t per_root = hr_page_size(&layout->geo) / layout->section_struct_size;

	if (pa >> layout->pa_bits ||
	    (model->sections_unreadable && nr / per_root == first / per_root))
		return false;
	if (pa < model->pa_start || pa >= model->pa_end)
		value = nr == BASE >> layout->section_size_bits ? SECTION_PRESENT : 0;
	else
		value = model->section_values[nr - first];
	return !is_flawed(model, value) && !(value & SECTION_PRESENT);
}

/* Does the vmemmap map a leaf at @va that serves only the absent section around @pa? */
static bool has_stray(const struct model *model, uint64_t va, uint64_t pa)
{
	const struct hr_layout *layout = &model->kernel.layout;
	uint64_t page = hr_page_size(&layout->geo), size = hr_section_size(layout);
	uint64_t start = fake_vmemmap(&model->kernel, pa & ~(size - 1));
	const struct unit *unit = unit_at(model, va);

	return is_absent(model, pa) && va >= layout->vmemmap_start && va < layout->vmemmap_end &&
	       unit && !unit->unreadable && unit->leaf.va >= ((start + page - 1) & ~(page - 1)) &&
	       unit->leaf.va + unit->leaf.size <=
		       ((start + (size >> layout->geo.page_shift) * layout->struct_page_size) &
			~(page - 1));
}

static bool has_stray_around(const struct model *model, const struct hr_pa_range *range)
{
	uint64_t page = hr_page_size(geometry(model));
	uint64_t start = fake_vmemmap(&model->kernel, range->start) & ~(page - 1);
	uint64_t end = (fake_vmemmap(&model->kernel, range->end) + page - 1) & ~(page - 1);

	return has_stray(model, start - 1, range->start - 1) || has_stray(model, end, range->end);
}

static int compare_outputs(const void *a, const void *b)
{
	const struct hr_leaf *left = a, *right = b;

	return (left->pa > right->pa) - (left->pa < right->pa);
}

/* Do two leaves of the vmemmap that serve @range have an output address in common? */
static bool has_doubled(const struct model *model, const struct hr_pa_range *range)
{
	uint64_t start = fake_vmemmap(&model->kernel, range->start), count = 0;
	uint64_t end = fake_vmemmap(&model->kernel, range->end);
	struct hr_leaf *leaves = calloc(model->count + 1, sizeof(*leaves));
	bool doubled = false;

	assert_non_null(leaves);
	for (size_t i = 0; i < model->count; i++) {
		const struct unit *unit = &model->units[i];

		if (!unit->unreadable && unit->leaf.va < end &&
		    unit->leaf.va + (unit->leaf.size - 1) >= start)
			leaves[count++] = unit->leaf;
	}
	qsort(leaves, count, sizeof(*leaves), compare_outputs);
	for (size_t i = 1; i < count; i++)
		doubled |= leaves[i].pa < leaves[i - 1].pa + leaves[i - 1].size;
	free(leaves);
	return doubled;
}

static uint64_t map_va(const struct model *model, enum hr_map map, uint64_t pa)
{
	return map == HR_MAP_LINEAR ? fake_linear(&model->kernel, pa)
				    : fake_vmemmap(&model->kernel, pa);
}

static void expect_map(const struct model *model, enum hr_map map, const struct hr_pa_range *range,
		       struct expectation *expected)
{
	uint64_t start = map_va(model, map, range->start), end = map_va(model, map, range->end);
	const struct unit *last = unit_at(model, end - 1);

	expect_edge(model, map, HR_EDGE_START, start, expected);
	expect_edge(model, map, HR_EDGE_END, end, expected);
	if (map == HR_MAP_VMEMMAP)
		expected->unreadable |= has_stray_around(model, range);
	expected->unreadable |= may_exist(model, range->start) && !unit_at(model, start);
	if (may_exist(model, range->end - 1))
		expected->unreadable |= !last || last->unreadable || !last->leaf.expected ||
					is_misplaced(model, &last->leaf);
}

static void expect_sections(const struct model *model, const struct hr_pa_range *range,
			    struct expectation *expected)
{
	const struct hr_layout *layout = &model->kernel.layout;
	uint64_t first = model->pa_start >> layout->section_size_bits;
	uint64_t last = (range->end - 1) >> layout->section_size_bits;
	uint64_t per_root = hr_page_size(&layout->geo) / layout->section_struct_size;

	for (uint64_t nr = range->start >> layout->section_size_bits; nr <= last; nr++) {
		uint64_t value = model->section_values[nr - first];

		if (model->sections_unreadable && nr / per_root == first / per_root) {
			expected->unreadable = true;
			return;
		}
		if (is_flawed(model, value)) {
			expected->unreadable = true;
			continue;
		}
		expected->absent |= !(value & SECTION_PRESENT);
		expected->boot |= value & SECTION_EARLY && value & SECTION_PRESENT;
		expected->unreadable |=
			value & SECTION_PRESENT &&
			(value & ~HR_SECTION_FLAGS) != fake_vmemmap(&model->kernel, 0);
	}
}

static void expect_range(const struct model *model, const struct hr_pa_range *range,
			 struct expectation *expected)
{
	uint64_t block = hr_section_size(&model->kernel.layout);

	memset(expected, 0, sizeof(*expected));
	expected->misaligned = range->start % block || range->end % block;
	expect_sections(model, range, expected);
	expect_map(model, HR_MAP_LINEAR, range, expected);
	expect_map(model, HR_MAP_VMEMMAP, range, expected);
}

static enum hr_verdict expected_verdict(const struct expectation *expected)
{
	if (expected->split_count || expected->boot || expected->absent || expected->misaligned)
		return HR_VERDICT_NOT_REMOVABLE;
	return expected->unreadable ? HR_VERDICT_UNKNOWN : HR_VERDICT_REMOVABLE;
}

static bool has_split(const struct hr_check_result *result, const struct split *split)
{
	for (size_t i = 0; i < result->count; i++) {
		const struct hr_reason *reason = &result->reasons[i];

		if (reason->code == split->code && reason->map == split->map &&
		    reason->edge == split->edge && reason->va == split->va && reason->has_leaf &&
		    reason->leaf.level == split->leaf.level &&
		    reason->leaf.cont == split->leaf.cont && reason->leaf.va == split->leaf.va &&
		    reason->leaf.size == split->leaf.size)
			return true;
	}
	return false;
}

static const char *message_of(const struct hr_check_result *result, enum hr_reason_code code)
{
	for (size_t i = 0; i < result->count; i++)
		if (result->reasons[i].code == code)
			return result->reasons[i].message;
	return "missing";
}

static void check_reason(const struct model *model, const struct hr_check_result *result,
			 enum hr_reason_code code, bool expected)
{
	expect(model, hr_check_has(result, code) == expected, "%s: %s", hr_reason_name(code),
	       message_of(result, code));
}

static void check_edges(const struct model *model, const struct hr_check_result *result,
			const struct expectation *expected)
{
	size_t with_leaf = 0;

	for (size_t i = 0; i < result->count; i++)
		with_leaf += result->reasons[i].has_leaf;
	for (size_t i = 0; i < expected->split_count; i++) {
		const struct split *split = &expected->splits[i];

		expect(model, has_split(result, split), "no %s at %#" PRIx64 " for %#" PRIx64,
		       hr_reason_name(split->code), split->va, split->leaf.va);
	}
	expect(model, with_leaf == expected->split_count, "%zu reasons with leaves, not %zu",
	       with_leaf, expected->split_count);
	check_reason(model, result, HR_REASON_UNREADABLE, expected->unreadable);
	check_reason(model, result, HR_REASON_BOOT_MEMORY, expected->boot);
	check_reason(model, result, HR_REASON_NOT_PRESENT, expected->absent);
	check_reason(model, result, HR_REASON_MISALIGNED, expected->misaligned);
	check_reason(model, result, HR_REASON_GUARD_VETO, false);
}

/*
 * How much of @size bytes at @va is in [@start, @end). Both may end at the end of the address
 * space.
 */
static uint64_t overlap(uint64_t va, uint64_t size, uint64_t start, uint64_t end)
{
	uint64_t last = va + (size - 1) < end - 1 ? va + (size - 1) : end - 1;
	uint64_t from = va > start ? va : start;

	return last >= from ? last - from + 1 : 0;
}

static enum hr_leaf_kind kind_of(const struct hr_leaf *leaf)
{
	if (leaf->level == HR_LEVEL_PUD)
		return HR_LEAF_PUD;
	if (leaf->level == HR_LEVEL_PMD)
		return leaf->cont ? HR_LEAF_CONT_PMD : HR_LEAF_PMD;
	return leaf->cont ? HR_LEAF_CONT_PTE : HR_LEAF_PTE;
}

static void survey_unit(const struct model *model, const struct unit *unit,
			struct hr_map_survey *survey)
{
	const struct hr_leaf *leaf = &unit->leaf;
	uint64_t bytes = overlap(leaf->va, leaf->size, survey->va_start, survey->va_end);
	uint64_t size = level_size(model, leaf->level);

	survey->unmapped -= bytes;
	if (unit->unreadable)
		survey->unreadable += bytes;
	if (unit->unreadable || !bytes)
		return;
	survey->mapped += bytes;
	survey->leaves[kind_of(leaf)] += bytes == leaf->size;
	for (uint64_t at = 0; at < leaf->size; at += size)
		survey->entries[leaf->level + 1] +=
			overlap(leaf->va + at, size, survey->va_start, survey->va_end) != 0;
	survey->unexpected.count += !leaf->expected;
	survey->misplaced.count += is_misplaced(model, leaf);
}

/*
 * Does the removal clear every entry of @unit? A block goes as a whole, a group member by member.
 */
static bool is_cleared(const struct model *model, const struct unit *unit,
		       const struct hr_map_survey *survey)
{
	uint64_t size = level_size(model, unit->leaf.level);
	uint64_t last = unit->leaf.va + unit->leaf.size - size;

	return !unit->unreadable &&
	       overlap(unit->leaf.va, size, survey->va_start, survey->va_end) &&
	       overlap(last, size, survey->va_start, survey->va_end);
}

/* Would the kernel free the table of @level at @va, judging by floor and ceiling of the map? */
static bool may_be_freed(const struct model *model, int level, uint64_t va,
			 const struct hr_map_survey *survey)
{
	const struct hr_layout *layout = &model->kernel.layout;
	uint64_t span = level_size(model, level - 1);
	bool linear = is_linear(model, survey->va_start);
	uint64_t floor = linear ? layout->page_offset : layout->vmemmap_start;
	uint64_t ceiling = linear ? layout->linear_end : layout->vmemmap_end;
	uint64_t last = va + (span - 1);

	if (last > survey->va_end - 1)
		last = survey->va_end - 1;
	return va >= floor && last < (ceiling & ~(span - 1));
}

/* The first address that the table of @level around @va maps. */
static uint64_t table_va(const struct model *model, int level, uint64_t va)
{
	return va & ~(level_size(model, level - 1) - 1);
}

/* Is the table of @level around unit @index empty and freed after the removal? */
static bool is_freed(const struct model *model, size_t index, int level,
		     const struct hr_map_survey *survey)
{
	uint64_t table = table_va(model, level, model->units[index].leaf.va);

	if (!may_be_freed(model, level, table, survey))
		return false;
	for (; index < model->count; index++) {
		const struct unit *unit = &model->units[index];

		if (table_va(model, level, unit->leaf.va) != table)
			break;
		if (!is_cleared(model, unit, survey))
			return false;
		for (int below = level + 1; below <= unit->leaf.level; below++)
			if (!may_be_freed(model, below, table_va(model, below, unit->leaf.va),
					  survey))
				return false;
	}
	return true;
}

/*
 * Count the tables that are freed, and the root entries that are cleared for it: entries that led
 * to tables of the next level, and leaves in the root itself.
 */
static void expect_freed(const struct model *model, struct hr_map_survey *survey)
{
	int root_level = geometry(model)->root_level;

	survey->root_entries = survey->entries[root_level + 1];

	for (size_t i = 0; i < model->count; i++) {
		const struct hr_leaf *leaf = &model->units[i].leaf;

		for (int level = geometry(model)->root_level + 1; level <= leaf->level; level++) {
			uint64_t table = table_va(model, level, leaf->va);
			bool seen = false;

			for (size_t j = i; j-- > 0 && !seen && model->units[j].leaf.va >= table;)
				seen = model->units[j].leaf.level >= level;
			if (seen ||
			    !overlap(table, level_size(model, level - 1), survey->va_start,
				     survey->va_end) ||
			    !is_freed(model, i, level, survey))
				continue;
			survey->tables_emptied++;
			survey->root_entries += level == root_level + 1;
		}
	}
}

static void expect_survey(const struct model *model, enum hr_map map,
			  const struct hr_pa_range *range, struct hr_map_survey *ret)
{
	*ret = (struct hr_map_survey){
		.va_start = map_va(model, map, range->start),
		.va_end = map_va(model, map, range->end),
	};
	ret->unmapped = ret->va_end - ret->va_start;
	for (size_t i = 0; i < model->count; i++)
		survey_unit(model, &model->units[i], ret);
	for (size_t i = 0; i < model->group_count; i++)
		ret->broken_groups.count += overlap(model->groups[i].va, model->groups[i].size,
						    ret->va_start, ret->va_end) != 0;
	expect_freed(model, ret);
}

#define expect_equal(model, map, found, expected, what)                                            \
	expect(model, (found) == (expected), "%s %s: %" PRIu64 ", not %" PRIu64, hr_map_name(map), \
	       what, (uint64_t)(found), (uint64_t)(expected))

static void check_map_survey(const struct model *model, enum hr_map map,
			     const struct hr_map_survey *found,
			     const struct hr_map_survey *expected)
{
	expect(model, found->done, "not done");
	expect_equal(model, map, found->va_start, expected->va_start, "start");
	expect_equal(model, map, found->va_end, expected->va_end, "end");
	expect_equal(model, map, found->mapped, expected->mapped, "mapped");
	expect_equal(model, map, found->unmapped, expected->unmapped, "unmapped");
	expect_equal(model, map, found->unreadable, expected->unreadable, "unreadable");
	for (enum hr_leaf_kind kind = 0; kind < HR_LEAF_KINDS; kind++)
		expect_equal(model, map, found->leaves[kind], expected->leaves[kind],
			     hr_leaf_kind_name(kind));
	for (size_t i = 0; i < HR_LEVELS_MAX; i++)
		expect_equal(model, map, found->entries[i], expected->entries[i], "entries");
	expect_equal(model, map, found->tables_emptied, expected->tables_emptied, "tables");
	expect_equal(model, map, found->root_entries, expected->root_entries, "root entries");
	expect_equal(model, map, found->broken_groups.count, expected->broken_groups.count,
		     "broken groups");
	expect_equal(model, map, found->unexpected.count != 0, expected->unexpected.count != 0,
		     "unexpected");
	expect_equal(model, map, found->misplaced.count != 0, expected->misplaced.count != 0,
		     "misplaced");
}

static void check_survey(struct model *model, const struct hr_check *check,
			 const struct hr_pa_range *range, struct expectation *expected,
			 struct hr_check_result *result)
{
	struct hr_map_survey maps[HR_MAP_COUNT];
	struct hr_survey survey;

	hr_survey_range(&model->kernel.layout, model->walker, range->start, range->end, NULL, NULL,
			&survey);
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		expect_survey(model, map, range, &maps[map]);
		check_map_survey(model, map, &survey.maps[map], &maps[map]);
		expected->unreadable |= maps[map].unreadable || maps[map].unexpected.count ||
					maps[map].misplaced.count;
		expected->split_count += maps[map].broken_groups.count;
	}
	expected->unreadable |= has_doubled(model, range);
	hr_check_survey(check, &survey, result);
	check_reason(model, result, HR_REASON_UNREADABLE, expected->unreadable);
	check_reason(model, result, HR_REASON_MALFORMED_CONT,
		     maps[0].broken_groups.count || maps[1].broken_groups.count);
	expect(model, hr_check_verdict(check, result) == expected_verdict(expected),
	       "verdict %s with the survey", hr_verdict_name(hr_check_verdict(check, result)));
}

/* An address of the window at which something is likely to begin or end. */
static uint64_t random_point(struct model *model)
{
	const struct hr_layout *layout = &model->kernel.layout;
	const struct hr_leaf *leaf = &model->units[pick(model, model->count)].leaf;
	uint64_t page = hr_page_size(&layout->geo), section = hr_section_size(layout);
	uint64_t window = model->pa_end - model->pa_start, pa = model->pa_start;
	uint64_t way = pick(model, 8);

	if (way == 0)
		return pa + pick(model, window / page) * page;
	if (way < 3)
		return pa + pick(model, window / section) * section;
	if (is_linear(model, leaf->va))
		pa = right_pa(model, leaf->va);
	else
		pa = layout->phys_offset + (leaf->va - layout->vmemmap_start) / 64 * page;
	if (way == 3 && leaf->size > page)
		pa += pick(model, leaf->size / page) * page;
	if (way == 4)
		pa += leaf->size;
	if (pa < model->pa_start || pa > model->pa_end)
		return model->pa_start + pick(model, window / section) * section;
	return way == 5 ? pa & ~(section - 1) : pa;
}

static struct hr_pa_range random_range(struct model *model)
{
	for (;;) {
		uint64_t a = random_point(model), b = random_point(model);

		if (a < b && a >= model->pa_start)
			return (struct hr_pa_range){ a, b };
	}
}

static void check_range(struct model *model)
{
	struct hr_pa_range range = random_range(model);
	const struct hr_check check = {
		.machine.layout = &model->kernel.layout,
		.machine.walker = model->walker,
		.machine.sections = model->sections,
		.machine.block_size = hr_section_size(&model->kernel.layout),
	};
	struct expectation expected;
	struct hr_check_result result;

	expect_range(model, &range, &expected);
	hr_check_edges(&check, &range, &result);
	check_edges(model, &result, &expected);
	expect(model, hr_check_verdict(&check, &result) == expected_verdict(&expected),
	       "verdict %s by the edges", hr_verdict_name(hr_check_verdict(&check, &result)));
	check_survey(model, &check, &range, &expected, &result);
}

static bool is_same_leaf(const struct hr_leaf *a, const struct hr_leaf *b)
{
	return a->level == b->level && a->cont == b->cont && a->valid == b->valid &&
	       a->expected == b->expected && a->va == b->va && a->pa == b->pa && a->size == b->size;
}

static void check_lookup(struct model *model)
{
	enum hr_map map = pick(model, 2) ? HR_MAP_LINEAR : HR_MAP_VMEMMAP;
	uint64_t va = map_va(model, map, random_point(model));
	const struct unit *unit = unit_at(model, va);
	const struct hr_leaf *group = group_at(model, va);
	struct hr_lookup found;

	hr_walk_lookup(model->walker, va, &found);
	if (!unit)
		expect(model, found.state == HR_MAP_UNMAPPED, "%#" PRIx64 " not unmapped", va);
	else if (unit->unreadable)
		expect(model, found.state == HR_MAP_UNREADABLE, "%#" PRIx64 " readable", va);
	else
		expect(model,
		       found.state == HR_MAP_MAPPED && is_same_leaf(&found.leaf, &unit->leaf),
		       "%#" PRIx64 " not mapped as it should be", va);
	expect(model, found.in_broken_group == (group != NULL), "%#" PRIx64 ": broken group?", va);
	if (group)
		expect(model,
		       found.broken_group.va == group->va &&
			       found.broken_group.size == group->size &&
			       found.broken_group.level == group->level,
		       "%#" PRIx64 ": another broken group", va);
}

static uint64_t first_seed;

static void answers_are_those_of_the_model(void **state)
{
	uint64_t rounds = rounds_of(1);

	(void)state;
	for (uint64_t round = 0; round < rounds; round++) {
		for (size_t shape = 0; shape < FAKE_SHAPES; shape++) {
			struct model model;

			model_init(&model, shape, first_seed + round * FAKE_SHAPES);
			for (size_t i = 0; i < LOOKUPS; i++)
				check_lookup(&model);
			for (size_t i = 0; i < RANGES; i++)
				check_range(&model);
			model_release(&model);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_those_of_the_model),
	};

	first_seed = number_from("HOTREMOVE_TEST_SEED", (uint64_t)time(NULL));
	print_message("HOTREMOVE_TEST_SEED=%" PRIu64 "\n", first_seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
