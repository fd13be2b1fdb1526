/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory by physical address from kdump-compressed dumps. The helpers of this format are processes
 * that run libkdumpfile.
 */
#ifndef HR_KDUMP_READER_H
#define HR_KDUMP_READER_H

#include <hotremove/hotremove.h>

#include "source/format.h"
#include "source/kdump_readers.h"

/*
 * Make @source read the dump of @readers, which must outlive it. Errors: HR_ERROR_INPUT if the dump
 * is damaged, truncated or of another machine, or if the process that opens it dies.
 */
struct hr_error *hr_kdump_attach(struct hr_kdump_readers *readers, struct hr_source *source);

/* The format, whose helpers are struct hr_kdump_readers; see struct hr_format. */
bool hr_kdump_probe(const void *head, size_t len);
struct hr_error *hr_kdump_open(const int *fds, size_t count, void *helpers,
			       struct hr_source *source);
extern const struct hr_format_helpers hr_kdump_helpers;

#endif
