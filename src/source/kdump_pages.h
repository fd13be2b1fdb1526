/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which pages a kdump-compressed file has, and whether they really are in the file: libkdumpfile
 * reads data beyond the end of the file as zeros.
 */
#ifndef HR_KDUMP_PAGES_H
#define HR_KDUMP_PAGES_H

#include <hotremove/hotremove.h>

#include "source/kdump_header.h"

struct hr_kdump_pages;

/* A page as it is stored in the file. */
struct hr_kdump_page {
	uint64_t offset; /* in the file */
	uint32_t size;	 /* bytes in the file, from 1 to the size of a block */
	uint32_t flags;	 /* how it is compressed */
};

/*
 * Count the pages of the file @fd of @file_size bytes, whose @header was read. All their
 * descriptors, and the data of the last page, must lie in the file. Only the stored part of the
 * bitmap is read, and memory use is proportional to the pages. @fd must stay open as long as the
 * result is used, and its file position changes. Error HR_ERROR_INPUT: the file is truncated.
 */
struct hr_error *hr_kdump_pages_create(int fd, uint64_t file_size,
				       const struct hr_kdump_header *header,
				       struct hr_kdump_pages **ret);
void hr_kdump_pages_destroy(struct hr_kdump_pages *pages);

/* The number of pages. */
uint64_t hr_kdump_pages_count(const struct hr_kdump_pages *pages);

/* Does frame @pfn belong to this file of a split set? */
bool hr_kdump_pages_cover(const struct hr_kdump_pages *pages, uint64_t pfn);

/*
 * Look up frame @pfn. Error HR_ERROR_UNREADABLE: the file does not have the page, or the page's
 * data does not lie in the file.
 */
struct hr_error *hr_kdump_pages_find(struct hr_kdump_pages *pages, uint64_t pfn,
				     struct hr_kdump_page *ret);

#endif
