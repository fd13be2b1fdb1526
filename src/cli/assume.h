/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts about a kernel that --assume can set. */
#ifndef HR_ASSUME_H
#define HR_ASSUME_H

#include "cli/options.h"

/* Put "KEY=VALUE" into @options. Returns false if @item is not valid. */
bool hr_assume(struct hr_options *options, const char *item);

#endif
