// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/block_service.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

/* "going-offline" and any other state is neither online nor offline. */
enum hr_tristate hr_block_state_read(uint64_t number)
{
	_cleanup_close_ int fd = -1;
	char path[64], text[16] = "";

	snprintf(path, sizeof(path), HR_SYSFS_MEMORY "/memory%" PRIu64 "/state", number);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return HR_UNKNOWN;
	if (!strcmp(text, "online\n"))
		return HR_YES;
	return strcmp(text, "offline\n") ? HR_UNKNOWN : HR_NO;
}

enum hr_tristate hr_block_state_ask(const struct hr_link *link, uint64_t number)
{
	uint8_t state;

	if (!hr_link_send(link, &number, sizeof(number)) ||
	    hr_link_receive(link, &state, sizeof(state)) != HR_LINK_RECEIVED)
		return HR_UNKNOWN;
	return state == HR_YES || state == HR_NO ? (enum hr_tristate)state : HR_UNKNOWN;
}

bool hr_block_state_serve(const struct hr_link *link)
{
	uint64_t number;
	uint8_t state;

	if (hr_link_receive(link, &number, sizeof(number)) != HR_LINK_RECEIVED)
		return false;
	state = (uint8_t)hr_block_state_read(number);
	return hr_link_send(link, &state, sizeof(state));
}
