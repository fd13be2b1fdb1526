/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The linear map as a text picture: lines of an address and cells, and a legend. */
#ifndef HR_MAP_DRAWING_H
#define HR_MAP_DRAWING_H

#include <hotremove/hotremove.h>

struct hr_map_drawing;

/*
 * Create an empty drawing of the linear map of @kernel; with @utf8 its cells are block characters.
 * Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_drawing_create(const struct hr_kernel *kernel, bool utf8,
				   struct hr_map_drawing **ret);
void hr_drawing_destroy(struct hr_map_drawing *drawing);

/* Add a run of the map, mapped or unreadable, after all previous runs. Error HR_ERROR_NO_MEMORY. */
struct hr_error *hr_drawing_add(struct hr_map_drawing *drawing, const struct hr_run *run);

/* Print the drawing as wide as standard output. Nothing can be added afterwards. */
void hr_drawing_print(const struct hr_map_drawing *drawing);

#endif
