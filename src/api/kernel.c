// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/kernel.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/address.h"
#include "kernel/kernel_btf.h"
#include "kernel/release_table.h"
#include "kernel/root_table.h"
#include "kernel/struct_pages.h"
#include "kernel/vmemmap_index.h"
#include "ptdump/ptdump_kernel.h"
#include "walk/walker.h"

/* struct new_utsname: six fields of this size, of which these are the third and fourth. */
enum {
	UTS_FIELD = 65,
	UTS_RELEASE = 2,
	UTS_VERSION = 3
};

void hr_kernel_warn(struct hr_kernel *kernel, const char *text)
{
	for (size_t i = 0; i < kernel->warning_count; i++)
		if (!strcmp(kernel->warnings[i], text))
			return;
	if (kernel->warning_count < HR_WARNINGS_MAX)
		kernel->warnings[kernel->warning_count++] = text;
}

static struct hr_error *name_source(const struct hr_kernel *kernel, struct hr_error *error)
{
	const char *name = kernel->config.name;

	return error && name ? hr_error_context(error, "%s", name) : error;
}

static struct hr_error *load_note(struct hr_kernel *kernel)
{
	const struct hr_config *config = &kernel->config;
	struct hr_error *error;

	if (!config->vmcoreinfo)
		return NULL;
	error = hr_vmcoreinfo_create(config->vmcoreinfo, config->vmcoreinfo_len, &kernel->note);
	if (error && config->vmcoreinfo_of)
		return hr_error_context(error, "%s", config->vmcoreinfo_of);
	return name_source(kernel, error);
}

/* A field of the kernel's name in its memory; false if it cannot be read. */
static bool read_uts(const struct hr_kernel *kernel, uint64_t field, char ret[UTS_FIELD + 1])
{
	const struct hr_layout *layout = &kernel->layout;
	struct hr_error *error;
	uint64_t pa;

	ret[0] = ret[UTS_FIELD] = '\0';
	if (!layout->has_uts ||
	    !hr_layout_pa_of_va(layout, layout->uts_va + field * UTS_FIELD, &pa))
		return false;
	error = hr_memory_read(&kernel->memory, pa, ret, UTS_FIELD);
	if (!error)
		return true;
	hr_error_destroy(error);
	ret[0] = '\0';
	return false;
}

static const char warn_release[] = "VMCOREINFO is of another release than the kernel in memory: "
				   "what goes by the release may be "
				   "wrong (--kernel-release overrides)";

/* The release in the kernel's memory is the note's, and stands in for one that tells nothing. */
static void check_release(struct hr_kernel *kernel)
{
	struct hr_layout *layout = &kernel->layout;
	char text[UTS_FIELD + 1], release[sizeof(layout->release)];

	if (!read_uts(kernel, UTS_RELEASE, text) || !hr_release_parse(text, NULL).known)
		return;
	hr_release_sanitize(release, sizeof(release), text);
	if (!layout->version.known) {
		memcpy(layout->release, release, sizeof(release));
		layout->version = hr_release_parse(layout->release, NULL);
	}
	if (strcmp(release, layout->release) && !kernel->config.vmcoreinfo_of)
		hr_kernel_warn(kernel, warn_release);
}

/* Debian's build string tells the point release that its release string may not. */
static void find_point_release(struct hr_kernel *kernel)
{
	struct hr_layout *layout = &kernel->layout;
	char version[UTS_FIELD + 1];

	if (kernel->config.overrides.release)
		return;
	check_release(kernel);
	if (read_uts(kernel, UTS_VERSION, version))
		layout->version = hr_release_parse(layout->release, version);
}

/*
 * Can this kernel remove memory? Symbols are the evidence, but their names are proven up to the
 * newest release that was studied, and a release that the user gives beats what was found.
 */
static void choose_hotremove(struct hr_kernel *kernel)
{
	const struct hr_models *models = &kernel->models;
	enum hr_tristate hotremove = kernel->features.hotremove;

	if (kernel->layout.version.known && !models->newer && hotremove == HR_NO)
		kernel->no_hotremove = "this kernel cannot remove memory: by its symbols it was "
				       "built without CONFIG_MEMORY_HOTREMOVE";
	else if (models->no_hotremove && (hotremove != HR_YES || kernel->config.overrides.release))
		kernel->no_hotremove = "this kernel cannot remove memory: arm64 has memory "
				       "hot-remove since 5.7";
}

static const char warn_guard_backport[] =
	"the leaf check is assumed to look at the right range: this kernel has it by its symbols, "
	"and its release does not tell which one it looks at (--assume=guard=... overrides)";

/*
 * Is a leaf check that the symbols show not the one that the table of releases has? It is a
 * backport then, and most likely one that works. A distribution's kernel from 7.1 on has it from
 * there, and may look at either range: that stays open.
 */
static bool is_backport(const struct hr_kernel *kernel)
{
	const struct hr_release *version = &kernel->layout.version;
	const struct hr_models *models = &kernel->models;

	if (models->guard == HR_GUARD_UNKNOWN)
		return !models->newer && (!version->known || (version->distro == HR_DISTRO_OTHER &&
							      !models->may_check));
	return models->guard == HR_GUARD_NONE;
}

/* A kernel's symbols tell whether it checks leaves; which range it checks, only its release. */
static void choose_guard(struct hr_kernel *kernel)
{
	struct hr_models *models = &kernel->models;
	enum hr_tristate leaf_check = kernel->features.leaf_check;
	bool none = leaf_check == HR_NO ||
		    (kernel->no_hotremove && kernel->features.hotremove == HR_NO);

	if (none && !models->newer) {
		models->guard = HR_GUARD_NONE;
		models->guard_from = HR_MODEL_FROM_SYMBOLS;
	}
	if (leaf_check == HR_YES && is_backport(kernel)) {
		models->guard = HR_GUARD_REQUESTED;
		models->guard_from = HR_MODEL_FROM_SYMBOLS;
		if (!kernel->config.guard)
			hr_kernel_warn(kernel, warn_guard_backport);
	}
}

/* What is built from a git tree behind the newest release may still be of that series. */
static const char *is_or_may_be(const struct hr_release *release)
{
	struct hr_release oldest;

	hr_release_of_span(release, 0, &oldest);
	return hr_models_of_release(&oldest).newer ? "is" : "may be";
}

/* Nothing is proven of a kernel that is newer than the tables, and no verdict may rest on it. */
static void see_to_newer(struct hr_kernel *kernel)
{
	const char *release = kernel->layout.release;
	const char *verb = is_or_may_be(&kernel->layout.version);
	const struct hr_branch_text newest = hr_release_newest();

	if (!kernel->models.newer)
		return;
	snprintf(kernel->newer_warning, sizeof(kernel->newer_warning),
		 "kernel %s %s newer than %s, the newest that this program was proven on: the plan "
		 "is that of %s%s",
		 release, verb, newest.text, newest.text,
		 kernel->models.guard ? ""
				      : ", and what the kernel's check does is not known "
					"(--assume=guard=... or --kernel-release=... sets it)");
	hr_kernel_warn(kernel, kernel->newer_warning);
	if (kernel->models.guard)
		return;
	snprintf(kernel->newer_reason, sizeof(kernel->newer_reason),
		 "kernel %s %s newer than %s: whether it would take this memory offline is not "
		 "known (--assume=guard=... or --kernel-release=... decides)",
		 release, verb, newest.text);
	kernel->guard_unproven = kernel->newer_reason;
}

/* What the user says beats what was found. */
static void apply_assumptions(struct hr_kernel *kernel)
{
	const struct hr_config *config = &kernel->config;
	struct hr_models *models = &kernel->models;

	if (config->teardown) {
		models->teardown = config->teardown;
		models->teardown_from = HR_MODEL_FROM_OPTION;
	}
	if (config->flush) {
		models->flush = config->flush;
		models->flush_from = HR_MODEL_FROM_OPTION;
	}
	if (config->guard) {
		models->guard = config->guard;
		models->guard_from = HR_MODEL_FROM_OPTION;
	}
	if (config->tlbi_range != HR_UNKNOWN)
		kernel->features.tlbi_range = config->tlbi_range;
	if (config->repeat_tlbi != HR_UNKNOWN)
		kernel->features.repeat_tlbi = config->repeat_tlbi;
}

static void warn_of_models(struct hr_kernel *kernel)
{
	const struct hr_models *models = &kernel->models;

	if (!models->teardown)
		hr_kernel_warn(kernel,
			       "the teardown model is not known: \"batched\" follows the form that "
			       "kernels have from 7.2 on");
	if (!models->flush)
		hr_kernel_warn(
			kernel,
			"the flush model is not known: the plan follows the form that kernels "
			"have from 6.13 on");
}

static void choose_models(struct hr_kernel *kernel)
{
	struct hr_models *models = &kernel->models;

	*models = hr_models_of_release(&kernel->layout.version);
	choose_hotremove(kernel);
	choose_guard(kernel);
	apply_assumptions(kernel);
	see_to_newer(kernel);
	if (models->gap && (!models->guard || (kernel->config.asks_plans &&
					       models->teardown_from != HR_MODEL_FROM_OPTION)))
		hr_kernel_warn(kernel, models->gap);
	if (kernel->config.asks_plans)
		warn_of_models(kernel);
	if (!models->guard)
		hr_kernel_warn(
			kernel,
			"whether this kernel checks leaves when memory goes offline is not known");
}

static void choose_tlbi(struct hr_kernel *kernel)
{
	const struct hr_features *features = &kernel->features;

	kernel->tlbi = (struct hr_tlbi_config){
		.page_shift = kernel->layout.geo.page_shift,
		.lpa2 = kernel->layout.geo.lpa2,
		.range_ops = features->tlbi_range != HR_NO,
		.repeat = features->repeat_tlbi == HR_YES,
		.repeat_form = kernel->models.repeat,
		.flush = kernel->models.flush,
		.root_flush = features->root_writable != HR_YES ||
			      kernel->models.root != HR_ROOT_FIXMAP_OR_PLAIN,
	};
	if (!kernel->config.asks_plans)
		return;
	if (features->repeat_tlbi == HR_UNKNOWN)
		hr_kernel_warn(kernel, "whether the CPUs have the erratum for which each TLBI is "
				       "repeated is not known: the plan assumes that they do not "
				       "(--assume=repeat-tlbi=1 overrides)");
	if (features->tlbi_range == HR_UNKNOWN && kernel->models.flush != HR_FLUSH_PAGE_LOOP)
		hr_kernel_warn(kernel,
			       "whether the CPUs have TLB range operations is not known: the plan "
			       "assumes that they have (--assume=tlbi-range=0 overrides)");
}

/* The kernel's own tables, or what it says of them while it runs; without either, no evidence. */
static struct hr_error *find_symbols(const struct hr_kernel *kernel,
				     struct hr_symbol symbols[HR_EVIDENCE_SYMBOLS])
{
	const struct hr_host *host = kernel->config.host;
	struct hr_error *error;

	hr_evidence_symbols(symbols);
	error = hr_kallsyms_find(&kernel->layout, kernel->note, &kernel->memory, symbols,
				 HR_EVIDENCE_SYMBOLS);
	if (!error || !host || !host->find_symbols)
		return error;
	hr_error_destroy(error);
	hr_evidence_symbols(symbols);
	error = host->find_symbols(host->context, symbols, HR_EVIDENCE_SYMBOLS);
	return error ? error : hr_kallsyms_self_test(kernel->note, symbols, HR_EVIDENCE_SYMBOLS);
}

/* Sections whose flags are not known tell nothing. */
static struct hr_error *find_section_flags(struct hr_kernel *kernel,
					   const struct hr_symbol symbols[HR_EVIDENCE_SYMBOLS])
{
	const struct hr_host *host = kernel->config.host;
	const struct hr_section_question question = {
		.layout = &kernel->layout,
		/* A release that behaves alike, in the user's eyes, proves no flags. */
		.release = kernel->config.overrides.release
				   ? hr_vmcoreinfo_get(kernel->note, "OSRELEASE")
				   : kernel->layout.release,
		.memory = &kernel->memory,
		.sections = kernel->sections,
		.btf_start = &symbols[HR_SYMBOL_BTF_START],
		.btf_stop = &symbols[HR_SYMBOL_BTF_STOP],
		.read_btf = host ? host->read_btf : NULL,
		.context = host ? host->context : NULL,
	};
	struct hr_error *error;

	if (!kernel->sections)
		return NULL;
	error = hr_section_flags_find(&question);
	if (!error || error->code != HR_ERROR_UNREADABLE)
		return error;
	kernel->no_sections = error;
	hr_sections_destroy(kernel->sections);
	kernel->sections = NULL;
	return NULL;
}

/* What the kernel's symbols lead to; without them nothing is known of it. */
static struct hr_error *find_evidence(struct hr_kernel *kernel)
{
	struct hr_symbol symbols[HR_EVIDENCE_SYMBOLS];
	struct hr_error *error = find_symbols(kernel, symbols);

	kernel->features =
		(struct hr_features){ HR_UNKNOWN, HR_UNKNOWN, HR_UNKNOWN, HR_UNKNOWN, HR_UNKNOWN };
	if (error)
		hr_evidence_symbols(symbols);
	else
		kernel->features = hr_features_read(&kernel->layout, &kernel->memory, symbols);
	hr_error_destroy(error);
	kernel->features.root_writable = hr_root_table_is_writable(&kernel->layout, kernel->walker);
	return find_section_flags(kernel, symbols);
}

/* A text of page tables is walked as if it were memory; what it does not tell is assumed. */
static struct hr_error *find_layout_of_text(struct hr_kernel *kernel)
{
	const struct hr_config *config = &kernel->config;
	struct hr_ptdump_note found;
	struct hr_error *error =
		hr_ptdump_make_note(config->ptdump, &config->overrides, &kernel->note, &found);

	if (error)
		return error;
	kernel->has_phys_offset = found.has_phys_offset;
	if (!kernel->has_phys_offset && config->asks_places)
		return hr_error_new(HR_ERROR_INPUT,
				    "a text of page tables has no physical addresses: give "
				    "--phys-offset or --vmcoreinfo");
	for (size_t i = 0; i < HR_PTDUMP_WARNINGS && found.warnings[i]; i++)
		hr_kernel_warn(kernel, found.warnings[i]);
	error = hr_layout_init(kernel->note, &found.overrides, &kernel->layout);
	if (!error)
		error = hr_ptdump_place(config->ptdump, &kernel->layout, &kernel->tables);
	if (!error)
		kernel->memory = hr_ptdump_tables_memory(kernel->tables);
	return error;
}

static struct hr_error *find_layout(struct hr_kernel *kernel)
{
	if (kernel->config.ptdump)
		return find_layout_of_text(kernel);
	kernel->memory = *kernel->config.memory;
	kernel->has_phys_offset = true;
	return hr_layout_init(kernel->note, &kernel->config.overrides, &kernel->layout);
}

/* What the vmemmap of the whole kernel tells about that of a range; a map alone needs none of it. */
static struct hr_error *learn_vmemmap(struct hr_kernel *kernel)
{
	struct hr_error *error;

	if (!kernel->config.asks_places)
		return NULL;
	hr_struct_pages_learn(&kernel->layout, kernel->walker);
	error = hr_vmemmap_index_create(&kernel->layout, kernel->walker, &kernel->vmemmap_index);
	kernel->layout.vmemmap_index = kernel->vmemmap_index;
	return error;
}

static struct hr_error *open_core(struct hr_kernel *kernel)
{
	const struct hr_memory *memory = &kernel->memory;
	const struct hr_layout *layout = &kernel->layout;
	struct hr_error *error =
		hr_walker_create(&layout->geo, memory, layout->swapper_pa, &kernel->walker);

	if (!error)
		error = learn_vmemmap(kernel);
	if (error || !layout->has_mem_section)
		return error;
	return hr_sections_create(layout, memory, &kernel->sections);
}

/* A memory block is one section on arm64, as the kernel does not override the default. */
static void find_memory_block_size(struct hr_kernel *kernel)
{
	uint64_t section = hr_section_size(&kernel->layout),
		 size = kernel->config.memory_block_size;
	bool can_be = size >= section && !(size & (size - 1));

	kernel->memory_block_size = can_be ? size : section;
}

struct hr_error *hr_kernel_create(const struct hr_config *config, struct hr_kernel **ret)
{
	_cleanup_(hr_cleanup_kernel) struct hr_kernel *kernel = calloc(1, sizeof(*kernel));
	struct hr_error *error;

	if (!kernel)
		return hr_error_no_memory();
	kernel->config = *config;
	if (config->warning)
		hr_kernel_warn(kernel, config->warning);
	error = load_note(kernel);
	if (!error)
		error = name_source(kernel, find_layout(kernel));
	if (!error)
		error = open_core(kernel);
	if (!error)
		error = name_source(kernel, hr_kernel_check_phys_offset(kernel));
	if (error)
		return error;
	find_point_release(kernel);
	find_memory_block_size(kernel);
	error = find_evidence(kernel);
	if (error)
		return error;
	choose_models(kernel);
	choose_tlbi(kernel);
	*ret = hr_take(kernel);
	return NULL;
}

void hr_kernel_destroy(struct hr_kernel *kernel)
{
	if (!kernel)
		return;
	hr_sections_destroy(kernel->sections);
	hr_error_destroy(kernel->no_sections);
	hr_vmemmap_index_destroy(kernel->vmemmap_index);
	hr_walker_destroy(kernel->walker);
	hr_vmcoreinfo_destroy(kernel->note);
	hr_ptdump_tables_destroy(kernel->tables);
	free(kernel);
}

bool hr_kernel_has_pa(const struct hr_kernel *kernel, enum hr_map map)
{
	if (map == HR_MAP_LINEAR)
		return kernel->has_phys_offset;
	return !kernel->config.ptdump;
}
