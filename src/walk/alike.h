/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stretches of a table whose entries differ in their output address alone. */
#ifndef HR_ALIKE_H
#define HR_ALIKE_H

#include "arch/geometry.h"

/*
 * How many of the entries [@index, @final] of @table (of @level, little-endian) are all empty, or
 * are leaves of which each is the next one's neighbour in physical memory and like it in all else:
 * a multiple of the entries of a CONT group, from an aligned one on. 0 if there are fewer than
 * that.
 */
size_t hr_count_alike(const struct hr_geometry *geo, int level, const uint64_t *table, size_t index,
		      size_t final);

#endif
