/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory as AVML writes it with --compress: blocks, each behind a header, compressed by snappy. */
#ifndef HR_AVML_H
#define HR_AVML_H

#include <hotremove/hotremove.h>

#include "source/format.h"

/*
 * Most chunks whose places are remembered, in 16 bytes each: those of 2 TiB of memory. What lies in
 * blocks that are needed later is unreadable.
 */
#ifndef HR_AVML_CHUNKS_MAX
#define HR_AVML_CHUNKS_MAX (1 << 25)
#endif

/*
 * The format; see struct hr_format, and hr_avml_probe() in avml_blocks.h. The chunks of a block are
 * looked at when its memory is first read, and unpacked when theirs is. So a damaged chunk is
 * unreadable; and if one has another length than it says, so is its block.
 */
struct hr_error *hr_avml_open(const int *fds, size_t count, void *helpers,
			      struct hr_source *source);

/* What "helps" is libsnappy, which can be loaded only before the program drops its privileges. */
extern const struct hr_format_helpers hr_avml_helpers;

#endif
