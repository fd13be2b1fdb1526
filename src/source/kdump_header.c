// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/kdump_header.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/little_endian.h"
#include "base/units.h"
#include "source/file_part.h"

/* Bits of a physical address. The bitmap has one bit for each frame. */
#define PA_BITS_MAX 52

/* Offsets in the header of a 64-bit little-endian dump, and in the sub header after it. */
enum {
	OFF_MACHINE = 272,
	OFF_STATUS = 424,
	OFF_BLOCK_SIZE = 428,
	OFF_SUB_BLOCKS = 432,
	OFF_BITMAP_BLOCKS = 436,
	HEADER_SIZE = 464,
	SUB_SPLIT = 12,
	SUB_START_PFN = 16,
	SUB_END_PFN = 24,
	SUB_BLOBS = 32, /* pairs of offset and size: vmcoreinfo, notes, eraseinfo */
	SUB_BLOB_COUNT = 3,
	SUB_ERASEINFO = 2, /* the blob that comes last in the file */
	SUB_START_PFN_64 = 80,
	SUB_SIZE = 104,
	MACHINE_LEN = 65,
	BLOCK_MIN = 4096,
	BLOCK_MAX = HR_KDUMP_BLOCK_MAX,
	STATUS_INCOMPLETE = 8, /* makedumpfile's DUMP_DH_COMPRESSED_INCOMPLETE */
};

struct header {
	int fd;
	uint64_t file_size;
	uint64_t block_size;
	uint64_t sub_blocks;
	uint64_t bitmap_blocks;
	uint64_t vmcoreinfo_offset, vmcoreinfo_size;
	uint64_t pfn_first, pfn_end; /* range of this file in a split set */
	bool is_flagged, is_cut;
};

/* QEMU does not know its guest's utsname and writes "Unknown"; other writers write "arm64". */
static bool is_arm64(const char *machine)
{
	static const char *const names[] = { "aarch64", "arm64", "Unknown", "" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(machine, names[i], MACHINE_LEN))
			return true;
	return false;
}

static bool is_block_size(uint64_t size)
{
	return size >= BLOCK_MIN && size <= BLOCK_MAX && !(size & (size - 1));
}

static struct hr_error *parse_main(struct header *header)
{
	unsigned char bytes[HEADER_SIZE];
	struct hr_error *error = hr_file_part_read(header->fd, bytes, sizeof(bytes), 0);
	const char *machine = (const char *)bytes + OFF_MACHINE;

	if (error)
		return hr_error_context(error, "its header");
	header->block_size = hr_get_le32(bytes + OFF_BLOCK_SIZE);
	header->is_flagged = hr_get_le32(bytes + OFF_STATUS) & STATUS_INCOMPLETE;
	header->sub_blocks = hr_get_le32(bytes + OFF_SUB_BLOCKS);
	header->bitmap_blocks = hr_get_le32(bytes + OFF_BITMAP_BLOCKS);
	if (is_block_size(__builtin_bswap32((uint32_t)header->block_size)))
		return hr_error_new(
			HR_ERROR_INPUT,
			"it is a dump of a big-endian kernel, which cannot be read: only "
			"little-endian arm64 kernels are supported");
	if (!is_arm64(machine))
		return hr_error_new(HR_ERROR_INPUT,
				    "it is a dump of another architecture: only arm64 (aarch64) is "
				    "supported");
	if (!is_block_size(header->block_size))
		return hr_error_new(HR_ERROR_INPUT,
				    "its header is damaged: the block size of %s is not a power of "
				    "two from %d to %d",
				    hr_count_text(header->block_size, "byte", "bytes").text,
				    BLOCK_MIN, BLOCK_MAX);
	return NULL;
}

/*
 * The sub header's blobs must lie in the file, except the one behind the pages: a file that ends
 * early lacks it.
 */
static struct hr_error *check_blobs(struct header *header, const unsigned char *sub)
{
	struct hr_error *error = NULL;

	for (size_t i = 0; !error && i < SUB_BLOB_COUNT; i++) {
		error = hr_file_part_check(header->file_size, "a note extends",
					   hr_get_le64(sub + SUB_BLOBS + 16 * i),
					   hr_get_le64(sub + SUB_BLOBS + 16 * i + 8));
		if (!error || i != SUB_ERASEINFO)
			continue;
		header->is_cut = true;
		hr_error_destroy(error);
		error = NULL;
	}
	return error;
}

/* A part of a split set has only some of the pages. */
static struct hr_error *parse_sub(struct header *header)
{
	unsigned char bytes[SUB_SIZE];
	struct hr_error *error =
		hr_file_part_read(header->fd, bytes, sizeof(bytes), header->block_size);

	if (error)
		return hr_error_context(error, "its sub header");
	error = check_blobs(header, bytes);
	if (error)
		return error;
	header->vmcoreinfo_offset = hr_get_le64(bytes + SUB_BLOBS);
	header->vmcoreinfo_size = hr_get_le64(bytes + SUB_BLOBS + 8);
	header->pfn_end = UINT64_MAX;
	if (!hr_get_le32(bytes + SUB_SPLIT))
		return NULL;
	header->pfn_first = hr_get_le64(bytes + SUB_START_PFN_64);
	header->pfn_end = hr_get_le64(bytes + SUB_START_PFN_64 + 8);
	if (!header->pfn_end) {
		header->pfn_first = hr_get_le64(bytes + SUB_START_PFN);
		header->pfn_end = hr_get_le64(bytes + SUB_END_PFN);
	}
	return NULL;
}

/* The size of the bitmap does not matter: holes of a sparse file and absent frames cost nothing. */
static struct hr_error *check_bitmap(const struct header *header)
{
	uint64_t size = header->bitmap_blocks / 2 * header->block_size;
	uint64_t most = UINT64_C(1) << (PA_BITS_MAX - 3) >> __builtin_ctzll(header->block_size);

	if (size <= most)
		return NULL;
	return hr_error_new(HR_ERROR_INPUT,
			    "its page bitmap of %" PRIu64 " bytes exceeds the limit of %" PRIu64
			    " bytes, which is enough for physical addresses of %d bits",
			    size, most, PA_BITS_MAX);
}

struct hr_error *hr_kdump_header_read(int fd, uint64_t file_size, struct hr_kdump_header *ret)
{
	struct header header = { .fd = fd, .file_size = file_size };
	struct hr_error *error = parse_main(&header);
	uint64_t half, descs;

	if (!error)
		error = parse_sub(&header);
	if (error)
		return error;
	half = header.bitmap_blocks / 2 * header.block_size;
	descs = (1 + header.sub_blocks + header.bitmap_blocks) * header.block_size;
	error = hr_file_part_check(file_size, "the page bitmap extends", 0, descs);
	if (!error)
		error = check_bitmap(&header);
	*ret = (struct hr_kdump_header){
		.block_size = header.block_size,
		.bitmap_offset = (1 + header.sub_blocks) * header.block_size + half,
		.bitmap_size = half,
		.descs_offset = descs,
		.pfn_first = header.pfn_first,
		.pfn_end = header.pfn_end,
		.vmcoreinfo_offset = header.vmcoreinfo_offset,
		.vmcoreinfo_size = header.vmcoreinfo_size,
		.is_flagged = header.is_flagged,
		.is_cut = header.is_cut,
	};
	return error;
}
