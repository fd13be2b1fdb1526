/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the memory of a page exists and so has to be mapped. */
#ifndef HR_PRESENCE_H
#define HR_PRESENCE_H

#include "check/check.h"

/* What mem_section says about a page. */
enum hr_presence {
	HR_PRESENCE_NONE,    /* no such memory, or the firmware may reserve it */
	HR_PRESENCE_ADDED,   /* hot-added memory: exists and is mapped */
	HR_PRESENCE_BOOT,    /* boot memory: mapped except for holes */
	HR_PRESENCE_UNKNOWN, /* could not be read: correct only if mapped */
};

/*
 * What exists at the physical address @pa. Hot-added memory is mapped. Boot memory that the
 * firmware reserves has sections but no mapping. It prevents any removal, but if that reason is
 * ignored, a hole may be damage.
 */
enum hr_presence hr_presence_of(const struct hr_check *check, uint64_t pa);

/* May a section exist at the physical address @pa? True also if that is unknown. */
bool hr_section_may_exist(const struct hr_check *check, uint64_t pa);

#endif
