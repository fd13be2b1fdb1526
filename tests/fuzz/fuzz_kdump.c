// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is checked of a kdump-compressed file before the library sees it. Input: pieces of a sparse
 * file. Of what is accepted all parts lie in the file, and the pages are those of the bitmap.
 */
#include <endian.h>
#include <inttypes.h>
#include <string.h>

#include "cleanup.h"
#include "fuzz.h"
#include "kdump_header.h"

enum {
	FILE_MAX = 1 << 20
};

/* A little-endian number of the file; behind its end there is none. */
static uint64_t number(const uint8_t *file, uint64_t at, size_t len)
{
	uint64_t value = 0;

	for (size_t i = 0; i < len; i++)
		value |= (uint64_t)file[at + i] << 8 * i;
	return value;
}

/* Pages of the second bitmap that this file of a split set has, bit by bit. */
static uint64_t count_pages(const uint8_t *file, uint64_t block, uint64_t bitmap, uint64_t half)
{
	bool split = number(file, block + 12, 4);
	uint64_t first = number(file, block + 80, 8), end = number(file, block + 88, 8), count = 0;

	if (!end) {
		first = number(file, block + 16, 8);
		end = number(file, block + 24, 8);
	}
	for (uint64_t pfn = 0; pfn < half * 8; pfn++)
		count += file[bitmap + half + pfn / 8] >> pfn % 8 & 1 &&
			 (!split || (pfn >= first && pfn < end));
	return count;
}

static void check_header(const uint8_t *file, size_t len, const struct hr_kdump_header *header)
{
	uint64_t block = header->block_size, sub, blocks, descs;

	require(block >= 4096 && block <= 65536 && !(block & (block - 1)), "pages of %" PRIu64,
		block);
	require(header->vmcoreinfo_offset <= len &&
			header->vmcoreinfo_size <= len - header->vmcoreinfo_offset,
		"the note is not in the file");
	sub = number(file, 432, 4);
	blocks = number(file, 436, 4);
	descs = (1 + sub + blocks) * block;
	require(descs <= len && header->pages <= (len - descs) / 24, "%" PRIu64 " pages",
		header->pages);
	require(header->pages == count_pages(file, block, (1 + sub) * block, blocks / 2 * block),
		"%" PRIu64 " pages, by the bitmap another number", header->pages);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	size_t len;
	_cleanup_free_ uint8_t *file = fuzz_take_sparse(&input, FILE_MAX, &len);
	_cleanup_close_ int fd = fuzz_file(file, len);
	struct hr_kdump_header header;

	if (fuzz_succeeded(hr_kdump_header_check(fd, len, &header)))
		check_header(file, len, &header);
	return 0;
}
