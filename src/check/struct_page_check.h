/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reasons against removal that follow from where struct pages lie. */
#ifndef HR_STRUCT_PAGE_CHECK_H
#define HR_STRUCT_PAGE_CHECK_H

#include <hotremove/hotremove.h>

#include "check/check.h"
#include "kernel/struct_pages.h"

/* Add the reasons from @found, which describes the struct pages of a range. */
void hr_check_struct_pages(const struct hr_check *check,
			   const struct hr_struct_pages_finding *found,
			   struct hr_check_result *result);

#endif
