// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/kernel_memory.h"

#include <endian.h>
#include <inttypes.h>

struct hr_error *hr_kernel_read(const struct hr_layout *layout, const struct hr_memory *memory,
				uint64_t va, void *buffer, size_t len)
{
	uint64_t pa;

	if (!hr_layout_pa_of_va(layout, va, &pa))
		return hr_error_new(
			HR_ERROR_UNREADABLE,
			"0x%" PRIx64 " is no address of the kernel's image or linear map", va);
	return hr_memory_read(memory, pa, buffer, len);
}

struct hr_error *hr_kernel_read_u64(const struct hr_layout *layout, const struct hr_memory *memory,
				    uint64_t va, uint64_t *ret)
{
	struct hr_error *error = hr_kernel_read(layout, memory, va, ret, sizeof(*ret));

	*ret = error ? 0 : le64toh(*ret);
	return error;
}
