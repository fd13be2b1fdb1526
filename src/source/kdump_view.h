/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small kdump-compressed dump that is made for libkdumpfile out of a large one: it has the pages
 * of a request, as they are stored there, under frame numbers of its own. The library reads all of
 * a dump's bitmap when it opens it, and the bitmap of a large machine has gigabytes.
 *
 * The library keeps what it has read of a file. So the view has several windows, which are used in
 * turn, one for each request, and whoever reads it opens it anew for the first one.
 */
#ifndef HR_KDUMP_VIEW_H
#define HR_KDUMP_VIEW_H

#include <stdbool.h>

#include "source/kdump_pages.h"

enum {
	HR_KDUMP_VIEW_WINDOWS = 4,
	HR_KDUMP_VIEW_BLOCKS = 128, /* of the dump, in a window */
};

struct hr_kdump_view {
	int fd;		       /* -1: there is none */
	uint64_t block_size;   /* bytes */
	uint64_t descs_offset; /* in the view */
	uint64_t data_offset;
	size_t window;			     /* that is being filled */
	bool finished;			     /* it may be in use */
	size_t count;			     /* blocks in it */
	uint64_t pfns[HR_KDUMP_VIEW_BLOCKS]; /* of the dump, of each of them */
	unsigned char *descs, *block;
};

/* Make the file, which is in memory only. Error HR_ERROR_OS. Release @ret in any case. */
struct hr_error *hr_kdump_view_create(struct hr_kdump_view *ret);
void hr_kdump_view_release(struct hr_kdump_view *view);

/* Write the headers for a dump of @block_size bytes a block; the first window is the next one. */
struct hr_error *hr_kdump_view_begin(struct hr_kdump_view *view, uint64_t block_size);

/* Go to the next window, which is empty. */
void hr_kdump_view_next(struct hr_kdump_view *view);

/*
 * The physical address in the view of a piece of @len bytes at @pa of the dump, of which the window
 * has all blocks already; false if it has not.
 */
bool hr_kdump_view_has(const struct hr_kdump_view *view, uint64_t pa, size_t len, uint64_t *ret);

/* Is there room for the blocks of a piece of @len bytes at @pa? */
bool hr_kdump_view_has_room(const struct hr_kdump_view *view, uint64_t pa, size_t len);

/* Append block @pfn of the dump, which is stored as @page in @fd; there must be room. */
struct hr_error *hr_kdump_view_add(struct hr_kdump_view *view, uint64_t pfn, int fd,
				   const struct hr_kdump_page *page);

/* Write what the window lacks. *@ret_renew: the view must be opened anew before this is read. */
struct hr_error *hr_kdump_view_finish(struct hr_kdump_view *view, bool *ret_renew);

#endif
