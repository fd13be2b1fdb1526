/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel as seen by the parts of the library that answer questions. */
#ifndef HR_KERNEL_VIEWS_H
#define HR_KERNEL_VIEWS_H

#include "api/kernel.h"
#include "check/check.h"
#include "check/guard.h"
#include "map/block.h"
#include "range_plan.h"

struct hr_check hr_kernel_check(const struct hr_kernel *kernel);
struct hr_guard_check hr_kernel_guard(const struct hr_kernel *kernel);
struct hr_teardown_form hr_kernel_teardown(const struct hr_kernel *kernel);
struct hr_machine hr_kernel_machine(const struct hr_kernel *kernel);

#endif
