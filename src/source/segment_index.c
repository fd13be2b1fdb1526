// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/segment_index.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/smaller.h"
#include "os/file_io.h"

static int compare_segments(const void *a, const void *b)
{
	const struct hr_segment *left = a, *right = b;

	return (left->pa > right->pa) - (left->pa < right->pa);
}

static uint64_t end_of(const struct hr_segment *segment)
{
	return segment->pa + segment->size;
}

/* The parts that segments are cut into, and the segments open at @at. The last open one owns it. */
struct cutting {
	const struct hr_segment *segments;
	struct hr_segment *parts;
	size_t count;
	size_t *open, open_count;
	uint64_t at;
};

/* Cut the open segments up to @end. When a segment ends, one that began before it takes over. */
static void cut_until(struct cutting *cutting, uint64_t end)
{
	while (cutting->open_count && cutting->at < end) {
		const struct hr_segment *top =
			&cutting->segments[cutting->open[cutting->open_count - 1]];
		uint64_t stop = end_of(top) < end ? end_of(top) : end;

		if (stop > cutting->at) {
			cutting->parts[cutting->count++] = (struct hr_segment){
				.pa = cutting->at,
				.size = stop - cutting->at,
				.offset = top->offset + (cutting->at - top->pa),
			};
			cutting->at = stop;
		}
		if (end_of(top) > end)
			break;
		cutting->open_count--;
	}
}

/* Each segment ends one part and begins one. */
struct hr_error *hr_segment_index_init(struct hr_segment *segments, size_t count,
				       struct hr_segment_index *ret)
{
	_cleanup_free_ size_t *open = calloc(count + 1, sizeof(*open));
	struct cutting cutting = { .segments = segments, .open = open };

	cutting.parts = calloc(2 * count + 1, sizeof(*cutting.parts));
	if (!open || !cutting.parts) {
		free(cutting.parts);
		return hr_error_no_memory();
	}
	qsort(segments, count, sizeof(*segments), compare_segments);
	for (size_t i = 0; i < count; i++) {
		cut_until(&cutting, segments[i].pa);
		cutting.at = segments[i].pa;
		open[cutting.open_count++] = i;
	}
	cut_until(&cutting, UINT64_MAX);
	*ret = (struct hr_segment_index){ cutting.parts, cutting.count };
	return NULL;
}

void hr_segment_index_release(struct hr_segment_index *index)
{
	free(index->parts);
	*index = (struct hr_segment_index){ NULL, 0 };
}

/* The first part that begins after @pa. */
static size_t find_behind(const struct hr_segment_index *index, uint64_t pa)
{
	size_t low = 0, high = index->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (index->parts[middle].pa <= pa)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct hr_segment *hr_segment_index_find(const struct hr_segment_index *index, uint64_t pa)
{
	size_t behind = find_behind(index, pa);
	const struct hr_segment *part = behind ? &index->parts[behind - 1] : NULL;

	return part && hr_segment_has(part, pa) ? part : NULL;
}

uint64_t hr_segment_index_gap(const struct hr_segment_index *index, uint64_t pa)
{
	size_t behind = find_behind(index, pa);

	return behind < index->count ? index->parts[behind].pa - pa : UINT64_MAX;
}

bool hr_segment_next(const struct hr_segment *segment, uint64_t pa, bool found, uint64_t *start,
		     uint64_t *end)
{
	uint64_t here = pa > segment->pa ? pa : segment->pa;

	if (!hr_segment_has(segment, here) || (found && here >= *start))
		return found;
	*start = here;
	*end = end_of(segment);
	return true;
}

bool hr_segment_index_next(const struct hr_segment_index *index, uint64_t pa, uint64_t *ret_start,
			   uint64_t *ret_end)
{
	size_t behind = find_behind(index, pa);
	bool found = false;

	if (behind)
		found = hr_segment_next(&index->parts[behind - 1], pa, found, ret_start, ret_end);
	if (behind < index->count)
		found = hr_segment_next(&index->parts[behind], pa, found, ret_start, ret_end);
	return found;
}

struct hr_error *hr_segment_missing(uint64_t pa)
{
	return hr_error_new(HR_ERROR_UNREADABLE, "PA 0x%" PRIx64 " is not in the source", pa);
}

struct hr_error *hr_segment_read(const struct hr_segment *segment, int fd, uint64_t pa,
				 char *buffer, size_t *len)
{
	uint64_t before;

	if (!segment)
		return hr_segment_missing(pa);
	before = pa - segment->pa;
	*len = hr_smaller(*len, segment->size - before);
	return hr_pread_all(fd, buffer, *len, segment->offset + before);
}

struct hr_error *hr_segments_read(hr_segment_read_fn *read, const void *context, uint64_t pa,
				  void *buffer, size_t len)
{
	char *at = buffer;

	while (len) {
		size_t here = len;
		struct hr_error *error = read(context, pa, at, &here);

		if (error)
			return error;
		at += here;
		pa += here;
		len -= here;
	}
	return NULL;
}
