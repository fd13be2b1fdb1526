// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/compressed.h"

#include <archive.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "base/zero.h"
#include "os/file_io.h"

enum {
	CHUNK = 1 << 18,
	BLOCK = 4096, /* a block of zeros is not written */
	GZIP_WINDOW =
		15 + 16, /* inflateInit2(): the largest window, and gzip's header and trailer */
};

/* The compressed file. */
struct input {
	int fd;
	uint64_t size, at;
	unsigned char *buffer; /* CHUNK bytes */
	struct hr_error *error;
};

/* Where the content goes. */
struct output {
	int fd;	       /* -1: only the first bytes are wanted */
	uint64_t at;   /* bytes so far */
	uint64_t most; /* more of them are refused */
	uint64_t end;  /* of what was written */
	const struct hr_progress *progress;
	struct input in;
	unsigned char head[HR_FORMAT_HEAD];
};

struct codec {
	const char *name;
	const char *magic;
	size_t len;
	int filter; /* of libarchive */
	struct hr_error *(*unpack)(const struct codec *codec, struct input *in, struct output *out);
};

static bool is_enough(const struct output *out)
{
	return out->fd < 0 && out->at >= HR_FORMAT_HEAD;
}

/* Get the next bytes of the file, none at its end. They are valid until the next call. */
static struct hr_error *fill(struct input *in, size_t *ret)
{
	uint64_t left = in->size - in->at;

	*ret = left < CHUNK ? (size_t)left : CHUNK;
	in->at += *ret;
	return hr_pread_all(in->fd, in->buffer, *ret, in->at - *ret);
}

/* Blocks of zeros stay holes. */
static struct hr_error *write_blocks(struct output *out, const char *bytes, size_t len)
{
	uint64_t at = out->at;

	while (len) {
		size_t here = BLOCK - (size_t)(at % BLOCK);

		here = here < len ? here : len;
		if (!hr_is_zero(bytes, here)) {
			struct hr_error *error = hr_pwrite_all(out->fd, bytes, here, at);

			if (error)
				return error;
			out->end = at + here;
		}
		bytes += here;
		at += here;
		len -= here;
	}
	return NULL;
}

static struct hr_error *put(struct output *out, const void *bytes, size_t len)
{
	struct hr_error *error = NULL;

	if (len > out->most - out->at)
		return hr_error_new(HR_ERROR_INPUT,
				    "its content exceeds the limit of %s (128 times its size and "
				    "512 MiB, but at most 256 GiB): unpack it first",
				    hr_count_text(out->most, "byte", "bytes").text);
	if (out->at < HR_FORMAT_HEAD)
		memcpy(out->head + out->at, bytes,
		       len < HR_FORMAT_HEAD - out->at ? len : (size_t)(HR_FORMAT_HEAD - out->at));
	if (out->fd >= 0)
		error = write_blocks(out, bytes, len);
	out->at += len;
	if (!error && out->progress && out->progress->fn)
		out->progress->fn(out->progress->context, out->in.at, out->in.size);
	return error;
}

/* What was unpacked before the damage cannot be trusted: the checksum may come at the end. */
static struct hr_error *damaged(const struct codec *codec, const char *why)
{
	return hr_error_new(HR_ERROR_INPUT,
			    "its %s data ends early or is damaged (%s): copy it again", codec->name,
			    why ? why : "unknown");
}

/* Unpack one piece of the input. A file may have several members; what follows them is ignored. */
static struct hr_error *inflate_piece(const struct codec *codec, z_stream *stream,
				      struct output *out, unsigned char *buffer, bool *inside)
{
	while (stream->avail_in && !is_enough(out)) {
		struct hr_error *error;
		int status;

		if (!*inside && *stream->next_in != (unsigned char)codec->magic[0])
			return NULL;
		*inside = true;
		stream->next_out = buffer;
		stream->avail_out = CHUNK;
		status = inflate(stream, Z_NO_FLUSH);
		if (status == Z_MEM_ERROR)
			return hr_error_no_memory();
		if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
			return damaged(codec, stream->msg);
		error = put(out, buffer, CHUNK - stream->avail_out);
		if (error)
			return error;
		if (status == Z_STREAM_END) {
			*inside = false;
			inflateReset(stream);
		}
	}
	return NULL;
}

static void cleanup_stream(z_stream **stream)
{
	inflateEnd(*stream);
}

/* zlib checks the checksum and the length of each member; libarchive does not. */
static struct hr_error *unpack_gzip(const struct codec *codec, struct input *in, struct output *out)
{
	_cleanup_free_ unsigned char *buffer = malloc(CHUNK);
	z_stream stream = { 0 };
	_cleanup_(cleanup_stream) z_stream *cleanup = &stream;
	struct hr_error *error = NULL;
	bool inside = false;
	size_t len = 1;

	if (!buffer || inflateInit2(cleanup, GZIP_WINDOW) != Z_OK)
		return hr_error_no_memory();
	while (!error && !is_enough(out) && len) {
		error = fill(in, &len);
		stream.next_in = in->buffer;
		stream.avail_in = (uInt)len;
		if (!error)
			error = inflate_piece(codec, &stream, out, buffer, &inside);
		/* Something else follows the last member. */
		if (stream.avail_in)
			break;
	}
	return error || !inside || is_enough(out) ? error : damaged(codec, "it has no end");
}

static la_ssize_t read_input(struct archive *archive, void *context, const void **ret)
{
	struct input *in = context;
	size_t len;

	*ret = in->buffer;
	in->error = fill(in, &len);
	if (!in->error)
		return (la_ssize_t)len;
	archive_set_error(archive, EIO, "it cannot be read");
	return ARCHIVE_FATAL;
}

/* The content is the only entry of a "raw" archive. */
static struct hr_error *copy_entry(const struct codec *codec, struct archive *archive,
				   struct output *out)
{
	struct archive_entry *entry;
	int status = archive_read_next_header(archive, &entry);

	while (status == ARCHIVE_OK && !is_enough(out)) {
		struct hr_error *error;
		const void *bytes;
		la_int64_t offset;
		size_t len;

		status = archive_read_data_block(archive, &bytes, &len, &offset);
		if (status != ARCHIVE_OK)
			break;
		error = put(out, bytes, len);
		if (error)
			return error;
	}
	if (status == ARCHIVE_OK || status == ARCHIVE_EOF)
		return NULL;
	return damaged(codec, archive_error_string(archive));
}

static void cleanup_archive(struct archive **archive)
{
	archive_read_free(*archive);
}

/* With exactly one filter: content that is compressed again is not unpacked any further. */
static struct hr_error *unpack_archive(const struct codec *codec, struct input *in,
				       struct output *out)
{
	_cleanup_(cleanup_archive) struct archive *archive = archive_read_new();
	struct hr_error *error = NULL;

	if (!archive)
		return hr_error_no_memory();
	if (archive_read_support_format_raw(archive) != ARCHIVE_OK ||
	    archive_read_append_filter(archive, codec->filter) != ARCHIVE_OK ||
	    archive_read_open(archive, in, NULL, read_input, NULL) != ARCHIVE_OK)
		error = damaged(codec, archive_error_string(archive));
	if (!error)
		error = copy_entry(codec, archive, out);
	if (!in->error)
		return error;
	hr_error_destroy(error);
	return in->error;
}

static const struct codec codecs[] = {
	{ "gzip", "\x1f\x8b\x08", 3, ARCHIVE_FILTER_GZIP, unpack_gzip },
	{ "xz", "\xfd\x37zXZ\0", 6, ARCHIVE_FILTER_XZ, unpack_archive },
	{ "zstd", "\x28\xb5\x2f\xfd", 4, ARCHIVE_FILTER_ZSTD, unpack_archive },
	{ "bzip2", "BZh", 3, ARCHIVE_FILTER_BZIP2, unpack_archive },
};

static const struct codec *find_codec(const void *head, size_t len)
{
	for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++)
		if (hr_begins_with(head, len, codecs[i].magic, codecs[i].len))
			return &codecs[i];
	return NULL;
}

bool hr_compressed_probe(const void *head, size_t len)
{
	return find_codec(head, len) != NULL;
}

static uint64_t limit_of(uint64_t size)
{
	if (size > (HR_UNPACKED_MAX - HR_UNPACKED_FREE) / HR_UNPACKED_TIMES)
		return HR_UNPACKED_MAX;
	return HR_UNPACKED_FREE + HR_UNPACKED_TIMES * size;
}

static struct hr_error *unpack(int fd, struct output *out)
{
	_cleanup_free_ unsigned char *buffer = malloc(CHUNK);
	struct input *in = &out->in;
	const struct codec *codec;
	struct hr_error *error;
	size_t len;

	if (!buffer)
		return hr_error_no_memory();
	*in = (struct input){ .fd = fd, .buffer = buffer };
	error = hr_file_size(fd, &in->size);
	if (!error)
		error = fill(in, &len);
	if (error)
		return error;
	codec = find_codec(buffer, len);
	if (!codec)
		return hr_error_new(HR_ERROR_INPUT,
				    "the file is being written to: wait until it is complete");
	in->at = 0;
	out->most = limit_of(in->size);
	return codec->unpack(codec, in, out);
}

struct hr_error *hr_compressed_peek(int fd, void *head, size_t *ret_len)
{
	struct output out = { .fd = -1 };
	struct hr_error *error = unpack(fd, &out);

	*ret_len = out.at < HR_FORMAT_HEAD ? (size_t)out.at : HR_FORMAT_HEAD;
	memcpy(head, out.head, *ret_len);
	return error;
}

struct hr_error *hr_compressed_unwrap(int fd, const struct hr_progress *progress, int out_fd,
				      struct hr_unwrapped *ret)
{
	struct output out = { .fd = out_fd, .progress = progress };
	struct hr_error *error;

	*ret = (struct hr_unwrapped){ 0 };
	error = unpack(fd, &out);
	/* The end may be a hole. */
	if (!error && out.end < out.at)
		error = hr_pwrite_all(out_fd, "", 1, out.at - 1);
	return error;
}
