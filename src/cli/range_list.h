/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of ranges: read from the user's file, and resolved to the physical memory of a kernel. */
#ifndef HR_RANGE_LIST_H
#define HR_RANGE_LIST_H

#include <hotremove/hotremove.h>

#include "cli/asked.h"
#include "cli/session.h"

/*
 * Read the ranges of options->ranges_from from @fd and add them to @options: one per line, # begins
 * a comment. Takes ownership of @fd unless it is standard input. Errors name the file and the line:
 * HR_ERROR_USAGE for an invalid range, or for too many of them; HR_ERROR_OS. Does nothing if there
 * is no such file.
 */
struct hr_error *hr_ranges_read(struct hr_options *options, int fd);

/*
 * Resolve the ranges, devices and nodes of the session's options for its kernel. Release @ret in
 * any case. Errors: those of hr_range_spec_resolve(), hr_kernel_check_range() and
 * hr_device_memory_add(); HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_ranges_resolve(const struct hr_session *session, struct hr_asked_list *ret);

#endif
