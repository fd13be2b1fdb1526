/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reasons against removal that come from what lies in the memory. */
#ifndef HR_PAGE_CHECK_H
#define HR_PAGE_CHECK_H

#include <hotremove/hotremove.h>

#include "check/check.h"

/*
 * Add unmovable-pages if @pages has some, and unreadable if some of them could not be read. Pages
 * that may be in use, of which nothing else is seen, are no reason.
 */
void hr_check_pages(const struct hr_check *check, const struct hr_pages *pages,
		    struct hr_check_result *result);

#endif
