/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a check of a range is based on. */
#ifndef HR_CHECK_H
#define HR_CHECK_H

#include <hotremove/hotremove.h>

#include "check/reason.h"
#include "map/machine.h"

struct hr_check {
	struct hr_machine machine;
	/* Why @machine has no sections, as a clause; NULL: their address is unknown. */
	const char *no_sections;
	uint32_t ignored; /* bit (1 << code): leave this reason out of the verdict */
	/* Why this kernel cannot remove memory at all, as a sentence; NULL if it can. */
	const char *no_hotremove;
	/* Why the kernel's own check is unknown, if a verdict needs it. */
	const char *guard_unproven;
	/* Each memory block is removed by its own call, and no leaf may extend across its edge. */
	bool by_block;
};

#endif
