/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The exit status of the program. */
#ifndef HR_STATUS_H
#define HR_STATUS_H

#include "report/summary.h"

enum hr_status {
	HR_STATUS_REMOVABLE = 0,
	HR_STATUS_NOT_REMOVABLE = 1,
	HR_STATUS_UNKNOWN = 2,
	HR_STATUS_USAGE = 64,
};

/* What the answers of @summary amount to: one that is definite weighs more than one that is not. */
int hr_status_of(const struct hr_summary *summary);

/* Is @status one of them? */
bool hr_status_is_known(int status);

#endif
