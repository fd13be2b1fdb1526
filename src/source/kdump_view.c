// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/kdump_view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/little_endian.h"
#include "base/page_buffer.h"
#include "os/file_io.h"

/*
 * Headers, two bitmaps of one block, descriptors, data. All frames are in the bitmap. Only the
 * first frames of a window are used, so that the descriptors of two windows never share a page of
 * the host, which is the unit in which the library caches a file: at most 64 KiB.
 */
enum {
	HOST_PAGE = 65536,
	DESC_SIZE = 24,
	WINDOW_FRAMES = 8192, /* their descriptors take three such pages */
	FRAMES = HR_KDUMP_VIEW_WINDOWS * WINDOW_FRAMES,
	BITMAP_SIZE = FRAMES / 8,
	BITMAP_BLOCKS = 2,
};

_Static_assert(WINDOW_FRAMES *DESC_SIZE % HOST_PAGE == 0, "windows share no page");
_Static_assert(BITMAP_SIZE <= 4096, "a bitmap fits one block");
_Static_assert(HR_KDUMP_VIEW_BLOCKS * 4096 % HOST_PAGE == 0, "data of windows shares no page");

/* Offsets in the header and the sub header of a dump. */
enum {
	OFF_VERSION = 8,
	OFF_UTSNAME = 12,
	UTSNAME_LEN = 65,
	OFF_BLOCK_SIZE = 428,
	OFF_SUB_BLOCKS = 432,
	OFF_BITMAP_BLOCKS = 436,
	OFF_MAX_MAPNR = 440,
	OFF_CPUS = 460,
	HEADER_SIZE = 464,
	HEADER_VERSION = 6,
	SUB_MAX_MAPNR_64 = 96,
	SUB_SIZE = 104,
};

struct hr_error *hr_kdump_view_create(struct hr_kdump_view *ret)
{
	*ret = (struct hr_kdump_view){ .fd = -1 };
	ret->descs = calloc(HR_KDUMP_VIEW_BLOCKS, DESC_SIZE);
	ret->block = hr_page_buffer(HR_KDUMP_BLOCK_MAX);
	if (!ret->descs || !ret->block)
		return hr_error_no_memory();
	ret->fd = hr_fd_above_standard(memfd_create("hotremove-check", MFD_CLOEXEC));
	if (ret->fd < 0)
		return hr_error_errno(errno, "cannot create a file in memory for reading the dump");
	return NULL;
}

void hr_kdump_view_release(struct hr_kdump_view *view)
{
	hr_cleanup_close(&view->fd);
	free(view->descs);
	free(view->block);
	*view = (struct hr_kdump_view){ .fd = -1 };
}

static struct hr_error *write_header(const struct hr_kdump_view *view, uint64_t sub_blocks)
{
	static const struct {
		size_t field; /* of a utsname field */
		const char *text;
	} names[] = { { 0, "Linux" }, { 2, "6.0.0" }, { 4, "aarch64" } };
	unsigned char bytes[HEADER_SIZE] = HR_KDUMP_SIGNATURE;

	hr_put_le32(bytes + OFF_VERSION, HEADER_VERSION);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		memcpy(bytes + OFF_UTSNAME + names[i].field * UTSNAME_LEN, names[i].text,
		       strlen(names[i].text));
	hr_put_le32(bytes + OFF_BLOCK_SIZE, (uint32_t)view->block_size);
	hr_put_le32(bytes + OFF_SUB_BLOCKS, (uint32_t)sub_blocks);
	hr_put_le32(bytes + OFF_BITMAP_BLOCKS, BITMAP_BLOCKS);
	hr_put_le32(bytes + OFF_MAX_MAPNR, FRAMES);
	hr_put_le32(bytes + OFF_CPUS, 1);
	return hr_pwrite_all(view->fd, bytes, sizeof(bytes), 0);
}

static struct hr_error *write_sub_header(const struct hr_kdump_view *view)
{
	unsigned char bytes[SUB_SIZE] = { 0 };

	hr_put_le64(bytes + SUB_MAX_MAPNR_64, FRAMES);
	return hr_pwrite_all(view->fd, bytes, sizeof(bytes), view->block_size);
}

/* Write both bitmaps, which end where the descriptors begin. */
static struct hr_error *write_bitmaps(const struct hr_kdump_view *view)
{
	unsigned char bytes[BITMAP_SIZE];
	struct hr_error *error = NULL;

	memset(bytes, 0xff, sizeof(bytes));
	for (uint64_t i = 1; !error && i <= BITMAP_BLOCKS; i++)
		error = hr_pwrite_all(view->fd, bytes, sizeof(bytes),
				      view->descs_offset - i * view->block_size);
	return error;
}

/* A dump has the size that its pages need. */
static struct hr_error *write_end(const struct hr_kdump_view *view)
{
	uint64_t blocks = HR_KDUMP_VIEW_WINDOWS * (uint64_t)HR_KDUMP_VIEW_BLOCKS;

	return hr_pwrite_all(view->fd, "", 1, view->data_offset + blocks * view->block_size - 1);
}

struct hr_error *hr_kdump_view_begin(struct hr_kdump_view *view, uint64_t block_size)
{
	uint64_t head = (2 + BITMAP_BLOCKS) * block_size;
	struct hr_error *error;

	view->block_size = block_size;
	view->descs_offset = head < HOST_PAGE ? HOST_PAGE : head;
	view->data_offset = view->descs_offset + (uint64_t)FRAMES * DESC_SIZE;
	view->window = 0;
	view->finished = false;
	view->count = 0;
	error = write_header(view, view->descs_offset / block_size - 1 - BITMAP_BLOCKS);
	if (!error)
		error = write_sub_header(view);
	if (!error)
		error = write_bitmaps(view);
	return error ? error : write_end(view);
}

/* A window that was not finished is used again, so that none is skipped. */
void hr_kdump_view_next(struct hr_kdump_view *view)
{
	if (view->finished)
		view->window = (view->window + 1) % HR_KDUMP_VIEW_WINDOWS;
	view->finished = false;
	view->count = 0;
}

/* The number of blocks that a piece touches. */
static uint64_t count_blocks(const struct hr_kdump_view *view, uint64_t pa, size_t len)
{
	return (pa + len - 1) / view->block_size - pa / view->block_size + 1;
}

bool hr_kdump_view_has(const struct hr_kdump_view *view, uint64_t pa, size_t len, uint64_t *ret)
{
	uint64_t pfn = pa / view->block_size, blocks = count_blocks(view, pa, len);

	for (size_t i = view->count; i-- > 0;) {
		uint64_t frame = view->window * (uint64_t)WINDOW_FRAMES + i;

		if (view->pfns[i] != pfn)
			continue;
		for (uint64_t k = 1; k < blocks; k++)
			if (i + k >= view->count || view->pfns[i + k] != pfn + k)
				return false;
		*ret = frame * view->block_size + pa % view->block_size;
		return true;
	}
	return false;
}

bool hr_kdump_view_has_room(const struct hr_kdump_view *view, uint64_t pa, size_t len)
{
	return count_blocks(view, pa, len) <= HR_KDUMP_VIEW_BLOCKS - view->count;
}

struct hr_error *hr_kdump_view_add(struct hr_kdump_view *view, uint64_t pfn, int fd,
				   const struct hr_kdump_page *page)
{
	uint64_t place = view->window * (uint64_t)HR_KDUMP_VIEW_BLOCKS + view->count;
	uint64_t offset = view->data_offset + place * view->block_size;
	unsigned char *desc = view->descs + view->count * DESC_SIZE;
	struct hr_error *error = hr_pread_all(fd, view->block, page->size, page->offset);

	if (!error)
		error = hr_pwrite_all(view->fd, view->block, page->size, offset);
	if (error)
		return error;
	hr_put_le64(desc, offset);
	hr_put_le32(desc + 8, page->size);
	hr_put_le32(desc + 12, page->flags);
	view->pfns[view->count++] = pfn;
	return NULL;
}

struct hr_error *hr_kdump_view_finish(struct hr_kdump_view *view, bool *ret_renew)
{
	uint64_t frame = view->window * (uint64_t)WINDOW_FRAMES;

	*ret_renew = !view->window;
	view->finished = true;
	return hr_pwrite_all(view->fd, view->descs, view->count * DESC_SIZE,
			     view->descs_offset + frame * DESC_SIZE);
}
