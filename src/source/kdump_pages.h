/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which pages a kdump-compressed file has, and whether they are really in it: libkdumpfile reads
 * what lies behind the end of the file as zeros.
 */
#ifndef HR_KDUMP_PAGES_H
#define HR_KDUMP_PAGES_H

#include "source/kdump_header.h"

struct hr_kdump_pages;

/* A page as it is stored. */
struct hr_kdump_page {
	uint64_t offset; /* in the file */
	uint32_t size;	 /* bytes there, from 1 to those of a block */
	uint32_t flags;	 /* how it is packed */
};

/*
 * Count the pages of the file @fd of @file_size bytes, whose @header was read. The descriptors of
 * all of them, and the data of the last, must lie in the file. What is read of the bitmap is what
 * is stored of it, and what is kept is in proportion to the pages. @fd is used until the end, and
 * where it is read next is changed. Error HR_ERROR_INPUT: the file is cut short.
 */
struct hr_error *hr_kdump_pages_create(int fd, uint64_t file_size,
				       const struct hr_kdump_header *header,
				       struct hr_kdump_pages **ret);
void hr_kdump_pages_destroy(struct hr_kdump_pages *pages);

/* How many pages there are. */
uint64_t hr_kdump_pages_count(const struct hr_kdump_pages *pages);

/* Is frame @pfn one that this file of a split set would have? */
bool hr_kdump_pages_cover(const struct hr_kdump_pages *pages, uint64_t pfn);

/*
 * Look frame @pfn up. Error HR_ERROR_UNREADABLE: the file has no such page, or its data does not
 * lie in the file.
 */
struct hr_error *hr_kdump_pages_find(struct hr_kdump_pages *pages, uint64_t pfn,
				     struct hr_kdump_page *ret);

#endif
