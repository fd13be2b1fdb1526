/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses of one kernel: physical, linear map, image and vmemmap addresses. Also reads memory at
 * such an address without a walk.
 */
#ifndef HR_ADDRESS_H
#define HR_ADDRESS_H

#include <hotremove/hotremove.h>

#include "base/memory.h"
#include "kernel/layout.h"

/* Is the physical address @pa inside the linear map? */
bool hr_layout_has_linear(const struct hr_layout *layout, uint64_t pa);

/*
 * Linear map address of @pa: (pa - memstart) modulo 2^64, OR PAGE_OFFSET (an OR in every kernel
 * from 5.10 to 7.3; memory.h). Meaningful only if hr_layout_has_linear() is true.
 */
uint64_t hr_layout_linear_va(const struct hr_layout *layout, uint64_t pa);

/* Physical address of @va in the linear map; the inverse of hr_layout_linear_va(). */
uint64_t hr_layout_linear_pa(const struct hr_layout *layout, uint64_t va);

/*
 * Physical address of a linear map or kernel image address @va; false if it is neither. A pointer
 * that was read from the kernel's memory may have a tag (arch/pointer.h), which does not count.
 */
bool hr_layout_pa_of_va(const struct hr_layout *layout, uint64_t va, uint64_t *ret_pa);

/*
 * VA of the first struct page that the vmemmap can have. A kernel built for 52 VA bits that runs
 * with fewer has no struct pages for memory that it cannot map, and its image may lie between
 * VMEMMAP_START and this address.
 */
uint64_t hr_layout_vmemmap_used(const struct hr_layout *layout);

/* VA of the struct page of @pfn (pfn_to_page(); memory.h, pgtable.h, 5.10 to 7.3). */
uint64_t hr_layout_page_va(const struct hr_layout *layout, uint64_t pfn);

/*
 * Read @len bytes at the kernel address @va. Error HR_ERROR_UNREADABLE: the address is neither in
 * the image nor in the linear map, or the source does not have it.
 */
struct hr_error *hr_kernel_read(const struct hr_layout *layout, const struct hr_memory *memory,
				uint64_t va, void *buffer, size_t len);

/* The same where the reason does not matter. Returns false if it cannot be read. */
bool hr_kernel_try_read(const struct hr_layout *layout, const struct hr_memory *memory, uint64_t va,
			void *buffer, size_t len);

/* Read a little-endian number at @va. */
struct hr_error *hr_kernel_read_u64(const struct hr_layout *layout, const struct hr_memory *memory,
				    uint64_t va, uint64_t *ret);

#endif
