/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a range cannot be removed, or why that is unknown: a code and a sentence. */
#ifndef HR_REASON_H
#define HR_REASON_H

#include <hotremove/hotremove.h>

#include "kernel/maps.h"

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

#endif
