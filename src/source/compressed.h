/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are compressed with gzip, xz, zstd or bzip2, whatever is in them. */
#ifndef HR_COMPRESSED_H
#define HR_COMPRESSED_H

#include <hotremove/hotremove.h>

#include "source/format.h"

/*
 * Limits for the content, which is a temporary file: 256 GiB, and 512 MiB plus 128 times the size
 * of the compressed file, because a small file may stand for very much.
 */
#define HR_UNPACKED_MAX	  (UINT64_C(256) << 30)
#define HR_UNPACKED_FREE  (UINT64_C(512) << 20)
#define HR_UNPACKED_TIMES 128

/*
 * The format; see struct hr_format. The library of the codec unpacks it, and checks all sums. Of a
 * file that ends inside a member, the content before that counts, whose sums may be missing.
 * Refused as a whole (HR_ERROR_INPUT): what the library calls damaged, what ends in zeros, and what
 * seems to end early but has the end of a member.
 */
bool hr_compressed_probe(const void *head, size_t len);
struct hr_error *hr_compressed_prepare(const void *head, size_t len);
struct hr_error *hr_compressed_peek(int fd, void *head, size_t *ret_len);
struct hr_error *hr_compressed_unwrap(int fd, const struct hr_progress *progress, int out,
				      struct hr_unwrapped *ret);

#endif
