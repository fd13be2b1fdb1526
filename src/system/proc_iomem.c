// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/proc_iomem.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
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

/* An entry of the file. It lies inside the last one before it that is less indented. */
struct entry {
	uint64_t start, last;
	unsigned int depth; /* indentation */
	const char *name;
};

/*
 * Parse a line like "  108000000-17fffffff : System RAM (kmem)". Returns false for other lines, and
 * for those that an unprivileged reader sees.
 */
static bool parse_line(const char *line, struct entry *ret)
{
	char *end;

	errno = 0;
	ret->depth = (unsigned int)strspn(line, " ");
	ret->start = strtoull(line, &end, 16);
	if (end == line || *end != '-')
		return false;
	line = end + 1;
	ret->last = strtoull(line, &end, 16);
	if (end == line || strncmp(end, " : ", 3) || errno)
		return false;
	ret->name = end + 3;
	return ret->start < ret->last;
}

enum {
	DEPTHS = 16 /* entries that are indented more have no devices */
};

struct reading {
	struct hr_areas *areas;
	char devices[DEPTHS][HR_TREE_NAME]; /* the last name of each indentation */
};

/* Where the name is not that of a device, nothing is remembered. */
static void remember(struct reading *reading, const struct entry *entry)
{
	char *device;

	if (entry->depth >= DEPTHS)
		return;
	device = reading->devices[entry->depth];
	device[0] = '\0';
	if (hr_tree_is_name(entry->name))
		snprintf(device, HR_TREE_NAME, "%s", entry->name);
	for (unsigned int depth = entry->depth + 1; depth < DEPTHS; depth++)
		reading->devices[depth][0] = '\0';
}

/* The kernel indents an entry by two more columns than the one that it lies in. */
static const char *device_around(const struct reading *reading, const struct entry *entry)
{
	if (entry->depth < 2 || entry->depth >= DEPTHS)
		return "";
	return reading->devices[entry->depth - 2];
}

static struct hr_error *add_area(struct hr_areas *areas, const struct hr_area *area)
{
	struct hr_area *list;

	if (areas->count == HR_AREAS_MAX)
		return hr_error_new(HR_ERROR_INPUT,
				    HR_PROC_IOMEM " has more than %d entries for added memory",
				    HR_AREAS_MAX);
	list = hr_grow(areas->list, areas->count, &areas->capacity, sizeof(*list));
	if (!list)
		return hr_error_no_memory();
	areas->list = list;
	areas->list[areas->count++] = *area;
	return NULL;
}

static struct hr_error *take_line(void *context, char *line)
{
	struct reading *reading = context;
	struct hr_area area;
	struct entry entry;

	if (!parse_line(line, &entry))
		return NULL;
	remember(reading, &entry);
	area = (struct hr_area){ entry.start, entry.last, owner_of(entry.name), "" };
	if (area.owner == HR_OWNER_UNKNOWN)
		return NULL;
	snprintf(area.device, HR_TREE_NAME, "%s", device_around(reading, &entry));
	return add_area(reading->areas, &area);
}

struct hr_error *hr_areas_read(int fd, struct hr_areas *ret)
{
	struct reading reading = { .areas = ret };

	*ret = (struct hr_areas){ .count = 0 };
	return hr_lines_read(fd, HR_PROC_IOMEM, take_line, &reading);
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

const char *hr_areas_device(const struct hr_areas *areas, uint64_t start, uint64_t end)
{
	for (size_t i = 0; i < areas->count; i++) {
		const struct hr_area *area = &areas->list[i];

		if (area->start < end && area->last >= start && area->device[0])
			return area->device;
	}
	return NULL;
}

struct search {
	const char *name;
	struct hr_error *(*fn)(void *context, uint64_t start, uint64_t end);
	void *context;
};

static struct hr_error *compare_line(void *context, char *line)
{
	const struct search *search = context;
	struct entry entry;

	if (!parse_line(line, &entry) || strcmp(entry.name, search->name) != 0)
		return NULL;
	return search->fn(search->context, entry.start, entry.last + 1);
}

struct hr_error *hr_iomem_find(int fd, const char *name,
			       struct hr_error *(*fn)(void *context, uint64_t start, uint64_t end),
			       void *context)
{
	struct search search = { name, fn, context };

	return hr_lines_read(fd, HR_PROC_IOMEM, compare_line, &search);
}
