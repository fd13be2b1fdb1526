// SPDX-License-Identifier: GPL-2.0-or-later
#include "kdump_file.h"

#include <string.h>

#include "../tools/kdump_format.h"

enum {
	GROUP = 4,
	STRIDE = 9,
	FIRST_PFN = 0x1000,
	BITMAP_SIZE = 2 * KDUMP_BLOCK,
};

uint64_t kdump_file_pfn(size_t i)
{
	return FIRST_PFN + i / GROUP * STRIDE + i % GROUP;
}

int kdump_file_fill(size_t i)
{
	return (int)(i * 7 + 1) & 0xff;
}

void kdump_file_describe(struct core_file *file, size_t i, uint64_t offset, uint32_t size)
{
	const struct page_desc desc = { .offset = offset, .size = size };

	core_file_write(file, &desc, sizeof(desc), KDUMP_DESCS + i * sizeof(desc));
}

static void write_headers(struct core_file *file)
{
	struct main_header header = {
		.version = HEADER_VERSION,
		.block_size = KDUMP_BLOCK,
		.sub_blocks = 1,
		.bitmap_blocks = 4,
		.max_mapnr = BITMAP_SIZE * 8,
		.cpus = 1,
	};
	const struct sub_header sub = {
		.dump_level = DUMP_LEVEL,
		.max_mapnr_64 = BITMAP_SIZE * 8,
	};

	memcpy(header.signature, "KDUMP   ", sizeof(header.signature));
	strcpy(header.utsname[0], "Linux");
	strcpy(header.utsname[2], "6.12.0");
	strcpy(header.utsname[4], "aarch64");
	core_file_raw(file, &header, sizeof(header));
	core_file_write(file, &sub, sizeof(sub), KDUMP_BLOCK);
}

void kdump_file_init(struct core_file *file)
{
	unsigned char bitmap[BITMAP_SIZE] = { 0 }, page[KDUMP_BLOCK];

	write_headers(file);
	for (size_t i = 0; i < KDUMP_PAGES; i++) {
		uint64_t pfn = kdump_file_pfn(i), offset = KDUMP_DATA + i * KDUMP_BLOCK;

		bitmap[pfn / 8] |= (unsigned char)(1u << pfn % 8);
		kdump_file_describe(file, i, offset, KDUMP_BLOCK);
		memset(page, kdump_file_fill(i), sizeof(page));
		core_file_write(file, page, sizeof(page), offset);
	}
	core_file_write(file, bitmap, sizeof(bitmap), KDUMP_SECOND_BITMAP - sizeof(bitmap));
	core_file_write(file, bitmap, sizeof(bitmap), KDUMP_SECOND_BITMAP);
}
