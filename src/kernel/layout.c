// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/layout.h"

#include <inttypes.h>

#include "kernel/layout_steps.h"
#include "kernel/release_table.h"

/*
 * T1SZ decides. Without it, a kernel of at most 48 bits runs with the width that it was built for.
 */
static struct hr_error *find_va_bits_actual(const struct hr_layout_input *input, uint64_t va_bits,
					    uint64_t *ret)
{
	enum hr_override_key key = HR_OVERRIDE_VA_BITS_ACTUAL;
	bool found;
	struct hr_error *error = hr_layout_optional(input, key, &found, ret);

	if (error || found)
		return error;
	if (va_bits > 48)
		return hr_layout_required(input, key, ret);
	*ret = va_bits;
	return NULL;
}

static struct hr_error *find_geometry(const struct hr_layout_input *input, struct hr_layout *layout)
{
	struct hr_geometry *geo = &layout->geo;
	uint64_t page_size, va_bits, va_bits_actual;
	struct hr_error *error = hr_layout_required(input, HR_OVERRIDE_PAGE_SIZE, &page_size);

	if (!error)
		error = hr_layout_required(input, HR_OVERRIDE_VA_BITS, &va_bits);
	if (!error)
		error = find_va_bits_actual(input, va_bits, &va_bits_actual);
	if (!error)
		error = hr_geometry_init(page_size, va_bits, va_bits_actual, geo);
	if (error)
		return hr_error_context(error, "cannot tell the page table geometry");
	if (input->overrides->set[HR_OVERRIDE_LPA2])
		hr_geometry_set_lpa2(geo, input->overrides->value[HR_OVERRIDE_LPA2]);
	return NULL;
}

/* MAX_PHYSMEM_BITS, see enum hr_pa_bits_form. Without it, use what the descriptors can hold. */
static struct hr_error *find_pa_bits(const struct hr_layout_input *input, struct hr_layout *layout)
{
	uint64_t bits;
	bool found;
	struct hr_error *error =
		hr_vmcoreinfo_number(input->note, "NUMBER(MAX_PHYSMEM_BITS)", &found, &bits);

	if (error)
		return error;
	layout->has_pa_bits = found;
	if (!found)
		bits = layout->geo.address.pa_bits;
	if (bits < 32 || bits > HR_PA_BITS_MAX)
		return hr_error_new(HR_ERROR_INPUT,
				    "VMCOREINFO says MAX_PHYSMEM_BITS=%" PRIu64
				    ", which no arm64 kernel has",
				    bits);
	layout->pa_bits = (unsigned int)bits;
	return NULL;
}

static uint64_t page_end(const struct hr_layout *layout)
{
	const struct hr_geometry *geo = &layout->geo;
	unsigned int bits = geo->va_bits_actual;

	if (hr_release_trait(&layout->version, HR_TRAIT_LINEAR_END) == HR_LINEAR_END_BY_LEAST)
		bits = hr_geometry_va_bits_min(geo->page_shift, geo->va_bits);
	return -(UINT64_C(1) << (bits - 1));
}

/* PHYS_OFFSET is the start of DRAM, rounded down to at least the alignment of a leaf or section. */
static struct hr_error *check_phys_offset(const struct hr_layout_input *input,
					  const struct hr_layout *layout)
{
	uint64_t phys_offset = layout->phys_offset;

	if (input->overrides->set[HR_OVERRIDE_PHYS_OFFSET] || !(phys_offset % HR_PHYS_OFFSET_ALIGN))
		return NULL;
	return hr_error_new(HR_ERROR_INPUT,
			    "VMCOREINFO says PHYS_OFFSET=0x%" PRIx64
			    ", which no arm64 kernel has: it is not a multiple of 512 MiB",
			    phys_offset);
}

static struct hr_error *find_linear_map(const struct hr_layout_input *input,
					struct hr_layout *layout)
{
	struct hr_error *error;

	layout->page_offset = -(UINT64_C(1) << layout->geo.va_bits);
	layout->linear_end = page_end(layout);
	error = hr_layout_required(input, HR_OVERRIDE_PHYS_OFFSET, &layout->phys_offset);
	return error ? error : check_phys_offset(input, layout);
}

static bool is_page(const struct hr_layout *layout, uint64_t pa)
{
	return !(pa >> HR_PA_BITS_MAX) && !(pa & (hr_page_size(&layout->geo) - 1));
}

static struct hr_error *find_swapper(const struct hr_layout_input *input, struct hr_layout *layout)
{
	enum hr_override_key key = HR_OVERRIDE_SWAPPER_PA;
	struct hr_error *error =
		hr_layout_optional(input, HR_OVERRIDE_KIMAGE_VOFFSET, &layout->has_kimage_voffset,
				   &layout->kimage_voffset);

	if (error)
		return error;
	error = hr_layout_required(input, key, &layout->swapper_pa);
	if (error)
		return error;
	if (!input->overrides->set[key]) {
		error = hr_layout_required(input, HR_OVERRIDE_KIMAGE_VOFFSET,
					   &layout->kimage_voffset);
		if (error)
			return error;
		layout->swapper_pa -= layout->kimage_voffset;
	}
	if (is_page(layout, layout->swapper_pa))
		return NULL;
	if (input->overrides->set[key])
		return hr_error_new(HR_ERROR_INPUT, "{swapper_pa=0x%" PRIx64 "} is not a page",
				    layout->swapper_pa);
	return hr_error_new(
		HR_ERROR_INPUT,
		"VMCOREINFO contradicts itself: swapper_pg_dir minus kimage_voffset is 0x%" PRIx64
		", which is not a page",
		layout->swapper_pa);
}

static struct hr_error *find_struct_page(const struct hr_layout_input *input,
					 struct hr_layout *layout)
{
	uint64_t *size = &layout->struct_page_size;
	struct hr_error *error = hr_layout_required(input, HR_OVERRIDE_STRUCT_PAGE_SIZE, size);

	if (error)
		return error;
	if (!hr_is_struct_page_size(*size))
		return hr_error_new(HR_ERROR_INPUT,
				    "no kernel has a struct page of %" PRIu64 " bytes", *size);
	return NULL;
}

static struct hr_error *find_uts(const struct hr_layout_input *input, struct hr_layout *layout)
{
	static const char *const keys[] = { "SYMBOL(init_uts_ns)", "OFFSET(uts_namespace.name)" };
	uint64_t offset = 0;
	uint64_t *const values[] = { &layout->uts_va, &offset };
	struct hr_error *error = hr_layout_find_all(input->note, 2, keys, values, &layout->has_uts);

	layout->uts_va += offset;
	return error;
}

static struct hr_error *find_release(const struct hr_layout_input *input, struct hr_layout *layout)
{
	const char *release = input->overrides->release;

	if (!release)
		release = hr_vmcoreinfo_get(input->note, "OSRELEASE");
	hr_release_sanitize(layout->release, sizeof(layout->release), release ? release : "");
	layout->version = hr_release_parse(layout->release, NULL);
	if (hr_release_trait(&layout->version, HR_TRAIT_LINEAR_END) == HR_LINEAR_END_UNKNOWN)
		return hr_error_new(
			HR_ERROR_INPUT,
			"kernel %s is older than 5.4: its address space layout is not supported",
			layout->release);
	return NULL;
}

struct hr_error *hr_layout_init(const struct hr_vmcoreinfo *note,
				const struct hr_overrides *overrides, struct hr_layout *ret)
{
	static struct hr_error *(*const steps[])(const struct hr_layout_input *,
						 struct hr_layout *) = {
		find_release,
		hr_layout_check_missing,
		find_geometry,
		find_pa_bits,
		find_linear_map,
		find_swapper,
		find_struct_page,
		hr_layout_find_section_size,
		hr_layout_find_vmemmap,
		hr_layout_find_mem_section,
		find_uts,
	};
	const struct hr_layout_input input = { note, overrides };
	struct hr_layout layout = { 0 };

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct hr_error *error = steps[i](&input, &layout);

		if (error)
			return error;
	}
	*ret = layout;
	return NULL;
}
