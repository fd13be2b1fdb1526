// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/clock.h"

#include <time.h>

struct hr_clock_text hr_clock_now(void)
{
	struct hr_clock_text ret = { "" };
	time_t now = time(NULL);
	struct tm local;

	if (localtime_r(&now, &local))
		strftime(ret.text, sizeof(ret.text), "%Y-%m-%d %H:%M:%S", &local);
	return ret;
}
