// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The checks of a kdump-compressed file before the library gets it. Input: pieces of a sparse file.
 * If it is accepted, all its parts lie in the file, and its pages are those of the bitmap.
 */
#include <endian.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "fuzz.h"
#include "source/kdump_pages.h"

static const struct hr_stretches all_stored;

enum {
	FILE_MAX = 1 << 20
};

/* A little-endian number of the file. Beyond its end there is none. */
static uint64_t number(const uint8_t *file, uint64_t at, size_t len)
{
	uint64_t value = 0;

	for (size_t i = 0; i < len; i++)
		value |= (uint64_t)file[at + i] << 8 * i;
	return value;
}

/* The parts of a file, parsed a second time. */
struct parts {
	uint64_t block, bitmap, bits, descs; /* bytes; bits of the second bitmap */
	uint64_t first, end;		     /* frames of this file in a split set */
	uint64_t len;
};

static struct parts parts_of(const uint8_t *file, size_t len, const struct hr_kdump_header *header)
{
	uint64_t block = header->block_size, sub = number(file, 432, 4),
		 blocks = number(file, 436, 4);
	struct parts parts = {
		.block = block,
		.bitmap = (1 + sub + blocks / 2) * block,
		.bits = blocks / 2 * block * 8,
		.descs = (1 + sub + blocks) * block,
		.end = UINT64_MAX,
		.len = len,
	};

	if (number(file, block + 12, 4)) {
		parts.first = number(file, block + 80, 8);
		parts.end = number(file, block + 88, 8);
		if (!parts.end) {
			parts.first = number(file, block + 16, 8);
			parts.end = number(file, block + 24, 8);
		}
	}
	return parts;
}

static bool has_page(const uint8_t *file, const struct parts *parts, uint64_t pfn)
{
	return pfn < parts->bits && pfn >= parts->first && pfn < parts->end &&
	       file[parts->bitmap + pfn / 8] >> pfn % 8 & 1;
}

/* Do descriptor @rank and the data of its page lie in the file? */
static bool is_in_file(const uint8_t *file, const struct parts *parts, uint64_t rank)
{
	uint64_t at = parts->descs + rank * 24, offset, size;

	if (at > parts->len || parts->len - at < 24)
		return false;
	offset = number(file, at, 8);
	size = number(file, at + 8, 4);
	return size && size <= parts->block && offset <= parts->len && size <= parts->len - offset;
}

static void check_header(size_t len, const struct hr_kdump_header *header)
{
	uint64_t block = header->block_size;

	require(block >= 4096 && block <= 65536 && !(block & (block - 1)), "pages of %" PRIu64,
		block);
	require(header->vmcoreinfo_offset <= len &&
			header->vmcoreinfo_size <= len - header->vmcoreinfo_offset,
		"the note is not in the file");
}

static void check_pages(const uint8_t *file, const struct parts *parts,
			struct hr_kdump_pages *pages)
{
	struct hr_kdump_lack lack = { 0 };
	struct hr_kdump_page page;
	uint64_t rank = 0, missing = 0;

	for (uint64_t pfn = 0; pfn < parts->bits + 9; pfn++) {
		bool here = has_page(file, parts, pfn);
		bool sound = here && is_in_file(file, parts, rank);

		/* A sample of the frames without a page is enough: there may be millions. */
		if (here || pfn % 4093 == 0)
			require(fuzz_succeeded(hr_kdump_pages_find(pages, pfn, &page)) == sound,
				"frame %" PRIu64, pfn);
		rank += here;
		missing += here && !sound;
	}
	require(rank == hr_kdump_pages_count(pages), "%" PRIu64 " pages, by the bitmap %" PRIu64,
		hr_kdump_pages_count(pages), rank);
	/* If the last pages are there, the file counts as whole. */
	if (fuzz_succeeded(hr_kdump_pages_lack(pages, &lack)))
		require(!lack.pages || lack.pages == missing,
			"%" PRIu64 " pages are missing, not %" PRIu64, missing, lack.pages);
}

static void check_runs(const uint8_t *file, const struct parts *parts, struct hr_kdump_pages *pages)
{
	uint64_t pfn = 0, first, end;

	for (; hr_kdump_pages_next(pages, pfn, &first, &end); pfn = end) {
		require(first >= pfn && end > first, "a run from %" PRIu64 " to %" PRIu64, first,
			end);
		for (; first < end; first++)
			require(has_page(file, parts, first), "frame %" PRIu64 " in a run", first);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	size_t len;
	_cleanup_free_ uint8_t *file = fuzz_take_sparse(&input, FILE_MAX, &len);
	_cleanup_close_ int fd = fuzz_file(file, len);
	struct hr_kdump_pages *pages;
	struct hr_kdump_header header;
	struct parts parts;

	if (!fuzz_succeeded(hr_kdump_header_read(fd, len, &header)))
		return 0;
	check_header(len, &header);
	if (!fuzz_succeeded(hr_kdump_pages_create(fd, len, &header, &all_stored, &pages)))
		return 0;
	parts = parts_of(file, len, &header);
	check_pages(file, &parts, pages);
	check_runs(file, &parts, pages);
	hr_kdump_pages_destroy(pages);
	return 0;
}
