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

/* The overall result of the answers in @summary. A definite answer outweighs an unknown one. */
int hr_status_of(const struct hr_summary *summary);

/* Is @status one of the program's exit statuses? */
bool hr_status_is_known(int status);

#endif
