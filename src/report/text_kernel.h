/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HR_TEXT_KERNEL_H
#define HR_TEXT_KERNEL_H

#include "cli/session.h"

/* Print which kernel this is, and what was assumed about it. */
void hr_text_kernel(const struct hr_session *session);

#endif
