// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/told_device.h"

#include "report/block_set.h"

struct hr_device_sum hr_device_sum(const struct hr_told_device *device)
{
	struct hr_device_sum sum = { .bytes = 0 };
	uint32_t verdicts = 0;

	for (size_t i = 0; i < device->count; i++) {
		const struct hr_device_part *part = &device->parts[i];

		sum.bytes += part->span.range.end - part->span.range.start;
		sum.blocks += part->span.blocks;
		sum.online += part->span.online;
		sum.unknown += part->span.unknown;
		verdicts |= 1u << part->verdict;
		sum.reasons |= part->reasons;
	}
	/* A device can go if all of its memory can. */
	sum.verdict = hr_worst_verdict(verdicts);
	return sum;
}
