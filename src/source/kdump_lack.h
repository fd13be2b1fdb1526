/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a kdump-compressed dump lacks: files that end early, and parts of a split set. */
#ifndef HR_KDUMP_LACK_H
#define HR_KDUMP_LACK_H

#include <hotremove/hotremove.h>

#include "source/incomplete.h"
#include "source/kdump_set.h"

/*
 * Add what @set, whose pages are indexed, lacks to @ret. Every file of a split set has the bitmap
 * of all, so pages of files that are not there are known. Error HR_ERROR_INPUT: a file is damaged,
 * or no page is there.
 */
struct hr_error *hr_kdump_lack_find(const struct hr_kdump_set *set, struct hr_incomplete *ret);

#endif
