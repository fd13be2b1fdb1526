/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which drivers added memory to the running kernel, from /proc/iomem. */
#ifndef HR_PROC_IOMEM_H
#define HR_PROC_IOMEM_H

#include <hotremove/hotremove.h>
#include <stddef.h>
#include <stdint.h>

#define HR_PROC_IOMEM "/proc/iomem"

/* Memory that one driver added: physical addresses, @last inclusive. */
struct hr_area {
	uint64_t start, last;
	enum hr_owner owner;
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

#endif
