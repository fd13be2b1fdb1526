// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/vmemmap.h"

static unsigned int ceil_log2(uint64_t value)
{
	unsigned int bits = 0;

	while (UINT64_C(1) << bits < value)
		bits++;
	return bits;
}

void hr_vmemmap_place(const struct hr_geometry *geo, uint64_t struct_page_size,
		      enum hr_vmemmap_form form, uint64_t *ret_start, uint64_t *ret_end)
{
	unsigned int min_bits = hr_geometry_va_bits_min(geo->page_shift, geo->va_bits);
	/* The size of the linear map at the smallest VA width. */
	uint64_t size = (UINT64_C(1) << geo->va_bits) - (UINT64_C(1) << (min_bits - 1));
	unsigned int shift = geo->page_shift - ceil_log2(struct_page_size);

	switch (form) {
	case HR_VMEMMAP_BELOW_2M:
		*ret_end = -UINT64_C(0x200000);
		*ret_start = *ret_end - (size >> shift);
		break;
	case HR_VMEMMAP_POWER_OF_TWO:
		*ret_start = -(UINT64_C(1) << (geo->va_bits - shift));
		*ret_end = *ret_start + (size >> shift);
		break;
	case HR_VMEMMAP_BELOW_1G:
	case HR_VMEMMAP_FORMS:
		*ret_end = -UINT64_C(0x40000000);
		*ret_start = *ret_end - (size >> geo->page_shift) * struct_page_size;
		break;
	}
}
