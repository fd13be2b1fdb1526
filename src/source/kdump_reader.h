/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory by physical address out of kdump-compressed dumps, through processes of libkdumpfile. */
#ifndef HR_KDUMP_READER_H
#define HR_KDUMP_READER_H

#include "source/format.h"

struct hr_kdump_readers;

/* Processes at most, and never more than CPUs. */
enum {
	HR_KDUMP_READERS_MAX = 4
};

/*
 * Start the processes for the dump, or the @count parts of a split set, at @fds, which must outlive
 * them. They wait until the dump is attached, and are in a @sandbox by then. Error HR_ERROR_OS.
 */
struct hr_error *hr_kdump_readers_start(const int *fds, size_t count, bool sandbox,
					struct hr_kdump_readers **ret);
void hr_kdump_readers_destroy(struct hr_kdump_readers *readers);

/*
 * What @readers, NULL for none, are written to: a pipe and a view each, of HR_KDUMP_READERS_MAX at
 * most; their number.
 */
size_t hr_kdump_readers_write_fds(const struct hr_kdump_readers *readers, int *ret);

/*
 * Make @source read the dump of @readers, which must outlive it. Errors: HR_ERROR_INPUT where it is
 * damaged, cut short or of another machine, or where the process that opens it dies.
 */
struct hr_error *hr_kdump_attach(struct hr_kdump_readers *readers, struct hr_source *source);

/* The same as a format, whose helpers are the readers; see struct hr_format. */
bool hr_kdump_probe(const void *head, size_t len);
struct hr_error *hr_kdump_open(const int *fds, size_t count, void *helpers,
			       struct hr_source *source);
extern const struct hr_format_helpers hr_kdump_helpers;

#endif
