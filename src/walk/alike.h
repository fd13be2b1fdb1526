/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stretches of a table whose entries differ only in their output address. */
#ifndef HR_ALIKE_H
#define HR_ALIKE_H

#include "arch/geometry.h"

/*
 * How many of the entries [@index, @final] of @table (of @level, little-endian) are all empty, or
 * are leaves that are contiguous in physical memory and otherwise equal. The count starts at an
 * aligned entry and is a multiple of the entries of a CONT group; 0 if there are fewer.
 */
size_t hr_count_alike(const struct hr_geometry *geo, int level, const uint64_t *table, size_t index,
		      size_t final);

/*
 * The same for entries that are not in CONT groups: the count may start anywhere, and is any
 * number. 0 if the first entry is neither empty nor a leaf.
 */
size_t hr_count_alike_apart(const struct hr_geometry *geo, int level, const uint64_t *table,
			    size_t index, size_t final);

/*
 * Where the groups of @table from the one around @index on up to the one around @final end in which
 * no entry has the CONT bit: the first entry of the group that ends them, or the one after the last
 * group. An unknown entry may have the bit and counts as if it did. At a level without groups, each
 * entry is its own.
 */
size_t hr_end_without_cont(const struct hr_geometry *geo, int level, const uint64_t *table,
			   size_t index, size_t final);

#endif
