// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/models.h"

#include "base/names.h"
#include "kernel/release_table.h"

static const char gap_distro[] =
	"the models are not known: by its name, this kernel is not from kernel.org, and may have "
	"patches of its own ({release} says which release it is like; {teardown}, {flush} and "
	"{guard} set them one by one)";
static const char gap_debian[] =
	"it is not known which release candidate or point release this kernel is: Debian's release "
	"string does not tell, and the kernel's version text, which does, could not be read "
	"({release=X.Y.Z} or X.Y-rcN sets it)";
static const char gap_git[] =
	"the models are assumed: this kernel was built from a git tree, which may have more or "
	"fewer changes than its release ({release}, {teardown}, {flush} or {guard} overrides)";

static enum hr_model_source from_release(int model)
{
	return model ? HR_MODEL_FROM_RELEASE : HR_MODEL_FROM_UNKNOWN;
}

/*
 * Ubuntu's X.Y.0-N is made from some candidate or point release of the branch. Do all of them have
 * the same @trait?
 */
static bool branch_agrees(const struct hr_release *release, enum hr_trait trait)
{
	struct hr_release branch = *release, one;
	unsigned int value = hr_release_trait(release, trait);

	branch.span = HR_SPAN_BRANCH;
	for (unsigned int n = 0; hr_release_of_span(&branch, n, &one); n++)
		if (hr_release_trait(&one, trait) != value)
			return false;
	return true;
}

static struct hr_models models_of_one(const struct hr_release *release)
{
	struct hr_models models = {
		.repeat = hr_release_trait(release, HR_TRAIT_REPEAT),
		.no_hotremove = !hr_release_trait(release, HR_TRAIT_HOTREMOVE),
		.may_check = hr_release_trait(release, HR_TRAIT_GUARD) != HR_GUARD_NONE,
		.newer = hr_release_is_newer(release),
		.gap = gap_distro,
	};

	if (release->distro == HR_DISTRO_OTHER)
		return models;
	/* Ubuntu numbers its own uploads, which carry the changes of point releases. */
	if (release->distro != HR_DISTRO_UBUNTU || hr_release_has_uploads(release)) {
		models.teardown = hr_release_trait(release, HR_TRAIT_TEARDOWN);
		models.gap = hr_release_gap(release, HR_TRAIT_TEARDOWN);
	}
	models.flush = hr_release_trait(release, HR_TRAIT_FLUSH);
	models.root = hr_release_trait(release, HR_TRAIT_ROOT);
	if (!models.newer) {
		models.standing = hr_release_trait(release, HR_TRAIT_STANDING);
		models.by_pages = hr_release_trait(release, HR_TRAIT_BY_PAGES);
	}
	if (!models.newer &&
	    (release->distro != HR_DISTRO_UBUNTU || branch_agrees(release, HR_TRAIT_GUARD)))
		models.guard = hr_release_trait(release, HR_TRAIT_GUARD);
	return models;
}

/* Keep in @models only what @other, which the kernel may also be, agrees on. */
static void keep_common(const struct hr_models *other, struct hr_models *models)
{
	if (models->teardown != other->teardown)
		models->teardown = HR_TEARDOWN_UNKNOWN;
	if (models->flush != other->flush)
		models->flush = HR_FLUSH_UNKNOWN;
	if (models->guard != other->guard)
		models->guard = HR_GUARD_UNKNOWN;
	if (models->root != other->root)
		models->root = HR_ROOT_UNKNOWN;
	if (models->standing != other->standing)
		models->standing = HR_STANDING_UNKNOWN;
	if (models->by_pages != other->by_pages)
		models->by_pages = HR_BY_PAGES_UNKNOWN;
	models->newer |= other->newer;
	models->may_check |= other->may_check;
	models->no_hotremove &= other->no_hotremove;
}

/* What a span of releases leaves unknown. */
static const char *gap_of_span(const struct hr_release *release, const struct hr_models *models)
{
	if (release->distro == HR_DISTRO_OTHER)
		return models->gap;
	if (release->span == HR_SPAN_GIT)
		return gap_git;
	return models->teardown && models->flush && models->guard ? models->gap : gap_debian;
}

struct hr_models hr_models_of_release(const struct hr_release *release)
{
	/* An unknown release may be any kernel, including one with a check. */
	struct hr_models models = { .repeat = HR_REPEAT_LAST, .may_check = true };
	struct hr_release one;

	if (!release->known)
		return models;
	hr_release_of_span(release, 0, &one);
	models = models_of_one(&one);
	for (unsigned int n = 1; hr_release_of_span(release, n, &one); n++) {
		const struct hr_models other = models_of_one(&one);

		keep_common(&other, &models);
	}
	if (release->span != HR_SPAN_EXACT)
		models.gap = gap_of_span(release, &models);
	models.teardown_from = from_release(models.teardown);
	models.flush_from = from_release(models.flush);
	models.guard_from = from_release(models.guard);
	return models;
}

static const struct hr_names teardowns =
	HR_NAMES([HR_TEARDOWN_PER_LEAF] = "per-leaf", [HR_TEARDOWN_BATCHED_WIDE] = "batched-wide",
		 [HR_TEARDOWN_BATCHED] = "batched");
static const struct hr_names flushes =
	HR_NAMES([HR_FLUSH_PAGE_LOOP] = "page-loop", [HR_FLUSH_RANGE_OPS] = "range-ops");
static const struct hr_names guards =
	HR_NAMES([HR_GUARD_NONE] = "none", [HR_GUARD_NEXT_RANGE] = "next-range",
		 [HR_GUARD_REQUESTED] = "requested");
static const struct hr_names calls =
	HR_NAMES([HR_CALLS_RANGE] = "range", [HR_CALLS_BLOCK] = "block");
static const struct hr_names mappings =
	HR_NAMES([HR_MAPPING_PAGES] = "pages", [HR_MAPPING_BLOCKS] = "blocks");
static const struct hr_names sources =
	HR_NAMES([HR_MODEL_FROM_UNKNOWN] = "unknown", [HR_MODEL_FROM_RELEASE] = "release",
		 [HR_MODEL_FROM_SYMBOLS] = "symbols", [HR_MODEL_FROM_OPTION] = "option",
		 [HR_MODEL_FROM_TABLES] = "tables");

const char *hr_teardown_name(enum hr_teardown teardown)
{
	return hr_name_of(&teardowns, teardown);
}

const char *hr_flush_name(enum hr_flush flush)
{
	return hr_name_of(&flushes, flush);
}

const char *hr_guard_name(enum hr_guard guard)
{
	return hr_name_of(&guards, guard);
}

const char *hr_calls_name(enum hr_calls value)
{
	return hr_name_of(&calls, value);
}

const char *hr_mapping_name(enum hr_mapping mapping)
{
	return hr_name_of(&mappings, mapping);
}

const char *hr_model_source_name(enum hr_model_source source)
{
	return hr_name_of(&sources, source);
}

bool hr_teardown_parse(const char *word, enum hr_teardown *ret)
{
	return hr_name_parse(&teardowns, word, ret);
}

bool hr_flush_parse(const char *word, enum hr_flush *ret)
{
	return hr_name_parse(&flushes, word, ret);
}

bool hr_guard_parse(const char *word, enum hr_guard *ret)
{
	return hr_name_parse(&guards, word, ret);
}

bool hr_calls_parse(const char *word, enum hr_calls *ret)
{
	return hr_name_parse(&calls, word, ret);
}

bool hr_mapping_parse(const char *word, enum hr_mapping *ret)
{
	return hr_name_parse(&mappings, word, ret);
}
