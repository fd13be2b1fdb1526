/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the memory of a page exists, and so has to be mapped. */
#ifndef HR_PRESENCE_H
#define HR_PRESENCE_H

#include "check/check.h"

/* What mem_section says of a page. */
enum hr_presence {
	HR_PRESENCE_NONE,    /* it has no such memory, or the firmware may keep it for itself */
	HR_PRESENCE_ADDED,   /* memory that was added exists, and is mapped */
	HR_PRESENCE_BOOT,    /* memory from boot, which is mapped but for holes */
	HR_PRESENCE_UNKNOWN, /* that could not be read: it must be mapped to be sound */
};

/*
 * What there is at the physical address @pa. Hot-added memory is mapped. Of boot memory, what the
 * firmware keeps for itself has sections and no mapping; it stands in the way of any removal, but
 * where it is ignored a hole may be damage.
 */
enum hr_presence hr_presence_of(const struct hr_check *check, uint64_t pa);

/* Is there a section at the physical address @pa, or can that not be told? */
bool hr_section_may_exist(const struct hr_check *check, uint64_t pa);

#endif
