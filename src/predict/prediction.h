/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel's memory as it would be after memory was added and removed, in order. */
#ifndef HR_PREDICTION_H
#define HR_PREDICTION_H

#include <hotremove/hotremove.h>

#include "kernel/layout.h"
#include "kernel/section.h"
#include "predict/add.h"
#include "predict/remove.h"

struct hr_prediction;

/*
 * Start with a kernel of @layout in @memory as it is. Both must outlive *@ret; the geometry of
 * @layout must allow predicted addresses. Errors: those of hr_made_tables_create().
 */
struct hr_error *hr_prediction_create(const struct hr_layout *layout,
				      const struct hr_memory *memory, struct hr_prediction **ret);
void hr_prediction_destroy(struct hr_prediction *prediction);

static inline void hr_cleanup_prediction(struct hr_prediction **prediction)
{
	hr_prediction_destroy(*prediction);
}

/*
 * Add memory: @how, but for its map and layout. *@ret_left_out as in hr_add_apply(), of both maps.
 * Errors: those of hr_add_apply().
 */
struct hr_error *hr_prediction_add(struct hr_prediction *prediction, const struct hr_add *how,
				   uint64_t *ret_left_out);

/*
 * Remove the memory [@range), and set @ret_torn to what neighbours lose in each map. Errors: those
 * of hr_remove_apply().
 */
struct hr_error *hr_prediction_remove(struct hr_prediction *prediction,
				      const struct hr_pa_range *range,
				      struct hr_torn ret_torn[HR_MAP_COUNT]);

/* What a walker of the changed tables reads, and where it begins. Valid until the next change. */
struct hr_memory hr_prediction_memory(const struct hr_prediction *prediction);
uint64_t hr_prediction_root_pa(const struct hr_prediction *prediction);

/* How the sections differ from those in memory. Valid until the next change. */
const struct hr_section_change *hr_prediction_sections(const struct hr_prediction *prediction,
						       size_t *ret_count);

#endif
