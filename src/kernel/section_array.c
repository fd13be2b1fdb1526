// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/section_array.h"

enum {
	BITS_1G = 30,
	BITS_LEAST = 27,
};

/* A section holds at least a PMD leaf, the largest block of the buddy allocator (sparsemem.h). */
unsigned int hr_section_bits_of(enum hr_section_size size, const struct hr_geometry *geo)
{
	unsigned int pmd = hr_level_shift(geo, HR_LEVEL_PMD);

	if (size == HR_SECTION_SIZE_1G)
		return BITS_1G;
	return pmd > BITS_LEAST ? pmd : BITS_LEAST;
}

bool hr_section_bits_are_usual(unsigned int bits)
{
	return bits == 27 || bits == 29 || bits == 30;
}

/*
 * log2 of the number of sections that the array has room for. Returns false if that number is not a
 * power of two.
 */
static bool count_bits(const struct hr_section_array *array, unsigned int *ret)
{
	uint64_t per_root = array->struct_size ? array->page_size / array->struct_size : 0, count;

	if (!per_root || array->roots > UINT64_MAX / per_root)
		return false;
	count = array->roots * per_root;
	if (!count || count & (count - 1))
		return false;
	*ret = (unsigned int)__builtin_ctzll(count);
	return true;
}

bool hr_section_array_bits(const struct hr_section_array *array, uint64_t *ret)
{
	const unsigned int widths[] = { array->pa_bits, 48, 52 };
	unsigned int count;

	if (!count_bits(array, &count))
		return false;
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		unsigned int bits = widths[i] > count ? widths[i] - count : 0;

		*ret = bits;
		if (array->is_exact)
			return bits >= HR_SECTION_BITS_MIN && bits <= HR_SECTION_BITS_MAX;
		if (hr_section_bits_are_usual(bits))
			return true;
	}
	return false;
}
