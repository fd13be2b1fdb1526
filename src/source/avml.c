// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/avml.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/grow.h"
#include "base/page_buffer.h"
#include "base/smaller.h"
#include "base/units.h"
#include "os/file_io.h"
#include "source/avml_blocks.h"
#include "source/segment_index.h"

enum {
	SLOTS = 64 /* chunks that stay unpacked: 4 MiB */
};

/* A chunk with memory. */
struct place {
	uint64_t pa; /* first byte */
	uint64_t offset;
};

/* What is known of the chunks of a block, once its memory was wanted. */
struct chunks {
	struct place *places; /* ascending; NULL if the block was not looked at, or is damaged */
	size_t count, room;
	struct hr_error *damage;
};

struct slot {
	uint64_t pa;
	size_t size;   /* 0: empty */
	char *content; /* room for HR_SNAPPY_CONTENT_MAX bytes */
};

struct avml {
	int fd;
	struct hr_avml_blocks blocks;
	struct chunks *chunks; /* of each block */
	size_t places;	       /* of all blocks */
	struct hr_snappy snappy;
	struct slot slots[SLOTS];
};

static void forget_chunks(struct avml *avml, struct chunks *chunks)
{
	avml->places -= chunks->count;
	free(chunks->places);
	*chunks = (struct chunks){ .damage = chunks->damage };
}

static void avml_destroy(void *context)
{
	struct avml *avml = context;

	for (size_t i = 0; avml->chunks && i < avml->blocks.count; i++) {
		hr_error_destroy(avml->chunks[i].damage);
		free(avml->chunks[i].places);
	}
	free(avml->slots[0].content);
	free(avml->chunks);
	hr_snappy_release(&avml->snappy);
	hr_avml_blocks_release(&avml->blocks);
	free(avml);
}

static struct hr_error *add_place(struct avml *avml, struct chunks *chunks, uint64_t pa,
				  uint64_t offset)
{
	struct place *places;

	if (avml->places == HR_AVML_CHUNKS_MAX)
		return hr_error_new(HR_ERROR_INPUT, "more than %d chunks were needed",
				    HR_AVML_CHUNKS_MAX);
	places = hr_grow(chunks->places, chunks->count, &chunks->room, sizeof(*places));
	if (!places)
		return hr_error_no_memory();
	chunks->places = places;
	places[chunks->count++] = (struct place){ pa, offset };
	avml->places++;
	return NULL;
}

/* Find the places of all chunks of a block, which are right only if all of them add up. */
static struct hr_error *find_places(struct avml *avml, const struct hr_avml_block *block,
				    struct chunks *chunks)
{
	struct hr_avml_walk walk = { .block = block, .fd = avml->fd, .at = block->offset };

	while (walk.at < block->end) {
		uint64_t offset = walk.at;
		struct hr_snappy_chunk chunk;
		struct hr_error *error = hr_avml_step(&walk, block->end, &chunk);

		if (!error && chunk.is_cut)
			error = hr_error_new(
				HR_ERROR_INPUT,
				"the chunk at offset 0x%" PRIx64 " goes beyond its block", offset);
		if (!error && chunk.content)
			error = add_place(avml, chunks, block->pa + walk.content - chunk.content,
					  offset);
		if (error)
			return error;
	}
	if (walk.content == block->size)
		return NULL;
	return hr_error_new(HR_ERROR_INPUT, "its chunks have %s of memory",
			    hr_size_text(walk.content).text);
}

/* Look at the chunks of a block when it is needed, and once only: it may have many. */
static struct hr_error *need_places(struct avml *avml, const struct hr_avml_block *block,
				    struct chunks *chunks)
{
	struct hr_error *error = NULL;

	if (!chunks->places && !chunks->damage) {
		error = find_places(avml, block, chunks);
		if (error)
			forget_chunks(avml, chunks);
		if (error && error->code == HR_ERROR_NO_MEMORY)
			return error;
		chunks->damage = error;
	}
	if (!chunks->damage)
		return NULL;
	return hr_error_new(HR_ERROR_UNREADABLE, "the AVML block %s cannot be used: %s",
			    hr_range_text(block->pa, block->pa + block->size).text,
			    chunks->damage->message);
}

/* The first block that ends after @pa; their number if there is none. */
static size_t find_block(const struct hr_avml_blocks *blocks, uint64_t pa)
{
	size_t low = 0, high = blocks->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (blocks->list[middle].pa + blocks->list[middle].size <= pa)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The last chunk of a block that begins at or before @pa. The first one begins with the block. */
static const struct place *find_place(const struct chunks *chunks, uint64_t pa)
{
	size_t low = 0, high = chunks->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (chunks->places[middle].pa <= pa)
			low = middle;
		else
			high = middle;
	}
	return &chunks->places[low];
}

/* A chunk is no longer what the walk along its block has found. */
static struct hr_error *written_to(void)
{
	return hr_error_new(HR_ERROR_UNREADABLE, "the file is being written to");
}

/* Unpack the chunk at @place, which ends before @end of the file, unless that was done before. */
static struct hr_error *fill_slot(struct avml *avml, const struct place *place, uint64_t end,
				  const struct slot **ret)
{
	struct slot *slot = &avml->slots[place->pa / HR_SNAPPY_CONTENT_MAX % SLOTS];
	struct hr_snappy_chunk chunk;
	struct hr_error *error;

	*ret = slot;
	if (slot->size && slot->pa == place->pa)
		return NULL;
	slot->size = 0;
	error = hr_snappy_look(avml->fd, place->offset, end, &chunk);
	if (!error && !chunk.content)
		error = written_to();
	if (!error)
		error = hr_snappy_unpack(&avml->snappy, avml->fd, &chunk, slot->content);
	if (error)
		return error;
	slot->pa = place->pa;
	slot->size = chunk.content;
	return NULL;
}

/* Read the first of the *@len bytes at @pa. @context is a pointer to the pointer to what reads. */
static struct hr_error *read_chunk(const void *context, uint64_t pa, char *buffer, size_t *len)
{
	struct avml *avml = *(struct avml *const *)context;
	size_t i = find_block(&avml->blocks, pa);
	const struct hr_avml_block *block = &avml->blocks.list[i];
	const struct slot *slot;
	struct hr_error *error;

	if (i == avml->blocks.count || block->pa > pa)
		return hr_segment_missing(pa);
	error = need_places(avml, block, &avml->chunks[i]);
	if (!error)
		error = fill_slot(avml, find_place(&avml->chunks[i], pa), block->end, &slot);
	if (error)
		return error;
	if (pa - slot->pa >= slot->size)
		return written_to();
	*len = hr_smaller(*len, slot->size - (size_t)(pa - slot->pa));
	memcpy(buffer, slot->content + (pa - slot->pa), *len);
	return NULL;
}

static struct hr_error *avml_read(void *context, uint64_t pa, void *buffer, size_t len)
{
	struct avml *avml = context;

	return hr_segments_read(read_chunk, (const void *)&avml, pa, buffer, len);
}

static bool avml_next(void *context, uint64_t pa, uint64_t *ret_start, uint64_t *ret_end)
{
	const struct avml *avml = context;
	size_t i = find_block(&avml->blocks, pa);
	const struct hr_avml_block *block = &avml->blocks.list[i];

	if (i == avml->blocks.count)
		return false;
	*ret_start = block->pa > pa ? block->pa : pa;
	*ret_end = block->pa + block->size;
	return true;
}

static const struct hr_source_ops avml_ops = {
	.read = avml_read,
	.next = avml_next,
	.destroy = avml_destroy,
};

/* Room that is not used takes no memory. */
static struct hr_error *make_slots(struct avml *avml)
{
	char *content = hr_page_buffer((size_t)SLOTS * HR_SNAPPY_CONTENT_MAX);

	for (size_t i = 0; content && i < SLOTS; i++)
		avml->slots[i].content = content + i * HR_SNAPPY_CONTENT_MAX;
	return content ? NULL : hr_error_no_memory();
}

static struct hr_error *attach(int fd, const struct hr_snappy_library *library,
			       struct hr_source *source)
{
	struct avml *avml = calloc(1, sizeof(*avml));
	struct hr_error *error;

	if (!avml)
		return hr_error_no_memory();
	avml->fd = fd;
	error = hr_snappy_init(&avml->snappy, library);
	if (!error)
		error = make_slots(avml);
	if (!error)
		error = hr_avml_blocks_find(fd, &source->incomplete, &avml->blocks);
	if (!error) {
		avml->chunks = calloc(avml->blocks.count, sizeof(*avml->chunks));
		error = avml->chunks ? NULL : hr_error_no_memory();
	}
	if (error) {
		avml_destroy(avml);
		return error;
	}
	hr_source_attach(source, &avml_ops, avml, avml->blocks.size, false);
	return NULL;
}

struct hr_error *hr_avml_open(const int *fds, size_t count, void *helpers, struct hr_source *source)
{
	struct hr_snappy_library *library = helpers;
	struct hr_error *error = hr_source_refuse_parts(count, "an AVML file");
	uint64_t file_size;

	if (!error)
		error = hr_file_size(fds[0], &file_size);
	if (!error)
		error = hr_source_refuse_gaps(source, file_size);
	return error ? error : attach(fds[0], library, source);
}

/* The library is loaded before the program drops its privileges. */
static struct hr_error *start_helpers(const int *fds, size_t count, bool sandbox, void **ret)
{
	struct hr_snappy_library *library = NULL;
	struct hr_error *error = hr_snappy_library_load(&library);

	(void)fds;
	(void)count;
	(void)sandbox;
	*ret = library;
	return error;
}

const struct hr_format_helpers hr_avml_helpers = {
	.start = start_helpers,
	.end = hr_library_release,
};
