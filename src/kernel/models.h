/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the known behaviours a kernel has when it removes memory. */
#ifndef HR_MODELS_H
#define HR_MODELS_H

#include "kernel/release.h"

/* How the teardown invalidates the TLB. */
enum hr_teardown {
	HR_TEARDOWN_UNKNOWN,
	/* One page flush after every leaf entry, CONT members one by one. */
	HR_TEARDOWN_PER_LEAF,
	/* One flush of the whole linear range; in the vmemmap one flush over each leaf's size. */
	HR_TEARDOWN_BATCHED_WIDE,
	/* One flush of the whole linear range; in the vmemmap one page flush per leaf. */
	HR_TEARDOWN_BATCHED,
};

/* How flush_tlb_kernel_range() flushes a range. */
enum hr_flush {
	HR_FLUSH_UNKNOWN,
	HR_FLUSH_PAGE_LOOP, /* page by page, the whole TLB beyond MAX_DVM_OPS pages */
	HR_FLUSH_RANGE_OPS, /* range operations if the CPU has them; from 6.13 on */
};

/* Which range the leaf check at memory offlining checks. */
enum hr_guard {
	HR_GUARD_UNKNOWN,
	HR_GUARD_NONE,	     /* there is no check; boot memory is still refused */
	HR_GUARD_NEXT_RANGE, /* the range after the block, a bug in 7.1 */
	HR_GUARD_REQUESTED,  /* the block */
};

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

/* What one call of arch_remove_memory() covers. */
enum hr_calls {
	HR_CALLS_UNKNOWN,
	HR_CALLS_RANGE, /* the whole range */
	HR_CALLS_BLOCK, /* a memory block */
};

enum hr_model_source {
	HR_MODEL_FROM_UNKNOWN,
	HR_MODEL_FROM_RELEASE,
	HR_MODEL_FROM_SYMBOLS,
	HR_MODEL_FROM_OPTION,
};

struct hr_models {
	enum hr_teardown teardown;
	enum hr_flush flush;
	enum hr_guard guard;
	enum hr_repeat repeat;
	enum hr_root root;
	enum hr_model_source teardown_from, flush_from, guard_from;
	const char *gap; /* what the table is unsure about, as a sentence; NULL if nothing */
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
 * their own patches, anything that such patches may change is unknown. So is anything that differs
 * among the releases that @release may be.
 */
struct hr_models hr_models_of_release(const struct hr_release *release);

/* The name of a value in the interface, NULL for unknown. */
const char *hr_teardown_name(enum hr_teardown teardown);
const char *hr_flush_name(enum hr_flush flush);
const char *hr_guard_name(enum hr_guard guard);
const char *hr_calls_name(enum hr_calls calls);
const char *hr_model_source_name(enum hr_model_source source);

/* The value of a name. Returns false if there is no such name. */
bool hr_teardown_parse(const char *word, enum hr_teardown *ret);
bool hr_flush_parse(const char *word, enum hr_flush *ret);
bool hr_guard_parse(const char *word, enum hr_guard *ret);
bool hr_calls_parse(const char *word, enum hr_calls *ret);

#endif
