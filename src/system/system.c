// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/system.h"

#include <stdio.h>
#include <string.h>

void hr_system_begin(const char *root, const struct hr_link *link, int iomem_fd,
		     struct hr_system *ret)
{
	*ret = (struct hr_system){
		.is_there = true,
		.tree = { root, link },
		.iomem_fd = iomem_fd,
	};
}

void hr_system_release(struct hr_system *system)
{
	hr_areas_release(&system->areas);
	*system = (struct hr_system){ .is_there = false };
}

const struct hr_areas *hr_system_areas(struct hr_system *system)
{
	struct hr_error *error;

	if (!system->is_there || system->has_areas)
		return &system->areas;
	system->has_areas = true;
	error = hr_areas_read(system->iomem_fd, &system->areas);
	if (error)
		hr_areas_release(&system->areas);
	hr_error_destroy(error);
	return &system->areas;
}

void hr_system_place(struct hr_system *system, uint64_t number, uint64_t block_size,
		     struct hr_place *ret)
{
	const char *device = NULL;

	if (!system->has_block || system->number != number)
		hr_tree_ask_block(&system->tree, number, &system->block);
	system->has_block = true;
	system->number = number;
	hr_place_parse(&system->block, ret);
	if (!ret->device[0] && block_size && number < UINT64_MAX / block_size)
		device = hr_areas_device(hr_system_areas(system), number * block_size,
					 (number + 1) * block_size);
	if (device)
		snprintf(ret->device, HR_TREE_NAME, "%s", device);
}
