/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of ranges: from a file of the user's, and from the command line to the memory of a kernel.
 */
#ifndef HR_RANGE_LIST_H
#define HR_RANGE_LIST_H

#include "cli/session.h"

/*
 * Read the ranges of options->ranges_from at @fd, which is taken over unless it is standard input,
 * and add them to @options: one a line, # begins a comment. Errors name the file and the line:
 * HR_ERROR_USAGE for what is not a range, or for more than the program takes; HR_ERROR_OS. Without
 * such a file nothing is done.
 */
struct hr_error *hr_ranges_read(struct hr_options *options, int fd);

/*
 * The physical memory that the ranges of the session's options mean for its kernel: *@ret has as
 * many as those, to be freed. Errors: those of hr_range_spec_resolve() and hr_kernel_check_range(),
 * HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_ranges_resolve(const struct hr_session *session, struct hr_pa_range **ret);

#endif
