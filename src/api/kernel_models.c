// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/kernel_steps.h"

#include <stdio.h>

#include "kernel/release_table.h"

/*
 * Can this kernel remove memory? Symbols are the evidence, but their names are verified only up to
 * the newest release that was studied, and a release that the user gives overrides what was found.
 */
static void choose_hotremove(struct hr_kernel *kernel)
{
	const struct hr_models *models = &kernel->models;
	enum hr_tristate hotremove = kernel->features.hotremove;

	if (kernel->version.known && !models->newer && hotremove == HR_NO)
		kernel->no_hotremove = "this kernel cannot remove memory: its symbols show that it "
				       "was built without CONFIG_MEMORY_HOTREMOVE";
	else if (models->no_hotremove && (hotremove != HR_YES || kernel->config.overrides.release))
		kernel->no_hotremove = "this kernel cannot remove memory: arm64 has had memory "
				       "hot-remove since 5.7";
}

static const char warn_guard_backport[] =
	"the leaf check is assumed to look at the right range: the kernel's symbols show the "
	"check, but its release does not tell which range it looks at ({guard} overrides)";

/*
 * Do the symbols show a leaf check that is not the one in the release table? Then it is a backport,
 * and most likely one that works. A distribution kernel from 7.1 on has the check from its release
 * and may look at either range: that stays open.
 */
static bool is_backport(const struct hr_kernel *kernel)
{
	const struct hr_release *version = &kernel->version;
	const struct hr_models *models = &kernel->models;

	if (models->guard == HR_GUARD_UNKNOWN)
		return !models->newer && (!version->known || (version->distro == HR_DISTRO_OTHER &&
							      !models->may_check));
	return models->guard == HR_GUARD_NONE;
}

/*
 * A kernel's symbols tell whether it checks leaves. Only its release tells which range it checks.
 */
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

/* A kernel built from a git tree after the newest release may still belong to that series. */
static const char *is_or_may_be(const struct hr_release *release)
{
	struct hr_release oldest;

	hr_release_of_span(release, 0, &oldest);
	return hr_models_of_release(&oldest).newer ? "is" : "may be";
}

/* Nothing is verified for a kernel newer than the tables, and no verdict may rest on it. */
static void see_to_newer(struct hr_kernel *kernel)
{
	const char *release = kernel->release;
	const char *verb = is_or_may_be(&kernel->version);
	const struct hr_branch_text newest = hr_release_newest();

	if (!kernel->models.newer)
		return;
	snprintf(kernel->newer_warning, sizeof(kernel->newer_warning),
		 "kernel %s %s newer than %s, the newest release that was verified: the plan is "
		 "that of %s%s",
		 release, verb, newest.text, newest.text,
		 kernel->models.guard ? ""
				      : ", and it is not known what the kernel's check does "
					"({guard} or {release} sets it)");
	hr_kernel_warn(kernel, kernel->newer_warning);
	if (kernel->models.guard)
		return;
	snprintf(kernel->newer_reason, sizeof(kernel->newer_reason),
		 "kernel %s %s newer than %s: it is not known whether it would take this memory "
		 "offline ({guard} or {release} decides)",
		 release, verb, newest.text);
	kernel->guard_unproven = kernel->newer_reason;
}

static void apply(enum hr_given given, enum hr_tristate *feature)
{
	if (given != HR_NOT_GIVEN)
		*feature = given == HR_GIVEN_YES ? HR_YES : HR_NO;
}

/* The user's overrides take precedence over what was found. */
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
	apply(config->tlbi_range, &kernel->features.tlbi_range);
	apply(config->repeat_tlbi, &kernel->features.repeat_tlbi);
}

static void warn_of_models(struct hr_kernel *kernel)
{
	const struct hr_models *models = &kernel->models;

	if (!models->teardown)
		hr_kernel_warn(
			kernel,
			"the teardown model is not known: \"batched\" follows kernels from 7.2 on");
	if (!models->flush)
		hr_kernel_warn(
			kernel,
			"the flush model is not known: the plan follows kernels from 6.13 on");
}

void hr_kernel_choose_models(struct hr_kernel *kernel)
{
	struct hr_models *models = &kernel->models;

	*models = hr_models_of_release(&kernel->version);
	choose_hotremove(kernel);
	choose_guard(kernel);
	apply_assumptions(kernel);
	see_to_newer(kernel);
	if (models->gap && (!models->guard || (!kernel->config.no_plans &&
					       models->teardown_from != HR_MODEL_FROM_OPTION)))
		hr_kernel_warn(kernel, models->gap);
	if (!kernel->config.no_plans)
		warn_of_models(kernel);
	if (!models->guard)
		hr_kernel_warn(kernel, "it is not known whether this kernel checks leaves when "
				       "memory goes offline");
}

void hr_kernel_choose_tlbi(struct hr_kernel *kernel)
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
	if (kernel->config.no_plans)
		return;
	if (features->repeat_tlbi == HR_UNKNOWN)
		hr_kernel_warn(
			kernel,
			"it is not known whether the CPUs have the erratum that requires repeated "
			"TLBIs: the plan assumes that they do not ({repeat_tlbi=1} overrides)");
	if (features->tlbi_range == HR_UNKNOWN && kernel->models.flush != HR_FLUSH_PAGE_LOOP)
		hr_kernel_warn(kernel,
			       "it is not known whether the CPUs have TLB range operations: the "
			       "plan assumes that they do ({tlbi_range=0} overrides)");
}

void hr_kernel_choose_behaviour(struct hr_kernel *kernel)
{
	kernel->model_warnings = kernel->warning_count;
	hr_kernel_choose_models(kernel);
	hr_kernel_choose_tlbi(kernel);
	kernel->model_warning_count = kernel->warning_count - kernel->model_warnings;
	hr_kernel_state_facts(kernel);
}
