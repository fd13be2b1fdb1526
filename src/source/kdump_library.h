/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libkdumpfile, which is loaded only for the dumps that it reads. */
#ifndef HR_KDUMP_LIBRARY_H
#define HR_KDUMP_LIBRARY_H

#include <hotremove/hotremove.h>
#include <libkdumpfile/kdumpfile.h>

#include "os/library.h"

/* The functions that are used of it. */
struct hr_kdump_library {
	struct hr_library base;
	__typeof__(kdump_new) *new_ctx;
	__typeof__(kdump_free) *free_ctx;
	__typeof__(kdump_get_err) *get_err;
	__typeof__(kdump_clear_err) *clear_err;
	__typeof__(kdump_set_attr) *set_attr;
	__typeof__(kdump_open_fdset) *open_fdset;
	__typeof__(kdump_read) *read;
};

/* Load it, as hr_library_load() does; hr_library_release() releases it. */
struct hr_error *hr_kdump_library_load(struct hr_kdump_library **ret);

/* The version of libkdumpfile that this was built against. */
const char *hr_kdump_library_version(void);

#endif
