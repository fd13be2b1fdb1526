// SPDX-License-Identifier: GPL-2.0-or-later
#include "redact/moved_tables.h"

#include <endian.h>
#include <string.h>

#include "arch/descriptor.h"

/* One table, before and after. */
struct change {
	const struct hr_moved_tables *tables;
	const struct hr_table_piece *piece;
	uint64_t *ret;
};

static bool overlaps(const struct hr_moved_area *area, uint64_t va, uint64_t size)
{
	return va <= area->last && va + (size - 1) >= area->first;
}

/*
 * Where what is in @area below the entry for @va goes. False if nothing is. If the table below is
 * wide, the survey has seen what it maps; everything else goes as a whole.
 */
static bool target_in(const struct change *change, enum hr_area_name area, uint64_t va,
		      uint64_t desc, uint64_t *ret)
{
	const struct hr_table_survey *survey = &change->tables->survey;
	const struct hr_moved_area *moved = &change->tables->moves.areas[area];
	int level = change->piece->level;
	const struct hr_wide_table *wide;

	if (!overlaps(moved, va, hr_level_size(&survey->geo, level)))
		return false;
	*ret = va + moved->by;
	if (hr_desc_decode(&survey->geo, level, desc).kind != HR_ENTRY_TABLE ||
	    hr_table_survey_is_narrow(survey, area, level + 1))
		return true;
	wide = hr_table_survey_wide(survey, level + 1, area, va);
	if (wide)
		*ret = wide->first + moved->by;
	return wide;
}

/* Where the image's mapping of the root table goes, if the entry for @va leads to it. */
static bool target_of_leaf(const struct change *change, uint64_t va, uint64_t *ret)
{
	const struct hr_moved_tables *tables = change->tables;
	uint64_t size = hr_level_size(&tables->survey.geo, change->piece->level);

	*ret = tables->leaf_va + tables->moves.areas[HR_AREA_IMAGE].by;
	return tables->has_leaf && change->piece->level <= tables->leaf_level &&
	       tables->leaf_va - va < size;
}

/* A group of which one entry is left is none. */
static uint64_t without_group(const struct change *change, uint64_t desc)
{
	return change->piece->level == change->tables->leaf_level ? desc & ~HR_DESC_CONT : desc;
}

/* Put the entry where @va is now. Returns false if there is another one already. */
static bool put(const struct change *change, uint64_t va, uint64_t desc)
{
	size_t index = hr_table_index(&change->tables->survey.geo, change->piece->level, va);
	uint64_t *place = &change->ret[index];

	if (*place && *place != htole64(desc))
		return false;
	*place = htole64(desc);
	return true;
}

static bool move_entry(const struct change *change, uint64_t va, uint64_t desc)
{
	uint64_t target;
	bool done = true;

	if (target_in(change, HR_AREA_LINEAR, va, desc, &target))
		done = put(change, target, desc);
	if (done && target_in(change, HR_AREA_VMEMMAP, va, desc, &target))
		done = put(change, target, desc);
	if (done && target_of_leaf(change, va, &target))
		done = put(change, target, without_group(change, desc));
	return done;
}

static bool change_entries(const struct change *change, const uint64_t *entries)
{
	const struct hr_geometry *geo = &change->tables->survey.geo;
	int level = change->piece->level;
	bool done = true;

	for (size_t i = 0; done && i < hr_table_entries(geo, level); i++)
		if (entries[i])
			done = move_entry(change, change->piece->va + i * hr_level_size(geo, level),
					  le64toh(entries[i]));
	return done;
}

static void rotate_entries(const struct change *change, const uint64_t *entries)
{
	const struct hr_geometry *geo = &change->tables->survey.geo;
	const struct hr_table_piece *piece = change->piece;
	size_t count = hr_table_entries(geo, piece->level);
	size_t by = (size_t)(change->tables->moves.areas[piece->area].by >>
			     hr_level_shift(geo, piece->level)) %
		    count;

	memcpy(change->ret + by, entries, (count - by) * sizeof(*entries));
	memcpy(change->ret, entries + (count - by), by * sizeof(*entries));
}

/* The access flag, which the kernel sets in all leaves of its own. */
#define DESC_ACCESSED (UINT64_C(1) << 10)

/*
 * Is @entry an address of something in the kernel, as in a page that is not a table? An entry may
 * have all of the high bits, too, but then it is valid, or is a leaf of which only that bit is
 * missing. Of many addresses in a page, some are multiples of four without that flag.
 */
static bool is_address(const struct hr_geometry *geo, uint64_t entry)
{
	uint64_t high = hr_half_base(geo);

	return (entry & high) == high && !(entry & (HR_DESC_VALID | HR_DESC_TABLE | DESC_ACCESSED));
}

static bool has_address(const struct hr_geometry *geo, const uint64_t *entries)
{
	bool found = false;

	for (size_t i = 0; i < hr_page_size(geo) / sizeof(*entries); i++)
		found |= is_address(geo, le64toh(entries[i]));
	return found;
}

bool hr_moved_table(const struct hr_moved_tables *tables, const struct hr_table_piece *piece,
		    const uint64_t *entries, uint64_t *ret)
{
	const struct hr_geometry *geo = &tables->survey.geo;
	const struct change change = { tables, piece, ret };

	if (has_address(geo, entries))
		return false;
	if (piece->fate == HR_TABLE_STAYS)
		memcpy(ret, entries, hr_page_size(geo));
	else
		memset(ret, 0, hr_page_size(geo));
	if (piece->fate == HR_TABLE_ROTATES)
		rotate_entries(&change, entries);
	return piece->fate != HR_TABLE_CHANGES || change_entries(&change, entries);
}
