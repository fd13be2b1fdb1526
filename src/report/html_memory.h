/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory as pictures: by the leaves that map it, and by what is known of its memory blocks. The
 * machine as a whole comes first, then piece by piece each memory block, or rows of alike ones.
 */
#ifndef HR_HTML_MEMORY_H
#define HR_HTML_MEMORY_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stdio.h>

#include "cli/session.h"
#include "report/html_marks.h"

struct hr_html_memory;

/* Error HR_ERROR_NO_MEMORY. */
struct hr_error *hr_html_memory_create(const struct hr_session *session,
				       struct hr_html_memory **ret);
void hr_html_memory_destroy(struct hr_html_memory *memory);

/*
 * Add a memory block, or a run of the linear map, after those before it. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_html_memory_add_block(struct hr_html_memory *memory,
					  const struct hr_listed_block *block);
struct hr_error *hr_html_memory_add_run(struct hr_html_memory *memory, const struct hr_run *run);

/*
 * Write all pictures, with @marks in them, and the tables beside them, at most about 1.3 MiB.
 * Nothing can be added afterwards. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_html_memory_put(struct hr_html_memory *memory,
				    const struct hr_html_marks *marks, FILE *stream);

#endif
