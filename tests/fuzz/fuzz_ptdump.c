// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Text of kernel page tables: parsed, turned into tables, walked. Input: two bytes that say where
 * the text is split and where the kernel's memory begins, then the text. In each geometry that fits
 * the lines, the walk must give back what they say.
 */
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "fuzz.h"
#include "kernel/address.h"
#include "ptdump/ptdump_geometry.h"
#include "ptdump_parse.h"
#include "ptdump/ptdump_kernel.h"
#include "walk/walk.h"
#include "walk/walker.h"

enum {
	LINES_MAX = 200,  /* most lines that are walked */
	TABLES_MAX = 100, /* most tables in one line */
	KERNEL_BITS = 52,
};

/* Entries are ascending whole pages of the kernel's half, with markers between them. */
static void check_entries(const struct hr_ptdump *ptdump)
{
	require(ptdump->count && ptdump->count <= HR_PTDUMP_ENTRIES_MAX, "%zu lines",
		ptdump->count);
	for (size_t i = 0; i < ptdump->count; i++) {
		const struct hr_ptdump_entry *entry = &ptdump->entries[i];

		require(entry->va < entry->last && entry->va % 4096 == 0 &&
				(entry->last + 1) % 4096 == 0 && entry->va >> KERNEL_BITS == 0xfff,
			"line %u", entry->line);
		require(!i || entry[-1].last < entry->va, "line %u overlaps", entry->line);
		require(entry->mapped || (entry->valid && !entry->cont), "line %u", entry->line);
		require(hr_ptdump_find(ptdump, entry->va) == i &&
				hr_ptdump_find(ptdump, entry->last) == i,
			"line %u is not found", entry->line);
	}
	for (size_t i = 0; i < HR_PTDUMP_MARKERS; i++)
		require(ptdump->markers[i] == SIZE_MAX || ptdump->markers[i] <= ptdump->count,
			"marker %zu", i);
}

/* The text in two pieces is the same text. */
static void check_cut(const char *text, size_t len, size_t cut, const struct hr_ptdump *whole)
{
	_cleanup_(hr_cleanup_ptdump_parser) struct hr_ptdump_parser *parser = NULL;
	_cleanup_(hr_cleanup_ptdump) struct hr_ptdump *found = NULL;
	struct hr_error *error = hr_ptdump_parser_create(&parser);

	if (!error)
		error = hr_ptdump_parser_feed(parser, text, cut);
	if (!error)
		error = hr_ptdump_parser_feed(parser, text + cut, len - cut);
	if (!error)
		error = hr_ptdump_parser_finish(parser, &found);
	require(fuzz_succeeded(error) == (whole != NULL), "cut at %zu it is another text", cut);
	if (!whole)
		return;
	require(found->count == whole->count &&
			!memcmp(found->markers, whole->markers, sizeof(found->markers)),
		"cut at %zu it has other lines", cut);
	for (size_t i = 0; i < found->count; i++)
		require(found->entries[i].va == whole->entries[i].va &&
				found->entries[i].last == whole->entries[i].last &&
				found->entries[i].line == whole->entries[i].line,
			"cut at %zu line %u is another", cut, whole->entries[i].line);
}

/* One line, and what the walk reports for it. */
struct expected {
	const struct hr_layout *layout;
	const struct hr_ptdump_entry *entry; /* NULL: there is no line */
	int level;
	uint64_t mapped, unmapped, unreadable;
};

/* A group that extends into other lines is valid only if all of it is. */
static bool is_as_valid(const struct hr_leaf *leaf, const struct hr_ptdump_entry *entry)
{
	bool is_shared = leaf->va < entry->va || leaf->va + (leaf->size - 1) > entry->last;

	return leaf->valid == entry->valid || (is_shared && !leaf->valid);
}

static void check_leaf(const struct expected *expected, const struct hr_run *run)
{
	const struct hr_layout *layout = expected->layout;
	const struct hr_ptdump_entry *entry = expected->entry;
	uint64_t pa = hr_layout_linear_pa(layout, run->leaf.va);
	unsigned int bits = layout->geo.page_shift == 16 || layout->geo.lpa2 ? 52 : 48;

	require(entry && entry->mapped, "0x%" PRIx64 " is mapped, but in no line", run->leaf.va);
	require(run->leaf.level == expected->level && is_as_valid(&run->leaf, entry) &&
			(!run->leaf.cont || entry->cont),
		"0x%" PRIx64 " is another leaf than in line %u", run->leaf.va, entry->line);
	/* If PHYS_OFFSET is not the kernel's, a PA may be too large for an entry. */
	if (run->leaf.va < layout->linear_end && !(pa >> bits))
		require(run->leaf.pa == pa, "0x%" PRIx64 " in line %u maps 0x%" PRIx64,
			run->leaf.va, entry->line, run->leaf.pa);
}

static struct hr_error *on_run(void *context, const struct hr_run *run)
{
	struct expected *expected = context;
	uint64_t bytes = run->leaf.size * run->count;

	if (run->state == HR_MAP_MAPPED) {
		check_leaf(expected, run);
		expected->mapped += bytes;
	} else if (run->state == HR_MAP_UNMAPPED) {
		expected->unmapped += bytes;
	} else {
		expected->unreadable += bytes;
	}
	return NULL;
}

/* Walk [@va, @last], which is described by one line, or by none. */
static void check_stretch(struct hr_walker *walker, struct expected *expected, uint64_t va,
			  uint64_t last)
{
	const struct hr_visitor visitor = { .context = expected, .run = on_run };
	const struct hr_ptdump_entry *entry = expected->entry;

	expected->mapped = expected->unmapped = expected->unreadable = 0;
	require(fuzz_succeeded(hr_walk_range(walker, va, last, &visitor)), "the walk fails");
	if (!entry) {
		require(!expected->mapped && !expected->unmapped,
			"0x%" PRIx64 " is known, but in no line", va);
		return;
	}
	if (!entry->mapped)
		require(!expected->mapped && !expected->unreadable,
			"line %u is a hole, and more is in it", entry->line);
	else
		require(!expected->unmapped && (entry->cont || !expected->unreadable),
			"line %u is mapped, and there is a hole in it", entry->line);
}

/* Check the part of a stretch that lies in the half in use, limited so that it has few tables. */
static void check_bounded(struct hr_walker *walker, struct expected *expected, uint64_t va,
			  uint64_t last)
{
	const struct hr_geometry *geo = &expected->layout->geo;
	uint64_t half = hr_half_base(geo), most = UINT64_MAX;

	if (last < half)
		return;
	va = va < half ? half : va;
	if (expected->entry && expected->level > geo->root_level)
		most = hr_level_size(geo, expected->level - 1) * TABLES_MAX;
	if (last - va >= most)
		last = va + (most - 1);
	check_stretch(walker, expected, va, last);
}

static void check_lines(const struct hr_ptdump *ptdump, const struct hr_layout *layout,
			struct hr_walker *walker)
{
	struct expected expected = { .layout = layout };
	uint64_t next = hr_half_base(&layout->geo);

	for (size_t i = 0; i < ptdump->count && i < LINES_MAX; i++) {
		const struct hr_ptdump_entry *entry = &ptdump->entries[i];

		require(!entry->mapped || entry->va >= hr_half_base(&layout->geo),
			"line %u lies in front of the kernel's half", entry->line);
		expected.entry = NULL;
		if (entry->va > next)
			check_bounded(walker, &expected, next, entry->va - 1);
		expected.entry = entry;
		expected.level = hr_ptdump_level_of(&layout->geo, entry);
		check_bounded(walker, &expected, entry->va, entry->last);
		next = entry->last + 1 > next ? entry->last + 1 : next;
	}
}

static void check_kernel(const struct hr_ptdump *ptdump, const struct hr_overrides *overrides)
{
	_cleanup_(hr_cleanup_ptdump_tables) struct hr_ptdump_tables *tables = NULL;
	_cleanup_(hr_cleanup_vmcoreinfo) struct hr_vmcoreinfo *note = NULL;
	_cleanup_(hr_cleanup_walker) struct hr_walker *walker = NULL;
	struct hr_ptdump_note given;
	struct hr_memory memory;
	struct hr_layout layout;

	if (!fuzz_succeeded(hr_ptdump_make_note(ptdump, overrides, &note, &given)) ||
	    !fuzz_succeeded(hr_layout_init(note, &given.overrides, &layout)) ||
	    !fuzz_succeeded(hr_ptdump_place(ptdump, &layout, &tables)))
		return;
	memory = hr_ptdump_tables_memory(tables);
	require(fuzz_succeeded(hr_walker_create(&layout.geo, &memory, layout.swapper_pa, &walker)),
		"no walker");
	check_lines(ptdump, &layout, walker);
}

/* Check with what the text itself tells, and with each geometry that a user may specify. */
static void check_geometries(const struct hr_ptdump *ptdump, uint64_t phys_offset)
{
	struct hr_overrides overrides = { 0 };
	struct hr_geometry geo;
	uint64_t end;

	check_kernel(ptdump, &overrides);
	for (size_t i = 0; hr_geometry_nth(i, &geo); i++) {
		if (!fuzz_succeeded(hr_ptdump_check(ptdump, &geo)))
			continue;
		for (enum hr_override_key key = HR_OVERRIDE_PAGE_SIZE;
		     key <= HR_OVERRIDE_VA_BITS_ACTUAL; key++)
			overrides.set[key] = true;
		overrides.set[HR_OVERRIDE_PHYS_OFFSET] = true;
		overrides.set[HR_OVERRIDE_VMEMMAP_START] = true;
		overrides.value[HR_OVERRIDE_PHYS_OFFSET] = phys_offset;
		overrides.value[HR_OVERRIDE_PAGE_SIZE] = hr_page_size(&geo);
		overrides.value[HR_OVERRIDE_VA_BITS] = geo.va_bits;
		overrides.value[HR_OVERRIDE_VA_BITS_ACTUAL] = geo.va_bits_actual;
		hr_vmemmap_place(&geo, 64, i % HR_VMEMMAP_FORMS,
				 &overrides.value[HR_OVERRIDE_VMEMMAP_START], &end);
		check_kernel(ptdump, &overrides);
	}
}

/* Somewhere, or slightly below the point where PAs need bits that are not in place. */
static uint64_t phys_offset_of(uint8_t choice)
{
	if (choice & 128)
		return (UINT64_C(1) << 48) - ((uint64_t)(choice & 127) << 30);
	return (uint64_t)choice << 44;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(hr_cleanup_ptdump) struct hr_ptdump *ptdump = NULL;
	struct fuzz_input input = { data, size };
	size_t cut = fuzz_take16(&input);
	const char *text = (const char *)input.at;
	bool ok = fuzz_succeeded(hr_ptdump_parse(text, input.left, &ptdump));

	check_cut(text, input.left, input.left ? cut % input.left : 0, ok ? ptdump : NULL);
	if (!ok)
		return 0;
	check_entries(ptdump);
	check_geometries(ptdump, phys_offset_of((uint8_t)(cut >> 8)));
	return 0;
}
