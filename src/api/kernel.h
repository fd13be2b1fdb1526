/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel in a source: everything that queries need, in one place. */
#ifndef HR_KERNEL_H
#define HR_KERNEL_H

#include "api/config.h"
#include "leaf_check.h"
#include "map/block.h"
#include "range_plan.h"
#include "search/nearest.h"
#include "search/suggest.h"

enum {
	HR_WARNINGS_MAX = 32, /* more than there are distinct warnings */
	HR_SENTENCE_SIZE = 320
};

struct hr_kernel {
	struct hr_config config;
	struct hr_memory memory;	 /* config.memory, or the memory of @tables */
	struct hr_ptdump_tables *tables; /* NULL: the memory is real */
	struct hr_vmcoreinfo *note;
	struct hr_layout layout;
	struct hr_walker *walker;
	struct hr_vmemmap_index *vmemmap_index;
	struct hr_sections *sections; /* NULL if mem_section tells nothing */
	struct hr_error *no_sections; /* why not, as a clause; NULL: its address is unknown */
	struct hr_models models;
	struct hr_tlbi_config tlbi;
	struct hr_features features;
	uint64_t memory_block_size; /* bytes */
	uint64_t at;		    /* PA of the last query */
	bool has_phys_offset;	    /* false: a text, and the user gave no PHYS_OFFSET */
	const char *no_hotremove;   /* as in struct hr_check */
	const char *guard_unproven;
	char newer_warning[HR_SENTENCE_SIZE], newer_reason[HR_MESSAGE_SIZE];
	const char *warnings[HR_WARNINGS_MAX];
	size_t warning_count;
};

/* The answer for one range; @end is exclusive. */
struct hr_answer {
	struct hr_pa_range range;
	struct hr_check_result check;
	enum hr_verdict verdict;
	struct hr_guard_result guard;
	struct hr_survey survey;
	struct hr_nearest nearest; /* empty if the range is removable */
	struct hr_plan *plan;	   /* NULL if only the verdict was asked for */
	/*
	 * Where the extent of one arch_remove_memory() call comes from: "option",
	 * "memmap-on-memory", "owner" or "assumed".
	 */
	const char *calls_from;
};

/*
 * Set up the kernel that @config describes. What @config points to must outlive it. Errors:
 * HR_ERROR_INPUT if something that must be known is missing, or if the inputs contradict each
 * other; HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_kernel_create(const struct hr_config *config, struct hr_kernel **ret);
void hr_kernel_destroy(struct hr_kernel *kernel);

static inline void hr_cleanup_kernel(struct hr_kernel **kernel)
{
	hr_kernel_destroy(*kernel);
}

/* Add @text to the warnings. @text must outlive @kernel. */
void hr_kernel_warn(struct hr_kernel *kernel, const char *text);

/* How much of an answer to compute. */
enum hr_depth {
	HR_DEPTH_VERDICT, /* the verdict only: stop once a reason makes it final */
	HR_DEPTH_LEAVES,  /* all reasons, and the leaves of the range */
	HR_DEPTH_PLAN,	  /* everything, including the plan and the nearest ranges */
};

/*
 * Answer for @range. Fields of @ret beyond @depth stay empty. The verdict is the same at every
 * depth.
 */
struct hr_error *hr_kernel_ask(struct hr_kernel *kernel, const struct hr_pa_range *range,
			       enum hr_depth depth, struct hr_answer *ret);

/* The memory blocks of @kernel. */
struct hr_blocks hr_kernel_blocks(const struct hr_kernel *kernel);

/*
 * The first memory block at or above @start (a multiple of the block size) that exists, HR_NO_BLOCK
 * if there is none. If sections are not available, a block exists if the linear map maps part of
 * it. Sets *@ret_unread if something could not be read, so that blocks may be missing.
 */
uint64_t hr_kernel_next_block(const struct hr_kernel *kernel, uint64_t start, bool *ret_unread);

/*
 * Find removable ranges of at least @size bytes, as hr_suggest_find() does, and check each of them.
 * Each range returned was removable when it was checked, and its figures are exact. Errors:
 * HR_ERROR_NO_MEMORY; HR_ERROR_INPUT if there are more memory blocks than the search can handle.
 * Release @ret in any case.
 */
struct hr_error *hr_kernel_suggest(struct hr_kernel *kernel, uint64_t size,
				   struct hr_suggestions *ret);

/*
 * Is the memory block at @start online? For the running kernel, sysfs says so; for others, the
 * sections do. Unknown if neither can be read.
 */
enum hr_tristate hr_kernel_block_online(const struct hr_kernel *kernel, uint64_t start);

/*
 * Was any part of the memory block of @answer present at boot? Unknown if its sections do not tell.
 */
enum hr_tristate hr_kernel_block_boot(const struct hr_kernel *kernel,
				      const struct hr_answer *answer);

/*
 * The physical memory from the first leaf of the linear map to its last, including holes. Returns
 * false if it is not known: nothing is mapped, a table could not be read, or the leaves are not
 * where PHYS_OFFSET puts them.
 */
bool hr_kernel_linear_memory(const struct hr_kernel *kernel, struct hr_pa_range *ret);

/* Error HR_ERROR_INPUT if the source is a text and @range lies outside its linear map. */
struct hr_error *hr_kernel_check_range(const struct hr_kernel *kernel,
				       const struct hr_pa_range *range);

/* The VA range that all of @map covers; *@ret_last is inclusive. */
void hr_kernel_map_extent(const struct hr_kernel *kernel, enum hr_map map, uint64_t *ret_start,
			  uint64_t *ret_last);

/*
 * A walk of a whole map. Mapped runs go to @run, unreadable runs to @unread, which may be NULL. The
 * bytes of unreadable runs are counted.
 */
struct hr_map_walk {
	struct hr_error *(*run)(void *context, const struct hr_run *run);
	struct hr_error *(*unread)(void *context, const struct hr_run *run);
	void *context;
	uint64_t unreadable; /* bytes, set by the walk */
};

/*
 * Pass every leaf of @map to @walk in ascending VA order. Returns only errors of @walk's functions.
 */
struct hr_error *hr_kernel_walk_map(struct hr_kernel *kernel, enum hr_map map,
				    struct hr_map_walk *walk);

/*
 * Are the physical addresses in @map known? Page table text has none, and for the vmemmap none can
 * be computed.
 */
bool hr_kernel_has_pa(const struct hr_kernel *kernel, enum hr_map map);

/* Free what @answer owns. */
void hr_answer_release(struct hr_answer *answer);

#endif
