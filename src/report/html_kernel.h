/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a page says of the kernel: facts, models, what was assumed, and what was pretended. */
#ifndef HR_HTML_KERNEL_H
#define HR_HTML_KERNEL_H

#include <stdio.h>

#include "cli/session.h"

/* What is missing, what was assumed and what was overridden; nothing if there is none of it. */
void hr_html_put_warnings(FILE *stream, const struct hr_session *session);

/* The changes that the answers pretend; nothing without any. */
void hr_html_put_predicted(FILE *stream, const struct hr_session *session);

/* The facts about the source and the kernel, and the models with their origins. */
void hr_html_put_kernel(FILE *stream, const struct hr_session *session);

#endif
