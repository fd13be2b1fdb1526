/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which drivers and devices added memory, and what else is where, from a kernel's /proc/iomem. */
#ifndef HR_PROC_IOMEM_H
#define HR_PROC_IOMEM_H

#include <hotremove/hotremove.h>
#include <stddef.h>
#include <stdint.h>

#include "system/tree.h"

#define HR_PROC_IOMEM "/proc/iomem"

/* Memory that one driver added: physical addresses, @last inclusive. */
struct hr_area {
	uint64_t start, last;
	enum hr_owner owner;
	char device[HR_TREE_NAME]; /* whose memory it is, "dax0.0"; empty: not known */
};

enum {
	HR_AREAS_MAX = 65536
};

struct hr_areas {
	struct hr_area *list; /* in the order of the file */
	size_t count, capacity;
};

/*
 * Read from @fd which memory drivers have added: "System RAM (kmem)" and "System RAM (virtio_mem)"
 * (dax/kmem from 5.10 on, virtio-mem from 5.8 on). Unprivileged readers see addresses of 0 in the
 * file; those count for nothing. Errors: HR_ERROR_OS if it cannot be read, HR_ERROR_INPUT for more
 * than HR_AREAS_MAX areas, HR_ERROR_NO_MEMORY. Release @ret in any case.
 */
struct hr_error *hr_areas_read(int fd, struct hr_areas *ret);
void hr_areas_release(struct hr_areas *areas);

/*
 * Who added the memory [@start, @end)? virtio-mem if it added any of it, dax/kmem if it added all
 * of it in one piece.
 */
enum hr_owner hr_areas_owner(const struct hr_areas *areas, uint64_t start, uint64_t end);

/* The device to which some of the memory [@start, @end) belongs; NULL: none is known. */
const char *hr_areas_device(const struct hr_areas *areas, uint64_t start, uint64_t end);

/*
 * Pass the memory [start, end) of each entry of @fd with the name @name to @fn, in the order of the
 * file, whoever made it. Errors: HR_ERROR_OS if it cannot be read; those of @fn.
 */
struct hr_error *hr_iomem_find(int fd, const char *name,
			       struct hr_error *(*fn)(void *context, uint64_t start, uint64_t end),
			       void *context);

#endif
