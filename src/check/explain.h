/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rule behind each reason, in words. */
#ifndef HR_EXPLAIN_H
#define HR_EXPLAIN_H

#include "check/reason.h"

/* Two or three sentences: why @code prevents removal, and since which kernel. */
const char *hr_explain_reason(enum hr_reason_code code);

#endif
