/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes, counts, ranges and memory blocks as text. */
#ifndef HR_UNITS_H
#define HR_UNITS_H

#include <stdint.h>

/* Room for any formatted size. */
struct hr_size_text {
	char text[32];
};

/* @bytes in the largest binary unit that divides it: "1 GiB", "1152 MiB", "4097 B". */
struct hr_size_text hr_size_text(uint64_t bytes);

/* Room for any count and a noun of up to 40 characters. */
struct hr_count_text {
	char text[64];
};

/* @count with its noun, of which @one is the singular: "1 leaf", "0 leaves", "2 leaves". */
struct hr_count_text hr_count_text(uint64_t count, const char *one, const char *many);

/* Room for two addresses. */
struct hr_range_text {
	char text[48];
};

/* The bytes [@start, @end) as "0x88000000-0x8fffffff", as in /proc/iomem. */
struct hr_range_text hr_range_text(uint64_t start, uint64_t end);

/* Room for the name of any memory block. */
struct hr_name_text {
	char text[32];
};

/* The sysfs name of the memory block at @start, "memory17"; @block_size is in bytes. */
struct hr_name_text hr_block_name(uint64_t start, uint64_t block_size);

#endif
