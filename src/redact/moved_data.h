/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory besides tables that a kernel object reads, after the addresses in it have moved:
 * sections, names and build string, and what symbols lead to.
 */
#ifndef HR_MOVED_DATA_H
#define HR_MOVED_DATA_H

#include <hotremove/hotremove.h>

#include "base/memory.h"
#include "kernel/layout.h"
#include "redact/data_copy.h"
#include "redact/moves.h"
#include "redact/read_log.h"
#include "redact/table_survey.h"

/* Where it comes from. */
struct hr_moved_data {
	const struct hr_layout *layout;
	const struct hr_memory *memory;
	const struct hr_moves *moves;
	const struct hr_read_log *log;	      /* what the kernel object has read */
	const struct hr_table_survey *survey; /* its tables, of which none is data */
};

/*
 * Put all of it into @ret. What cannot be read is left out. Errors: HR_ERROR_INPUT beyond the limit
 * of a copy; HR_ERROR_NO_MEMORY. Release @ret in any case.
 */
struct hr_error *hr_moved_data_make(const struct hr_moved_data *data, struct hr_data_copy *ret);

/*
 * The VAs in the image of what was read there, which is no table; inclusive. Widens [*@first,
 * *@last].
 */
void hr_moved_data_image(const struct hr_moved_data *data, uint64_t *first, uint64_t *last);

#endif
