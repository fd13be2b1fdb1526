// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/told_device.h"

/* A device can go if all of its memory can. */
static enum hr_verdict worse(enum hr_verdict one, enum hr_verdict other)
{
	if (one == HR_VERDICT_NOT_REMOVABLE || other == HR_VERDICT_NOT_REMOVABLE)
		return HR_VERDICT_NOT_REMOVABLE;
	return one == HR_VERDICT_UNKNOWN ? one : other;
}

struct hr_device_sum hr_device_sum(const struct hr_told_device *device)
{
	struct hr_device_sum sum = { .verdict = HR_VERDICT_REMOVABLE };

	for (size_t i = 0; i < device->count; i++) {
		const struct hr_device_part *part = &device->parts[i];

		sum.bytes += part->span.range.end - part->span.range.start;
		sum.blocks += part->span.blocks;
		sum.online += part->span.online;
		sum.unknown += part->span.unknown;
		sum.verdict = worse(sum.verdict, part->verdict);
		sum.reasons |= part->reasons;
	}
	return sum;
}
