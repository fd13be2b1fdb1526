// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/kernel_steps.h"

/* The facts that come from the layout. */
static struct hr_facts layout_facts(const struct hr_kernel *kernel)
{
	const struct hr_layout *layout = &kernel->layout;
	const struct hr_geometry *geo = &layout->geo;

	return (struct hr_facts){
		.release = layout->release[0] ? layout->release : NULL,
		.page_size = hr_page_size(geo),
		.va_bits = geo->va_bits,
		.va_bits_actual = geo->va_bits_actual,
		.levels = hr_live_levels(geo),
		.pa_bits = layout->pa_bits,
		.lpa2 = geo->lpa2,
		.has_phys_offset = kernel->has_phys_offset,
		.has_kimage_voffset = layout->has_kimage_voffset,
		.has_swapper_pa = !kernel->config.ptdump,
		.has_sections = kernel->sections != NULL,
		.page_offset = layout->page_offset,
		.phys_offset = layout->phys_offset,
		.kimage_voffset = layout->kimage_voffset,
		.swapper_pa = layout->swapper_pa,
		.vmemmap_start = layout->vmemmap_start,
		.struct_page_size = layout->struct_page_size,
		.section_size = hr_section_size(layout),
		.memory_block_size = kernel->memory_block_size,
	};
}

void hr_kernel_state_facts(struct hr_kernel *kernel)
{
	const struct hr_models *models = &kernel->models;
	struct hr_facts *facts = &kernel->facts;

	*facts = layout_facts(kernel);
	facts->no_hotremove = kernel->no_hotremove;
	facts->tlbi_range = kernel->features.tlbi_range;
	facts->repeat_tlbi = kernel->features.repeat_tlbi;
	facts->teardown = models->teardown;
	facts->flush = models->flush;
	facts->guard = models->guard;
	facts->teardown_from = models->teardown_from;
	facts->flush_from = models->flush_from;
	facts->guard_from = models->guard_from;
	facts->root_flush = kernel->tlbi.root_flush;
}

const struct hr_facts *hr_kernel_facts(const struct hr_kernel *kernel)
{
	return &kernel->facts;
}
