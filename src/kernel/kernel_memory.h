/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory by kernel address: of the image and of the linear map, without a walk. */
#ifndef HR_KERNEL_MEMORY_H
#define HR_KERNEL_MEMORY_H

#include "base/memory.h"
#include "kernel/layout.h"

/*
 * Read @len bytes at the kernel address @va. Error HR_ERROR_UNREADABLE: it is neither in the image
 * nor in the linear map, or not in the source.
 */
struct hr_error *hr_kernel_read(const struct hr_layout *layout, const struct hr_memory *memory,
				uint64_t va, void *buffer, size_t len);

/* Read a little-endian number at @va. */
struct hr_error *hr_kernel_read_u64(const struct hr_layout *layout, const struct hr_memory *memory,
				    uint64_t va, uint64_t *ret);

#endif
