// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Suggestions for memory made by hand, and for random memory against trying every window of
 * memory blocks. HOTREMOVE_TEST_SEED repeats a run, a seventh of HOTREMOVE_TEST_ROUNDS is its
 * length.
 */
#include "suggest_fixture.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "environment.h"
#include "map/block.h"
#include "range_plan.h"
#include "search/suggest.h"
#include "walk/lookup.h"
#include "walk/walker.h"

#define IGNORE(code) (UINT32_C(1) << (code))

enum {
	ROUNDS_SHARE = 7,
	BLOCKS_MAX = 24,
	FIRST_MAX = 8, /* where random memory begins, in blocks from HOT on */
};

static void suggest(struct fixture *fixture, uint64_t size)
{
	const struct hr_suggest_query query = query_of(fixture, size);

	hr_suggestions_release(&fixture->found);
	assert_success(hr_suggest_find(&query, &fixture->found));
}

/* Suggestion @index is the blocks from @first to @end, exclusive, counted from HOT. */
static void assert_suggested(const struct fixture *fixture, size_t index, uint64_t first,
			     uint64_t end)
{
	const struct hr_suggestion *found = &fixture->found.list[index];

	assert_true(index < fixture->found.count);
	assert_int_equal(found->range.start, HOT + first * fixture->block);
	assert_int_equal(found->range.end, HOT + end * fixture->block);
	assert_int_equal(found->blocks, end - first);
}

static void assert_largest(const struct fixture *fixture, uint64_t first, uint64_t end)
{
	assert_true(fixture->found.has_largest);
	assert_int_equal(fixture->found.largest.start, HOT + first * fixture->block);
	assert_int_equal(fixture->found.largest.end, HOT + end * fixture->block);
}

static void largest_leaves_are_cheapest_leaf_by_leaf(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	fixture.form.teardown = HR_TEARDOWN_PER_LEAF;
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	fake_add_memory(&fixture.kernel, HOT + GIB(1), GIB(1), FAKE_PUD, FAKE_PMD);
	start_reading(&fixture);
	suggest(&fixture, GIB(1));
	assert_int_equal(fixture.found.count, 2);
	assert_suggested(&fixture, 0, 8, 16);
	assert_int_equal(fixture.found.list[0].tlbi, 1 + 8);
	assert_suggested(&fixture, 1, 0, 8);
	/* 512 leaves, 8 of struct pages, and the table of the 512. */
	assert_int_equal(fixture.found.list[1].tlbi, 512 + 8 + 1);
	assert_largest(&fixture, 0, 16);
	assert_false(fixture.found.unread);
	tear_down(&fixture);
}

static void size_is_rounded_up_to_blocks(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	start_reading(&fixture);
	suggest(&fixture, 1);
	assert_int_equal(fixture.found.count, 8);
	suggest(&fixture, MIB(128) + 1);
	assert_int_equal(fixture.found.count, 4);
	assert_suggested(&fixture, 0, 0, 2);
	suggest(&fixture, MIB(384));
	assert_int_equal(fixture.found.count, 2);
	assert_suggested(&fixture, 0, 0, 3);
	assert_suggested(&fixture, 1, 3, 6);
	tear_down(&fixture);
}

static void leaf_is_taken_whole(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	fake_add_memory(&fixture.kernel, HOT, GIB(2), FAKE_PUD, FAKE_PMD);
	start_reading(&fixture);
	suggest(&fixture, MIB(128));
	assert_int_equal(fixture.found.count, 2);
	assert_suggested(&fixture, 0, 0, 8);
	suggest(&fixture, MIB(1152));
	assert_int_equal(fixture.found.count, 1);
	assert_suggested(&fixture, 0, 0, 16);
	tear_down(&fixture);
}

static void too_large_a_size_finds_none(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	fake_section(&fixture.kernel, HOT + 2 * MIB(128), 15);
	start_reading(&fixture);
	suggest(&fixture, GIB(1));
	assert_int_equal(fixture.found.count, 0);
	assert_largest(&fixture, 3, 8);
	assert_false(fixture.found.unread);
	suggest(&fixture, UINT64_MAX);
	assert_int_equal(fixture.found.count, 0);
	tear_down(&fixture);
}

static void boot_memory_is_none(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	start_reading(&fixture);
	suggest(&fixture, 1);
	assert_int_equal(fixture.found.count, 0);
	assert_false(fixture.found.has_largest);
	assert_false(fixture.found.unread);
	tear_down(&fixture);
}

static void neighbours_must_adjoin(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	fake_add_memory(&fixture.kernel, HOT, MIB(384), FAKE_PMD, FAKE_PMD);
	fake_add_memory(&fixture.kernel, HOT + MIB(512), MIB(384), FAKE_PMD, FAKE_PMD);
	start_reading(&fixture);
	suggest(&fixture, MIB(512));
	assert_int_equal(fixture.found.count, 0);
	assert_largest(&fixture, 0, 3);
	suggest(&fixture, MIB(256));
	assert_int_equal(fixture.found.count, 2);
	assert_suggested(&fixture, 0, 0, 2);
	assert_suggested(&fixture, 1, 4, 6);
	tear_down(&fixture);
}

static void refused_blocks_come_last(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	fixture.guard.model = HR_GUARD_REQUESTED;
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PUD, FAKE_PMD);
	fake_add_memory(&fixture.kernel, HOT + GIB(1), GIB(1), FAKE_PMD, FAKE_PMD);
	start_reading(&fixture);
	suggest(&fixture, GIB(1));
	assert_int_equal(fixture.found.count, 1);
	assert_suggested(&fixture, 0, 8, 16);
	fixture.form.teardown = HR_TEARDOWN_PER_LEAF;
	fixture.check.ignored = IGNORE(HR_REASON_GUARD_VETO);
	suggest(&fixture, GIB(1));
	assert_int_equal(fixture.found.count, 2);
	assert_suggested(&fixture, 0, 8, 16);
	assert_int_equal(fixture.found.list[0].refused, 0);
	assert_suggested(&fixture, 1, 0, 8);
	assert_int_equal(fixture.found.list[1].refused, 8);
	assert_true(fixture.found.list[1].tlbi < fixture.found.list[0].tlbi);
	tear_down(&fixture);
}

static void what_cannot_be_read_is_remembered(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	fake_add_memory(&fixture.kernel, HOT, GIB(2), FAKE_PMD, FAKE_PMD);
	fake_exclude(&fixture.kernel.fake, fake_table_of(&fixture.kernel.tables, HR_LEVEL_PMD,
							 fake_linear(&fixture.kernel, HOT)));
	start_reading(&fixture);
	suggest(&fixture, GIB(1));
	assert_int_equal(fixture.found.count, 1);
	assert_suggested(&fixture, 0, 8, 16);
	assert_true(fixture.found.unread);
	suggest(&fixture, GIB(2));
	assert_int_equal(fixture.found.count, 0);
	assert_true(fixture.found.unread);
	tear_down(&fixture);
}

static void missing_blocks_are_remembered(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	start_reading(&fixture);
	fixture.unread_blocks = true;
	suggest(&fixture, GIB(1));
	assert_int_equal(fixture.found.count, 1);
	assert_true(fixture.found.unread);
	tear_down(&fixture);
}

static void lose_sections(struct fixture *fixture)
{
	hr_sections_destroy(fixture->check.machine.sections);
	fixture->check.machine.sections = fixture->guard.machine.sections = NULL;
}

/* A line of blocks that does not end. */
static uint64_t any_block(void *context, uint64_t start, bool *ret_unread)
{
	struct fixture *fixture = context;

	(void)ret_unread;
	fixture->calls++;
	return start;
}

/* A search among them ends, after at least @least and at most @most of them. */
static void assert_ends(struct fixture *fixture, enum hr_error_code code, const char *part,
			uint64_t least, uint64_t most)
{
	struct hr_suggest_query query = query_of(fixture, 1);

	query.next_block = any_block;
	assert_failure(hr_suggest_find(&query, &fixture->found), code, part);
	assert_in_range(fixture->calls, least, most);
}

static void number_of_blocks_is_limited(void **state)
{
	struct fixture fixture;

	(void)state;
	/* It takes minutes where each block takes long. */
	if (one_of() > 1)
		skip();
	set_up(&fixture, 1);
	start_reading(&fixture);
	fixture.kernel.fake.memory.size = GIB(1);
	assert_ends(&fixture, HR_ERROR_INPUT, "1048576", HR_SUGGEST_BLOCKS_MAX,
		    HR_SUGGEST_BLOCKS_MAX + 2);
	tear_down(&fixture);
}

/* Roots that lead to one page of sections make many blocks out of little. */
static void blocks_are_no_more_than_the_source_has_room_for(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	start_reading(&fixture);
	fixture.kernel.fake.memory.size = MIB(1);
	assert_ends(&fixture, HR_ERROR_UNREADABLE,
		    "more memory blocks than the source can hold sections for", MIB(1) / 32,
		    MIB(1) / 16 + KIB(4) + 2);
	tear_down(&fixture);
}

/* A single entry may map more memory blocks than a machine has. */
static void without_sections_fewer_blocks_are_searched(void **state)
{
	struct fixture fixture;

	(void)state;
	/* It takes minutes where each block takes long. */
	if (one_of() > 1)
		skip();
	set_up(&fixture, 1);
	start_reading(&fixture);
	lose_sections(&fixture);
	assert_ends(&fixture, HR_ERROR_INPUT,
		    "more than 524288 memory blocks, the most that can be searched for removable "
		    "ranges without mem_section",
		    HR_MAPPED_BLOCKS_MAX, HR_MAPPED_BLOCKS_MAX + 2);
	tear_down(&fixture);
}

/* Without sections the caller says which blocks there are. */
static uint64_t eight_blocks(void *context, uint64_t start, bool *ret_unread)
{
	const struct fixture *fixture = context;

	(void)ret_unread;
	if (start < HOT)
		return HOT;
	return start < HOT + 8 * fixture->block ? start : HR_NO_BLOCK;
}

static void without_sections_two_reasons_are_to_be_ignored(void **state)
{
	struct fixture fixture;
	struct hr_suggest_query query;

	(void)state;
	set_up(&fixture, 1);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	start_reading(&fixture);
	lose_sections(&fixture);
	query = query_of(&fixture, GIB(1));
	query.next_block = eight_blocks;
	assert_success(hr_suggest_find(&query, &fixture.found));
	assert_int_equal(fixture.found.count, 0);
	assert_true(fixture.found.unread);
	hr_suggestions_release(&fixture.found);
	fixture.check.ignored = IGNORE(HR_REASON_BOOT_MEMORY) | IGNORE(HR_REASON_NOT_PRESENT);
	assert_success(hr_suggest_find(&query, &fixture.found));
	assert_int_equal(fixture.found.count, 1);
	assert_suggested(&fixture, 0, 0, 8);
	assert_false(fixture.found.unread);
	tear_down(&fixture);
}

/* What the firmware keeps for itself has sections, but no place in the table of its neighbours. */
static void unmapped_boot_memory_keeps_no_table(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	fixture.form.teardown = HR_TEARDOWN_PER_LEAF;
	fake_section(&fixture.kernel, HOT, 15);
	fake_map_vmemmap(&fixture.kernel, HOT, MIB(128), FAKE_PMD);
	fake_add_memory(&fixture.kernel, HOT + MIB(128), MIB(896), FAKE_PMD, FAKE_PMD);
	start_reading(&fixture);
	suggest(&fixture, MIB(896));
	assert_int_equal(fixture.found.count, 1);
	assert_suggested(&fixture, 0, 1, 8);
	assert_int_equal(fixture.found.list[0].tlbi, 7 * 64 + 7 + 1);
	tear_down(&fixture);
}

/* The kernel frees no table that reaches beyond the end of the map. */
static void table_at_the_end_of_the_map_is_kept(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	fixture.form.teardown = HR_TEARDOWN_PER_LEAF;
	fake_add_memory(&fixture.kernel, HOT, MIB(512), FAKE_PMD, FAKE_PMD);
	fixture.kernel.layout.linear_end = fake_linear(&fixture.kernel, HOT + MIB(512));
	start_reading(&fixture);
	suggest(&fixture, MIB(512));
	assert_int_equal(fixture.found.count, 1);
	assert_int_equal(fixture.found.list[0].tlbi, 4 * 64 + 4);
	tear_down(&fixture);
}

/* All page tables of 16 GiB are one and the same: a walk of each block would take 8192 visits. */
static void damaged_tables_are_not_walked_for_ever(void **state)
{
	struct fixture fixture;
	struct fake_tables *tables = &fixture.kernel.tables;
	uint64_t va, desc;

	(void)state;
	set_up(&fixture, 1);
	fixture.block = fixture.check.machine.block_size = GIB(2);
	fixture.form.memory_block_size = GIB(2);
	fake_add_memory(&fixture.kernel, HOT, GIB(16), FAKE_PMD, FAKE_PMD);
	va = fake_linear(&fixture.kernel, HOT);
	fake_set(tables, HR_LEVEL_PMD, va, 0);
	fake_map_linear(&fixture.kernel, HOT, MIB(2), FAKE_PTE);
	desc = fake_table_desc(&tables->geo, fake_table_of(tables, HR_LEVEL_PTE, va));
	for (uint64_t at = 0; at < GIB(16); at += MIB(2))
		fake_set(tables, HR_LEVEL_PMD, va + at, desc);
	fixture.kernel.fake.memory.size = 1024 * KIB(4);
	start_reading(&fixture);
	suggest(&fixture, GIB(2));
	assert_int_equal(fixture.found.count, 0);
	assert_true(fixture.found.unread);
	assert_true(hr_walker_visits(fixture.check.machine.walker) > 2048);
	assert_true(hr_walker_visits(fixture.check.machine.walker) < 5120);
	tear_down(&fixture);
}

/* By its sections, where neither map has a place for it. */
static void memory_without_a_place_is_unknown(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	fake_sections(&fixture.kernel, GIB(8), 2 * fixture.block, 7);
	start_reading(&fixture);
	suggest(&fixture, fixture.block);
	assert_int_equal(fixture.found.count, 0);
	assert_true(fixture.found.unread);
	fixture.check.ignored = IGNORE(HR_REASON_UNREADABLE);
	suggest(&fixture, fixture.block);
	assert_int_equal(fixture.found.count, 2);
	assert_int_equal(fixture.found.list[0].range.start, GIB(8));
	assert_int_equal(fixture.found.list[0].tlbi, 0);
	tear_down(&fixture);
}

static void order_is_refused_tlbi_size_place(void **state)
{
	struct hr_suggestion list[] = {
		{ { 64, 72 }, 8, 0, 5 }, { { 8, 12 }, 4, 1, 1 },  { { 32, 40 }, 8, 0, 5 },
		{ { 0, 4 }, 4, 0, 7 },	 { { 16, 20 }, 4, 0, 5 },
	};
	struct hr_suggestions suggestions = { .list = list, .count = COUNT_OF(list) };
	static const uint64_t starts[] = { 16, 32, 64, 0, 8 };

	(void)state;
	hr_suggest_sort(&suggestions);
	for (size_t i = 0; i < COUNT_OF(list); i++)
		assert_int_equal(list[i].range.start, starts[i]);
	suggestions = (struct hr_suggestions){ 0 };
	hr_suggest_sort(&suggestions);
}

/* Random memory. */

#define expect(fixture, condition, ...)                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			print_error("HOTREMOVE_TEST_SEED=%" PRIu64 ": ", (fixture)->seed);         \
			fail_msg(__VA_ARGS__);                                                     \
		}                                                                                  \
	} while (0)

/* A number below @limit. */
static uint64_t pick(struct fixture *fixture, uint64_t limit)
{
	uint64_t value = fixture->random += UINT64_C(0x9e3779b97f4a7c15);

	value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
	return (value ^ value >> 31) % limit;
}

/* Map @size bytes by leaves of @kind at most, the largest first that fit. */
static void map_greedily(struct fixture *fixture, uint64_t va, uint64_t pa, uint64_t size,
			 enum fake_kind kind)
{
	const struct hr_geometry *geo = &fixture->kernel.layout.geo;

	while (size) {
		enum fake_kind fitting = kind;
		uint64_t step = fake_kind_size(geo, fitting);

		while ((va | pa) & (step - 1) || step > size)
			step = fake_kind_size(geo, ++fitting);
		fake_map(&fixture->kernel.tables, va, pa, fitting);
		va += step;
		pa += step;
		size -= step;
	}
}

static enum fake_kind random_kind(struct fixture *fixture, enum hr_map map)
{
	static const enum fake_kind linear[] = { FAKE_CONT_PMD, FAKE_PMD, FAKE_CONT_PMD, FAKE_PMD,
						 FAKE_PUD,	FAKE_PUD, FAKE_PUD };
	static const enum fake_kind vmemmap[] = { FAKE_CONT_PMD, FAKE_PMD,	FAKE_PMD,
						  FAKE_PMD,	 FAKE_CONT_PTE, FAKE_PTE };
	enum fake_kind kind = map == HR_MAP_LINEAR ? linear[pick(fixture, COUNT_OF(linear))]
						   : vmemmap[pick(fixture, COUNT_OF(vmemmap))];

	if (map == HR_MAP_LINEAR && !pick(fixture, 40))
		return FAKE_CONT_PTE;
	return kind == FAKE_PUD && fixture->tlbi.page_shift != 12 ? FAKE_CONT_PMD : kind;
}

/* Hot-added memory of some blocks that are mapped alike, with sections of one kind. */
static void grow_piece(struct fixture *fixture, uint64_t first, uint64_t count)
{
	static const uint64_t flags[] = { 7, 7, 7, 7, 7, 7, 3, 15 };
	struct fake_kernel *kernel = &fixture->kernel;
	uint64_t pa = HOT + first * fixture->block, size = count * fixture->block;
	uint64_t va = fake_vmemmap(kernel, pa), va_end = fake_vmemmap(kernel, pa + size);
	uint64_t backing = GIB(64) + (va - kernel->layout.vmemmap_start);

	fake_sections(kernel, pa, size, flags[pick(fixture, COUNT_OF(flags))]);
	map_greedily(fixture, fake_linear(kernel, pa), pa, size,
		     random_kind(fixture, HR_MAP_LINEAR));
	if (pick(fixture, 10)) {
		map_greedily(fixture, va, backing, va_end - va,
			     random_kind(fixture, HR_MAP_VMEMMAP));
		return;
	}
	for (uint64_t i = 0; i < count; i++, va += (va_end - va) / (count - i + 1))
		map_greedily(fixture, va, pa + i * fixture->block,
			     fake_vmemmap(kernel, pa + fixture->block) - fake_vmemmap(kernel, pa),
			     FAKE_PTE);
}

/* An entry of either map anywhere in the memory: where it stands, and its level. */
static uint64_t random_entry(struct fixture *fixture, uint64_t first, uint64_t end, int *ret_level)
{
	struct fake_kernel *kernel = &fixture->kernel;
	uint64_t pa = HOT + first * fixture->block +
		      pick(fixture, (end - first) * 64) * (fixture->block / 64);
	uint64_t va = pick(fixture, 3) ? fake_linear(kernel, pa) : fake_vmemmap(kernel, pa);
	int level = kernel->layout.geo.root_level;

	for (; level < HR_LEVEL_PTE; level++) {
		uint64_t desc = fake_read64(&kernel->fake, fake_entry(&kernel->tables, level, va));

		if ((desc & 3) != 3)
			break;
	}
	*ret_level = level;
	return fake_entry(&kernel->tables, level, va);
}

static void grow_damage(struct fixture *fixture, uint64_t first, uint64_t end)
{
	struct fake *fake = &fixture->kernel.fake;
	int level;
	uint64_t at = random_entry(fixture, first, end, &level), desc = fake_read64(fake, at);

	switch (pick(fixture, 5)) {
	case 0:
		if (level > HR_LEVEL_PUD)
			fake_exclude(fake, at & -(UINT64_C(1) << fixture->tlbi.page_shift));
		break;
	case 1:
		fake_write64(fake, at, desc & ~FAKE_CONT);
		break;
	case 2:
		fake_write64(fake, at, 0);
		break;
	case 3:
		fake_write64(fake, at, desc & ~UINT64_C(1));
		break;
	default:
		fake_write64(fake, at, desc ? desc ^ UINT64_C(1) << 33 : 0);
		break;
	}
}

static void grow_models(struct fixture *fixture)
{
	static const uint32_t ignored[] = {
		0,
		0,
		0,
		0,
		IGNORE(HR_REASON_GUARD_VETO),
		IGNORE(HR_REASON_BOOT_MEMORY),
		IGNORE(HR_REASON_MALFORMED_CONT),
		IGNORE(HR_REASON_UNREADABLE),
		IGNORE(HR_REASON_SPLITS_LEAF) | IGNORE(HR_REASON_GUARD_VETO),
		IGNORE(HR_REASON_BOOT_MEMORY) | IGNORE(HR_REASON_NOT_PRESENT),
	};

	fixture->check.ignored = ignored[pick(fixture, COUNT_OF(ignored))];
	fixture->form.teardown = (enum hr_teardown)pick(fixture, HR_TEARDOWN_BATCHED + 1);
	fixture->guard.model = (enum hr_guard)pick(fixture, HR_GUARD_REQUESTED + 1);
	fixture->tlbi.flush = (enum hr_flush)pick(fixture, HR_FLUSH_RANGE_OPS + 1);
	fixture->tlbi.range_ops = pick(fixture, 2);
	fixture->tlbi.repeat = !pick(fixture, 3);
	fixture->tlbi.repeat_form = pick(fixture, 2) ? HR_REPEAT_LAST : HR_REPEAT_EACH;
	fixture->tlbi.root_flush = pick(fixture, 2);
	fixture->form.calls = (enum hr_calls)pick(fixture, HR_CALLS_BLOCK + 1);
	fixture->check.by_block = fixture->form.calls == HR_CALLS_BLOCK;
}

static uint64_t grow(struct fixture *fixture, uint64_t seed)
{
	static const size_t shapes[] = { 0, 1, 1, 2, 3, 4, 5, 7, 9, 10, 11 };
	uint64_t first, at, end;

	fixture->random = seed;
	set_up(fixture, shapes[seed % COUNT_OF(shapes)]);
	fixture->seed = fixture->random = seed;
	grow_models(fixture);
	first = at = pick(fixture, FIRST_MAX);
	end = first + 4 + pick(fixture, BLOCKS_MAX - 4);
	while (at < end) {
		uint64_t count = 1 + pick(fixture, end - at < 10 ? end - at : 10);

		if (pick(fixture, 8))
			grow_piece(fixture, at, count);
		at += count;
	}
	for (uint64_t i = pick(fixture, 3); i > 0; i--)
		grow_damage(fixture, first, end);
	start_reading(fixture);
	return end;
}

/* What asking about a range by itself says. */
struct trial {
	enum hr_verdict verdict;
	struct hr_suggestion what;
	bool told;	/* of each block the kernel's check can be told, and the ends are mapped */
	bool holds_own; /* struct pages of the range lie in it */
};

static bool ends_are_mapped(const struct fixture *fixture, const struct hr_pa_range *range)
{
	const struct hr_layout *layout = &fixture->kernel.layout;
	struct hr_lookup first, last;
	bool mapped = true;

	if (fixture->check.ignored & IGNORE(HR_REASON_UNREADABLE))
		return true;
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		hr_walk_lookup(fixture->check.machine.walker, hr_map_va(layout, map, range->start),
			       &first);
		hr_walk_lookup(fixture->check.machine.walker,
			       hr_map_va(layout, map, range->end - 1), &last);
		mapped &= first.state == HR_MAP_MAPPED && last.state == HR_MAP_MAPPED;
	}
	return mapped;
}

static void count_blocks(const struct fixture *fixture, const struct hr_guard_result *guard,
			 struct trial *trial)
{
	for (size_t i = 0; i < guard->count; i++) {
		trial->what.refused += guard->blocks[i].outcome == HR_GUARD_REFUSES;
		trial->told &= guard->blocks[i].outcome != HR_GUARD_CANNOT_TELL ||
			       fixture->guard.model == HR_GUARD_UNKNOWN ||
			       fixture->check.ignored & IGNORE(HR_REASON_UNREADABLE);
	}
	trial->what.blocks = guard->count;
}

static void try_range(const struct fixture *fixture, uint64_t start, uint64_t end,
		      struct trial *ret)
{
	const struct hr_check *check = &fixture->check;
	const struct hr_pa_range range = { start, end };
	struct hr_check_result result;
	struct hr_guard_result guard;
	struct hr_survey survey;
	struct hr_plan *plan;

	*ret = (struct trial){ .what = { .range = range } };
	ret->told = ends_are_mapped(fixture, &range);
	hr_check_edges(check, &range, &result);
	assert_success(hr_plan_create(check->machine.layout, check->machine.walker, &fixture->form,
				      start, end, &survey, &plan));
	hr_check_survey(check, &survey, &result);
	assert_success(hr_guard_range(&fixture->guard, start, end,
				      hr_check_has(&result, HR_REASON_SPLITS_LEAF),
				      hr_survey_shows_no_altmap(&survey), &guard));
	hr_check_guard(&fixture->check, &guard, fixture->guard.model, &result);
	count_blocks(fixture, &guard, ret);
	ret->what.tlbi = fixture->form.teardown == HR_TEARDOWN_PER_LEAF ? plan->per_leaf.total.tlbi
									: plan->batched.total.tlbi;
	ret->verdict = hr_check_verdict(check, &result);
	for (size_t i = 0; i < HR_MAP_COUNT; i++)
		ret->holds_own |= survey.maps[i].struct_pages.in_range;
	hr_guard_release(&guard);
	hr_plan_destroy(plan);
}

static bool is_better(const struct hr_suggestion *a, const struct hr_suggestion *b)
{
	if (a->refused != b->refused)
		return a->refused < b->refused;
	if (a->tlbi != b->tlbi)
		return a->tlbi < b->tlbi;
	return a->blocks < b->blocks || (a->blocks == b->blocks && a->range.start < b->range.start);
}

/* Trying every window of blocks that exist. */
struct trials {
	bool found, unknown;	   /* of the size that was asked for */
	struct hr_suggestion best; /* of the tight ones */
	uint64_t largest;	   /* bytes, of any size */
};

/* All windows that begin with the block at @start. */
static void try_from(const struct fixture *fixture, uint64_t start, uint64_t size,
		     struct trials *trials)
{
	const struct hr_machine *machine = &fixture->check.machine;
	uint64_t limit = UINT64_C(1) << 48;
	bool tight = true, unread = false;

	for (uint64_t end = start + fixture->block;; end += fixture->block) {
		struct trial trial;
		bool large = end - start >= size;

		try_range(fixture, start, end, &trial);
		trials->unknown |= large && trial.verdict == HR_VERDICT_UNKNOWN;
		if (trial.verdict == HR_VERDICT_REMOVABLE && trial.told) {
			if (end - start > trials->largest)
				trials->largest = end - start;
			if (large && tight &&
			    (!trials->found || is_better(&trial.what, &trials->best)))
				trials->best = trial.what;
			trials->found |= large;
			tight &= !large;
		}
		if (hr_block_next(machine, end, limit, &unread) != end)
			return;
	}
}

static void try_all(const struct fixture *fixture, uint64_t size, struct trials *ret)
{
	const struct hr_machine *machine = &fixture->check.machine;
	uint64_t limit = UINT64_C(1) << 48;
	bool unread = false;

	*ret = (struct trials){ 0 };
	for (uint64_t start = hr_block_next(machine, 0, limit, &unread); start != HR_NO_BLOCK;
	     start = hr_block_next(machine, start + fixture->block, limit, &unread))
		try_from(fixture, start, size, ret);
}

/* What lies behind a split leaf or an unreadable table makes figures estimates. */
static bool is_exact(const struct fixture *fixture)
{
	return !(fixture->check.ignored &
		 (IGNORE(HR_REASON_SPLITS_LEAF) | IGNORE(HR_REASON_UNREADABLE)));
}

/*
 * Struct pages of one block in another one show only in a range with both. The search looks at
 * blocks; who uses it asks about the ranges that it finds.
 */
static bool may_be_found(const struct trial *trial)
{
	return trial->verdict == HR_VERDICT_REMOVABLE ||
	       (trial->verdict == HR_VERDICT_UNKNOWN && trial->holds_own);
}

/* May the largest range be what was found, if trying finds one of @size bytes? */
static bool may_be_largest(const struct fixture *fixture, uint64_t size)
{
	const struct hr_pa_range *found = &fixture->found.largest;
	struct trial trial;

	if (fixture->found.has_largest != (found->start < found->end))
		return false;
	if (found->end - found->start <= size)
		return found->end - found->start == size;
	try_range(fixture, found->start, found->end, &trial);
	return trial.verdict == HR_VERDICT_UNKNOWN && may_be_found(&trial);
}

/* Each suggestion is what it says, and is where it should be in the list. */
static void check_suggestion(const struct fixture *fixture, size_t index, uint64_t size)
{
	const struct hr_suggestion *found = &fixture->found.list[index];
	uint64_t start = found->range.start, end = found->range.end;
	struct trial trial;

	try_range(fixture, start, end, &trial);
	expect(fixture, may_be_found(&trial), "%#" PRIx64 " is %s", start,
	       hr_verdict_name(trial.verdict));
	expect(fixture, end - start >= size, "%#" PRIx64 " is too small", start);
	expect(fixture, found->blocks == trial.what.blocks && found->refused == trial.what.refused,
	       "%#" PRIx64 ": %" PRIu64 " blocks, %" PRIu64 " refused", start, found->blocks,
	       found->refused);
	expect(fixture, found->tlbi == trial.what.tlbi || !is_exact(fixture),
	       "%#" PRIx64 "-%#" PRIx64 ": %" PRIu64 " TLBI, not %" PRIu64, start, end, found->tlbi,
	       trial.what.tlbi);
	expect(fixture, !index || is_better(&found[-1], found), "%#" PRIx64 " is out of order",
	       start);
	for (size_t i = 0; i < index; i++)
		expect(fixture,
		       end <= fixture->found.list[i].range.start ||
			       start >= fixture->found.list[i].range.end,
		       "%#" PRIx64 " overlaps", start);
}

/*
 * Ignored reasons may leave a range without a reason although the search stays in doubt: unmapped
 * boot memory, and blocks for which the kernel's check cannot be told next to one that it refuses.
 */
static bool is_strict(const struct fixture *fixture)
{
	return !(fixture->check.ignored &
		 (IGNORE(HR_REASON_BOOT_MEMORY) | IGNORE(HR_REASON_NOT_PRESENT) |
		  IGNORE(HR_REASON_GUARD_VETO)));
}

static void check_search(struct fixture *fixture, uint64_t size)
{
	const struct hr_suggestions *found = &fixture->found;
	struct trials trials;

	suggest(fixture, size);
	try_all(fixture, size, &trials);
	for (size_t i = 0; i < found->count; i++)
		check_suggestion(fixture, i, size);
	expect(fixture, (found->count != 0) == trials.found, "%zu suggestions", found->count);
	expect(fixture, found->unread || !trials.unknown || found->count, "unread is 0");
	expect(fixture, trials.unknown || !found->unread || found->count || !is_strict(fixture),
	       "unread is 1");
	expect(fixture,
	       !found->count || !is_exact(fixture) || !is_better(&trials.best, &found->list[0]),
	       "%#" PRIx64 "-%#" PRIx64 " is better than %#" PRIx64 "-%#" PRIx64,
	       trials.best.range.start, trials.best.range.end, found->list[0].range.start,
	       found->list[0].range.end);
	expect(fixture, may_be_largest(fixture, trials.largest),
	       "the largest has %#" PRIx64 " bytes, not %#" PRIx64,
	       found->largest.end - found->largest.start, trials.largest);
}

static uint64_t first_seed;

static void suggestions_are_those_of_trying(void **state)
{
	uint64_t rounds = rounds_of(ROUNDS_SHARE);

	(void)state;
	for (uint64_t round = 0; round < rounds; round++) {
		struct fixture fixture;
		uint64_t end = grow(&fixture, first_seed + round);

		check_search(&fixture, 1);
		check_search(&fixture, (1 + pick(&fixture, end)) * fixture.block);
		check_search(&fixture, (1 + pick(&fixture, end)) * fixture.block - 1);
		tear_down(&fixture);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(largest_leaves_are_cheapest_leaf_by_leaf),
		cmocka_unit_test(size_is_rounded_up_to_blocks),
		cmocka_unit_test(leaf_is_taken_whole),
		cmocka_unit_test(too_large_a_size_finds_none),
		cmocka_unit_test(boot_memory_is_none),
		cmocka_unit_test(neighbours_must_adjoin),
		cmocka_unit_test(refused_blocks_come_last),
		cmocka_unit_test(what_cannot_be_read_is_remembered),
		cmocka_unit_test(missing_blocks_are_remembered),
		cmocka_unit_test(number_of_blocks_is_limited),
		cmocka_unit_test(blocks_are_no_more_than_the_source_has_room_for),
		cmocka_unit_test(without_sections_fewer_blocks_are_searched),
		cmocka_unit_test(without_sections_two_reasons_are_to_be_ignored),
		cmocka_unit_test(unmapped_boot_memory_keeps_no_table),
		cmocka_unit_test(table_at_the_end_of_the_map_is_kept),
		cmocka_unit_test(damaged_tables_are_not_walked_for_ever),
		cmocka_unit_test(memory_without_a_place_is_unknown),
		cmocka_unit_test(order_is_refused_tlbi_size_place),
		cmocka_unit_test(suggestions_are_those_of_trying),
	};

	first_seed = number_from("HOTREMOVE_TEST_SEED", (uint64_t)time(NULL));
	print_message("HOTREMOVE_TEST_SEED=%" PRIu64 "\n", first_seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
