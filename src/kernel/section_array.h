/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the length of the array of section roots says about the size of a section. */
#ifndef HR_SECTION_ARRAY_H
#define HR_SECTION_ARRAY_H

#include "arch/geometry.h"

/* log2 of the possible sizes: a section is smaller than the smallest physical address space. */
enum {
	HR_SECTION_BITS_MIN = 21,
	HR_SECTION_BITS_MAX = 31
};

/* The section sizes that kernels have. */
enum hr_section_size {
	HR_SECTION_SIZE_1G,	    /* up to 5.11 */
	HR_SECTION_SIZE_BY_GRANULE, /* 5.12 on: 128 MiB, 512 MiB with 64K pages */
};

struct hr_section_array {
	uint64_t page_size;   /* bytes; a root fills one page */
	uint64_t roots;	      /* LENGTH(mem_section): entries of the array */
	uint64_t struct_size; /* SIZE(mem_section): bytes of a struct mem_section */
	unsigned int pa_bits; /* width of physical addresses of the running kernel */
	bool is_exact;	      /* the kernel was built for exactly @pa_bits */
};

/* log2 of a section in bytes with tables of @geo. */
unsigned int hr_section_bits_of(enum hr_section_size size, const struct hr_geometry *geo);

/* Has arm64 had sections of 2^@bits bytes? 30 up to 5.11; since then 27, and 29 with 64K pages. */
bool hr_section_bits_are_usual(unsigned int bits);

/*
 * log2 of a section's size in bytes, from the number of sections that @array has room for:
 * NR_SECTION_ROOTS * SECTIONS_PER_ROOT is 2^(MAX_PHYSMEM_BITS - SECTION_SIZE_BITS) (mmzone.h, 5.4
 * to 7.3, with SPARSEMEM_EXTREME, which arm64 selects). If the width that the kernel was built for
 * is unknown, 48 and 52 are tried, and one of them must give a usual size. Returns false if the
 * values do not fit together.
 */
bool hr_section_array_bits(const struct hr_section_array *array, uint64_t *ret);

#endif
