// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/snappy_frame.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/little_endian.h"
#include "base/page_buffer.h"
#include "os/file_io.h"

/* Bytes of a chunk, and offsets in it. */
enum {
	HEADER = 4, /* a byte for its type, the others for the length of what follows */
	SUM = 4,
	LENGTH_MAX = 5, /* the number of bytes of content, with which compressed data begins */
	LOOK = HEADER + SUM + LENGTH_MAX,
};

#define IDENTITY "sNaPpY"

/* What is known of a chunk: its first bytes, the length in its header, and where it begins. */
struct view {
	unsigned char bytes[LOOK];
	size_t have;
	uint32_t length;
	uint64_t offset;
};

/* Learns from @view what a type has to say. Returns why it is damaged, or NULL. */
typedef const char *look_fn(const struct view *view, struct hr_snappy_chunk *chunk);

static const char *look_at_content(const struct view *view, struct hr_snappy_chunk *chunk)
{
	if (view->length < SUM)
		return "is too short for a checksum";
	chunk->data = view->offset + HEADER + SUM;
	chunk->len = view->length - SUM;
	chunk->sum = hr_get_le32(view->bytes + HEADER);
	return NULL;
}

static const char *look_at_stored(const struct view *view, struct hr_snappy_chunk *chunk)
{
	const char *why = look_at_content(view, chunk);

	if (!why && chunk->len > HR_SNAPPY_CONTENT_MAX)
		return "has more than 65536 bytes";
	chunk->content = chunk->len;
	return why;
}

/*
 * The number with which compressed data begins: seven bits in a byte, the lowest first, and another
 * byte follows one with the eighth bit (format_description.txt of snappy). Returns false if it ends
 * early or has more than 32 bits.
 */
static bool read_length(const unsigned char *data, size_t len, uint64_t *ret)
{
	*ret = 0;
	for (unsigned int i = 0; i < LENGTH_MAX && i < len; i++) {
		*ret |= (uint64_t)(data[i] & 0x7f) << 7 * i;
		if (!(data[i] & 0x80))
			return *ret <= UINT32_MAX;
	}
	return false;
}

static const char *look_at_compressed(const struct view *view, struct hr_snappy_chunk *chunk)
{
	const char *why = look_at_content(view, chunk);
	uint64_t size;

	if (why)
		return why;
	if (chunk->len > HR_SNAPPY_DATA_MAX)
		return "has more data than 65536 bytes can become";
	if (!read_length(view->bytes + HEADER + SUM, chunk->len, &size))
		return "does not say how much is in it";
	if (size > HR_SNAPPY_CONTENT_MAX)
		return "claims more than 65536 bytes";
	if (size > (uint64_t)chunk->len * HR_SNAPPY_RATIO_MAX)
		return "claims more than can be in it";
	chunk->content = (uint32_t)size;
	chunk->is_compressed = true;
	return NULL;
}

static const char *refuse(const struct view *view, struct hr_snappy_chunk *chunk)
{
	(void)view;
	(void)chunk;
	return "is of a type that is not known";
}

static const char *skip(const struct view *view, struct hr_snappy_chunk *chunk)
{
	(void)view;
	(void)chunk;
	return NULL;
}

static const char *look_at_identifier(const struct view *view, struct hr_snappy_chunk *chunk)
{
	if (view->length != strlen(IDENTITY) ||
	    memcmp(view->bytes + HEADER, IDENTITY, strlen(IDENTITY)))
		return "does not identify a stream of snappy";
	chunk->is_identifier = true;
	return NULL;
}

/* The types, up to the last that each row has. */
static const struct {
	unsigned char last;
	look_fn *look;
} types[] = {
	{ 0x00, look_at_compressed },
	{ 0x01, look_at_stored },
	{ 0x7f, refuse },
	{ 0xfe, skip }, /* what future versions may add without need, and padding */
	{ 0xff, look_at_identifier },
};

static const char *look_at(const struct view *view, struct hr_snappy_chunk *chunk)
{
	size_t i = 0;

	while (view->bytes[0] > types[i].last)
		i++;
	return types[i].look(view, chunk);
}

struct hr_error *hr_snappy_look(int fd, uint64_t offset, uint64_t end, struct hr_snappy_chunk *ret)
{
	struct view view = { .offset = offset };
	struct hr_error *error;
	const char *why;

	*ret = (struct hr_snappy_chunk){ .is_cut = true };
	view.have = end - offset < LOOK ? (size_t)(end - offset) : LOOK;
	error = hr_pread_all(fd, view.bytes, view.have, offset);
	if (error || view.have < HEADER)
		return error;
	view.length = hr_get_le32(view.bytes) >> 8;
	if (view.length > end - offset - HEADER)
		return NULL;
	ret->is_cut = false;
	ret->end = offset + HEADER + view.length;
	why = look_at(&view, ret);
	return why ? hr_error_new(HR_ERROR_INPUT, "the chunk at offset 0x%" PRIx64 " %s", offset,
				  why)
		   : NULL;
}

struct hr_error *hr_snappy_init(struct hr_snappy *snappy, const struct hr_snappy_library *library)
{
	hr_crc32c_init(&snappy->crc);
	snappy->library = library;
	snappy->data = hr_page_buffer(HR_SNAPPY_DATA_MAX);
	return snappy->data ? NULL : hr_error_no_memory();
}

void hr_snappy_release(struct hr_snappy *snappy)
{
	free(snappy->data);
	snappy->data = NULL;
}

/* A checksum of data that has checksums would be weak, so it is stored in another form. */
static uint32_t masked(uint32_t sum)
{
	return (sum << 17 | sum >> 15) + UINT32_C(0xa282ead8);
}

static struct hr_error *damaged(const struct hr_snappy_chunk *chunk, const char *why)
{
	return hr_error_new(HR_ERROR_UNREADABLE, "the chunk at offset 0x%" PRIx64 " %s",
			    chunk->data - HEADER - SUM, why);
}

struct hr_error *hr_snappy_unpack(struct hr_snappy *snappy, int fd,
				  const struct hr_snappy_chunk *chunk, char *content)
{
	char *to = chunk->is_compressed ? snappy->data : content;
	struct hr_error *error = hr_pread_all(fd, to, chunk->len, chunk->data);
	size_t size = HR_SNAPPY_CONTENT_MAX;

	if (error)
		return error;
	if (chunk->is_compressed &&
	    (snappy->library->uncompress(snappy->data, chunk->len, content, &size) != SNAPPY_OK ||
	     size != chunk->content))
		return damaged(chunk, "cannot be unpacked");
	if (masked(hr_crc32c_of(&snappy->crc, content, chunk->content)) != chunk->sum)
		return damaged(chunk, "has a wrong checksum");
	return NULL;
}
