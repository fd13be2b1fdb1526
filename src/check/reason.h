/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a range cannot be removed, or why that is unknown: a code and a sentence. */
#ifndef HR_REASON_H
#define HR_REASON_H

#include "kernel/maps.h"
#include "walk/leaf.h"

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
	bool has_leaf; /* splits-leaf and malformed-cont: map, edge, va and leaf are set */
	enum hr_map map;
	enum hr_edge edge;   /* HR_EDGE_NONE: inside the range */
	uint64_t va;	     /* of the edge, or of the group */
	struct hr_leaf leaf; /* the leaf in the way */
	char message[HR_MESSAGE_SIZE];
};

struct hr_check_result {
	struct hr_reason reasons[HR_REASONS_MAX];
	size_t count;
};

/*
 * Add a reason of @code with a printf()-style sentence, unless @result already has the same one: a
 * walk may find what an edge has found. The caller may set a leaf in the returned reason, which is
 * valid until the next one is added. The table has room for all that one check can find.
 */
struct hr_reason *hr_reason_add(struct hr_check_result *result, enum hr_reason_code code,
				const char *format, ...) __attribute__((format(printf, 3, 4)));

/*
 * Set the @leaf of @map that @reason is about, at the edge of the range at @va or inside the range.
 */
void hr_reason_set_leaf(struct hr_reason *reason, enum hr_map map, enum hr_edge edge, uint64_t va,
			const struct hr_leaf *leaf);

/* Does @result have a reason of @code? */
bool hr_check_has(const struct hr_check_result *result, enum hr_reason_code code);

/* The name of @code in the interface ("splits-leaf"). */
const char *hr_reason_name(enum hr_reason_code code);
const char *hr_verdict_name(enum hr_verdict verdict);
const char *hr_edge_name(enum hr_edge edge);

/* The code of a name in the interface ("splits-leaf"). Returns false if there is none. */
bool hr_reason_parse(const char *word, enum hr_reason_code *ret);

#endif
