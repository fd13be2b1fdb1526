// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The walk, and everything built on it, over a kernel's page tables after mutation. Input: the
 * kernel's shape, flags, ranges to ask for, then mutations of the tables, one after the other:
 * memory is added, entries of any level are set, pages go missing. The results are compared with
 * those of a walk of our own.
 */
#include "fake.h"

#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "fuzz.h"
#include "leaf_check.h"
#include "map/survey.h"
#include "naive.h"
#include "range_plan.h"
#include "search/nearest.h"
#include "walk/lookup.h"
#include "walk/walk.h"
#include "walk/walker.h"

#define BASE (UINT64_C(1) << 44)

enum {
	BLOCKS = 32, /* memory blocks that are mutated */
	QUERIES = 2,
	STEPS_MAX = 64,
	LEAVES_MAX = 64, /* most leaves that one step maps */
	RUNS_MAX = 512,	 /* most runs at whose ends a lookup is made */
	PAGES_MAX = 400,
	FLAG_AHEAD = 1,
	FLAG_SECTIONS = 2,
	FLAG_LPA2 = 4,
	FLAG_RANGE_OPS = 8,
	FLAG_REPEAT = 16,
};

struct machine {
	struct fuzz_input input;
	struct fake_kernel kernel;
	struct hr_walker *walker;
	struct hr_sections *sections;
	struct hr_check check;
	struct hr_guard_check guard;
	struct hr_tlbi_config tlbi;
	enum hr_teardown teardown;
	struct hr_pa_range queries[QUERIES];
	uint64_t scripts[FAKE_SCRIPTS_MAX][3];
};

static uint64_t block_size(const struct machine *machine)
{
	return hr_section_size(&machine->kernel.layout);
}

static struct naive naive_of(const struct machine *machine)
{
	return (struct naive){ &machine->kernel.layout, &machine->kernel.fake.memory };
}

/* Changes to the tables. */

struct place {
	int level;
	uint64_t pa;
	uint64_t va;
	bool linear;
};

/* Take any address in one of the maps, and a level. */
static struct place take_place(struct machine *machine)
{
	const struct hr_geometry *geo = &machine->kernel.layout.geo;
	uint8_t how = fuzz_take8(&machine->input);
	uint64_t unit = block_size(machine) * BLOCKS >> 16;
	struct place place = {
		.level = 3 - (how >> 1 & 7) % (4 - geo->root_level),
		.pa = BASE + fuzz_take16(&machine->input) * unit,
		.linear = how & 1,
	};

	place.va = place.linear ? fake_linear(&machine->kernel, place.pa)
				: fake_vmemmap(&machine->kernel, place.pa);
	place.va += (how >> 4) * hr_page_size(geo);
	return place;
}

/* A leaf's PA: its own in the linear map, any in the vmemmap. */
static uint64_t right_pa(const struct machine *machine, uint64_t va)
{
	const struct hr_layout *layout = &machine->kernel.layout;

	if (va < layout->linear_end)
		return va - layout->page_offset + layout->phys_offset;
	return va & ((UINT64_C(1) << 40) - 1);
}

static void add_memory(struct machine *machine)
{
	const struct hr_geometry *geo = &machine->kernel.layout.geo;
	uint8_t where = fuzz_take8(&machine->input), how = fuzz_take8(&machine->input);
	uint64_t size = block_size(machine) * (1 + (where >> 5)), pa;
	enum fake_kind kind = how % 3;

	pa = BASE + where % BLOCKS * block_size(machine);
	if (kind == FAKE_PUD && geo->page_shift != 12)
		kind = FAKE_PMD;
	/* No leaf is larger than what is being mapped. */
	if (size < fake_kind_size(geo, kind))
		size = fake_kind_size(geo, kind);
	pa &= ~(fake_kind_size(geo, kind) - 1);
	fake_add_memory(&machine->kernel, pa, size, kind,
			geo->page_shift == 12 ? FAKE_PMD : FAKE_PTE);
	if (how & 8)
		fake_sections(&machine->kernel, pa, size, how >> 4);
}

static void map_leaves(struct machine *machine)
{
	struct fake_tables *tables = &machine->kernel.tables;
	struct place place = take_place(machine);
	uint8_t how = fuzz_take8(&machine->input);
	enum fake_kind kind = how % FAKE_KINDS;
	uint64_t size = fake_kind_size(&tables->geo, kind);
	uint64_t va = place.va & ~(size - 1);

	if (tables->geo.root_level > fake_kind_level(kind))
		return;
	for (size_t i = 0; i <= how / 8; i++, va += size) {
		if (how & 128)
			fake_map_invalid(tables, va, right_pa(machine, va), kind);
		else
			fake_map(tables, va, right_pa(machine, va), kind);
	}
}

/*
 * Set a run of descriptors, each of which maps the bytes after those of the previous one: by the
 * format, or by a sum, which with @high carries out of the address bits.
 */
static void set_leaves(struct machine *machine)
{
	struct fake_tables *tables = &machine->kernel.tables;
	struct place place = take_place(machine);
	uint64_t size = hr_level_size(&tables->geo, place.level);
	uint8_t how = fuzz_take8(&machine->input), count = fuzz_take8(&machine->input);
	uint64_t flags = (how & 1 ? FAKE_CONT : 0) | (how & 2 ? 0x800 : 0);
	uint64_t clear = how >> 2 & 3, va = place.va & ~(size - 1);
	uint64_t high = tables->geo.lpa2 ? UINT64_C(1) << 50 : UINT64_C(1) << 48;
	uint64_t pa = how & 32 ? high - size * (count >> 2) : right_pa(machine, va);

	pa += how & 16 ? size : 0;
	for (uint64_t i = 0; i <= count % LEAVES_MAX; i++, va += size) {
		uint64_t at = how & 64 ? pa : pa + i * size;
		uint64_t desc = fake_leaf_desc(&tables->geo, place.level, at);

		desc += how & 64 ? i * size : 0;
		fake_set(tables, place.level, va, (desc | flags) & ~clear);
	}
}

static void set_raw(struct machine *machine)
{
	struct place place = take_place(machine);
	uint64_t desc = fuzz_take64(&machine->input);

	fake_set(&machine->kernel.tables, place.level, place.va, desc);
}

static void change_bits(struct machine *machine)
{
	struct place place = take_place(machine);
	uint64_t entry = fake_entry(&machine->kernel.tables, place.level, place.va);
	uint64_t bit = UINT64_C(1) << fuzz_take8(&machine->input) % 64;

	fake_write64(&machine->kernel.fake, entry, fake_read64(&machine->kernel.fake, entry) ^ bit);
}

/* Clear entries or make them unknown. */
static void set_nothing(struct machine *machine)
{
	struct place place = take_place(machine);
	uint64_t size = hr_level_size(&machine->kernel.layout.geo, place.level);
	uint8_t how = fuzz_take8(&machine->input);

	for (uint64_t i = 0; i <= how / 2; i++)
		fake_set(&machine->kernel.tables, place.level, place.va + i * size,
			 how & 1 ? UINT64_C(0xfffffffffffffffe) : 0);
}

/* Point an entry to a table from another place: the root, one of any level, none at all. */
static void share_table(struct machine *machine)
{
	struct fake_tables *tables = &machine->kernel.tables;
	struct place from = take_place(machine), to = take_place(machine);
	uint64_t table;

	if (from.level == HR_LEVEL_PTE)
		from.level = tables->geo.root_level;
	switch (fuzz_take8(&machine->input) % 4) {
	case 0:
		table = tables->root_pa;
		break;
	case 1:
		table = fake_new_table(tables);
		break;
	default:
		table = fake_table_of(tables, to.level, to.va);
		break;
	}
	fake_set(tables, from.level, from.va, fake_table_desc(&tables->geo, table));
}

/* Leave a table page out of the source, or make it read as zeros. */
static void spoil_table(struct machine *machine)
{
	struct fake_tables *tables = &machine->kernel.tables;
	struct place place = take_place(machine);
	uint64_t table = fake_table_of(tables, place.level, place.va);
	struct fake_page *page = fake_page(tables->fake, table);

	if (fuzz_take8(&machine->input) & 1)
		page->excluded = true;
	else
		memset(page->bytes, 0, hr_page_size(&tables->geo));
}

static void set_section(struct machine *machine)
{
	uint8_t where = fuzz_take8(&machine->input), flags = fuzz_take8(&machine->input);
	uint64_t pa = BASE + where % BLOCKS * block_size(machine);

	if (where & 128)
		fake_section_raw(&machine->kernel, pa, fuzz_take64(&machine->input));
	else
		fake_section(&machine->kernel, pa, flags & 63);
	if (where & 64)
		fake_exclude(&machine->kernel.fake, fake_section_root(&machine->kernel, pa));
}

/* Make an entry change when it is read again. */
static void make_live(struct machine *machine)
{
	struct place place = take_place(machine);
	uint64_t entry = fake_entry(&machine->kernel.tables, place.level, place.va);
	struct fake *fake = &machine->kernel.fake;
	uint8_t how = fuzz_take8(&machine->input);
	uint64_t *values;

	if (fake->script_count == FAKE_SCRIPTS_MAX)
		return;
	values = machine->scripts[fake->script_count];
	for (size_t i = 0; i < 3; i++)
		values[i] = how >> i & 1 ? fuzz_take64(&machine->input) : fake_read64(fake, entry);
	fake_change(fake, entry, values, 3, how & 8);
}

static void change_tables(struct machine *machine)
{
	static void (*const steps[])(struct machine *) = {
		add_memory,  map_leaves,  set_leaves,  set_raw,	    change_bits,
		set_nothing, share_table, spoil_table, set_section, make_live,
	};
	size_t count = sizeof(steps) / sizeof(steps[0]);

	for (int i = 0; i < STEPS_MAX && machine->input.left; i++) {
		if (machine->kernel.fake.count > PAGES_MAX)
			break;
		steps[fuzz_take8(&machine->input) % count](machine);
	}
}

/* Ranges to ask for: blocks, or unaligned bytes. */

static struct hr_pa_range take_query(struct machine *machine)
{
	uint8_t first = fuzz_take8(&machine->input), count = fuzz_take8(&machine->input);
	uint64_t size = block_size(machine), page = hr_page_size(&machine->kernel.layout.geo);
	struct hr_pa_range range = { .start = BASE + first % BLOCKS * size };

	range.end = range.start + (1 + count % 16) * size;
	if (first & 128)
		range.start += page * (1 + (count >> 4));
	if (first & 64)
		range.end -= page * (1 + (count >> 4) * 16) + (count >> 7);
	return range;
}

static void machine_init(struct machine *machine)
{
	const struct fake_shape *shape = &fake_shapes[fuzz_take8(&machine->input) % FAKE_SHAPES];
	uint8_t flags = fuzz_take8(&machine->input), models = fuzz_take8(&machine->input);
	struct hr_layout *layout = &machine->kernel.layout;

	fake_kernel_init(&machine->kernel, shape, BASE);
	/* An option can set this. */
	if (flags & FLAG_LPA2 && shape->page_shift != 16) {
		hr_geometry_set_lpa2(&layout->geo, !layout->geo.lpa2);
		machine->kernel.tables.geo = layout->geo;
	}
	if (flags & FLAG_AHEAD)
		fake_reads_ahead(&machine->kernel.fake);
	for (size_t i = 0; i < QUERIES; i++)
		machine->queries[i] = take_query(machine);
	change_tables(machine);
	assert_success(hr_walker_create(&layout->geo, &machine->kernel.fake.memory,
					layout->swapper_pa, &machine->walker));
	/* Without sections, blocks are searched hole by hole, which takes long on live memory. */
	if (flags & FLAG_SECTIONS || machine->kernel.fake.memory.live)
		assert_success(hr_sections_create(layout, &machine->kernel.fake.memory,
						  &machine->sections));
	machine->check = (struct hr_check){
		.machine.layout = layout,
		.machine.walker = machine->walker,
		.machine.sections = machine->sections,
		.machine.block_size = block_size(machine),
		.by_block = models / 192,
	};
	if (!machine->sections)
		machine->check.ignored = 1u << HR_REASON_BOOT_MEMORY | 1u << HR_REASON_NOT_PRESENT;
	machine->guard = (struct hr_guard_check){
		.machine.layout = layout,
		.machine.walker = machine->walker,
		.machine.sections = machine->sections,
		.machine.block_size = block_size(machine),
		.model = models % 4,
		.may_check = flags & FLAG_REPEAT,
	};
	machine->teardown = models / 4 % 4;
	machine->tlbi = (struct hr_tlbi_config){
		.page_shift = layout->geo.page_shift,
		.lpa2 = layout->geo.lpa2,
		.range_ops = flags & FLAG_RANGE_OPS,
		.repeat = flags & FLAG_REPEAT,
		.repeat_form = models / 16 % 2,
		.flush = models / 32 % 3,
		.root_flush = models / 96 % 2,
	};
}

static void machine_release(struct machine *machine)
{
	hr_sections_destroy(machine->sections);
	hr_walker_destroy(machine->walker);
	fake_kernel_release(&machine->kernel);
}

/* The checks. */

struct runs {
	const struct machine *machine;
	struct hr_run runs[RUNS_MAX];
	size_t count;
	uint64_t next;		  /* first byte that no run has reported yet */
	uint64_t last;		  /* last byte that must be reported */
	bool over;		  /* a run reaches the last byte or goes beyond it */
	bool looped;		  /* the walk has given up because of a loop */
	struct naive_tally tally; /* from the runs */
};

static bool is_loop(const char *why)
{
	return strstr(why, "loop") != NULL;
}

static struct hr_error *on_run(void *context, const struct hr_run *run)
{
	struct runs *runs = context;
	uint64_t bytes = run->leaf.size * run->count, end = run->leaf.va + bytes - 1, here;

	require(!runs->over, "a run behind the range, at 0x%" PRIx64, run->leaf.va);
	require(run->leaf.va == runs->next ||
			(run->state == HR_MAP_MAPPED && run->leaf.va < runs->next && !runs->count),
		"0x%" PRIx64 " follows 0x%" PRIx64, run->leaf.va, runs->next);
	require(bytes && run->count && end >= runs->next, "an empty run");
	require(end <= runs->last || run->state == HR_MAP_MAPPED, "a gap behind the range");
	here = (end < runs->last ? end : runs->last) - runs->next + 1;
	if (run->state == HR_MAP_MAPPED)
		runs->tally.mapped += here;
	else if (run->state == HR_MAP_UNMAPPED)
		runs->tally.unmapped += here;
	else
		runs->tally.unreadable += here;
	runs->looped |= run->state == HR_MAP_UNREADABLE && is_loop(run->why);
	if (runs->count < RUNS_MAX)
		runs->runs[runs->count] = *run;
	runs->count++;
	runs->over = end >= runs->last;
	runs->next = end + 1;
	return NULL;
}

/* A lookup of @va must match what the run there has reported. */
static void check_lookup(const struct machine *machine, const struct hr_run *run, uint64_t va)
{
	uint64_t before = hr_walker_tables_read(machine->walker);
	struct hr_lookup found;

	hr_walk_lookup(machine->walker, va, &found);
	require(hr_walker_tables_read(machine->walker) - before <= HR_LEVELS_MAX,
		"too many tables for one lookup");
	require(found.state == run->state, "0x%" PRIx64 ": state %d, in the walk %d", va,
		(int)found.state, (int)run->state);
	if (run->state != HR_MAP_MAPPED)
		return;
	require(found.leaf.level == run->leaf.level && found.leaf.cont == run->leaf.cont &&
			found.leaf.size == run->leaf.size && found.leaf.valid == run->leaf.valid &&
			found.leaf.expected == run->leaf.expected,
		"0x%" PRIx64 ": another leaf than in the walk", va);
	require((found.leaf.va - run->leaf.va) % run->leaf.size == 0 && va >= found.leaf.va &&
			va - found.leaf.va < found.leaf.size &&
			found.leaf.pa - run->leaf.pa == found.leaf.va - run->leaf.va,
		"0x%" PRIx64 ": a leaf elsewhere", va);
	require((found.leaf.va != va) <= found.splits, "an edge inside a leaf splits nothing");
}

static void check_runs(const struct machine *machine, const struct runs *runs, uint64_t va)
{
	for (size_t i = 0; i < runs->count && i < RUNS_MAX; i++) {
		const struct hr_run *run = &runs->runs[i];
		uint64_t last = run->leaf.va + (run->leaf.size * run->count - 1);

		check_lookup(machine, run, run->leaf.va > va ? run->leaf.va : va);
		check_lookup(machine, run, last < runs->last ? last : runs->last);
	}
}

/* Can the result be compared? Not with live memory or widely shared tables. */
static bool is_comparable(const struct machine *machine, const struct naive_tally *tally)
{
	return !tally->cut && !machine->kernel.fake.memory.live &&
	       tally->tables <= hr_walker_source_pages(machine->walker);
}

static void check_walk(const struct machine *machine, const struct hr_map_survey *survey)
{
	static struct runs runs;
	const struct hr_visitor visitor = { .context = &runs, .run = on_run };
	const struct naive naive = naive_of(machine);
	uint64_t visits = hr_walker_visits(machine->walker);
	bool live = machine->kernel.fake.memory.live;
	struct naive_tally tally;

	memset(&runs, 0, sizeof(runs));
	runs.next = survey->va_start;
	runs.last = survey->va_end - 1;
	require(fuzz_succeeded(hr_walk_range(machine->walker, survey->va_start, survey->va_end - 1,
					     &visitor)),
		"the walk fails");
	require(runs.over, "the walk ends at 0x%" PRIx64, runs.next);
	require(hr_walker_visits(machine->walker) - visits <=
			hr_walker_source_pages(machine->walker) * (live ? 2 : 1) + HR_LEVELS_MAX,
		"more tables than there are");
	naive_walk(&naive, survey->va_start, survey->va_end - 1, &tally);
	if (!is_comparable(machine, &tally))
		return;
	require(!runs.looped, "there is no loop");
	require(runs.tally.mapped == tally.mapped && runs.tally.unmapped == tally.unmapped &&
			runs.tally.unreadable == tally.unreadable,
		"%#" PRIx64 " %#" PRIx64 " %#" PRIx64 ", not %#" PRIx64 " %#" PRIx64 " %#" PRIx64,
		runs.tally.mapped, runs.tally.unmapped, runs.tally.unreadable, tally.mapped,
		tally.unmapped, tally.unreadable);
	check_runs(machine, &runs, survey->va_start);
}

static uint64_t sum_entries(const struct hr_map_survey *survey)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < HR_LEVELS_MAX; i++)
		sum += survey->entries[i];
	return sum;
}

static void check_survey(const struct machine *machine, const struct hr_map_survey *survey)
{
	const struct naive naive = naive_of(machine);
	struct naive_tally tally;

	if (!survey->done)
		return;
	require(survey->mapped + survey->unmapped + survey->unreadable ==
			survey->va_end - survey->va_start,
		"bytes are missing");
	require(!survey->unreadable == !survey->why[0], "unreadable without a reason");
	check_walk(machine, survey);
	naive_walk(&naive, survey->va_start, survey->va_end - 1, &tally);
	if (!is_comparable(machine, &tally))
		return;
	require(survey->mapped == tally.mapped && survey->unmapped == tally.unmapped &&
			survey->unreadable == tally.unreadable,
		"other bytes");
	require(sum_entries(survey) == tally.entries, "%" PRIu64 " entries, not %" PRIu64,
		sum_entries(survey), tally.entries);
	require(survey->broken_groups.count == tally.broken, "%" PRIu64 " groups, not %" PRIu64,
		survey->broken_groups.count, tally.broken);
	require(!survey->unexpected.count == !tally.unexpected, "unexpected leaves");
	require(!survey->misplaced.count == !tally.misplaced, "misplaced leaves");
}

/* The program's answer for one range. */
struct answer {
	struct hr_check_result check;
	struct hr_survey survey;
	struct hr_guard_result guard;
	enum hr_verdict verdict;
};

static void ask(const struct machine *machine, const struct hr_pa_range *range, struct answer *ret)
{
	bool splits, no_altmap;

	hr_check_edges(&machine->check, range, &ret->check);
	hr_survey_range(machine->check.machine.layout, machine->walker, range->start, range->end,
			NULL, NULL, &ret->survey);
	hr_check_survey(&machine->check, &ret->survey, &ret->check);
	splits = hr_check_has(&ret->check, HR_REASON_SPLITS_LEAF) &&
		 !hr_check_has(&ret->check, HR_REASON_MISALIGNED);
	no_altmap = !machine->kernel.fake.memory.live && hr_survey_shows_no_altmap(&ret->survey);
	require(fuzz_succeeded(hr_guard_range(&machine->guard, range->start, range->end, splits,
					      no_altmap, &ret->guard)),
		"no memory");
	hr_check_guard(&machine->check, &ret->guard, machine->guard.model, &ret->check);
	ret->verdict = hr_check_verdict(&machine->check, &ret->check);
	hr_guard_release(&ret->guard);
}

static bool is_mapped(const struct naive *naive, uint64_t va)
{
	struct naive_tally tally;

	naive_walk(naive, va, va, &tally);
	return tally.mapped;
}

/* The conditions for a removable range must hold in the other walk too. */
static void check_removable(const struct machine *machine, const struct hr_map_survey *survey)
{
	const struct hr_layout *layout = machine->check.machine.layout;
	const struct naive naive = naive_of(machine);
	struct naive_tally tally;

	require(survey->done, "removable, and not even looked at");
	require(naive_edge_at(&naive, survey->va_start) == NAIVE_CLEAN,
		"removable, and the start 0x%" PRIx64 " is not clean", survey->va_start);
	if (survey->va_end != layout->linear_end && survey->va_end != layout->vmemmap_end)
		require(naive_edge_at(&naive, survey->va_end) == NAIVE_CLEAN,
			"removable, and the end 0x%" PRIx64 " is not clean", survey->va_end);
	require(is_mapped(&naive, survey->va_start) && is_mapped(&naive, survey->va_end - 1),
		"removable, and its first or last page is not mapped");
	naive_walk(&naive, survey->va_start, survey->va_end - 1, &tally);
	require(tally.cut || (!tally.unreadable && !tally.broken && !tally.unexpected &&
			      !tally.misplaced),
		"removable, and damaged");
}

/* Each reported split is real. */
static void check_reasons(const struct machine *machine, const struct hr_check_result *result)
{
	const struct naive naive = naive_of(machine);

	require(result->count <= HR_REASONS_MAX, "%zu reasons", result->count);
	for (size_t i = 0; i < result->count; i++) {
		const struct hr_reason *reason = &result->reasons[i];

		require(reason->message[0], "a reason says nothing");
		if (reason->code == HR_REASON_SPLITS_LEAF)
			require(naive_edge_at(&naive, reason->va) == NAIVE_SPLIT,
				"nothing is split at 0x%" PRIx64, reason->va);
	}
}

static bool has_split(const struct hr_check_result *result, uint64_t va)
{
	for (size_t i = 0; i < result->count; i++)
		if (result->reasons[i].code == HR_REASON_SPLITS_LEAF && result->reasons[i].va == va)
			return true;
	return false;
}

/* Each split is reported, if everything needed for that can be read. */
static void check_splits(const struct machine *machine, const struct hr_map_survey *survey,
			 const struct hr_check_result *result)
{
	const struct hr_layout *layout = machine->check.machine.layout;
	const struct naive naive = naive_of(machine);
	uint64_t end = survey->va_end;

	if (!survey->done || hr_check_has(result, HR_REASON_UNREADABLE))
		return;
	require(has_split(result, survey->va_start) ||
			naive_edge_at(&naive, survey->va_start) != NAIVE_SPLIT,
		"a split at the start 0x%" PRIx64 " is not reported", survey->va_start);
	require(end == layout->linear_end || end == layout->vmemmap_end || has_split(result, end) ||
			naive_edge_at(&naive, end) != NAIVE_SPLIT,
		"a split at the end 0x%" PRIx64 " is not reported", end);
}

static void check_answer(const struct machine *machine, const struct answer *answer)
{
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		check_survey(machine, &answer->survey.maps[map]);
	if (machine->kernel.fake.memory.live)
		return;
	check_reasons(machine, &answer->check);
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		check_splits(machine, &answer->survey.maps[map], &answer->check);
	if (answer->verdict != HR_VERDICT_REMOVABLE)
		return;
	require(!answer->check.count || !machine->sections, "removable with reasons");
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		check_removable(machine, &answer->survey.maps[map]);
}

static void check_plan(const struct machine *machine, const struct hr_pa_range *range,
		       const struct hr_survey *wanted)
{
	_cleanup_(hr_cleanup_plan) struct hr_plan *plan = NULL;
	const struct hr_teardown_form form = {
		.tlbi = &machine->tlbi,
		.teardown = machine->teardown,
		.calls = machine->check.by_block ? HR_CALLS_BLOCK : HR_CALLS_UNKNOWN,
		.memory_block_size = block_size(machine),
	};
	const struct hr_teardown_count *count;
	struct hr_survey survey;

	require(fuzz_succeeded(hr_plan_create(machine->check.machine.layout, machine->walker, &form,
					      range->start, range->end, &survey, &plan)),
		"no plan");
	count = hr_plan_of(plan, machine->teardown);
	require(count->total.tlbi == count->linear.tlbi + count->vmemmap.tlbi + count->tables.tlbi,
		"the total is no total");
	require(plan->op_count <= HR_PLAN_OPS_MAX, "%zu operations", plan->op_count);
	require(plan->ops_cut || plan->op_count == plan->batched.linear.range_ops +
							   plan->batched.vmemmap.range_ops,
		"%zu operations are listed", plan->op_count);
	if (machine->kernel.fake.memory.live)
		return;
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		require(survey.maps[map].mapped == wanted->maps[map].mapped &&
				survey.maps[map].tables_emptied == wanted->maps[map].tables_emptied,
			"the plan walks otherwise");
}

/* A range in which the walk would give up because of shared tables cannot be judged. */
static bool is_countable(const struct machine *machine, const struct hr_pa_range *range)
{
	const struct naive naive = naive_of(machine);

	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		uint64_t va_start, va_end;
		struct naive_tally tally;

		if (!hr_map_range(machine->check.machine.layout, map, range->start, range->end,
				  &va_start, &va_end))
			return false;
		naive_walk(&naive, va_start, va_end - 1, &tally);
		if (!is_comparable(machine, &tally))
			return false;
	}
	return true;
}

static void check_nearest(const struct machine *machine, const struct hr_pa_range *range,
			  const struct answer *answer)
{
	struct hr_check_result damage = { .count = 0 };
	static struct answer near;
	struct hr_nearest nearest;

	hr_check_survey(&machine->check, &answer->survey, &damage);
	hr_nearest_find(&machine->check, &machine->guard, range, damage.count, &nearest);
	if (nearest.has_inside) {
		require(nearest.inside.start >= range->start && nearest.inside.end <= range->end,
			"it is not inside");
		ask(machine, &nearest.inside, &near);
		require(near.verdict == HR_VERDICT_REMOVABLE ||
				!is_countable(machine, &nearest.inside),
			"inside, and not removable: %s", near.check.reasons[0].message);
	}
	if (nearest.has_around) {
		require(nearest.around.start <= range->start && nearest.around.end >= range->end,
			"it is not around");
		ask(machine, &nearest.around, &near);
		require(near.verdict == HR_VERDICT_REMOVABLE ||
				!is_countable(machine, &nearest.around),
			"around, and not removable: %s", near.check.reasons[0].message);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct machine machine;
	static struct answer answer;

	memset(&machine, 0, sizeof(machine));
	machine.input = (struct fuzz_input){ data, size };
	machine_init(&machine);
	for (size_t i = 0; i < QUERIES; i++) {
		ask(&machine, &machine.queries[i], &answer);
		check_answer(&machine, &answer);
		check_plan(&machine, &machine.queries[i], &answer.survey);
		check_nearest(&machine, &machine.queries[i], &answer);
	}
	machine_release(&machine);
	return 0;
}
