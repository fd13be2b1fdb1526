/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HR_TEXT_RANGE_H
#define HR_TEXT_RANGE_H

#include "api/kernel.h"

/* Print everything about one range, the verdict first; with @explains also the rules. */
void hr_text_range(const struct hr_kernel *kernel, const struct hr_answer *answer, bool explains);

#endif
