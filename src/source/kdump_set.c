// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/kdump_set.h"

#include <hotremove/hotremove.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "os/file_io.h"

void hr_kdump_set_init(struct hr_kdump_set *set, const int *fds, size_t count)
{
	static const struct hr_stretches all[HR_SPLIT_MAX];

	*set = (struct hr_kdump_set){ .count = count, .stored = all };
	memcpy(set->fds, fds, count * sizeof(*fds));
}

void hr_kdump_set_forget(struct hr_kdump_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		hr_kdump_pages_destroy(set->pages[i]);
		set->pages[i] = NULL;
	}
}

static struct hr_error *read_header(struct hr_kdump_set *set, size_t i)
{
	struct hr_error *error = hr_file_size(set->fds[i], &set->sizes[i]);

	if (!error)
		error = hr_kdump_header_read(set->fds[i], set->sizes[i], &set->headers[i]);
	if (!error && set->headers[i].block_size != set->headers[0].block_size)
		error = hr_error_new(HR_ERROR_INPUT,
				     "the files are not parts of one dump: their block sizes "
				     "differ");
	return error;
}

struct hr_error *hr_kdump_set_read_headers(struct hr_kdump_set *set, uint64_t *ret_bitmaps)
{
	struct hr_error *error = NULL;

	*ret_bitmaps = 0;
	for (size_t i = 0; !error && i < set->count; i++) {
		error = read_header(set, i);
		if (!error)
			*ret_bitmaps += set->headers[i].bitmap_size;
	}
	set->block_size = error ? 0 : set->headers[0].block_size;
	return error;
}

struct hr_error *hr_kdump_set_index(struct hr_kdump_set *set, uint64_t *ret)
{
	struct hr_error *error = NULL;

	*ret = 0;
	for (size_t i = 0; !error && i < set->count; i++) {
		error = hr_kdump_pages_create(set->fds[i], set->sizes[i], &set->headers[i],
					      &set->stored[i], &set->pages[i]);
		if (!error)
			*ret += hr_kdump_pages_count(set->pages[i]);
	}
	return error;
}

/*
 * All parts are of one dump, so the last header counts for all. libkdumpfile returns the note only
 * after it has set up its own address translation, which is not wanted.
 */
struct hr_error *hr_kdump_set_read_vmcoreinfo(const struct hr_kdump_set *set, char **ret,
					      size_t *ret_len)
{
	const struct hr_kdump_header *header = &set->headers[set->count - 1];
	size_t len = (size_t)header->vmcoreinfo_size;
	_cleanup_free_ char *text = NULL;
	struct hr_error *error;

	if (!header->vmcoreinfo_offset || !len ||
	    !hr_stretches_have(&set->stored[set->count - 1], header->vmcoreinfo_offset, len))
		return NULL;
	if (header->vmcoreinfo_size > HR_VMCOREINFO_MAX)
		return hr_error_new(HR_ERROR_INPUT,
				    "its VMCOREINFO of %" PRIu64
				    " bytes exceeds the limit of %d bytes",
				    header->vmcoreinfo_size, HR_VMCOREINFO_MAX);
	text = malloc(len);
	if (!text)
		return hr_error_no_memory();
	error = hr_pread_all(set->fds[set->count - 1], text, len, header->vmcoreinfo_offset);
	if (error)
		return error;
	*ret = hr_take(text);
	*ret_len = len;
	return NULL;
}

struct hr_error *hr_kdump_set_blocks(const struct hr_kdump_set *set, uint64_t pa, size_t len,
				     uint64_t *ret_first, uint64_t *ret_last)
{
	if (!len || pa > UINT64_MAX - (len - 1))
		return hr_error_new(HR_ERROR_UNREADABLE, "%s at PA 0x%" PRIx64 " cannot be read",
				    hr_count_text(len, "byte", "bytes").text, pa);
	*ret_first = pa / set->block_size;
	*ret_last = (pa + len - 1) / set->block_size;
	return NULL;
}

/* Look for it in the part of the set to which it would belong. */
struct hr_error *hr_kdump_set_find(const struct hr_kdump_set *set, uint64_t pfn,
				   struct hr_kdump_page *ret, int *ret_fd)
{
	size_t part = 0;

	while (part + 1 < set->count && !hr_kdump_pages_cover(set->pages[part], pfn))
		part++;
	*ret_fd = set->fds[part];
	return hr_kdump_pages_find(set->pages[part], pfn, ret);
}

struct hr_error *hr_kdump_set_check(const struct hr_kdump_set *set, uint64_t pa, size_t len)
{
	uint64_t pfn = 1, last = 0;
	struct hr_error *error = hr_kdump_set_blocks(set, pa, len, &pfn, &last);
	struct hr_kdump_page page;
	int fd;

	for (; !error && pfn <= last; pfn++)
		error = hr_kdump_set_find(set, pfn, &page, &fd);
	return error;
}

bool hr_kdump_set_next(const struct hr_kdump_set *set, uint64_t pfn, uint64_t *ret_first,
		       uint64_t *ret_end)
{
	bool found = false;

	for (size_t i = 0; i < set->count; i++) {
		uint64_t first, end;

		if (!hr_kdump_pages_next(set->pages[i], pfn, &first, &end) ||
		    (found && first >= *ret_first))
			continue;
		*ret_first = first;
		*ret_end = end;
		found = true;
	}
	return found;
}
