/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device in the list of devices, and whether its memory can go. */
#ifndef HR_TOLD_DEVICE_H
#define HR_TOLD_DEVICE_H

#include <hotremove/hotremove.h>
#include <stdint.h>

#include "cli/device_memory.h"
#include "system/device.h"

/* Memory of a device that lies together, and what was answered about it. */
struct hr_device_part {
	struct hr_place_span span;
	enum hr_verdict verdict;
	uint32_t reasons; /* bit (1 << enum hr_reason_code) */
};

struct hr_told_device {
	char name[HR_TREE_NAME];
	enum hr_device_kind kind;
	/* Its memory, in ascending order; none if the system does not use it. */
	struct hr_device_part *parts;
	size_t count, room;
};

/* What is true of all parts together. */
struct hr_device_sum {
	uint64_t bytes, blocks, online, unknown; /* as in struct hr_place_span */
	enum hr_verdict verdict;		 /* the worst */
	uint32_t reasons;			 /* all */
};

struct hr_device_sum hr_device_sum(const struct hr_told_device *device);

#endif
