// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/release_table.h"

#include <stdio.h>

#include "kernel/models.h"
#include "kernel/section_array.h"
#include "kernel/section_flags.h"
#include "kernel/vmemmap.h"

enum {
	CHANGES_MAX = 8
};

/* The kinds of release at which a branch changes. */
enum event {
	NEVER,	   /* after the last change */
	CANDIDATE, /* the -rc of this number */
	POINT,	   /* the point release of this number */
	UPLOAD,	   /* Ubuntu's upload of this number, the N of X.Y.0-N-generic */
};

/* From @event on, @trait has @value, until its next change. */
struct change {
	enum event event;
	unsigned int number;
	enum hr_trait trait;
	unsigned int value;
	const char *gap; /* as hr_release_gap() */
};

/*
 * A branch, and the branches after it up to the next row. The changes apply to the branch itself
 * only.
 */
struct row {
	struct {
		unsigned int major, minor;
	} branch;
	unsigned char first[HR_TRAIT_COUNT]; /* the values of its first candidate */
	struct change changes[CHANGES_MAX];  /* in chronological order */
};

static const char assumed[] = "the teardown model is assumed: it is not known which release of "
			      "this stable branch has the change ({teardown} overrides)";
static const char assumed_rc[] =
	"the teardown model is assumed: it changed in 7.2-rc2 or 7.2-rc3 ({teardown} "
	"overrides)";

/* For the last column of a change, in place of a sentence above. */
#define SURE NULL

/* Traits that change within a branch. */
#define TEARDOWN HR_TRAIT_TEARDOWN
#define GUARD	 HR_TRAIT_GUARD
#define REPEAT	 HR_TRAIT_REPEAT

/* The values of those traits, column by column; 0 is no, or unknown. */
#define LEAF	HR_TEARDOWN_PER_LEAF
#define WIDE	HR_TEARDOWN_BATCHED_WIDE
#define BATCH	HR_TEARDOWN_BATCHED
#define LOOP	HR_FLUSH_PAGE_LOOP
#define OPS	HR_FLUSH_RANGE_OPS
#define NONE	HR_GUARD_NONE
#define NEXT	HR_GUARD_NEXT_RANGE
#define ASKED	HR_GUARD_REQUESTED
#define EACH	HR_REPEAT_EACH
#define LAST	HR_REPEAT_LAST
#define FIX	HR_ROOT_FIXMAP
#define PLAIN	HR_ROOT_FIXMAP_OR_PLAIN
#define GIB	HR_SECTION_SIZE_1G
#define SMALL	HR_SECTION_SIZE_BY_GRANULE
#define MARKED	HR_SECTION_FORM_MARKED
#define LESS_2M HR_VMEMMAP_BELOW_2M
#define POWER	HR_VMEMMAP_POWER_OF_TWO
#define LESS_1G HR_VMEMMAP_BELOW_1G
#define EARLIER HR_LINEAR_END_BEFORE_OFFSET
#define ACTUAL	HR_LINEAR_END_BY_ACTUAL
#define LEAST	HR_LINEAR_END_BY_LEAST
#define BUILT	HR_PA_BITS_CONFIGURED
#define RUN	HR_PA_BITS_IN_USE
#define BYTE	HR_KALLSYMS_BYTE
#define TWO	HR_KALLSYMS_TWO_BYTE
#define EMPTY	HR_STANDING_LEFT_EMPTY
#define FILLED	HR_STANDING_FILLED
#define ANY	HR_BY_PAGES_IF_SET
#define UNLESS	HR_BY_PAGES_UNLESS_BBML2

/*
 * The columns, in the order of enum hr_trait, and the sources of their values:
 *
 * hot-remove     commit bbd6ec605c0f (5.7-rc1)
 * teardown       batching: commit 48478b9f7913 (7.1-rc1), "wide", because each vmemmap leaf is
 *                flushed over its size; the narrow vmemmap flush: commit ff4c5a0de1f2 (7.2-rc2 or
 *                -rc3). Both went to stable branches. Kernels before 5.7 that have hot-remove
 *                anyway got it from 5.7
 * flush          commits 7ffc13e23395 and a923705c69f7 (6.13-rc1)
 * guard          commit 95a58852b0e5 (7.1-rc1), which checked the wrong range until commit
 *                285f90a4d114 (7.2-rc5, stable 7.1.6). It went to no older branch
 * repeat         the new form is in 7.0 (counted on 7.0.4), and reached older branches in mid 2026
 * root           the fixmap is older than hot-remove; from commit 567a70c181df (6.9-rc1) on,
 *                kernels do without it while rodata is writable, as with rodata=off
 * section size   sparsemem.h
 * section flags  mmzone.h, 5.4 to 7.3
 * vmemmap        memory.h
 * linear end     memory.h
 * PA bits        sparsemem.h
 * kallsyms       kernel/kallsyms.c
 * standing       mmu.c and sparse-vmemmap.c, read in 6.1, 6.12, 7.2 and 7.3
 * by pages       arch_add_memory(), mmu.c: can_set_direct_map(), and what came before it, from 5.10
 *                to 6.17; force_pte_mapping() from 6.18 on
 *
 * The last row is the newest kernel that the program was proven on. Each branch that was studied
 * has a row, even if it is the same as the one before it.
 */
static const struct row rows[] = {
	{ .branch = { 0, 0 },
	  .first = { 0, 0, LOOP, NONE, EACH, 0, GIB, 0, LESS_2M, 0, BUILT, BYTE, 0, 0 } },
	{ .branch = { 5, 0 },
	  .first = { 0, LEAF, LOOP, NONE, EACH, 0, GIB, 0, LESS_2M, 0, BUILT, BYTE, 0, 0 } },
	{ .branch = { 5, 4 },
	  .first = { 0, LEAF, LOOP, NONE, EACH, 0, GIB, MARKED, LESS_2M, EARLIER, BUILT, BYTE, 0,
		     0 } },
	{ .branch = { 5, 7 },
	  .first = { 1, LEAF, LOOP, NONE, EACH, FIX, GIB, MARKED, LESS_2M, EARLIER, BUILT, BYTE, 0,
		     0 } },
	{ .branch = { 5, 10 },
	  .first = { 1, LEAF, LOOP, NONE, EACH, FIX, GIB, MARKED, LESS_2M, ACTUAL, BUILT, BYTE, 0,
		     ANY },
	  /* A backport of the batching was posted. */
	  .changes = { { POINT, 224, TEARDOWN, LEAF, assumed } } },
	{ .branch = { 5, 11 },
	  .first = { 1, LEAF, LOOP, NONE, EACH, FIX, GIB, MARKED, POWER, LEAST, BUILT, BYTE, 0,
		     ANY } },
	{ .branch = { 5, 12 },
	  .first = { 1, LEAF, LOOP, NONE, EACH, FIX, SMALL, MARKED, POWER, LEAST, BUILT, BYTE, 0,
		     ANY } },
	{ .branch = { 5, 15 },
	  .first = { 1, LEAF, LOOP, NONE, EACH, FIX, SMALL, MARKED, POWER, LEAST, BUILT, BYTE, 0,
		     ANY },
	  .changes = { { POINT, 210, TEARDOWN, WIDE, SURE },
		       { POINT, 212, TEARDOWN, BATCH, SURE },
		       { POINT, 224, REPEAT, LAST, SURE },
		       { UPLOAD, 198, TEARDOWN, WIDE, SURE },
		       { UPLOAD, 199, TEARDOWN, WIDE, assumed },
		       { UPLOAD, 204, TEARDOWN, BATCH, SURE },
		       { UPLOAD, 204, REPEAT, LAST, SURE } } },
	{ .branch = { 6, 1 },
	  .first = { 1, LEAF, LOOP, NONE, EACH, FIX, SMALL, MARKED, POWER, LEAST, BUILT, TWO, EMPTY,
		     ANY },
	  .changes = { { POINT, 176, TEARDOWN, WIDE, SURE },
		       { POINT, 176, REPEAT, LAST, SURE },
		       { POINT, 178, TEARDOWN, WIDE, assumed },
		       { POINT, 180, TEARDOWN, BATCH, SURE } } },
	{ .branch = { 6, 6 },
	  .first = { 1, LEAF, LOOP, NONE, EACH, FIX, SMALL, MARKED, POWER, LEAST, BUILT, TWO, EMPTY,
		     ANY },
	  .changes = { { POINT, 121, TEARDOWN, LEAF, assumed },
		       { POINT, 145, TEARDOWN, BATCH, SURE } } },
	{ .branch = { 6, 8 },
	  .first = { 1, LEAF, LOOP, NONE, EACH, FIX, SMALL, MARKED, POWER, LEAST, BUILT, TWO, EMPTY,
		     ANY },
	  .changes = { { UPLOAD, 136, TEARDOWN, WIDE, SURE },
		       { UPLOAD, 147, TEARDOWN, BATCH, SURE } } },
	{ .branch = { 6, 9 },
	  .first = { 1, LEAF, LOOP, NONE, EACH, PLAIN, SMALL, MARKED, LESS_1G, LEAST, RUN, TWO,
		     EMPTY, ANY } },
	{ .branch = { 6, 12 },
	  .first = { 1, LEAF, LOOP, NONE, EACH, PLAIN, SMALL, MARKED, LESS_1G, LEAST, RUN, TWO,
		     EMPTY, ANY },
	  .changes = { { POINT, 86, TEARDOWN, WIDE, SURE },
		       { POINT, 94, REPEAT, LAST, SURE },
		       { POINT, 97, TEARDOWN, BATCH, SURE } } },
	{ .branch = { 6, 13 },
	  .first = { 1, LEAF, OPS, NONE, EACH, PLAIN, SMALL, MARKED, LESS_1G, LEAST, RUN, TWO, 0,
		     ANY } },
	{ .branch = { 6, 18 },
	  .first = { 1, LEAF, OPS, NONE, EACH, PLAIN, SMALL, MARKED, LESS_1G, LEAST, RUN, TWO, 0,
		     UNLESS },
	  /* The narrow flush came later. */
	  .changes = { { POINT, 27, TEARDOWN, WIDE, SURE },
		       { POINT, 28, TEARDOWN, WIDE, assumed } } },
	{ .branch = { 7, 0 },
	  .first = { 1, LEAF, OPS, NONE, LAST, PLAIN, SMALL, MARKED, LESS_1G, LEAST, RUN, TWO, 0,
		     UNLESS },
	  .changes = { { POINT, 4, TEARDOWN, WIDE, SURE },
		       { UPLOAD, 26, TEARDOWN, WIDE, SURE },
		       { UPLOAD, 38, TEARDOWN, BATCH, SURE } } },
	{ .branch = { 7, 1 },
	  .first = { 1, WIDE, OPS, NEXT, LAST, PLAIN, SMALL, MARKED, LESS_1G, LEAST, RUN, TWO, 0,
		     UNLESS },
	  .changes = { { POINT, 4, TEARDOWN, WIDE, assumed },
		       { POINT, 5, TEARDOWN, BATCH, SURE },
		       { POINT, 6, GUARD, ASKED, SURE } } },
	{ .branch = { 7, 2 },
	  .first = { 1, WIDE, OPS, NEXT, LAST, PLAIN, SMALL, MARKED, LESS_1G, LEAST, RUN, TWO,
		     FILLED, UNLESS },
	  .changes = { { CANDIDATE, 2, TEARDOWN, BATCH, assumed_rc },
		       { CANDIDATE, 3, TEARDOWN, BATCH, SURE },
		       { CANDIDATE, 5, GUARD, ASKED, SURE } } },
	{ .branch = { 7, 3 },
	  .first = { 1, BATCH, OPS, ASKED, LAST, PLAIN, SMALL, MARKED, LESS_1G, LEAST, RUN, TWO,
		     FILLED, UNLESS } },
};

enum {
	ROWS = sizeof(rows) / sizeof(rows[0])
};

static const struct row *const newest = &rows[ROWS - 1];

_Static_assert(HR_TRAIT_COUNT == 14, "a trait is a column of each row");

/* The row that applies to the branch of @release. */
static const struct row *row_of(const struct hr_release *release)
{
	const struct row *found = newest;

	if (!release->known)
		return found;
	while (hr_release_is_before(release, found->branch.major, found->branch.minor))
		found--;
	return found;
}

static bool is_own_branch(const struct row *row, const struct hr_release *release)
{
	return release->known && release->major == row->branch.major &&
	       release->minor == row->branch.minor;
}

/* A release includes all changes of its candidates. */
static bool has_come(const struct change *change, const struct hr_release *release)
{
	switch (change->event) {
	case CANDIDATE:
		/* 7.2.6-rc1 is a candidate of a stable release, which comes after all of these. */
		return release->patch || !release->rc || release->rc >= change->number;
	case POINT:
		return release->patch >= change->number;
	case UPLOAD:
		return release->distro == HR_DISTRO_UBUNTU && release->abi >= change->number;
	case NEVER:
		break;
	}
	return false;
}

/* The last change of @trait that @release has, NULL if none. */
static const struct change *last_change(const struct hr_release *release, enum hr_trait trait)
{
	const struct row *row = row_of(release);
	const struct change *last = NULL;

	if (!is_own_branch(row, release))
		return NULL;
	for (size_t i = 0; i < CHANGES_MAX; i++)
		if (row->changes[i].trait == trait && has_come(&row->changes[i], release))
			last = &row->changes[i];
	return last;
}

unsigned int hr_release_trait(const struct hr_release *release, enum hr_trait trait)
{
	const struct change *change = last_change(release, trait);

	return change ? change->value : row_of(release)->first[trait];
}

const char *hr_release_gap(const struct hr_release *release, enum hr_trait trait)
{
	const struct change *change = last_change(release, trait);

	return change ? change->gap : NULL;
}

bool hr_release_has_uploads(const struct hr_release *release)
{
	const struct row *row = row_of(release);

	for (size_t i = 0; i < CHANGES_MAX && is_own_branch(row, release); i++)
		if (row->changes[i].event == UPLOAD)
			return true;
	return false;
}

bool hr_release_is_newer(const struct hr_release *release)
{
	return release->known && !is_own_branch(newest, release) &&
	       !hr_release_is_before(release, newest->branch.major, newest->branch.minor);
}

struct hr_branch_text hr_release_newest(void)
{
	struct hr_branch_text text;

	snprintf(text.text, sizeof(text.text), "%u.%u", newest->branch.major, newest->branch.minor);
	return text;
}
