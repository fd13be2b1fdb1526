/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A small kdump-compressed dump whose pages are stored uncompressed. */
#ifndef HR_TEST_KDUMP_FILE_H
#define HR_TEST_KDUMP_FILE_H

#include "core_file.h"

enum {
	KDUMP_PAGES = 128,
	KDUMP_BLOCK = 4096,
	KDUMP_SECOND_BITMAP =
		4 * KDUMP_BLOCK, /* offset of the second bitmap, which has two blocks */
	KDUMP_DESCS = 6 * KDUMP_BLOCK,
	KDUMP_DATA = 7 * KDUMP_BLOCK,
};

/* The frame of page @i. Pages come in groups of four, with a gap after each group. */
uint64_t kdump_file_pfn(size_t i);

/* The byte that page @i is filled with. */
int kdump_file_fill(size_t i);

/* Write the dump. core_file_write() can damage it. */
void kdump_file_init(struct core_file *file);

/* Overwrite the descriptor of page @i. */
void kdump_file_describe(struct core_file *file, size_t i, uint64_t offset, uint32_t size);

#endif
