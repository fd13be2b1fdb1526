// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/models.h"

#include <stdint.h>

#include "base/names.h"

#define WIDE HR_TEARDOWN_BATCHED_WIDE
#define LEAF HR_TEARDOWN_PER_LEAF
#define PAGE HR_TEARDOWN_BATCHED

/*
 * When the teardown changed, branch by branch. Batching came with commit 48478b9f7913 (7.1-rc1,
 * "wide": each vmemmap leaf flushed over its size), the narrow vmemmap flush with commit
 * ff4c5a0de1f2 (7.2-rc2 or -rc3); both went to the stable branches. A row holds from its release
 * to the next row; @sure is the last release that was read or counted, the ones behind it up to
 * the next row are assumed.
 */
static const struct teardown_row {
	unsigned int major, minor, patch;
	unsigned int sure; /* UINT32_MAX: all of the row */
	enum hr_teardown teardown;
} teardown_rows[] = {
	/*
	 * Hot-remove came with commit bbd6ec605c0f (5.7-rc1); older kernels that have it, have it
	 * from there.
	 */
	{ 5, 0, 0, UINT32_MAX, LEAF },
	{ 5, 10, 0, 223, LEAF }, /* a backport was posted; its release is not known */
	{ 5, 11, 0, UINT32_MAX, LEAF },
	{ 5, 15, 0, 209, LEAF },
	{ 5, 15, 210, 211, WIDE },
	{ 5, 15, 212, UINT32_MAX, PAGE },
	{ 5, 16, 0, UINT32_MAX, LEAF },
	{ 6, 1, 0, 175, LEAF },
	{ 6, 1, 176, 177, WIDE },
	{ 6, 1, 180, UINT32_MAX, PAGE },
	{ 6, 2, 0, UINT32_MAX, LEAF },
	{ 6, 6, 0, 120, LEAF }, /* batching came between here and 6.6.145 */
	{ 6, 6, 145, UINT32_MAX, PAGE },
	{ 6, 7, 0, UINT32_MAX, LEAF },
	{ 6, 12, 0, 85, LEAF },
	{ 6, 12, 86, 96, WIDE },
	{ 6, 12, 97, UINT32_MAX, PAGE },
	{ 6, 13, 0, UINT32_MAX, LEAF },
	{ 6, 18, 0, 26, LEAF },
	{ 6, 18, 27, 27, WIDE }, /* the narrow flush came later; its release is not known */
	{ 6, 19, 0, UINT32_MAX, LEAF },
	{ 7, 0, 0, 3, LEAF },
	{ 7, 0, 4, UINT32_MAX, WIDE },
	{ 7, 1, 0, 3, WIDE },
	{ 7, 1, 5, UINT32_MAX, PAGE },
	{ 7, 2, 0, UINT32_MAX, PAGE },
	{ 7, 3, 0, UINT32_MAX, PAGE },
};

/* Ubuntu counts its own uploads: the same, by the ABI number of X.Y.0-N-flavour. */
static const struct ubuntu_row {
	unsigned int major, minor, abi, sure;
	enum hr_teardown teardown;
} ubuntu_rows[] = {
	{ 5, 15, 0, 197, LEAF }, { 5, 15, 198, 198, WIDE }, { 5, 15, 204, UINT32_MAX, PAGE },
	{ 6, 8, 0, 135, LEAF },	 { 6, 8, 136, 146, WIDE },  { 6, 8, 147, UINT32_MAX, PAGE },
	{ 7, 0, 0, 25, LEAF },	 { 7, 0, 26, 37, WIDE },    { 7, 0, 38, UINT32_MAX, PAGE },
};

static const char gap_teardown[] =
	"the teardown model is assumed: the change reached this stable branch at a release that is "
	"not known (--assume=teardown=... overrides)";
static const char gap_rc[] =
	"the teardown model is assumed: it changed in 7.2-rc2 or 7.2-rc3 (--assume=teardown=... "
	"overrides)";
static const char gap_distro[] =
	"the models are not known: by its name this kernel is not kernel.org's, and may carry "
	"patches of its own (--kernel-release says which release it is like, --assume=... sets "
	"them one by one)";
static const char gap_debian[] =
	"what differs between candidates and point releases is not known: Debian's release string "
	"tells neither, and the kernel's version text, which does, could not be read "
	"(--kernel-release=X.Y.Z or X.Y-rcN sets it)";
static const char gap_git[] =
	"the models are assumed: this kernel was built from a git tree, which may hold more or "
	"less than its release (--kernel-release or --assume=... overrides)";

static void teardown_of_branch(const struct hr_release *release, struct hr_models *models)
{
	for (size_t i = 0; i < sizeof(teardown_rows) / sizeof(teardown_rows[0]); i++) {
		const struct teardown_row *row = &teardown_rows[i];

		if (hr_release_compare(release, row->major, row->minor, row->patch) < 0)
			break;
		models->teardown = row->teardown;
		models->gap = NULL;
		if (release->major == row->major && release->minor == row->minor &&
		    release->patch > row->sure)
			models->gap = gap_teardown;
	}
}

/* False if Ubuntu's uploads of this branch are not in the table. */
static bool teardown_of_ubuntu(const struct hr_release *release, struct hr_models *models)
{
	bool found = false;

	for (size_t i = 0; i < sizeof(ubuntu_rows) / sizeof(ubuntu_rows[0]); i++) {
		const struct ubuntu_row *row = &ubuntu_rows[i];

		if (release->major != row->major || release->minor != row->minor ||
		    release->abi < row->abi)
			continue;
		models->teardown = row->teardown;
		models->gap = release->abi > row->sure ? gap_teardown : NULL;
		found = true;
	}
	return found;
}

/*
 * The leaf check came with commit 95a58852b0e5 (7.1-rc1) and looked at the wrong range until
 * commit 285f90a4d114 (7.2-rc5, stable 7.1.6). It went to no older branch.
 */
static enum hr_guard guard_of(const struct hr_release *release)
{
	if (release->major < 7 || (release->major == 7 && release->minor < 1))
		return HR_GUARD_NONE;
	if (release->major == 7 && release->minor == 1 && release->patch < 6)
		return HR_GUARD_NEXT_RANGE;
	if (release->major == 7 && release->minor == 2 && !release->patch && release->rc &&
	    release->rc < 5)
		return HR_GUARD_NEXT_RANGE;
	return HR_GUARD_REQUESTED;
}

/* Commits 7ffc13e23395 and a923705c69f7, in 6.13-rc1. */
static enum hr_flush flush_of(const struct hr_release *release)
{
	return hr_release_compare(release, 6, 13, 0) < 0 ? HR_FLUSH_PAGE_LOOP : HR_FLUSH_RANGE_OPS;
}

/* The erratum's new form is in 7.0 (counted on 7.0.4) and reached older branches in mid 2026. */
static enum hr_repeat repeat_of(const struct hr_release *release)
{
	static const struct {
		unsigned int major, minor, patch;
	} since[] = { { 5, 15, 224 }, { 6, 1, 176 }, { 6, 12, 94 }, { 7, 0, 0 } };

	if (hr_release_compare(release, 7, 1, 0) >= 0)
		return HR_REPEAT_LAST;
	for (size_t i = 0; i < sizeof(since) / sizeof(since[0]); i++)
		if (release->major == since[i].major && release->minor == since[i].minor &&
		    release->patch >= since[i].patch)
			return HR_REPEAT_LAST;
	return HR_REPEAT_EACH;
}

/*
 * How an entry of the root is written. The fixmap is older than memory hot-remove; from commit
 * 567a70c181df (6.9-rc1) on, kernels do without it while rodata is writable, as with rodata=off.
 */
static enum hr_root root_of(const struct hr_release *release)
{
	static const struct {
		unsigned int major, minor;
		enum hr_root root;
	} rows[] = {
		{ 6, 9, HR_ROOT_FIXMAP_OR_PLAIN },
		{ 5, 7, HR_ROOT_FIXMAP },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (hr_release_compare(release, rows[i].major, rows[i].minor, 0) >= 0)
			return rows[i].root;
	return HR_ROOT_UNKNOWN;
}

/*
 * Among the candidates of 7.2 the narrow vmemmap flush arrived. 7.2.6-rc1 is a candidate of a stable
 * release, which comes after all of them.
 */
static void adjust_for_candidates(const struct hr_release *release, struct hr_models *models)
{
	if (!release->rc || release->patch || release->major != 7)
		return;
	if (release->minor == 2 && release->rc < 2)
		models->teardown = WIDE;
	if (release->minor == 2 && release->rc == 2)
		models->gap = gap_rc;
}

/* HR_MODELS_NEWEST */
static bool is_newer_than_known(const struct hr_release *release)
{
	return release->major > 7 || (release->major == 7 && release->minor > 3);
}

/* Where a distribution's numbering hides what the branch table goes by. */
static void adjust_for_distro(const struct hr_release *release, struct hr_models *models)
{
	if (release->distro == HR_DISTRO_UBUNTU && !teardown_of_ubuntu(release, models)) {
		models->teardown = HR_TEARDOWN_UNKNOWN;
		models->gap = gap_distro;
	}
}

static enum hr_model_source from_release(int model)
{
	return model ? HR_MODEL_FROM_RELEASE : HR_MODEL_FROM_UNKNOWN;
}

/* A candidate mostly does what its release does: most changes come before the first of them. */
static struct hr_release as_released(const struct hr_release *release)
{
	struct hr_release released = *release;

	released.rc = 0;
	return released;
}

static struct hr_models models_of_one(const struct hr_release *release)
{
	const struct hr_release released = as_released(release);
	struct hr_models models = { .repeat = repeat_of(&released) };

	models.no_hotremove = hr_release_is_before(release, 5, 7);
	models.may_check = !hr_release_is_before(release, 7, 1);
	models.newer = is_newer_than_known(release);
	if (release->distro == HR_DISTRO_OTHER) {
		models.gap = gap_distro;
		return models;
	}
	teardown_of_branch(&released, &models);
	adjust_for_candidates(release, &models);
	adjust_for_distro(release, &models);
	models.flush = flush_of(&released);
	models.root = root_of(&released);
	models.guard = models.newer ? HR_GUARD_UNKNOWN : guard_of(release);
	return models;
}

/* Leave in @models what @other, which the kernel may be as well, has too. */
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
	models->newer |= other->newer;
	models->may_check |= other->may_check;
	models->no_hotremove &= other->no_hotremove;
}

/* What a span of releases leaves open. */
static const char *gap_of_span(enum hr_release_span span, const struct hr_models *models)
{
	if (span == HR_SPAN_GIT)
		return gap_git;
	return models->teardown && models->flush && models->guard ? models->gap : gap_debian;
}

struct hr_models hr_models_of_release(const struct hr_release *release)
{
	struct hr_models models = { .repeat = HR_REPEAT_LAST };
	struct hr_release one;

	/* Any kernel may be behind it, one with a check among them. */
	models.may_check = !release->known;
	if (!release->known)
		return models;
	hr_release_of_span(release, 0, &one);
	models = models_of_one(&one);
	for (unsigned int n = 1; hr_release_of_span(release, n, &one); n++) {
		const struct hr_models other = models_of_one(&one);

		keep_common(&other, &models);
	}
	if (release->span != HR_SPAN_EXACT)
		models.gap = gap_of_span(release->span, &models);
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
static const struct hr_names sources =
	HR_NAMES([HR_MODEL_FROM_UNKNOWN] = "unknown", [HR_MODEL_FROM_RELEASE] = "release",
		 [HR_MODEL_FROM_SYMBOLS] = "symbols", [HR_MODEL_FROM_OPTION] = "option");

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
