/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small kdump-compressed dump that is made for libkdumpfile from a large one. It has the pages of
 * a request, compressed as they are in the large one, under its own frame numbers. The library
 * reads all of a dump's bitmap when it opens the dump, and the bitmap of a large machine has
 * gigabytes.
 *
 * The library caches what it has read of a file. So the view has several windows, which are used in
 * turn, one for each request, and the reader opens the view again before it uses the first one
 * again.
 */
#ifndef HR_KDUMP_VIEW_H
#define HR_KDUMP_VIEW_H

#include <hotremove/hotremove.h>
#include <stdbool.h>

#include "source/kdump_pages.h"

enum {
	HR_KDUMP_VIEW_WINDOWS = 4,
	HR_KDUMP_VIEW_BLOCKS = 128, /* blocks of the dump in one window */
};

struct hr_kdump_view {
	int fd;		       /* -1: none */
	uint64_t block_size;   /* bytes */
	uint64_t descs_offset; /* in the view */
	uint64_t data_offset;
	size_t window;			     /* the one being filled */
	bool finished;			     /* it may already be in use */
	size_t count;			     /* number of blocks in it */
	uint64_t pfns[HR_KDUMP_VIEW_BLOCKS]; /* their frame numbers in the dump */
	unsigned char *descs, *block;
};

/* Create the file, which is only in memory. Error HR_ERROR_OS. Release @ret in any case. */
struct hr_error *hr_kdump_view_create(struct hr_kdump_view *ret);
void hr_kdump_view_release(struct hr_kdump_view *view);

/* Write the headers for a dump with blocks of @block_size bytes. The first window is next. */
struct hr_error *hr_kdump_view_begin(struct hr_kdump_view *view, uint64_t block_size);

/* Go to the next window, and empty it. */
void hr_kdump_view_next(struct hr_kdump_view *view);

/*
 * If the window already has all blocks of the @len bytes at @pa of the dump, set *@ret to their
 * physical address in the view. Returns false otherwise.
 */
bool hr_kdump_view_has(const struct hr_kdump_view *view, uint64_t pa, size_t len, uint64_t *ret);

/* Does the window have room for the blocks of a piece of @len bytes at @pa? */
bool hr_kdump_view_has_room(const struct hr_kdump_view *view, uint64_t pa, size_t len);

/* Append block @pfn of the dump, which is stored as @page in @fd. There must be room for it. */
struct hr_error *hr_kdump_view_add(struct hr_kdump_view *view, uint64_t pfn, int fd,
				   const struct hr_kdump_page *page);

/* Write the rest of the window. *@ret_renew: the view must be opened again before it is read. */
struct hr_error *hr_kdump_view_finish(struct hr_kdump_view *view, bool *ret_renew);

#endif
