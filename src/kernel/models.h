/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the known behaviours a kernel has when it removes memory. */
#ifndef HR_MODELS_H
#define HR_MODELS_H

#include <hotremove/hotremove.h>

#include "kernel/release.h"

/* How ARM64_WORKAROUND_REPEAT_TLBI repeats. */
enum hr_repeat {
	HR_REPEAT_EACH, /* each TLBI is repeated, after its own DSB */
	HR_REPEAT_LAST, /* one extra TLBI and DSB at the end of a flush */
};

/* How a kernel writes an entry of swapper_pg_dir. */
enum hr_root {
	HR_ROOT_UNKNOWN,
	HR_ROOT_FIXMAP,		 /* through the fixmap, whose page is then flushed */
	HR_ROOT_FIXMAP_OR_PLAIN, /* that, or a plain write while the image maps it writable */
};

/* What becomes of a table that stands, with nothing in it, where an addition would make a block. */
enum hr_standing {
	HR_STANDING_UNKNOWN,
	/*
	 * pmd_set_huge() and pud_set_huge() refuse to replace it, and nobody looks at what they
	 * return: the memory has no mapping.
	 */
	HR_STANDING_LEFT_EMPTY,
	/* It is filled with smaller leaves, and no CONT group is made around it. */
	HR_STANDING_FILLED,
};

/* When memory that is added is mapped by pages, and not by leaves as large as they can be. */
enum hr_by_pages {
	HR_BY_PAGES_UNKNOWN,
	/* If the kernel is set to change the permissions of single pages: can_set_direct_map(). */
	HR_BY_PAGES_IF_SET,
	/*
	 * The same, but with BBML2 it can split a leaf in use, and needs pages for debug_pagealloc
	 * only: force_pte_mapping().
	 */
	HR_BY_PAGES_UNLESS_BBML2,
};

struct hr_models {
	enum hr_teardown teardown;
	enum hr_flush flush;
	enum hr_guard guard;
	enum hr_repeat repeat;
	enum hr_root root;
	enum hr_standing standing;
	enum hr_by_pages by_pages;
	enum hr_model_source teardown_from, flush_from, guard_from;
	const char *gap; /* what is uncertain, as a sentence; NULL if nothing */
	/*
	 * The release is newer than the table's last row. The costs are assumed to be the same as
	 * there. The guard, on which a verdict rests, is unknown.
	 */
	bool newer;
	bool no_hotremove; /* arm64 could not remove memory yet */
	bool may_check;	   /* of a series that may check leaves, 7.1 or later */
};

/*
 * What kernels of @release do, from the release table. For distribution kernels, which may carry
 * their own patches, anything that such patches may change is unknown. The same is true of anything
 * that differs among the releases that @release may be.
 */
struct hr_models hr_models_of_release(const struct hr_release *release);

#endif
