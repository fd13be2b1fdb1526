/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * makedumpfile's flattened format, which QEMU also uses for kdump dumps: a stream of pieces, each
 * with its place in the dump.
 */
#ifndef HR_FLATTENED_H
#define HR_FLATTENED_H

#include <hotremove/hotremove.h>

#include "source/format.h"

#define HR_FLATTENED_SIGNATURE	   "makedumpfile"
#define HR_FLATTENED_SIGNATURE_LEN 12

/* A larger flattened file is refused: rearrange it once with makedumpfile -R. */
#define HR_FLATTENED_MAX (UINT64_C(256) << 30)

/* The limit for places in the dump: no file system has larger files. */
#define HR_REARRANGED_MAX (UINT64_C(1) << 43)

/* The probe of the format; see struct hr_format. */
bool hr_flattened_probe(const void *head, size_t len);

/*
 * Write the pieces of @fd to their places in @out, which stays sparse. If the file ends before its
 * end mark, the pieces that are completely there count, and @ret says which they are. Error
 * HR_ERROR_INPUT: no piece is there, or the file is damaged or too large; HR_ERROR_OS: no space
 * left. Release @ret in any case.
 */
struct hr_error *hr_flattened_rearrange(int fd, const struct hr_progress *progress, int out,
					struct hr_unwrapped *ret);

#endif
