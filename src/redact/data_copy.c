// SPDX-License-Identifier: GPL-2.0-or-later
#include "redact/data_copy.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/smaller.h"

enum {
	PAGE = 4096
};

struct hr_data_page {
	uint64_t pa;
	unsigned char bytes[PAGE];
	bool known[PAGE];
};

/* The first page whose address is not below @pa. */
static size_t lower_bound(const struct hr_data_copy *copy, uint64_t pa)
{
	size_t low = 0, high = copy->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (copy->pages[middle]->pa < pa)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct hr_data_page *find(const struct hr_data_copy *copy, uint64_t pa)
{
	size_t index = lower_bound(copy, pa & -(uint64_t)PAGE);

	return index < copy->count && copy->pages[index]->pa == (pa & -(uint64_t)PAGE)
		       ? copy->pages[index]
		       : NULL;
}

static struct hr_error *make(struct hr_data_copy *copy, uint64_t pa, struct hr_data_page **ret)
{
	struct hr_data_page **pages;
	size_t index;

	*ret = find(copy, pa);
	if (*ret)
		return NULL;
	if (copy->count == HR_DATA_PAGES_MAX)
		return hr_error_new(HR_ERROR_INPUT,
				    "its sections and variables take more than %d pages",
				    HR_DATA_PAGES_MAX);
	pages = hr_grow(copy->pages, copy->count, &copy->room, sizeof(struct hr_data_page *));
	if (!pages)
		return hr_error_no_memory();
	copy->pages = pages;
	*ret = calloc(1, sizeof(**ret));
	if (!*ret)
		return hr_error_no_memory();
	(*ret)->pa = pa & -(uint64_t)PAGE;
	index = lower_bound(copy, pa & -(uint64_t)PAGE);
	memmove(&pages[index + 1], &pages[index],
		(copy->count - index) * sizeof(struct hr_data_page *));
	pages[index] = *ret;
	copy->count++;
	return NULL;
}

/* Bytes from @pa to the end of its page, at most @len. */
static size_t piece_of(uint64_t pa, size_t len)
{
	return hr_smaller(len, PAGE - (size_t)(pa % PAGE));
}

struct hr_error *hr_data_copy_put(struct hr_data_copy *copy, uint64_t pa, const void *bytes,
				  size_t len)
{
	const unsigned char *from = bytes;
	struct hr_error *error = NULL;

	for (size_t at = 0; !error && at < len; at += piece_of(pa + at, len - at)) {
		size_t offset = (size_t)((pa + at) % PAGE), piece = piece_of(pa + at, len - at);
		struct hr_data_page *page = NULL;

		error = make(copy, pa + at, &page);
		if (!page)
			break;
		if (from)
			memcpy(page->bytes + offset, from + at, piece);
		memset(page->known + offset, true, piece);
	}
	return error;
}

size_t hr_data_copy_known(const struct hr_data_copy *copy, uint64_t pa, size_t len)
{
	size_t at = 0;

	while (at < len) {
		const struct hr_data_page *page = find(copy, pa + at);
		size_t end = at + piece_of(pa + at, len - at);

		while (page && at < end && page->known[(pa + at) % PAGE])
			at++;
		if (at < end)
			break;
	}
	return at;
}

bool hr_data_copy_read(const struct hr_data_copy *copy, uint64_t pa, void *buffer, size_t len)
{
	unsigned char *to = buffer;

	if (hr_data_copy_known(copy, pa, len) < len)
		return false;
	for (size_t at = 0; at < len;) {
		size_t piece = piece_of(pa + at, len - at);

		const struct hr_data_page *page = find(copy, pa + at);

		if (!page)
			return false;
		memcpy(to + at, page->bytes + (pa + at) % PAGE, piece);
		at += piece;
	}
	return true;
}

void hr_data_copy_release(struct hr_data_copy *copy)
{
	for (size_t i = 0; i < copy->count; i++)
		free(copy->pages[i]);
	free(copy->pages);
	*copy = (struct hr_data_copy){ .count = 0 };
}
