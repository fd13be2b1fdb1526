/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes a snapshot: an ELF core of some ranges of memory, with a note of ours. */
#ifndef HR_SNAPSHOT_FILE_H
#define HR_SNAPSHOT_FILE_H

#include <hotremove/hotremove.h>

#include "source/packer.h"
#include "source/record.h"
#include "source/snapshot.h"
#include "source/source.h"

/* What goes into the file. */
struct hr_snapshot_content {
	const struct hr_snapshot *snapshot;
	const char *vmcoreinfo; /* NULL: there is none */
	size_t vmcoreinfo_len;	/* bytes */
	/* ascending, and apart; all of it can be read */
	const struct hr_read_range *ranges;
	size_t count;
	const struct hr_memory *memory;
	uint64_t va_offset; /* of the linear map: VA minus PA */
};

/*
 * Write @content to @packer. *@ret_sum depends on all of the memory that was written. Errors:
 * HR_ERROR_UNREADABLE or HR_ERROR_OS if the memory cannot be read; HR_ERROR_INPUT if there is none,
 * or beyond the limits of segments and notes; those of @packer.
 */
struct hr_error *hr_snapshot_write(const struct hr_snapshot_content *content,
				   struct hr_packer *packer, uint64_t *ret_sum);

/* The sum of @content as it is now, to see if its memory has changed. Errors: as above. */
struct hr_error *hr_snapshot_sum(const struct hr_snapshot_content *content, uint64_t *ret_sum);

#endif
