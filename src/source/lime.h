/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory in the format of LiME, which AVML writes as well: ranges, each behind a header. */
#ifndef HR_LIME_H
#define HR_LIME_H

#include <hotremove/hotremove.h>

#include "source/format.h"

/* The format; see struct hr_format. A file has at most HR_SEGMENTS_MAX ranges. */
bool hr_lime_probe(const void *head, size_t len);
struct hr_error *hr_lime_open(const int *fds, size_t count, void *helpers,
			      struct hr_source *source);

#endif
