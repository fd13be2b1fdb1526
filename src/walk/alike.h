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

#endif
