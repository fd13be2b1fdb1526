/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The syntax of ranges on the command line: START-END, START+SIZE, memoryN. */
#ifndef HR_RANGE_SPEC_H
#define HR_RANGE_SPEC_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stdint.h>

struct hr_range_spec {
	bool is_block; /* memoryN: @block, whose address depends on the memory block size */
	bool has_end;  /* START-END, whose END may turn out to look exclusive */
	uint64_t block;
	uint64_t start; /* first byte */
	uint64_t last;	/* last byte, inclusive */
};

/*
 * Parse @text. Numbers are 0x hex or decimal; a SIZE may have a suffix K, M, G or T (binary). Error
 * HR_ERROR_USAGE: not a range, a START after its END, a size of 0, a wrap past 2^64, or an END that
 * would be exclusive for any page size.
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

/* Parse all of @text as a number as above; with @suffix also K, M, G and T. */
bool hr_number_parse(const char *text, bool suffix, uint64_t *ret);

#endif
