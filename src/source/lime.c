// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/lime.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/grow.h"
#include "base/little_endian.h"
#include "os/file_io.h"
#include "source/segment_index.h"

/* A header, and the offsets in it. */
enum {
	HEADER = 32,
	START = 8,
	LAST = 16, /* of the range, inclusive */
	MAGIC_LEN = 8,
};

static const char magic[] = "EMiL\1\0\0"; /* and version 1 */

/* The ranges of a file that is being read. */
struct ranges {
	int fd;
	uint64_t file_size;
	uint64_t at; /* of the next header */
	struct hr_segment *list;
	size_t count, room;
	uint64_t size; /* of all */
};

struct lime {
	int fd;
	struct hr_segment_index index;
};

static void lime_destroy(void *context)
{
	struct lime *lime = context;

	hr_segment_index_release(&lime->index);
	free(lime);
}

static struct hr_error *read_range(const void *context, uint64_t pa, char *buffer, size_t *len)
{
	const struct lime *lime = context;

	return hr_segment_read(hr_segment_index_find(&lime->index, pa), lime->fd, pa, buffer, len);
}

static struct hr_error *lime_read(void *context, uint64_t pa, void *buffer, size_t len)
{
	return hr_segments_read(read_range, context, pa, buffer, len);
}

static bool lime_next(void *context, uint64_t pa, uint64_t *ret_start, uint64_t *ret_end)
{
	const struct lime *lime = context;

	return hr_segment_index_next(&lime->index, pa, ret_start, ret_end);
}

static const struct hr_source_ops lime_ops = {
	.read = lime_read,
	.next = lime_next,
	.destroy = lime_destroy,
};

static struct hr_error *check_header(const struct ranges *ranges, const unsigned char *header)
{
	uint64_t start = hr_get_le64(header + START), last = hr_get_le64(header + LAST);

	if (!hr_lime_probe(header, HEADER))
		return hr_error_new(HR_ERROR_INPUT,
				    "it is damaged: there is no header at offset 0x%" PRIx64,
				    ranges->at);
	if (start > last || last - start > INT64_MAX)
		return hr_error_new(HR_ERROR_INPUT,
				    "it is damaged: the header at offset 0x%" PRIx64
				    " has the range 0x%" PRIx64 "-0x%" PRIx64,
				    ranges->at, start, last);
	if (ranges->count == HR_LIME_RANGES_MAX)
		return hr_error_new(HR_ERROR_INPUT, "it has more than %d ranges",
				    HR_LIME_RANGES_MAX);
	return NULL;
}

/* Add the range whose header is next, as far as it is in the file. */
static struct hr_error *add_range(struct ranges *ranges, struct hr_incomplete *incomplete)
{
	unsigned char header[HEADER];
	struct hr_error *error = hr_pread_all(ranges->fd, header, HEADER, ranges->at);
	struct hr_segment range = { 0 }, *list;
	uint64_t left;

	if (!error)
		error = check_header(ranges, header);
	if (error)
		return error;
	range.pa = hr_get_le64(header + START);
	range.size = hr_get_le64(header + LAST) - range.pa + 1;
	range.offset = ranges->at + HEADER;
	left = ranges->file_size - range.offset;
	if (range.size > left) {
		hr_incomplete_add_end(incomplete, range.size - left);
		range.size = left;
	}
	ranges->at = range.offset + range.size;
	if (!range.size)
		return NULL;
	list = hr_grow(ranges->list, ranges->count, &ranges->room, sizeof(*list));
	if (!list)
		return hr_error_no_memory();
	ranges->list = list;
	list[ranges->count++] = range;
	ranges->size += range.size;
	return NULL;
}

static struct hr_error *read_ranges(struct ranges *ranges, struct hr_incomplete *incomplete)
{
	struct hr_error *error = NULL;

	while (!error && ranges->file_size - ranges->at >= HEADER)
		error = add_range(ranges, incomplete);
	if (!error && ranges->at < ranges->file_size)
		hr_incomplete_add(incomplete, UINT64_MAX, "its last header is cut");
	if (!error && !ranges->count)
		error = hr_error_new(HR_ERROR_INPUT,
				     "it is truncated before its first memory; copy it again");
	return error;
}

/* Which of two ranges is right where they overlap cannot be known. */
static struct hr_error *check_overlap(const struct lime *lime, uint64_t size)
{
	uint64_t apart = 0;

	for (size_t i = 0; i < lime->index.count; i++)
		apart += lime->index.parts[i].size;
	return apart == size ? NULL
			     : hr_error_new(HR_ERROR_INPUT, "it is damaged: its ranges overlap");
}

static struct hr_error *attach(struct ranges *ranges, struct hr_source *source)
{
	struct lime *lime = calloc(1, sizeof(*lime));
	struct hr_error *error;

	if (!lime)
		return hr_error_no_memory();
	lime->fd = ranges->fd;
	error = hr_segment_index_init(ranges->list, ranges->count, &lime->index);
	if (!error)
		error = check_overlap(lime, ranges->size);
	if (error) {
		lime_destroy(lime);
		return error;
	}
	hr_source_attach(source, &lime_ops, lime, ranges->size, false);
	return NULL;
}

bool hr_lime_probe(const void *head, size_t len)
{
	return hr_begins_with(head, len, magic, MAGIC_LEN);
}

struct hr_error *hr_lime_open(const int *fds, size_t count, void *helpers, struct hr_source *source)
{
	struct ranges ranges = { .fd = fds[0] };
	struct hr_error *error = hr_source_refuse_parts(count, "a LiME file");

	(void)helpers;
	if (error)
		return error;
	error = hr_file_size(fds[0], &ranges.file_size);
	if (!error)
		error = hr_source_refuse_gaps(source, ranges.file_size);
	if (!error)
		error = read_ranges(&ranges, &source->incomplete);
	if (!error)
		error = attach(&ranges, source);
	free(ranges.list);
	return error;
}
