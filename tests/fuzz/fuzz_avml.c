// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Compressed AVML files. Input: a byte that says whether the checksums of the chunks are corrected
 * first, which chance would never do, then the file. What is read must be what our own reading of
 * the file, from its start to its end, has found there.
 */
#include <inttypes.h>
#include <snappy-c.h>
#include <string.h>

#include "base/cleanup.h"
#include "fuzz.h"
#include "source/avml.h"
#include "source/source.h"

enum {
	HEADER = 32,
	TRAILER = 8,
	BLOCKS_MAX = 64,
	CONTENT_MAX = 65536,
	MEMORY_MAX = 1 << 20, /* of all blocks that are compared */
	READS = 64,
};

struct block {
	uint64_t pa, size;
	uint8_t *bytes; /* in the memory of the reading */
};

/* Our own reading of a file. */
struct reading {
	uint8_t *file;
	size_t len, at;
	bool corrects;
	struct block blocks[BLOCKS_MAX];
	size_t count;
	uint8_t *memory;
	size_t used;
};

static void destroy_source(struct hr_source *source)
{
	if (source->ops)
		source->ops->destroy(source->context);
}

static uint64_t number(const uint8_t *at, size_t len)
{
	uint64_t value = 0;

	while (len-- > 0)
		value = value << 8 | at[len];
	return value;
}

static uint32_t sum_of(const uint8_t *bytes, size_t len)
{
	uint32_t sum = UINT32_MAX;

	for (size_t i = 0; i < len; i++) {
		sum ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			sum = sum >> 1 ^ (sum & 1 ? 0x82f63b78 : 0);
	}
	sum = ~sum;
	return (sum << 17 | sum >> 15) + 0xa282ead8;
}

/* Unpack the @len bytes of @data of a chunk of @type to the memory. Returns false if it fails. */
static bool unpack(struct reading *reading, uint8_t type, const uint8_t *data, size_t len,
		   size_t *ret_size)
{
	size_t room = MEMORY_MAX - reading->used;
	char *to = (char *)reading->memory + reading->used;

	if (type) {
		*ret_size = len;
		if (len <= CONTENT_MAX && len <= room)
			memcpy(to, data, len);
		return len <= CONTENT_MAX && len <= room;
	}
	if (snappy_uncompressed_length((const char *)data, len, ret_size) ||
	    *ret_size > CONTENT_MAX || *ret_size > room)
		return false;
	return !snappy_uncompress((const char *)data, len, to, ret_size);
}

/* Take a chunk with content. @at is its checksum, of @len bytes with what follows it. */
static bool take_content(struct reading *reading, uint8_t type, uint8_t *at, size_t len,
			 struct block *block)
{
	uint32_t sum;
	size_t size;

	if (len < 4 || !unpack(reading, type, at + 4, len - 4, &size))
		return false;
	sum = sum_of(reading->memory + reading->used, size);
	for (size_t i = 0; reading->corrects && i < 4; i++)
		at[i] = (uint8_t)(sum >> 8 * i);
	reading->used += size;
	block->size += size;
	return number(at, 4) == sum;
}

/* Take the chunk that is next. Returns false if there is none, or none that is sound. */
static bool take_chunk(struct reading *reading, struct block *block, bool is_first)
{
	uint8_t *at = reading->file + reading->at, type;
	size_t left = reading->len - reading->at, len;

	if (left < 4)
		return false;
	type = at[0];
	len = number(at + 1, 3);
	if (len > left - 4 || (is_first && type != 0xff))
		return false;
	reading->at += 4 + len;
	if (type == 0xff)
		return len == 6 && !memcmp(at + 4, "sNaPpY", 6);
	return type >= 0x80 || (type < 2 && take_content(reading, type, at + 4, len, block));
}

static bool take_block(struct reading *reading)
{
	const uint8_t *header = reading->file + reading->at;
	struct block block = { .bytes = reading->memory + reading->used };
	uint64_t last, start;

	if (reading->len - reading->at < HEADER || memcmp(header, "AVML\2\0\0", 8) ||
	    number(header + 24, 8) || reading->count == BLOCKS_MAX)
		return false;
	block.pa = number(header + 8, 8);
	last = number(header + 16, 8);
	if (last < block.pa || last - block.pa >= MEMORY_MAX || last == UINT64_MAX)
		return false;
	reading->at += HEADER;
	start = reading->at;
	while (block.size <= last - block.pa)
		if (!take_chunk(reading, &block, reading->at == start))
			return false;
	if (block.size != last - block.pa + 1 || reading->len - reading->at < TRAILER ||
	    number(reading->file + reading->at, TRAILER) != reading->at - start)
		return false;
	reading->at += TRAILER;
	reading->blocks[reading->count++] = block;
	return true;
}

static bool has_overlap(const struct reading *reading)
{
	for (size_t i = 0; i < reading->count; i++)
		for (size_t j = 0; j < i; j++)
			if (reading->blocks[i].pa <
				    reading->blocks[j].pa + reading->blocks[j].size &&
			    reading->blocks[j].pa < reading->blocks[i].pa + reading->blocks[i].size)
				return true;
	return false;
}

static uint64_t byte_at(const struct hr_source *source, uint64_t pa, uint8_t *ret)
{
	return fuzz_succeeded(hr_memory_read(&source->memory, pa, ret, 1));
}

/* All memory of a file that is sound is there, and no other. */
static void check_sound(const struct reading *reading, const struct hr_source *source)
{
	uint64_t size = 0;

	for (size_t i = 0; i < reading->count; i++) {
		const struct block *block = &reading->blocks[i];
		_cleanup_free_ uint8_t *found = malloc(block->size);

		require(found && fuzz_succeeded(hr_memory_read(&source->memory, block->pa, found,
							       block->size)),
			"block %zu is unreadable", i);
		require(!memcmp(found, block->bytes, block->size), "block %zu is another", i);
		size += block->size;
	}
	require(source->memory.size == size, "%" PRIu64 " bytes instead of %" PRIu64,
		source->memory.size, size);
	require(!source->incomplete.is_set, "something is missing");
}

/* What can be gone through ascends. What is in no block is unreadable; what is read stays so. */
static void check_next(const struct hr_source *source)
{
	uint64_t pa = 0, start, end;
	uint8_t byte = 0, again;

	for (size_t i = 0; i < READS && source->ops->next(source->context, pa, &start, &end); i++) {
		require(start >= pa && end > start, "0x%" PRIx64 " follows 0x%" PRIx64, start, pa);
		require(start == pa || !byte_at(source, start - 1, &byte),
			"the byte before 0x%" PRIx64 " is read", start);
		if (byte_at(source, start, &byte) && byte_at(source, end - 1, &again))
			require(byte_at(source, start, &again) && again == byte,
				"the byte at 0x%" PRIx64 " changes", start);
		pa = end;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hr_source source __attribute__((__cleanup__(destroy_source))) = { 0 };
	_cleanup_free_ uint8_t *file = malloc(size + 1), *memory = malloc(MEMORY_MAX);
	struct reading reading = { .file = file, .memory = memory };
	_cleanup_close_ int fd = -1;
	static void *library; /* of all inputs */
	bool opened, is_sound;

	require(file && memory, "no memory");
	if (!library)
		require(fuzz_succeeded(hr_avml_helpers.start(NULL, 0, false, &library)),
			"libsnappy cannot be loaded");
	if (!size)
		return 0;
	reading.corrects = data[0] & 1;
	reading.len = size - 1;
	memcpy(file, data + 1, reading.len);
	do
		is_sound = reading.at == reading.len;
	while (take_block(&reading));
	fd = fuzz_file(file, reading.len);
	opened = fuzz_succeeded(hr_avml_open(&fd, 1, library, &source));
	if (is_sound && reading.count) {
		require(opened == !has_overlap(&reading),
			"blocks that overlap, and no others, are refused");
		if (opened)
			check_sound(&reading, &source);
	}
	if (opened)
		check_next(&source);
	return 0;
}
