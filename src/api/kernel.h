/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel in a source: everything that a query about it needs, put together. */
#ifndef HR_KERNEL_H
#define HR_KERNEL_H

#include "api/config.h"
#include "leaf_check.h"
#include "map/block.h"
#include "range_plan.h"
#include "search/nearest.h"
#include "search/suggest.h"

enum {
	HR_WARNINGS_MAX = 32, /* more than there are different ones */
	HR_SENTENCE_SIZE = 320
};

struct hr_kernel {
	struct hr_config config;
	struct hr_memory memory;	 /* config.memory's, or that of @tables */
	struct hr_ptdump_tables *tables; /* NULL: the memory is real */
	struct hr_vmcoreinfo *note;
	struct hr_layout layout;
	struct hr_walker *walker;
	struct hr_vmemmap_index *vmemmap_index;
	struct hr_sections *sections; /* NULL if nothing can be told by mem_section */
	struct hr_error *no_sections; /* why not, as a clause; NULL: it has no place */
	struct hr_models models;
	struct hr_tlbi_config tlbi;
	struct hr_features features;
	uint64_t memory_block_size; /* bytes */
	uint64_t at;		    /* PA of what was asked about last */
	bool has_phys_offset;	    /* false: a text, and nobody said where the memory lies */
	const char *no_hotremove;   /* as in struct hr_check */
	const char *guard_unproven;
	char newer_warning[HR_SENTENCE_SIZE], newer_reason[HR_MESSAGE_SIZE];
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
	/*
	 * How it is known what one call of arch_remove_memory() covers: "option",
	 * "memmap-on-memory", "owner" or "assumed".
	 */
	const char *calls_from;
};

/*
 * Work out the kernel that @config describes; what @config points to must outlive it. Errors:
 * HR_ERROR_INPUT where something that must be known is not, or what is said contradicts itself;
 * HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_kernel_create(const struct hr_config *config, struct hr_kernel **ret);
void hr_kernel_destroy(struct hr_kernel *kernel);

static inline void hr_cleanup_kernel(struct hr_kernel **kernel)
{
	hr_kernel_destroy(*kernel);
}

/* Add @text, which must outlive @kernel, to the warnings. */
void hr_kernel_warn(struct hr_kernel *kernel, const char *text);

/* How much of an answer is wanted. */
enum hr_depth {
	HR_DEPTH_VERDICT, /* what decides: once a reason makes it final, no more is looked at */
	HR_DEPTH_LEAVES,  /* all reasons, and the leaves of the range */
	HR_DEPTH_PLAN,	  /* everything: the plan, and the nearest ranges */
};

/*
 * Answer for @range; what @depth does not ask for stays empty in @ret. The verdict is the same at
 * every depth.
 */
struct hr_error *hr_kernel_ask(struct hr_kernel *kernel, const struct hr_pa_range *range,
			       enum hr_depth depth, struct hr_answer *ret);

/* The memory blocks of @kernel. */
struct hr_blocks hr_kernel_blocks(const struct hr_kernel *kernel);

/*
 * The first memory block from @start (a multiple of the block size) on that exists, HR_NO_BLOCK if
 * there is none. Where sections cannot be told, a block exists if the linear map maps some of it.
 * *@ret_unread is set if something could not be read and blocks may be missing for it.
 */
uint64_t hr_kernel_next_block(const struct hr_kernel *kernel, uint64_t start, bool *ret_unread);

/*
 * Find removable ranges of at least @size bytes, as hr_suggest_find() does, and ask about each of
 * them: what comes back was removable and has exact figures. Errors: HR_ERROR_NO_MEMORY;
 * HR_ERROR_INPUT with more memory blocks than can be searched. Release @ret in any case.
 */
struct hr_error *hr_kernel_suggest(struct hr_kernel *kernel, uint64_t size,
				   struct hr_suggestions *ret);

/*
 * Is the memory block at @start online? The running kernel is asked in sysfs, of others the
 * sections tell; unknown where neither can be read.
 */
enum hr_tristate hr_kernel_block_online(const struct hr_kernel *kernel, uint64_t start);

/* Was some of the memory block of @answer there at boot? Unknown where its sections do not tell. */
enum hr_tristate hr_kernel_block_boot(const struct hr_kernel *kernel,
				      const struct hr_answer *answer);

/*
 * The physical memory from the first leaf of the linear map to its last, holes included. False if
 * it is not known: nothing is mapped, a table could not be read, or the leaves are not where
 * PHYS_OFFSET puts them.
 */
bool hr_kernel_linear_memory(const struct hr_kernel *kernel, struct hr_pa_range *ret);

/* HR_ERROR_INPUT if the source is a text whose linear map has no place for @range. */
struct hr_error *hr_kernel_check_range(const struct hr_kernel *kernel,
				       const struct hr_pa_range *range);

/* The VAs of all of @map, *@ret_last inclusive. */
void hr_kernel_map_extent(const struct hr_kernel *kernel, enum hr_map map, uint64_t *ret_start,
			  uint64_t *ret_last);

/*
 * A walk of a whole map: runs that are mapped go to @run, those that could not be read to @unread,
 * which may be NULL; the bytes of the latter are counted.
 */
struct hr_map_walk {
	struct hr_error *(*run)(void *context, const struct hr_run *run);
	struct hr_error *(*unread)(void *context, const struct hr_run *run);
	void *context;
	uint64_t unreadable; /* bytes, filled in */
};

/* Show @walk every leaf of @map in ascending VA. Fails with an error of its functions only. */
struct hr_error *hr_kernel_walk_map(struct hr_kernel *kernel, enum hr_map map,
				    struct hr_map_walk *walk);

/*
 * Are the physical addresses in @map known? Text of the tables has none, and none can be computed
 * for the vmemmap.
 */
bool hr_kernel_has_pa(const struct hr_kernel *kernel, enum hr_map map);

/* Free what @answer holds. */
void hr_answer_release(struct hr_answer *answer);

#endif
