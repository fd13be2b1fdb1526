/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory in the format of LiME, which AVML writes as well: ranges, each behind a header. */
#ifndef HR_LIME_H
#define HR_LIME_H

#include <hotremove/hotremove.h>

#include "source/format.h"

/* A file with more ranges is refused. */
enum {
	HR_LIME_RANGES_MAX = 1 << 17
};

/* The format; see struct hr_format. */
bool hr_lime_probe(const void *head, size_t len);
struct hr_error *hr_lime_open(const int *fds, size_t count, void *helpers,
			      struct hr_source *source);

#endif
