// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/address.h"

#include <endian.h>
#include <inttypes.h>

#include "arch/pointer.h"

bool hr_layout_has_linear(const struct hr_layout *layout, uint64_t pa)
{
	uint64_t offset = pa - layout->phys_offset;
	uint64_t unusable =
		(UINT64_C(1) << layout->geo.va_bits) - (UINT64_C(1) << layout->geo.va_bits_actual);

	return offset >= unusable && offset < layout->linear_end - layout->page_offset;
}

uint64_t hr_layout_linear_va(const struct hr_layout *layout, uint64_t pa)
{
	return (pa - layout->phys_offset) | layout->page_offset;
}

uint64_t hr_layout_linear_pa(const struct hr_layout *layout, uint64_t va)
{
	return va - layout->page_offset + layout->phys_offset;
}

uint64_t hr_layout_vmemmap_used(const struct hr_layout *layout)
{
	uint64_t unused = hr_half_base(&layout->geo) - layout->page_offset;

	return layout->vmemmap_start +
	       (unused >> layout->geo.page_shift) * layout->struct_page_size;
}

bool hr_layout_pa_of_va(const struct hr_layout *layout, uint64_t va, uint64_t *ret_pa)
{
	va = hr_untagged(va);
	if (va < layout->page_offset)
		return false;
	if (va < layout->linear_end) {
		*ret_pa = hr_layout_linear_pa(layout, va);
		return true;
	}
	if (!layout->has_kimage_voffset || va >= hr_layout_vmemmap_used(layout) ||
	    (va - layout->kimage_voffset) >> HR_PA_BITS_MAX)
		return false;
	*ret_pa = va - layout->kimage_voffset;
	return true;
}

uint64_t hr_layout_page_va(const struct hr_layout *layout, uint64_t pfn)
{
	unsigned int shift = layout->geo.page_shift;
	uint64_t base_pfn = (uint64_t)((int64_t)layout->phys_offset >> shift);

	return layout->vmemmap_start + (pfn - base_pfn) * layout->struct_page_size;
}

struct hr_error *hr_kernel_read(const struct hr_layout *layout, const struct hr_memory *memory,
				uint64_t va, void *buffer, size_t len)
{
	uint64_t pa;

	if (!hr_layout_pa_of_va(layout, va, &pa))
		return hr_error_new(
			HR_ERROR_UNREADABLE,
			"0x%" PRIx64 " is not an address of the kernel's image or linear map", va);
	return hr_memory_read(memory, pa, buffer, len);
}

bool hr_kernel_try_read(const struct hr_layout *layout, const struct hr_memory *memory, uint64_t va,
			void *buffer, size_t len)
{
	struct hr_error *error = hr_kernel_read(layout, memory, va, buffer, len);

	hr_error_destroy(error);
	return !error;
}

struct hr_error *hr_kernel_read_u64(const struct hr_layout *layout, const struct hr_memory *memory,
				    uint64_t va, uint64_t *ret)
{
	struct hr_error *error = hr_kernel_read(layout, memory, va, ret, sizeof(*ret));

	*ret = error ? 0 : le64toh(*ret);
	return error;
}
