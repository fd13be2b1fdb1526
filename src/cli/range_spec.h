/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The syntax of ranges: START-END, START+SIZE, memory blocks by name or path, and lines of
 * /proc/iomem and lsmem.
 */
#ifndef HR_RANGE_SPEC_H
#define HR_RANGE_SPEC_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stdint.h>

struct hr_range_spec {
	/* All memory of a device or of a node, which only the system knows; NULL: of none. */
	const char *device;
	bool is_node;
	int node;
	/* Memory blocks, whose addresses depend on the memory block size: @block to @last_block. */
	bool is_block;
	bool has_end; /* START-END, whose END may turn out to look exclusive */
	uint64_t block, last_block;
	uint64_t start; /* first byte */
	uint64_t last;	/* last byte, inclusive */
};

/*
 * Parse @text, which hr_range_text_clean() has made plain. Numbers are those of cli/number.h; in a
 * line of /proc/iomem they are hexadecimal. Error HR_ERROR_USAGE: not a range, a number that can be
 * meant as decimal or hexadecimal, a START after its END, a size of 0, a wrap past 2^64, or an END
 * that would be exclusive for any page size.
 */
struct hr_error *hr_range_spec_parse(const char *text, struct hr_range_spec *ret);

/* Limits of the kernel for which ranges are resolved; sizes in bytes. */
struct hr_range_limits {
	uint64_t page_size;
	uint64_t memory_block_size;
	unsigned int pa_bits;
};

/*
 * The bytes [*@ret_start, *@ret_end) that @spec means. Error HR_ERROR_USAGE: an END that is a
 * multiple of the page size, or an address beyond the physical address width.
 */
struct hr_error *hr_range_spec_resolve(const struct hr_range_spec *spec,
				       const struct hr_range_limits *limits, uint64_t *ret_start,
				       uint64_t *ret_end);

#endif
