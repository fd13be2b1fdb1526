/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel in a source: everything that a query about it needs, put together. */
#ifndef HR_KERNEL_H
#define HR_KERNEL_H

#include "block.h"
#include "leaf_check.h"
#include "nearest.h"
#include "options.h"
#include "range_plan.h"

enum {
	HR_WARNINGS_MAX = 8
};

struct hr_kernel {
	const struct hr_options *options;
	struct hr_source *source;
	struct hr_vmcoreinfo *note;
	struct hr_layout layout;
	struct hr_walker *walker;
	struct hr_sections *sections; /* NULL if mem_section is not known */
	struct hr_models models;
	struct hr_tlbi_config tlbi;
	struct hr_features features;
	uint64_t memory_block_size; /* bytes */
	const char *warnings[HR_WARNINGS_MAX];
	size_t warning_count;
};

/* What there is to say about one range; @end is exclusive. */
struct hr_answer {
	struct hr_pa_range range;
	struct hr_check_result check;
	enum hr_verdict verdict;
	struct hr_guard_result guard;
	struct hr_survey survey;
	struct hr_nearest nearest; /* empty if the range is removable */
	struct hr_plan *plan;	   /* NULL if only the verdict was asked for */
};

/* Open the source that @options names and work out its kernel; @options must outlive it. */
struct hr_error *hr_kernel_open(const struct hr_options *options,
				const struct hr_progress *progress, struct hr_kernel **ret);
void hr_kernel_destroy(struct hr_kernel *kernel);

static inline void hr_cleanup_kernel(struct hr_kernel **kernel)
{
	hr_kernel_destroy(*kernel);
}

/* Add @text, which must outlive @kernel, to the warnings. */
void hr_kernel_warn(struct hr_kernel *kernel, const char *text);

/* What ranges on the command line are resolved against. */
struct hr_range_limits hr_kernel_limits(const struct hr_kernel *kernel);

/* How much of an answer is wanted. */
enum hr_depth {
	HR_DEPTH_VERDICT, /* by edges, sections and the kernel's check; the range is not walked */
	HR_DEPTH_LEAVES,  /* the range is walked too */
	HR_DEPTH_PLAN,	  /* everything: the plan, and the nearest ranges */
};

/* Answer for @range; what @depth does not ask for stays empty in @ret. */
struct hr_error *hr_kernel_ask(struct hr_kernel *kernel, const struct hr_pa_range *range,
			       enum hr_depth depth, struct hr_answer *ret);

/* The memory blocks of @kernel. */
struct hr_blocks hr_kernel_blocks(const struct hr_kernel *kernel);

/*
 * Is the memory block at @start online? The running kernel is asked in sysfs, of others the
 * sections tell; unknown where neither can be read.
 */
enum hr_tristate hr_kernel_block_online(const struct hr_kernel *kernel, uint64_t start);

/* A walk of a whole map: runs that are mapped go to @run, the bytes of others are counted. */
struct hr_map_walk {
	struct hr_error *(*run)(void *context, const struct hr_run *run);
	void *context;
	uint64_t unreadable; /* bytes, filled in */
};

/* Show @walk every leaf of @map in ascending VA. Fails with an error of @walk->run only. */
struct hr_error *hr_kernel_walk_map(struct hr_kernel *kernel, enum hr_map map,
				    struct hr_map_walk *walk);

/* Free what @answer holds. */
void hr_answer_release(struct hr_answer *answer);

#endif
