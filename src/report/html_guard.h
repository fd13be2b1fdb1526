/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel's own check says of a range. */
#ifndef HR_HTML_GUARD_H
#define HR_HTML_GUARD_H

#include <hotremove/hotremove.h>
#include <stdio.h>

/* A sentence about all of the range. */
void hr_html_put_guard(FILE *stream, const struct hr_kernel *kernel,
		       const struct hr_answer *answer);

/* A table of the range's memory blocks, of which alike neighbours share a row. */
void hr_html_put_guard_blocks(FILE *stream, const struct hr_kernel *kernel,
			      const struct hr_answer *answer);

#endif
