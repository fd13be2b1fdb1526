// SPDX-License-Identifier: GPL-2.0-or-later
#include "walk/alike.h"

#include <endian.h>

#include "arch/descriptor.h"

/*
 * How many of the @max descriptors from @desc on each add @step to the one before. Whole chunks are
 * compared without a branch, so that the compiler can vectorize the loop.
 */
static size_t count_steps(const uint64_t *desc, size_t max, uint64_t step)
{
	enum {
		CHUNK = 32
	};
	uint64_t steps[CHUNK], wanted = le64toh(desc[0]);
	size_t count;

	if (max < 2 || le64toh(desc[1]) != wanted + step)
		return 1;
	for (size_t i = 0; i < CHUNK; i++)
		steps[i] = i * step;
	for (count = 0; count + CHUNK <= max; count += CHUNK, wanted += CHUNK * step) {
		uint64_t differ = 0;

		for (size_t i = 0; i < CHUNK; i++)
			differ |= (le64toh(desc[count + i]) - steps[i]) ^ wanted;
		if (differ)
			break;
	}
	for (; count < max && le64toh(desc[count]) == wanted; wanted += step)
		count++;
	return count;
}

/* How many entries from @index on, @max at most, continue the leaf or the gap there. */
static size_t count_on(const struct hr_geometry *geo, int level, const uint64_t *table,
		       size_t index, size_t max)
{
	uint64_t size = hr_level_size(geo, level), desc = le64toh(table[index]);
	struct hr_entry entry = hr_desc_decode(geo, level, desc);
	size_t count;

	if (entry.kind == HR_ENTRY_EMPTY)
		return count_steps(&table[index], max, 0);
	if (entry.kind != HR_ENTRY_LEAF)
		return 0;
	count = count_steps(&table[index], max, size);
	return count > hr_desc_room_in_place(geo, desc) / size ? 0 : count;
}

size_t hr_count_alike(const struct hr_geometry *geo, int level, const uint64_t *table, size_t index,
		      size_t final)
{
	size_t entries = hr_cont_entries(geo, level), max = final + 1 - index;
	uint64_t size = hr_level_size(geo, level);
	struct hr_entry entry = hr_desc_decode(geo, level, le64toh(table[index]));

	if (index & (entries - 1) || max < entries)
		return 0;
	if (entry.kind == HR_ENTRY_LEAF && entry.cont && entry.pa & (size * entries - 1))
		return 0;
	return count_on(geo, level, table, index, max) & ~(entries - 1);
}

size_t hr_count_alike_apart(const struct hr_geometry *geo, int level, const uint64_t *table,
			    size_t index, size_t final)
{
	return count_on(geo, level, table, index, final + 1 - index);
}

size_t hr_end_without_cont(const struct hr_geometry *geo, int level, const uint64_t *table,
			   size_t index, size_t final)
{
	size_t entries = hr_cont_entries(geo, level), first = index & ~(entries - 1);

	for (; first <= final; first += entries) {
		uint64_t seen = 0;

		for (size_t i = 0; i < entries; i++)
			seen |= table[first + i];
		if (le64toh(seen) & HR_DESC_CONT)
			break;
	}
	return first;
}
