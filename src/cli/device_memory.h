/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which memory belongs to a device or to a NUMA node. */
#ifndef HR_DEVICE_MEMORY_H
#define HR_DEVICE_MEMORY_H

#include <hotremove/hotremove.h>

#include "cli/asked.h"
#include "cli/range_spec.h"
#include "cli/session.h"

/* Neighbouring memory blocks that belong to the same device and node. */
struct hr_place_span {
	struct hr_pa_range range;
	struct hr_place place; /* of the first block */
	uint64_t blocks;
	uint64_t online;  /* so many of them are online */
	uint64_t unknown; /* of so many that is not known */
};

typedef struct hr_error *hr_place_span_fn(void *context, const struct hr_place_span *span);

/*
 * Pass all memory blocks to @fn, in ascending order. Errors: those of @fn; HR_ERROR_INPUT if the
 * source does not say which memory belongs to a device; HR_ERROR_UNREADABLE if it cannot be read
 * which memory there is.
 */
struct hr_error *hr_place_spans_list(const struct hr_session *session, hr_place_span_fn *fn,
				     void *context);

/*
 * Add the memory of the device or the node that @spec names to @ret. Errors: those of
 * hr_place_spans_list(); HR_ERROR_USAGE, which lists what there is, if there is no such device or
 * node, or if it has no memory; HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_device_memory_add(const struct hr_session *session,
				      const struct hr_range_spec *spec, struct hr_asked_list *ret);

#endif
