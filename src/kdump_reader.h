/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory by physical address out of kdump-compressed dumps, through libkdumpfile. */
#ifndef HR_KDUMP_READER_H
#define HR_KDUMP_READER_H

#include "source.h"

/*
 * Make @source read the kdump-compressed file, or the @count parts of a split set, at @fds, which
 * are taken over.
 */
struct hr_error *hr_kdump_attach(const int *fds, size_t count, struct hr_source *source);

/* The version of libkdumpfile that this was built against. */
const char *hr_kdump_library_version(void);

#endif
