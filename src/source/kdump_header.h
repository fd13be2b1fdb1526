/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks that a kdump-compressed file must pass before libkdumpfile gets it: the library reads data
 * beyond the end of a truncated file as zeros, and allocates whatever the header says.
 */
#ifndef HR_KDUMP_HEADER_H
#define HR_KDUMP_HEADER_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HR_KDUMP_SIGNATURE     "KDUMP   "
#define HR_KDUMP_SIGNATURE_LEN 8

enum {
	HR_KDUMP_BLOCK_MAX = 65536
};

struct hr_kdump_header {
	/* bytes of a page of the dump; not always the kernel's page size */
	uint64_t block_size;
	uint64_t bitmap_offset;	     /* in the file: one bit for each page frame, starting at 0 */
	uint64_t bitmap_size;	     /* bytes */
	uint64_t descs_offset;	     /* in the file: one descriptor for each page in the dump */
	uint64_t pfn_first, pfn_end; /* frames of this file in a split set, end exclusive */
	uint64_t vmcoreinfo_offset;  /* of the note's text in the file; 0 if there is no note */
	uint64_t vmcoreinfo_size;    /* bytes */
	bool is_flagged;	     /* makedumpfile ran out of space when it wrote the file */
	bool is_cut;		     /* the file lacks what should be behind its pages */
};

/*
 * Read the headers of the kdump-compressed file @fd of @file_size bytes, and check that they are
 * from an arm64 kernel, that notes and bitmap lie in the file, and that the bitmap is one of
 * physical addresses. Error HR_ERROR_INPUT: a check failed.
 */
struct hr_error *hr_kdump_header_read(int fd, uint64_t file_size, struct hr_kdump_header *ret);

#endif
