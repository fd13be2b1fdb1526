/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What --assume can take for granted of a kernel. */
#ifndef HR_ASSUME_H
#define HR_ASSUME_H

#include "cli/options.h"

/* Put "KEY=VALUE" into @options; false if @item is nothing to assume. */
bool hr_assume(struct hr_options *options, const char *item);

#endif
