// SPDX-License-Identifier: GPL-2.0-or-later
#include "kdump_reader.h"

#include <inttypes.h>
#include <libkdumpfile/kdumpfile.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "file_io.h"
#include "kdump_header.h"
#include "vmcoreinfo.h"

/* Pages that the library caches, its own default. */
enum {
	CACHE_PAGES = 1024
};

struct kdump {
	kdump_ctx_t *ctx;
	kdump_num_t cache_pages;
	int fds[HR_SPLIT_MAX];
	size_t count;
};

const char *hr_kdump_library_version(void)
{
	return KDUMPFILE_VERSION_STRING;
}

static void kdump_destroy(void *context)
{
	struct kdump *kdump = context;

	if (!kdump)
		return;
	if (kdump->ctx)
		kdump_free(kdump->ctx);
	for (size_t i = 0; i < kdump->count; i++)
		close(kdump->fds[i]);
	free(kdump);
}

static void cleanup_kdump(struct kdump **kdump)
{
	kdump_destroy(*kdump);
}

static struct hr_error *library_error(const struct kdump *kdump, enum hr_error_code code,
				      const char *what)
{
	return hr_error_new(code, "%s (libkdumpfile: %s)", what, kdump_get_err(kdump->ctx));
}

/*
 * A failed read leaves an entry without a page in the cache of libkdumpfile 0.5.1, which it hands
 * out later as if it had one, and crashes. A change of the cache's size makes a new cache.
 */
static void renew_cache(struct kdump *kdump)
{
	kdump_clear_err(kdump->ctx);
	kdump->cache_pages ^= 1;
	if (kdump_set_number_attr(kdump->ctx, "cache.size", kdump->cache_pages) != KDUMP_OK)
		kdump_clear_err(kdump->ctx);
}

/* By machine physical address only: the library's own translation has errors under LPA and LPA2. */
static struct hr_error *read_physical(void *context, uint64_t pa, void *buffer, size_t len)
{
	struct kdump *kdump = context;
	struct hr_error *error;
	size_t done = len;
	kdump_status status = kdump_read(kdump->ctx, KDUMP_MACHPHYSADDR, pa, buffer, &done);

	if (status == KDUMP_OK && done == len)
		return NULL;
	if (status == KDUMP_ERR_NODATA)
		error = hr_error_new(HR_ERROR_UNREADABLE,
				     "PA 0x%" PRIx64 " is not in the dump, or was excluded from it",
				     pa + done);
	else
		error = library_error(kdump, HR_ERROR_UNREADABLE, "the dump cannot be read there");
	renew_cache(kdump);
	return error;
}

static const struct hr_source_ops kdump_ops = {
	.read = read_physical,
	.destroy = kdump_destroy,
};

/* All parts of a set are of one dump, so that the last header speaks for all. */
static struct hr_error *check_headers(const struct kdump *kdump, uint64_t *ret_pages,
				      struct hr_kdump_header *ret)
{
	uint64_t block_size = 0;

	*ret_pages = 0;
	for (size_t i = 0; i < kdump->count; i++) {
		uint64_t size;
		struct hr_error *error = hr_file_size(kdump->fds[i], &size);

		if (!error)
			error = hr_kdump_header_check(kdump->fds[i], size, ret);
		if (error)
			return error;
		if (i && ret->block_size != block_size)
			return hr_error_new(
				HR_ERROR_INPUT,
				"the files are not parts of one dump: their block sizes "
				"differ");
		block_size = ret->block_size;
		*ret_pages += ret->pages;
	}
	return NULL;
}

/*
 * mmap(2) would turn a file that shrinks under us into a signal. The architecture is set because
 * QEMU's dumps do not tell it, and the page size because libkdumpfile 0.5.1 takes the kernel's
 * page for the dump's: QEMU writes arm64 dumps in units of 64 KiB whatever the kernel's page is,
 * and frames would be looked up at the wrong place.
 */
static struct hr_error *open_library(struct kdump *kdump, uint64_t block_size)
{
	kdump_status status;

	kdump->ctx = kdump_new();
	if (!kdump->ctx)
		return hr_error_no_memory();
	status = kdump_set_number_attr(kdump->ctx, KDUMP_ATTR_FILE_MMAP_POLICY, KDUMP_MMAP_NEVER);
	if (status == KDUMP_OK)
		status =
			kdump_set_string_attr(kdump->ctx, KDUMP_ATTR_ARCH_NAME, KDUMP_ARCH_AARCH64);
	if (status == KDUMP_OK)
		status = kdump_open_fdset(kdump->ctx, (unsigned int)kdump->count, kdump->fds);
	if (status == KDUMP_OK)
		status = kdump_set_number_attr(kdump->ctx, KDUMP_ATTR_PAGE_SIZE, block_size);
	if (status == KDUMP_OK)
		return NULL;
	return library_error(kdump, HR_ERROR_INPUT, "the dump cannot be opened");
}

/*
 * The library hands the note out only after it has set its own address translation up, which is
 * not wanted. A dump without the note is fine so far: the user may give one.
 */
static struct hr_error *read_vmcoreinfo(const struct kdump *kdump,
					const struct hr_kdump_header *header,
					struct hr_source *source)
{
	size_t len = (size_t)header->vmcoreinfo_size;

	if (!header->vmcoreinfo_offset || !len)
		return NULL;
	if (header->vmcoreinfo_size > HR_VMCOREINFO_MAX)
		return hr_error_new(HR_ERROR_INPUT,
				    "its VMCOREINFO of %" PRIu64
				    " bytes is larger than the limit of %d",
				    header->vmcoreinfo_size, HR_VMCOREINFO_MAX);
	source->vmcoreinfo = malloc(len);
	if (!source->vmcoreinfo)
		return hr_error_no_memory();
	source->vmcoreinfo_len = len;
	return hr_pread_all(kdump->fds[kdump->count - 1], source->vmcoreinfo, len,
			    header->vmcoreinfo_offset);
}

struct hr_error *hr_kdump_attach(const int *fds, size_t count, struct hr_source *source)
{
	_cleanup_(cleanup_kdump) struct kdump *kdump = calloc(1, sizeof(*kdump));
	struct hr_kdump_header header = { 0 };
	struct hr_error *error;
	uint64_t pages;

	if (!kdump) {
		for (size_t i = 0; i < count; i++)
			close(fds[i]);
		return hr_error_no_memory();
	}
	memcpy(kdump->fds, fds, count * sizeof(*fds));
	kdump->count = count;
	kdump->cache_pages = CACHE_PAGES;
	error = check_headers(kdump, &pages, &header);
	if (!error)
		error = open_library(kdump, header.block_size);
	if (!error)
		error = read_vmcoreinfo(kdump, &header, source);
	if (error)
		return error;
	hr_source_attach(source, &kdump_ops, hr_take(kdump), pages * header.block_size, false);
	return NULL;
}
