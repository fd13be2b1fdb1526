/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pages of a kernel's memory, for answers. */
#ifndef HR_KERNEL_PAGES_H
#define HR_KERNEL_PAGES_H

#include <hotremove/hotremove.h>

/*
 * hr_kernel_count_pages() of a range that may be asked about. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_kernel_take_pages(struct hr_kernel *kernel, const struct hr_pa_range *range,
				      struct hr_pages *ret);

/*
 * All ranges that are asked about until the pass ends are parts of one, so that all their struct
 * pages together have as many bytes as the source at most.
 */
void hr_kernel_pages_pass_begin(struct hr_kernel *kernel);
void hr_kernel_pages_pass_end(struct hr_kernel *kernel);

#endif
