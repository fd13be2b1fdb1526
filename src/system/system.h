/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of a system besides its memory: its files in sysfs, and /proc/iomem. */
#ifndef HR_SYSTEM_H
#define HR_SYSTEM_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stdint.h>

#include "system/place.h"
#include "system/proc_iomem.h"
#include "system/tree.h"

struct hr_system {
	bool is_there; /* false: nothing is known, and nobody is asked */
	struct hr_tree tree;
	/* /proc/iomem, which is read when somebody asks for it. */
	int iomem_fd;
	bool has_areas;
	struct hr_areas areas;
	/* The block that was asked about last: its state and its place are one question. */
	bool has_block;
	uint64_t number;
	struct hr_block_text block;
};

/*
 * Prepare to ask about the system whose directory is @root, over @link unless it is closed, and
 * whose /proc/iomem is @iomem_fd. All of them must outlive *@ret. Release it in any case.
 */
void hr_system_begin(const char *root, const struct hr_link *link, int iomem_fd,
		     struct hr_system *ret);
void hr_system_release(struct hr_system *system);

/*
 * The memory that drivers have added. There is none if /proc/iomem cannot be read, so that sysfs
 * alone tells of devices, and none of a system that is not there.
 */
const struct hr_areas *hr_system_areas(struct hr_system *system);

/* What a system that is there says about memory block @number, of @block_size bytes, or 0. */
void hr_system_place(struct hr_system *system, uint64_t number, uint64_t block_size,
		     struct hr_place *ret);

#endif
