// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/flattened.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/page_buffer.h"
#include "base/units.h"
#include "os/file_io.h"

enum {
	HEADER_SIZE = 4096,
	OFF_TYPE = 16,
	OFF_VERSION = 24,
	PIECE_HEADER = 16,
	COPY_SIZE = 1 << 20,
	ROOM_BLOCK = 4096, /* the usual allocation unit of a file system */
};

/* Space that pieces may take beyond their own size: the pieces of headers are small. */
#define ROOM_FREE (UINT64_C(64) << 20)

/* Blocks of the temporary file that pieces were written to. */
struct room {
	uint64_t blocks;
	uint64_t last; /* the last block written to, plus 1 */
};

/* The file, read through a buffer because its pieces are many and small. */
struct stream {
	int fd;
	uint64_t size;
	uint64_t at;   /* next byte to take */
	uint64_t base; /* file offset of buffer[0] */
	size_t filled;
	char *buffer; /* COPY_SIZE bytes */
};

/* Where a piece goes in the dump. */
struct place {
	uint64_t offset, len;
};

bool hr_flattened_probe(const void *head, size_t len)
{
	return hr_begins_with(head, len, HR_FLATTENED_SIGNATURE, HR_FLATTENED_SIGNATURE_LEN);
}

/* Get up to @len bytes that are next in the stream; *@ret_len of them are at *@ret. */
static struct hr_error *stream_peek(struct stream *stream, size_t len, const char **ret,
				    size_t *ret_len)
{
	uint64_t left = stream->size - stream->at;
	size_t have;

	if (stream->at < stream->base || stream->at - stream->base >= stream->filled) {
		size_t fill = left < COPY_SIZE ? (size_t)left : COPY_SIZE;
		struct hr_error *error = hr_pread_all(stream->fd, stream->buffer, fill, stream->at);

		if (error)
			return error;
		stream->base = stream->at;
		stream->filled = fill;
	}
	have = stream->filled - (size_t)(stream->at - stream->base);
	*ret = stream->buffer + (stream->at - stream->base);
	*ret_len = have < len ? have : len;
	stream->at += *ret_len;
	return NULL;
}

static struct hr_error *truncated(const struct stream *stream)
{
	return hr_error_new(HR_ERROR_INPUT,
			    "the flattened dump is truncated at offset 0x%" PRIx64
			    "; copy it again",
			    stream->size);
}

static struct hr_error *stream_take(struct stream *stream, void *out, size_t len)
{
	struct hr_error *error = len <= stream->size - stream->at ? NULL : truncated(stream);
	char *at = out;

	while (!error && len) {
		const char *bytes;
		size_t have;

		error = stream_peek(stream, len, &bytes, &have);
		if (error)
			break;
		memcpy(at, bytes, have);
		at += have;
		len -= have;
	}
	return error;
}

static struct hr_error *copy_piece(struct stream *stream, int out, uint64_t offset, uint64_t len)
{
	struct hr_error *error = NULL;

	while (!error && len) {
		const char *bytes;
		size_t have;

		error = stream_peek(stream, len < COPY_SIZE ? (size_t)len : COPY_SIZE, &bytes,
				    &have);
		if (!error)
			error = hr_pwrite_all(out, bytes, have, offset);
		if (error)
			break;
		offset += have;
		len -= have;
	}
	return error;
}

static struct hr_error *check_header(struct stream *stream)
{
	char header[HEADER_SIZE];
	uint64_t type, version;
	struct hr_error *error = stream_take(stream, header, sizeof(header));

	if (error)
		return error;
	memcpy(&type, header + OFF_TYPE, sizeof(type));
	memcpy(&version, header + OFF_VERSION, sizeof(version));
	if (be64toh(type) != 1 || be64toh(version) != 1)
		return hr_error_new(HR_ERROR_INPUT,
				    "the flattened dump has type %" PRIu64 " and version %" PRIu64
				    ": only type 1 and version 1 are supported",
				    be64toh(type), be64toh(version));
	return NULL;
}

/* Can a piece of @len bytes go to @offset? */
static struct hr_error *check_place(uint64_t offset, uint64_t len)
{
	if (!len || offset > UINT64_MAX - len)
		return hr_error_new(
			HR_ERROR_INPUT,
			"the flattened dump is damaged: it places %s at offset 0x%" PRIx64,
			hr_count_text(len, "byte", "bytes").text, offset);
	if (offset + len > HR_REARRANGED_MAX)
		return hr_error_new(HR_ERROR_INPUT,
				    "the flattened dump is damaged or too large: it places %s "
				    "at offset 0x%" PRIx64
				    ", but the limit for the dump inside is %" PRIu64 " TiB",
				    hr_count_text(len, "byte", "bytes").text, offset,
				    HR_REARRANGED_MAX >> 40);
	return NULL;
}

/* Single bytes far apart would fill the disk. Neighbours share a block. */
static struct hr_error *take_room(struct room *room, const struct stream *stream, uint64_t offset,
				  uint64_t len)
{
	uint64_t first = offset / ROOM_BLOCK, last = (offset + len - 1) / ROOM_BLOCK;

	room->blocks += last - first + (first + 1 != room->last);
	room->last = last + 1;
	if (room->blocks <= (stream->size + ROOM_FREE) / ROOM_BLOCK)
		return NULL;
	return hr_error_new(HR_ERROR_INPUT,
			    "the flattened dump is damaged: it would need more than %" PRIu64
			    " bytes of disk space, but the file has only %s",
			    stream->size + ROOM_FREE,
			    hr_count_text(stream->size, "byte", "bytes").text);
}

/* Does the file end with an end mark, wherever its pieces end? */
static bool has_end_mark(const struct stream *stream)
{
	unsigned char mark[PIECE_HEADER];
	struct hr_error *error =
		hr_pread_all(stream->fd, mark, sizeof(mark), stream->size - sizeof(mark));
	bool found = !error;

	for (size_t i = 0; i < sizeof(mark); i++)
		found = found && mark[i] == 0xff;
	hr_error_destroy(error);
	return found;
}

/* A piece that runs over the end mark is longer than what was written of it. */
static struct hr_error *check_piece(const struct stream *stream, uint64_t offset, uint64_t len)
{
	if (len <= stream->size - stream->at || !has_end_mark(stream))
		return NULL;
	return hr_error_new(HR_ERROR_INPUT,
			    "the flattened dump is damaged: it places %s at offset 0x%" PRIx64
			    ", but has only %s of them",
			    hr_count_text(len, "byte", "bytes").text, offset,
			    hr_count_text(stream->size - stream->at, "byte", "bytes").text);
}

/* Get the next piece; *@ret_more is false at the end, which is early if @ret->is_cut. */
static struct hr_error *next_piece(struct stream *stream, struct place *place, bool *ret_more,
				   struct hr_unwrapped *ret)
{
	uint64_t header[PIECE_HEADER / sizeof(uint64_t)];
	struct hr_error *error;

	*ret_more = false;
	ret->is_cut = stream->size - stream->at < sizeof(header);
	if (ret->is_cut)
		return NULL;
	error = stream_take(stream, header, sizeof(header));
	if (error)
		return error;
	*place = (struct place){ be64toh(header[0]), be64toh(header[1]) };
	if (place->offset == UINT64_MAX && place->len == UINT64_MAX)
		return NULL;
	error = check_place(place->offset, place->len);
	if (!error)
		error = check_piece(stream, place->offset, place->len);
	ret->is_cut = !error && place->len > stream->size - stream->at;
	*ret_more = !error && !ret->is_cut;
	return error;
}

static struct hr_error *copy_pieces(struct stream *stream, const struct hr_progress *progress,
				    int out, struct hr_unwrapped *ret)
{
	struct room room = { 0 };
	struct place place;
	struct hr_error *error;
	bool more;

	while (!(error = next_piece(stream, &place, &more, ret)) && more) {
		error = take_room(&room, stream, place.offset, place.len);
		if (!error)
			error = copy_piece(stream, out, place.offset, place.len);
		if (!error)
			error = hr_stretches_add(&ret->stored, place.offset, place.len);
		if (error)
			return error;
		if (progress->fn)
			progress->fn(progress->context, stream->at, stream->size);
	}
	return error;
}

/* If nothing is missing, it does not matter where the pieces were. */
static struct hr_error *finish(const struct stream *stream, struct hr_unwrapped *ret)
{
	if (!ret->is_cut) {
		hr_stretches_release(&ret->stored);
		return NULL;
	}
	if (!ret->stored.count)
		return truncated(stream);
	if (ret->stored.are_too_many)
		return hr_error_new(HR_ERROR_INPUT,
				    "the flattened dump is truncated, and has more than %d pieces "
				    "that do not follow each other; copy it again",
				    HR_STRETCHES_MAX);
	hr_stretches_settle(&ret->stored);
	return NULL;
}

struct hr_error *hr_flattened_rearrange(int fd, const struct hr_progress *progress, int out,
					struct hr_unwrapped *ret)
{
	_cleanup_free_ char *buffer = hr_page_buffer(COPY_SIZE);
	struct stream stream = { .fd = fd, .buffer = buffer };
	struct hr_error *error;

	*ret = (struct hr_unwrapped){ 0 };
	if (!buffer)
		return hr_error_no_memory();
	error = hr_file_size(fd, &stream.size);
	if (error)
		return error;
	if (stream.size > HR_FLATTENED_MAX)
		return hr_error_new(HR_ERROR_INPUT,
				    "the flattened dump exceeds the limit of %" PRIu64
				    " GiB: rearrange it with makedumpfile -R first",
				    HR_FLATTENED_MAX >> 30);
	error = check_header(&stream);
	if (!error)
		error = copy_pieces(&stream, progress, out, ret);
	return error ? error : finish(&stream, ret);
}
