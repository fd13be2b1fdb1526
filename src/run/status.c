// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/status.h"

int hr_status_of(const struct hr_summary *summary)
{
	const uint64_t *verdicts = summary->verdicts;

	if (verdicts[HR_VERDICT_NOT_REMOVABLE] || summary->differs || summary->changed ||
	    summary->nothing_found)
		return HR_STATUS_NOT_REMOVABLE;
	return verdicts[HR_VERDICT_UNKNOWN] || summary->incomplete ? HR_STATUS_UNKNOWN
								   : HR_STATUS_REMOVABLE;
}

bool hr_status_is_known(int status)
{
	switch (status) {
	case HR_STATUS_REMOVABLE:
	case HR_STATUS_NOT_REMOVABLE:
	case HR_STATUS_UNKNOWN:
	case HR_STATUS_USAGE:
		return true;
	default:
		return false;
	}
}
