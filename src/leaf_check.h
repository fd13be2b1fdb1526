/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Can a physical range be hot-removed without splitting a leaf? The answer is physical truth: an
 * edge is unsafe if the leaf or CONT group around it does not begin there, in the linear map or in
 * the vmemmap, whatever a kernel's own check would say.
 */
#ifndef HR_LEAF_CHECK_H
#define HR_LEAF_CHECK_H

#include "check/guard.h"
#include "kernel/layout.h"
#include "kernel/section.h"
#include "map/survey.h"
#include "walk/walk.h"

enum hr_reason_code {
	HR_REASON_SPLITS_LEAF,
	HR_REASON_GUARD_VETO,
	HR_REASON_BOOT_MEMORY,
	HR_REASON_MISALIGNED,
	HR_REASON_NOT_PRESENT,
	HR_REASON_MALFORMED_CONT,
	HR_REASON_NO_HOTREMOVE,
	HR_REASON_UNREADABLE,
	HR_REASON_COUNT,
};

enum hr_edge {
	HR_EDGE_NONE,
	HR_EDGE_START,
	HR_EDGE_END,
};

enum hr_verdict {
	HR_VERDICT_REMOVABLE,
	HR_VERDICT_NOT_REMOVABLE,
	HR_VERDICT_UNKNOWN,
};

enum {
	HR_REASONS_MAX = 40,
	HR_MESSAGE_SIZE = 384
};

struct hr_reason {
	enum hr_reason_code code;
	bool has_leaf; /* splits-leaf and malformed-cont: map, edge, va and leaf mean something */
	enum hr_map map;
	enum hr_edge edge;   /* HR_EDGE_NONE: inside the range */
	uint64_t va;	     /* of the edge, or of the group */
	struct hr_leaf leaf; /* in the way */
	char message[HR_MESSAGE_SIZE];
};

struct hr_check_result {
	struct hr_reason reasons[HR_REASONS_MAX];
	size_t count;
};

struct hr_check {
	const struct hr_layout *layout;
	struct hr_walker *walker;
	struct hr_sections *sections; /* NULL: nothing can be told by mem_section */
	const char *no_sections;      /* why not, as a clause; NULL: its place is not known */
	uint64_t memory_block_size;   /* bytes */
	uint32_t ignored;	      /* bit (1 << code): leave this code out of the verdict */
	/* Why this kernel cannot remove memory at all, as a sentence; NULL if it can. */
	const char *no_hotremove;
	/* Why nothing is known of the kernel's own check, where a verdict must not do without. */
	const char *guard_unproven;
	bool by_block; /* each memory block is removed by a call of its own, and must not be split */
};

/* A physical range in bytes; @end is exclusive. */
struct hr_pa_range {
	uint64_t start;
	uint64_t end;
};

/*
 * Find the reasons against removing @range (not empty, below the physical address width) that the
 * kernel and the range's edges and sections give: whether anything can be removed, alignment,
 * presence, boot memory, for each edge in both maps the leaf around it, and struct pages beside the
 * range for sections that do not exist. Reads at most one table page per level and edge, and as many
 * for what lies beside; on live memory the entries that it went by once more, and all of it edge by
 * edge if something has changed.
 */
void hr_check_edges(const struct hr_check *check, const struct hr_pa_range *range,
		    struct hr_check_result *ret);

/* Add the reasons that hold for all memory of this kernel. */
void hr_check_kernel(const struct hr_check *check, struct hr_check_result *result);

/* Add the reasons that the sections of @range give. */
void hr_check_sections(const struct hr_check *check, const struct hr_pa_range *range,
		       struct hr_check_result *result);

/*
 * Add the reasons that only a walk of the whole range shows: CONT groups and leaves inside it
 * that are damaged, tables inside it that cannot be read; with @check->by_block the first leaf of
 * each map that reaches from one memory block into the next.
 */
void hr_check_survey(const struct hr_check *check, const struct hr_survey *survey,
		     struct hr_check_result *result);

/*
 * Add guard-veto if the kernel's own check, @model, refuses a block of the range although nothing
 * would be split, or unreadable if what it goes by could not be read, or if it is not known and one
 * that it may be refuses.
 */
void hr_check_guard(const struct hr_check *check, const struct hr_guard_result *guard,
		    enum hr_guard model, struct hr_check_result *result);

/*
 * Does the vmemmap have struct pages beside the edge at @pa of a range, outside of it, although the
 * section there is known not to exist? No kernel leaves such. Pages and leaves that also serve
 * another section do not count.
 */
bool hr_check_has_stray(const struct hr_check *check, uint64_t pa, enum hr_edge edge);

/* Has @result a reason of @code? */
bool hr_check_has(const struct hr_check_result *result, enum hr_reason_code code);

/* The verdict that the reasons in @result amount to. */
enum hr_verdict hr_check_verdict(const struct hr_check *check,
				 const struct hr_check_result *result);

const char *hr_reason_name(enum hr_reason_code code);
const char *hr_verdict_name(enum hr_verdict verdict);
const char *hr_edge_name(enum hr_edge edge);

/* The code of a word of the interface ("splits-leaf"); false if there is none. */
bool hr_reason_parse(const char *word, enum hr_reason_code *ret);

#endif
