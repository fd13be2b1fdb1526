// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/proc_iomem.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "os/lines.h"

static const struct {
	const char *name;
	enum hr_owner owner;
} drivers[] = {
	{ "System RAM (kmem)", HR_OWNER_KMEM },
	{ "System RAM (virtio_mem)", HR_OWNER_VIRTIO_MEM },
};

static enum hr_owner owner_of(const char *name)
{
	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
		if (!strcmp(drivers[i].name, name))
			return drivers[i].owner;
	return HR_OWNER_UNKNOWN;
}

/*
 * Parse a line like "  108000000-17fffffff : System RAM (kmem)", indented by its depth. Returns
 * false for other lines.
 */
static bool parse_line(const char *line, struct hr_area *ret)
{
	char *end;

	errno = 0;
	ret->start = strtoull(line, &end, 16);
	if (end == line || *end != '-')
		return false;
	line = end + 1;
	ret->last = strtoull(line, &end, 16);
	if (end == line || strncmp(end, " : ", 3) || errno)
		return false;
	ret->owner = owner_of(end + 3);
	return ret->owner != HR_OWNER_UNKNOWN && ret->start < ret->last;
}

static struct hr_error *take_line(void *context, char *line)
{
	struct hr_areas *areas = context;
	struct hr_area area, *list;

	if (!parse_line(line, &area))
		return NULL;
	if (areas->count == HR_AREAS_MAX)
		return hr_error_new(HR_ERROR_INPUT,
				    HR_PROC_IOMEM " has more than %d entries for added memory",
				    HR_AREAS_MAX);
	list = hr_grow(areas->list, areas->count, &areas->capacity, sizeof(*list));
	if (!list)
		return hr_error_no_memory();
	areas->list = list;
	areas->list[areas->count++] = area;
	return NULL;
}

struct hr_error *hr_areas_read(int fd, struct hr_areas *ret)
{
	*ret = (struct hr_areas){ .count = 0 };
	return hr_lines_read(fd, HR_PROC_IOMEM, take_line, ret);
}

void hr_areas_release(struct hr_areas *areas)
{
	free(areas->list);
	*areas = (struct hr_areas){ .count = 0 };
}

enum hr_owner hr_areas_owner(const struct hr_areas *areas, uint64_t start, uint64_t end)
{
	enum hr_owner owner = HR_OWNER_UNKNOWN;

	for (size_t i = 0; i < areas->count; i++) {
		const struct hr_area *area = &areas->list[i];

		if (area->start >= end || area->last < start)
			continue;
		if (area->owner == HR_OWNER_VIRTIO_MEM)
			return HR_OWNER_VIRTIO_MEM;
		if (area->start <= start && area->last >= end - 1)
			owner = area->owner;
	}
	return owner;
}
