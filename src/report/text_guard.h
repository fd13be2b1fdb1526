/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HR_TEXT_GUARD_H
#define HR_TEXT_GUARD_H

#include <hotremove/hotremove.h>

/* Print what the own check of @kernel would do about removing the range of @answer. */
void hr_text_guard(const struct hr_kernel *kernel, const struct hr_answer *answer);

#endif
