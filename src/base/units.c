// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/units.h"

#include <inttypes.h>
#include <stdio.h>

struct hr_size_text hr_size_text(uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };
	struct hr_size_text size;
	unsigned int unit = 0;

	while (bytes && bytes % 1024 == 0 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		bytes /= 1024;
		unit++;
	}
	snprintf(size.text, sizeof(size.text), "%" PRIu64 " %s", bytes, units[unit]);
	return size;
}

struct hr_count_text hr_count_text(uint64_t count, const char *one, const char *many)
{
	struct hr_count_text ret;

	snprintf(ret.text, sizeof(ret.text), "%" PRIu64 " %s", count, count == 1 ? one : many);
	return ret;
}

struct hr_range_text hr_range_text(uint64_t start, uint64_t end)
{
	struct hr_range_text range;

	snprintf(range.text, sizeof(range.text), "0x%" PRIx64 "-0x%" PRIx64, start, end - 1);
	return range;
}

struct hr_name_text hr_block_name(uint64_t start, uint64_t block_size)
{
	struct hr_name_text name;

	snprintf(name.text, sizeof(name.text), "memory%" PRIu64, start / block_size);
	return name;
}
