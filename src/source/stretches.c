// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/stretches.h"

#include <stdlib.h>

#include "base/grow.h"

/* The last stretches are looked at for one that goes on: descriptors and data, for example. */
enum {
	RECENT = 4
};

struct hr_error *hr_stretches_add(struct hr_stretches *stretches, uint64_t offset, uint64_t len)
{
	struct hr_stretch *list;

	for (size_t i = 1; i <= RECENT && i <= stretches->count; i++) {
		struct hr_stretch *recent = &stretches->list[stretches->count - i];

		if (recent->end == offset) {
			recent->end += len;
			return NULL;
		}
	}
	if (stretches->count == HR_STRETCHES_MAX) {
		stretches->are_too_many = true;
		return NULL;
	}
	list = hr_grow(stretches->list, stretches->count, &stretches->room, sizeof(*list));
	if (!list)
		return hr_error_no_memory();
	stretches->list = list;
	list[stretches->count++] = (struct hr_stretch){ offset, offset + len };
	return NULL;
}

static int compare_stretches(const void *a, const void *b)
{
	const struct hr_stretch *left = a, *right = b;

	return (left->start > right->start) - (left->start < right->start);
}

void hr_stretches_settle(struct hr_stretches *stretches)
{
	struct hr_stretch *list = stretches->list;
	size_t kept = 0;

	if (!stretches->count)
		return;
	qsort(list, stretches->count, sizeof(*list), compare_stretches);
	for (size_t i = 1; i < stretches->count; i++) {
		if (list[i].start > list[kept].end)
			list[++kept] = list[i];
		else if (list[i].end > list[kept].end)
			list[kept].end = list[i].end;
	}
	stretches->count = kept + 1;
}

/* The last stretch that begins at or before @offset; NULL if there is none. */
static const struct hr_stretch *find(const struct hr_stretches *stretches, uint64_t offset)
{
	size_t low = 0, high = stretches->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (stretches->list[middle].start <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &stretches->list[low - 1] : NULL;
}

bool hr_stretches_have(const struct hr_stretches *stretches, uint64_t offset, uint64_t len)
{
	const struct hr_stretch *stretch = find(stretches, offset);

	if (!stretches->count || !len)
		return true;
	return stretch && offset < stretch->end && len <= stretch->end - offset;
}

bool hr_stretches_have_gap(const struct hr_stretches *stretches, uint64_t start, uint64_t end)
{
	const struct hr_stretch *last = end ? find(stretches, end - 1) : NULL;

	if (!stretches->count || start >= end || !last || last->end <= start)
		return false;
	return last->start > start;
}

void hr_stretches_release(struct hr_stretches *stretches)
{
	free(stretches->list);
	*stretches = (struct hr_stretches){ 0 };
}
