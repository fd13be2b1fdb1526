/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must hold of a kdump-compressed file before libkdumpfile is let near it: it reads past the
 * end of a cut file as zeros, and allocates what the header says.
 */
#ifndef HR_KDUMP_HEADER_H
#define HR_KDUMP_HEADER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define HR_KDUMP_SIGNATURE     "KDUMP   "
#define HR_KDUMP_SIGNATURE_LEN 8

enum {
	HR_KDUMP_BLOCK_MAX = 65536
};

struct hr_kdump_header {
	uint64_t block_size;	     /* bytes of a page of the dump; not always the kernel's page */
	uint64_t bitmap_offset;	     /* in the file: one bit for each page frame from 0 on */
	uint64_t bitmap_size;	     /* bytes */
	uint64_t descs_offset;	     /* in the file: one descriptor for each page that it has */
	uint64_t pfn_first, pfn_end; /* frames of this file of a split set, the end exclusive */
	uint64_t vmcoreinfo_offset;  /* of the note's text in the file; 0 without one */
	uint64_t vmcoreinfo_size;    /* bytes */
};

/*
 * Read the headers of the kdump-compressed file @fd of @file_size bytes: of an arm64 kernel, notes
 * and bitmap within the file, and a bitmap of physical addresses. Error HR_ERROR_INPUT: not so.
 */
struct hr_error *hr_kdump_header_read(int fd, uint64_t file_size, struct hr_kdump_header *ret);

#endif
