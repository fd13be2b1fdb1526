/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which pages a kdump-compressed file has, and whether they really are in the file: libkdumpfile
 * reads data beyond the end of the file as zeros.
 */
#ifndef HR_KDUMP_PAGES_H
#define HR_KDUMP_PAGES_H

#include <hotremove/hotremove.h>

#include "source/kdump_header.h"
#include "source/stretches.h"

struct hr_kdump_pages;

/* A page as it is stored in the file. */
struct hr_kdump_page {
	uint64_t offset; /* in the file */
	uint32_t size;	 /* bytes in the file, from 1 to the size of a block */
	uint32_t flags;	 /* how it is compressed */
};

/*
 * Count the pages of the file @fd of @file_size bytes, whose @header was read. The file may lack
 * some of them; @stored is what it has. Only the stored part of the bitmap is read, and memory use
 * is proportional to the pages. @fd and @stored must stay as long as the result is used, and the
 * position in the file changes. Error HR_ERROR_INPUT: the file ends within its bitmap, or lacks a
 * part of it that others follow.
 */
struct hr_error *hr_kdump_pages_create(int fd, uint64_t file_size,
				       const struct hr_kdump_header *header,
				       const struct hr_stretches *stored,
				       struct hr_kdump_pages **ret);
void hr_kdump_pages_destroy(struct hr_kdump_pages *pages);

/* The number of pages that the file should have. */
uint64_t hr_kdump_pages_count(const struct hr_kdump_pages *pages);

/* What a file lacks that ends early. */
struct hr_kdump_lack {
	uint64_t pages; /* that it should have */
	uint64_t bytes; /* of the file; UINT64_MAX if that is not known */
};

/*
 * Count what the file lacks. If it seems to be whole, because its last pages are there and it is
 * not marked as incomplete, that is nothing; otherwise this reads all of its descriptors. Error
 * HR_ERROR_INPUT: these do not agree with the bitmap.
 */
struct hr_error *hr_kdump_pages_lack(struct hr_kdump_pages *pages, struct hr_kdump_lack *ret);

/*
 * Count the pages of all parts of a split set that are in [@first, @end), by the bitmap of one part
 * @fd with @header. Error HR_ERROR_INPUT: it ends within its bitmap.
 */
struct hr_error *hr_kdump_pages_between(int fd, const struct hr_kdump_header *header,
					uint64_t first, uint64_t end, uint64_t *ret);

/* Does frame @pfn belong to this file of a split set? */
bool hr_kdump_pages_cover(const struct hr_kdump_pages *pages, uint64_t pfn);

/*
 * Look up frame @pfn. Error HR_ERROR_UNREADABLE: the file does not have the page, or lacks its
 * descriptor or its data.
 */
struct hr_error *hr_kdump_pages_find(struct hr_kdump_pages *pages, uint64_t pfn,
				     struct hr_kdump_page *ret);

/*
 * The first run of frames at or after @pfn that the file has, from *@ret_first to *@ret_end
 * (exclusive). A page with the same data as the page before it is left out: dumps store all pages
 * of zeros once. What is found may still be unreadable. Returns false if there is none.
 */
bool hr_kdump_pages_next(struct hr_kdump_pages *pages, uint64_t pfn, uint64_t *ret_first,
			 uint64_t *ret_end);

#endif
