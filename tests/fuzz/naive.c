// SPDX-License-Identifier: GPL-2.0-or-later
#include "naive.h"

#include <endian.h>
#include <string.h>

#include "fuzz.h"

#define BIT(n)	     (UINT64_C(1) << (n))
#define CONT	     BIT(52)
#define NOBODY_KNOWS UINT64_C(0xfffffffffffffffe)

enum {
	ENTRIES_MAX = 1 << 20, /* most entries examined in one walk */
	PAGE_MAX = 65536,
	LEVELS = 5,
};

/* The CONT group around an entry. */
struct group {
	size_t first, entries, members, unknown;
	bool sound; /* the PAs of all members are contiguous from an aligned one on */
};

/* The tables from the root to the position of the walk. */
struct descent {
	const struct naive *naive;
	struct naive_tally *tally;
	bool linear;
	uint64_t looked_at;
	uint64_t pas[LEVELS];
	uint64_t tables[LEVELS][PAGE_MAX / 8];
	struct group groups[LEVELS]; /* around the current entries of the walk */
};

enum kind {
	NOTHING,
	UNKNOWN,
	TABLE,
	LEAF
};

static enum kind kind_of(int level, uint64_t desc)
{
	if (!desc)
		return NOTHING;
	if (desc == NOBODY_KNOWS)
		return UNKNOWN;
	return level < 3 && (desc & 3) == 3 ? TABLE : LEAF;
}

static unsigned int shift_of(const struct naive *naive, int level)
{
	unsigned int page = naive->layout->geo.page_shift;

	return page + (3 - (unsigned int)level) * (page - 3);
}

static uint64_t size_of(const struct naive *naive, int level)
{
	return BIT(shift_of(naive, level));
}

static size_t entries_of(const struct naive *naive, int level)
{
	const struct hr_geometry *geo = &naive->layout->geo;

	return BIT(level == geo->root_level ? geo->root_bits : geo->page_shift - 3);
}

static size_t index_of(const struct naive *naive, int level, uint64_t va)
{
	return va >> shift_of(naive, level) & (entries_of(naive, level) - 1);
}

/* Members of a CONT group: 64 KiB or 32 MiB with 4K pages, 2 MiB or 1 GiB with 16K, and so on. */
static size_t group_of(const struct naive *naive, int level)
{
	switch (naive->layout->geo.page_shift) {
	case 12:
		return level >= 2 ? 16 : 1;
	case 14:
		return level == 3 ? 128 : level == 2 ? 32 : 1;
	default:
		return level >= 2 ? 32 : 1;
	}
}

/* The PA in @desc, for an entry that maps @size bytes. */
static uint64_t pa_of(const struct naive *naive, uint64_t desc, uint64_t size)
{
	const struct hr_geometry *geo = &naive->layout->geo;
	uint64_t pa = desc & (BIT(48) - BIT(geo->page_shift));

	if (geo->page_shift == 16)
		pa |= (desc >> 12 & 15) << 48;
	else if (geo->lpa2)
		pa |= (desc & (BIT(48) | BIT(49))) | (desc >> 8 & 3) << 50;
	return pa & ~(size - 1);
}

/* Read the table of @level at @pa. Returns false if it cannot be read. */
static bool load(struct descent *at, int level, uint64_t pa)
{
	const struct naive *naive = at->naive;
	uint64_t *table = at->tables[level + 1], any = 0;

	for (int above = naive->layout->geo.root_level; above < level; above++)
		if (at->pas[above + 1] == pa)
			return false;
	at->pas[level + 1] = pa;
	at->tally->tables++;
	if (!fuzz_succeeded(
		    hr_memory_read(naive->memory, pa, table, BIT(naive->layout->geo.page_shift))))
		return false;
	for (size_t i = 0; i < entries_of(naive, level); i++) {
		table[i] = le64toh(table[i]);
		any |= table[i];
	}
	return any;
}

static struct group find_group(const struct descent *at, int level, size_t index)
{
	const uint64_t *table = at->tables[level + 1];
	uint64_t size = size_of(at->naive, level), base;
	struct group group = { .entries = group_of(at->naive, level) };

	group.first = index - index % group.entries;
	base = pa_of(at->naive, table[group.first], size);
	group.sound = base % (size * group.entries) == 0;
	for (size_t i = 0; i < group.entries; i++) {
		uint64_t desc = table[group.first + i];

		group.unknown += kind_of(level, desc) == UNKNOWN;
		group.members += kind_of(level, desc) == LEAF && desc & CONT;
		group.sound &= pa_of(at->naive, desc, size) == base + i * size;
	}
	return group;
}

static bool is_misplaced(const struct descent *at, uint64_t va, uint64_t pa)
{
	const struct hr_layout *layout = at->naive->layout;

	return at->linear && pa != va - layout->page_offset + layout->phys_offset;
}

/* Count a leaf entry at @va (its first byte), alone or a member of a group. */
static void tally_leaf(struct descent *at, int level, size_t index, uint64_t va, bool first)
{
	const struct naive *naive = at->naive;
	const struct group *group = &at->groups[level + 1];
	uint64_t size = size_of(naive, level);
	bool whole = group->entries > 1 && group->members == group->entries;
	uint64_t desc = at->tables[level + 1][whole ? group->first : index];

	if (whole) {
		/* Once for each group, at the first member that is examined. */
		if (index != group->first && !first)
			return;
		va -= (index - group->first) * size;
		at->tally->unexpected += !group->sound;
	} else {
		at->tally->unexpected +=
			level < 1 ||
			(level == 1 && (naive->layout->geo.page_shift != 12 || desc & CONT));
	}
	at->tally->misplaced += is_misplaced(at, va, pa_of(naive, desc, size));
}

static void walk_table(struct descent *at, int level, uint64_t pa, uint64_t va, uint64_t last);

/* Walk the entry of @level around @va, of which [@va, @last] is requested. */
static void walk_entry(struct descent *at, int level, uint64_t va, uint64_t last, bool first)
{
	size_t index = index_of(at->naive, level, va);
	uint64_t desc = at->tables[level + 1][index], bytes = last - va + 1;
	struct group *group = &at->groups[level + 1];

	if (first || index == group->first + group->entries) {
		*group = find_group(at, level, index);
		at->tally->broken +=
			group->members && group->members + group->unknown < group->entries;
	}
	switch (kind_of(level, desc)) {
	case NOTHING:
		at->tally->unmapped += bytes;
		break;
	case UNKNOWN:
		at->tally->unreadable += bytes;
		break;
	case TABLE:
		walk_table(at, level + 1, pa_of(at->naive, desc, BIT(12)), va, last);
		break;
	case LEAF:
		/* If not all members are known, it is unknown whether this is a group. */
		if (desc & CONT && group->unknown &&
		    group->members + group->unknown >= group->entries) {
			at->tally->unreadable += bytes;
			break;
		}
		at->tally->mapped += bytes;
		at->tally->entries++;
		tally_leaf(at, level, index, va & ~(size_of(at->naive, level) - 1), first);
		break;
	}
}

static void walk_table(struct descent *at, int level, uint64_t pa, uint64_t va, uint64_t last)
{
	uint64_t size = size_of(at->naive, level);
	bool first = true;

	if (!load(at, level, pa)) {
		at->tally->unreadable += last - va + 1;
		return;
	}
	for (;;) {
		uint64_t end = va | (size - 1);

		if (at->looked_at++ > ENTRIES_MAX) {
			at->tally->cut = true;
			return;
		}
		walk_entry(at, level, va, end < last ? end : last, first);
		if (end >= last)
			return;
		va = end + 1;
		first = false;
	}
}

void naive_walk(const struct naive *naive, uint64_t va, uint64_t last, struct naive_tally *ret)
{
	static struct descent at;

	memset(ret, 0, sizeof(*ret));
	at.naive = naive;
	at.tally = ret;
	at.looked_at = 0;
	at.linear = va < naive->layout->linear_end;
	walk_table(&at, naive->layout->geo.root_level, naive->layout->swapper_pa, va, last);
}

enum naive_edge naive_edge_at(const struct naive *naive, uint64_t va)
{
	static struct descent at;
	static struct naive_tally tally;
	uint64_t pa = naive->layout->swapper_pa;
	enum naive_edge clean = NAIVE_CLEAN; /* as far as the tables above show */

	at.naive = naive;
	at.tally = &tally;
	for (int level = naive->layout->geo.root_level; level <= 3; level++) {
		uint64_t size = size_of(naive, level), span;
		size_t index = index_of(naive, level, va);
		struct group group;
		enum kind kind;

		if (!load(&at, level, pa))
			return NAIVE_HIDDEN;
		group = find_group(&at, level, index);
		span = size * group.entries;
		if (group.members && va % span)
			return NAIVE_SPLIT;
		if (group.unknown && va % span)
			clean = NAIVE_HIDDEN;
		/* An entry that begins here in a table above has separate tables on both sides. */
		if (va % size == 0)
			break;
		kind = kind_of(level, at.tables[level + 1][index]);
		if (kind == LEAF || kind == NOTHING)
			return kind == LEAF ? NAIVE_SPLIT : clean;
		if (kind == UNKNOWN)
			return NAIVE_HIDDEN;
		pa = pa_of(naive, at.tables[level + 1][index], BIT(12));
	}
	return clean;
}
