// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/kernel_steps.h"
#include "api/kernel_views.h"
#include "kernel/by_pages.h"
#include "map/mapping.h"

/* The rule of the kernel that is in memory. That of a newer release may have changed. */
static enum hr_by_pages own_rule(const struct hr_kernel *kernel)
{
	const struct hr_models models = hr_models_of_release(&kernel->layout.version);
	enum hr_by_pages rule = hr_by_pages_of_symbols(kernel->symbols);

	if (models.newer)
		return HR_BY_PAGES_UNKNOWN;
	return rule ? rule : models.by_pages;
}

/* How boot memory shows that memory is added. Up to 6.4, pages may be there for crashkernel=. */
static enum hr_mapping seen_at_boot(const struct hr_kernel *kernel,
				    const struct hr_machine *machine)
{
	const struct hr_release *version = &kernel->layout.version;
	enum hr_mapping mapping = hr_mapping_of_boot(machine);

	if (mapping == HR_MAPPING_PAGES && (!version->known || hr_release_is_before(version, 6, 5)))
		return HR_MAPPING_UNKNOWN;
	return mapping;
}

/* Look at the memory and the variables of the kernel, once, before anything is predicted. */
static const struct hr_mapping_evidence *look(struct hr_kernel *kernel)
{
	const struct hr_machine machine = hr_kernel_machine(kernel);
	struct hr_mapping_evidence *evidence = &kernel->mapping_evidence;
	enum hr_mapping by_settings;

	if (evidence->has_looked)
		return evidence;
	evidence->has_looked = true;
	evidence->rule = own_rule(kernel);
	evidence->settings =
		hr_page_settings_read(&kernel->layout, &kernel->memory, kernel->symbols);
	evidence->bbml2 = evidence->settings.bbml2;
	evidence->seen = hr_mapping_of_added(&machine);
	if (!evidence->seen)
		evidence->seen = seen_at_boot(kernel, &machine);
	by_settings = hr_by_pages_mapping(evidence->rule, &evidence->settings);
	evidence->found = evidence->seen ? evidence->seen : by_settings;
	/* No kernel makes larger leaves where it wants pages; but others may have split them. */
	evidence->differs = evidence->seen == HR_MAPPING_PAGES && by_settings == HR_MAPPING_BLOCKS;
	hr_by_pages_learn(evidence->rule, evidence->seen, &evidence->settings);
	return evidence;
}

/* What the evidence says about the kernel that answers. */
static enum hr_mapping find(const struct hr_kernel *kernel,
			    const struct hr_mapping_evidence *evidence,
			    enum hr_model_source *ret_from)
{
	enum hr_by_pages rule = kernel->is_other ? kernel->models.by_pages : evidence->rule;
	enum hr_mapping mapping = evidence->found;

	if (evidence->differs)
		return HR_MAPPING_UNKNOWN;
	if (kernel->is_other)
		mapping = hr_by_pages_mapping(rule, &evidence->settings);
	*ret_from = evidence->seen ? HR_MODEL_FROM_TABLES : HR_MODEL_FROM_SYMBOLS;
	/* What is known of this kernel contradicts the default, or may do so for another one. */
	if (mapping || evidence->found)
		return mapping;
	*ret_from = HR_MODEL_FROM_RELEASE;
	return hr_by_pages_default(rule, &evidence->settings);
}

enum hr_mapping hr_kernel_mapping(struct hr_kernel *kernel, enum hr_model_source *ret_from)
{
	const struct hr_mapping_evidence *evidence = look(kernel);
	enum hr_mapping mapping = kernel->config.mapping;

	*ret_from = HR_MODEL_FROM_OPTION;
	if (!mapping)
		mapping = find(kernel, evidence, ret_from);
	if (!mapping)
		*ret_from = HR_MODEL_FROM_UNKNOWN;
	return mapping;
}

enum hr_tristate hr_kernel_bbml2_noabort(struct hr_kernel *kernel)
{
	return look(kernel)->bbml2;
}
