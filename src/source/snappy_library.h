/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libsnappy, which is loaded only for the files that it unpacks. */
#ifndef HR_SNAPPY_LIBRARY_H
#define HR_SNAPPY_LIBRARY_H

#include <hotremove/hotremove.h>
#include <snappy-c.h>

#include "os/library.h"

/* The functions that are used of it. */
struct hr_snappy_library {
	struct hr_library base;
	__typeof__(snappy_uncompress) *uncompress;
};

/* Load it, as hr_library_load() does; hr_library_release() releases it. */
struct hr_error *hr_snappy_library_load(struct hr_snappy_library **ret);

#endif
