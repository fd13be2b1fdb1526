/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where kernels place the vmemmap. The formula has changed between versions. */
#ifndef HR_VMEMMAP_H
#define HR_VMEMMAP_H

#include "arch/geometry.h"

/* How kernels have placed the vmemmap. */
enum hr_vmemmap_form {
	HR_VMEMMAP_BELOW_2M,	 /* up to 5.10: it ends 2 MiB below the top */
	HR_VMEMMAP_POWER_OF_TWO, /* 5.11 to 6.8: it begins at a power of two */
	HR_VMEMMAP_BELOW_1G,	 /* 6.9 on: it ends 1 GiB below the top */
	HR_VMEMMAP_FORMS,
};

/*
 * The VAs of VMEMMAP_START and VMEMMAP_END (exclusive) with a struct page of @struct_page_size
 * bytes.
 */
void hr_vmemmap_place(const struct hr_geometry *geo, uint64_t struct_page_size,
		      enum hr_vmemmap_form form, uint64_t *ret_start, uint64_t *ret_end);

#endif
