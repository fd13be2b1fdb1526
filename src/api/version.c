// SPDX-License-Identifier: GPL-2.0-or-later
#include <hotremove/hotremove.h>

const char *hr_version(void)
{
	return HR_VERSION;
}
