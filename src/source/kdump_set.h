/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kdump-compressed dump, or all parts of a split one, as far as this program reads it itself: its
 * headers, and where its pages are stored. Unpacking them happens elsewhere.
 */
#ifndef HR_KDUMP_SET_H
#define HR_KDUMP_SET_H

#include <hotremove/hotremove.h>

#include "source/kdump_pages.h"
#include "source/source.h"

struct hr_kdump_set {
	int fds[HR_SPLIT_MAX];
	size_t count;
	const struct hr_stretches *stored; /* what each file has, one for each */
	uint64_t block_size;		   /* bytes of a page of the dump */
	uint64_t sizes[HR_SPLIT_MAX];
	struct hr_kdump_header headers[HR_SPLIT_MAX];
	struct hr_kdump_pages *pages[HR_SPLIT_MAX]; /* NULL: not indexed */
};

/*
 * Set up @set for the @count files @fds, which must outlive it. Reads none of them. They count as
 * whole unless set->stored is set.
 */
void hr_kdump_set_init(struct hr_kdump_set *set, const int *fds, size_t count);

/* Drop the index of the pages. It can be built again. */
void hr_kdump_set_forget(struct hr_kdump_set *set);

/*
 * Read the headers of all files; *@ret_bitmaps is the size of all their page bitmaps in bytes.
 * Error HR_ERROR_INPUT: they are damaged, or not of one dump.
 */
struct hr_error *hr_kdump_set_read_headers(struct hr_kdump_set *set, uint64_t *ret_bitmaps);

/*
 * Index the pages by the headers; *@ret is their number. Error HR_ERROR_INPUT: a file ends within
 * its bitmap.
 */
struct hr_error *hr_kdump_set_index(struct hr_kdump_set *set, uint64_t *ret);

/*
 * Read VMCOREINFO by the headers. The caller frees it. NULL if the dump has none, which is not an
 * error. Error HR_ERROR_INPUT: it is too large.
 */
struct hr_error *hr_kdump_set_read_vmcoreinfo(const struct hr_kdump_set *set, char **ret,
					      size_t *ret_len);

/*
 * The blocks of the @len bytes at @pa; the last one is inclusive. Error HR_ERROR_UNREADABLE: there
 * is no such PA.
 */
struct hr_error *hr_kdump_set_blocks(const struct hr_kdump_set *set, uint64_t pa, size_t len,
				     uint64_t *ret_first, uint64_t *ret_last);

/*
 * Find where block @pfn is stored, in *@ret_fd, by the index. Error HR_ERROR_UNREADABLE: the dump
 * does not have it, or is damaged there.
 */
struct hr_error *hr_kdump_set_find(const struct hr_kdump_set *set, uint64_t pfn,
				   struct hr_kdump_page *ret, int *ret_fd);

/* The first run of blocks at or after @pfn that a file has, as hr_kdump_pages_next() finds it. */
bool hr_kdump_set_next(const struct hr_kdump_set *set, uint64_t pfn, uint64_t *ret_first,
		       uint64_t *ret_end);

/* Are all blocks of the @len bytes at @pa in the dump? Errors as in hr_kdump_set_find(). */
struct hr_error *hr_kdump_set_check(const struct hr_kdump_set *set, uint64_t pa, size_t len);

#endif
