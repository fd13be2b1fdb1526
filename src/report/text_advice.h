/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HR_TEXT_ADVICE_H
#define HR_TEXT_ADVICE_H

#include <hotremove/hotremove.h>

/* Print @advice about memory of @kernel, if any was found. */
void hr_text_advice(const struct hr_kernel *kernel, const struct hr_advice *advice);

#endif
