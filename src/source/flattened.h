/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * makedumpfile's flattened format, which QEMU's kdump dumps have too: a stream of pieces that say
 * where in the dump they belong.
 */
#ifndef HR_FLATTENED_H
#define HR_FLATTENED_H

#include "source/format.h"

#define HR_FLATTENED_SIGNATURE	   "makedumpfile"
#define HR_FLATTENED_SIGNATURE_LEN 12

/* A flattened file larger than this is refused: rearrange it once with makedumpfile -R. */
#define HR_FLATTENED_MAX (UINT64_C(256) << 30)

/* Where its pieces may lie in the dump: no file system holds larger files. */
#define HR_REARRANGED_MAX (UINT64_C(1) << 43)

/* The probe of the format; see struct hr_format. */
bool hr_flattened_probe(const void *head, size_t len);

/*
 * Write the pieces of @fd to their places in @out, which stays sparse. Error HR_ERROR_INPUT: cut
 * short, damaged or too large; HR_ERROR_OS: no room.
 */
struct hr_error *hr_flattened_rearrange(int fd, const struct hr_progress *progress, int out);

#endif
