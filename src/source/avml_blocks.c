// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/avml_blocks.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/grow.h"
#include "base/little_endian.h"
#include "base/units.h"
#include "os/file_io.h"
#include "source/format.h"

/* A header, the offsets in it, and the size of the stream behind a block. */
enum {
	HEADER = 32,
	START = 8,
	LAST = 16, /* of the memory, inclusive */
	PADDING = 24,
	MAGIC_LEN = 8,
	TRAILER = 8,
};

static const char magic[] = "AVML\2\0\0"; /* and version 2 */

/* The blocks of a file that is being read, in either direction. */
struct scan {
	int fd;
	uint64_t file_size;
	uint64_t at; /* of what is next */
	struct hr_avml_block *list;
	size_t count, room;
};

bool hr_avml_probe(const void *head, size_t len)
{
	return hr_begins_with(head, len, magic, MAGIC_LEN);
}

static bool is_header(const unsigned char *bytes)
{
	return hr_avml_probe(bytes, HEADER) && !hr_get_le64(bytes + PADDING);
}

/* Get the memory of the block that begins with @header at @offset. */
static struct hr_error *parse_header(uint64_t offset, const unsigned char *header,
				     struct hr_avml_block *ret)
{
	uint64_t start = hr_get_le64(header + START), last = hr_get_le64(header + LAST);

	if (!is_header(header))
		return hr_error_new(HR_ERROR_INPUT,
				    "it is damaged: there is no header at offset 0x%" PRIx64,
				    offset);
	if (start > last || last == UINT64_MAX)
		return hr_error_new(HR_ERROR_INPUT,
				    "it is damaged: the header at offset 0x%" PRIx64
				    " has the range 0x%" PRIx64 "-0x%" PRIx64,
				    offset, start, last);
	*ret = (struct hr_avml_block){
		.pa = start,
		.size = last - start + 1,
		.offset = offset + HEADER,
	};
	return NULL;
}

static struct hr_error *add_block(struct scan *scan, const struct hr_avml_block *block)
{
	struct hr_avml_block *list;

	if (scan->count == HR_AVML_BLOCKS_MAX)
		return hr_error_new(HR_ERROR_INPUT, "it has more than %d blocks",
				    HR_AVML_BLOCKS_MAX);
	list = hr_grow(scan->list, scan->count, &scan->room, sizeof(*list));
	if (!list)
		return hr_error_no_memory();
	scan->list = list;
	list[scan->count++] = *block;
	return NULL;
}

/* Add the block that ends before scan->at with the size of its stream of @size bytes. */
static struct hr_error *add_before(struct scan *scan, uint64_t size)
{
	uint64_t start = scan->at - TRAILER - size - HEADER;
	unsigned char header[HEADER];
	struct hr_avml_block block = { 0 };
	struct hr_error *error = hr_pread_all(scan->fd, header, HEADER, start);

	if (!error)
		error = parse_header(start, header, &block);
	if (error)
		return error;
	block.end = scan->at - TRAILER;
	scan->at = start;
	return add_block(scan, &block);
}

/*
 * Go back over one block, or over the header of a block of zeros: AVML 0.16 and 0.17 write nothing
 * behind it. At the end of the file it may also be that the rest of the block was cut.
 */
static struct hr_error *go_back(struct scan *scan)
{
	unsigned char last[HEADER + TRAILER] = { 0 };
	size_t have = scan->at < sizeof(last) ? (size_t)scan->at : sizeof(last);
	struct hr_error *error =
		hr_pread_all(scan->fd, last + sizeof(last) - have, have, scan->at - have);
	uint64_t size = hr_get_le64(last + HEADER);

	if (error)
		return error;
	if (size && have == sizeof(last) && size <= scan->at - sizeof(last))
		return add_before(scan, size);
	if (have < HEADER || !is_header(last + TRAILER) || scan->at == scan->file_size)
		return hr_error_new(HR_ERROR_INPUT, "there is no block before offset 0x%" PRIx64,
				    scan->at);
	scan->at -= HEADER;
	return NULL;
}

/*
 * Find the blocks from the last to the first, by the sizes behind them: two reads for each, where
 * the other direction has one for each chunk. Returns false if the file ends early or is damaged,
 * or if a size is wrong, which AVML itself does not look at.
 */
static bool find_backwards(struct scan *scan)
{
	struct hr_error *error = NULL;

	scan->at = scan->file_size;
	while (!error && scan->at)
		error = go_back(scan);
	hr_error_destroy(error);
	return !error;
}

struct hr_error *hr_avml_step(struct hr_avml_walk *walk, uint64_t end, struct hr_snappy_chunk *ret)
{
	struct hr_error *error = hr_snappy_look(walk->fd, walk->at, end, ret);

	if (error || ret->is_cut)
		return error;
	if (walk->at == walk->block->offset && !ret->is_identifier)
		return hr_error_new(HR_ERROR_INPUT,
				    "the chunk at offset 0x%" PRIx64 " does not begin a stream",
				    walk->at);
	if (ret->content > walk->block->size - walk->content)
		return hr_error_new(HR_ERROR_INPUT,
				    "the chunk at offset 0x%" PRIx64
				    " has more memory than its block",
				    walk->at);
	walk->at = ret->end;
	walk->content += ret->content;
	return NULL;
}

/* The memory that is known to be in its place although the block is cut. */
struct sure {
	uint64_t size, end; /* of it, and of its chunks in the file */
	bool is_over;
};

/*
 * A type or length that is damaged moves all that follows it, and shows when the whole block is
 * added up. In a block that is cut, only chunks count that are as AVML writes them: all are full.
 */
static void add_sure(struct sure *sure, const struct hr_snappy_chunk *chunk, bool is_first)
{
	sure->is_over |= !is_first && chunk->content != HR_SNAPPY_CONTENT_MAX;
	if (sure->is_over)
		return;
	sure->size += chunk->content;
	sure->end = chunk->end;
}

/* The file ends in @block, which keeps what is sure. */
static void cut_block(struct scan *scan, const struct sure *sure, struct hr_incomplete *incomplete,
		      struct hr_avml_block *block)
{
	hr_incomplete_add(incomplete, UINT64_MAX, "its last block lacks %s of memory",
			  hr_size_text(block->size - sure->size).text);
	block->size = sure->size;
	block->end = sure->end;
	scan->at = scan->file_size;
}

/* Go beyond the size of a stream, whose value nothing needs here. */
static void skip_trailer(struct scan *scan, struct hr_incomplete *incomplete)
{
	uint64_t left = scan->file_size - scan->at;

	if (left < TRAILER)
		hr_incomplete_add_end(incomplete, TRAILER - left);
	scan->at += left < TRAILER ? left : TRAILER;
}

/* Walk over @block, as far as it is in the file. */
static struct hr_error *measure_block(struct scan *scan, struct hr_incomplete *incomplete,
				      struct hr_avml_block *block)
{
	struct hr_avml_walk walk = { .block = block, .fd = scan->fd, .at = block->offset };
	struct sure sure = { .size = 0 };

	while (walk.content < block->size) {
		bool is_first = walk.at == block->offset;
		struct hr_snappy_chunk chunk;
		struct hr_error *error = hr_avml_step(&walk, scan->file_size, &chunk);

		if (error && error->code == HR_ERROR_INPUT)
			return hr_error_context(error, "it is damaged");
		if (error)
			return error;
		if (chunk.is_cut) {
			cut_block(scan, &sure, incomplete, block);
			return NULL;
		}
		add_sure(&sure, &chunk, is_first);
	}
	block->end = scan->at = walk.at;
	skip_trailer(scan, incomplete);
	return NULL;
}

/* Is the next header where a stream should begin at scan->at? See go_back(). */
static struct hr_error *is_header_next(const struct scan *scan, bool *ret)
{
	unsigned char head[MAGIC_LEN] = { 0 };
	struct hr_error *error = NULL;

	if (scan->file_size - scan->at >= MAGIC_LEN)
		error = hr_pread_all(scan->fd, head, MAGIC_LEN, scan->at);
	*ret = hr_avml_probe(head, MAGIC_LEN);
	return error;
}

/* Add the block whose header is next, as far as it is in the file. */
static struct hr_error *go_on(struct scan *scan, struct hr_incomplete *incomplete)
{
	unsigned char header[HEADER];
	struct hr_avml_block block = { 0 };
	struct hr_error *error = hr_pread_all(scan->fd, header, HEADER, scan->at);
	bool is_empty = false;

	if (!error)
		error = parse_header(scan->at, header, &block);
	if (error)
		return error;
	scan->at = block.offset;
	error = is_header_next(scan, &is_empty);
	if (error || is_empty)
		return error;
	error = measure_block(scan, incomplete, &block);
	if (error || !block.size)
		return error;
	return add_block(scan, &block);
}

static struct hr_error *find_forwards(struct scan *scan, struct hr_incomplete *incomplete)
{
	struct hr_error *error = NULL;

	scan->at = 0;
	scan->count = 0;
	while (!error && scan->file_size - scan->at >= HEADER)
		error = go_on(scan, incomplete);
	if (!error && scan->at < scan->file_size)
		hr_incomplete_add(incomplete, UINT64_MAX, "its last header is cut");
	return error;
}

static int compare_blocks(const void *a, const void *b)
{
	const struct hr_avml_block *left = a, *right = b;

	return (left->pa > right->pa) - (left->pa < right->pa);
}

/* Which of two blocks is right where they overlap cannot be known. */
static struct hr_error *settle(struct scan *scan, struct hr_avml_blocks *ret)
{
	uint64_t most;

	qsort(scan->list, scan->count, sizeof(*scan->list), compare_blocks);
	for (size_t i = 0; i < scan->count; i++) {
		const struct hr_avml_block *block = &scan->list[i];

		if (i && block[-1].pa + block[-1].size > block->pa)
			return hr_error_new(HR_ERROR_INPUT, "it is damaged: its blocks overlap");
		ret->size += block->size;
	}
	/* Headers can claim more memory than there can be in the file. */
	if (!__builtin_mul_overflow(scan->file_size, HR_SNAPPY_RATIO_MAX, &most) &&
	    most < ret->size)
		ret->size = most;
	ret->list = scan->list;
	ret->count = scan->count;
	return NULL;
}

struct hr_error *hr_avml_blocks_find(int fd, struct hr_incomplete *incomplete,
				     struct hr_avml_blocks *ret)
{
	struct scan scan = { .fd = fd };
	struct hr_error *error = hr_file_size(fd, &scan.file_size);

	*ret = (struct hr_avml_blocks){ .list = NULL };
	if (!error && !find_backwards(&scan))
		error = find_forwards(&scan, incomplete);
	if (!error && !scan.count)
		error = hr_error_new(HR_ERROR_INPUT,
				     "it is truncated before its first memory; copy it again");
	if (!error)
		error = settle(&scan, ret);
	if (error)
		free(scan.list);
	return error;
}

void hr_avml_blocks_release(struct hr_avml_blocks *blocks)
{
	free(blocks->list);
	blocks->list = NULL;
}
