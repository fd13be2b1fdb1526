/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capabilities of the CPUs that a kernel has enabled, by their descriptions. */
#ifndef HR_CAPABILITY_H
#define HR_CAPABILITY_H

#include <hotremove/hotremove.h>

#include "base/memory.h"
#include "kernel/layout.h"

/* A description, and the name of a register, is looked for in so many bytes, read together. */
enum {
	HR_DESCRIPTION_BYTES = 64
};

/*
 * Where a kernel describes a capability and says whether it is enabled. Numbers shift with every
 * backport, so the number is found by the description.
 */
struct hr_capability {
	const struct hr_symbol *list;	 /* arm64_errata or arm64_features */
	const struct hr_symbol *enabled; /* the bitmap: system_cpucaps */
	const char *const *names;	 /* parts of its descriptions over the years */
	size_t name_count;
};

/*
 * Is the capability enabled? In an entry of the list the number follows the pointer to the
 * description directly (struct arm64_cpu_capabilities, cpufeature.h, 4.10 to 7.3). Unknown if it is
 * not in the list, or if something cannot be read.
 */
enum hr_tristate hr_capability_find(const struct hr_layout *layout, const struct hr_memory *memory,
				    const struct hr_capability *capability);

#endif
