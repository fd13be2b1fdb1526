/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file that is written from its beginning to its end, compressed with zstd or not. */
#ifndef HR_PACKER_H
#define HR_PACKER_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hr_packer;

/* Is a file of this name compressed? It ends in ".zst". */
bool hr_packer_is_for(const char *path);

/*
 * Load the library that compresses, before the program drops its privileges. Error HR_ERROR_OS: it
 * is not installed.
 */
struct hr_error *hr_packer_prepare(void);

/*
 * Write to @fd, from its beginning; with @compressed, as one zstd frame with a checksum. Error
 * HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_packer_create(int fd, bool compressed, struct hr_packer **ret);
void hr_packer_destroy(struct hr_packer *packer);

/* Append @len bytes. Errors: HR_ERROR_OS, as there is no space left; HR_ERROR_NO_MEMORY. */
struct hr_error *hr_packer_put(struct hr_packer *packer, const void *bytes, size_t len);

/* Append zeros up to @offset of what was put. Errors as above. */
struct hr_error *hr_packer_pad(struct hr_packer *packer, uint64_t offset);

/* No more follows: *@ret_size bytes are in the file. Errors as above. */
struct hr_error *hr_packer_end(struct hr_packer *packer, uint64_t *ret_size);

static inline void hr_cleanup_packer(struct hr_packer **packer)
{
	hr_packer_destroy(*packer);
}

#endif
