// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/codec.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/little_endian.h"
#include "source/codec_library.h"
#include "source/format.h"

/* inflateInit2(): the largest window, and gzip's header and trailer. */
enum {
	GZIP_WINDOW = 15 + 16
};

/* A decoder that has missed the end of a gzip member takes few bytes for more content. */
enum {
	GZIP_ROUGHLY = 65536
};

/* Of the decoder; xz -9 takes 65 MiB. */
#define XZ_MEMORY_MAX (UINT64_C(256) << 20)

/* Libraries that are loaded. */
static void *lzma_loaded, *zstd_loaded, *bzip2_loaded;

static const struct hr_lzma_library *lzma(void)
{
	return lzma_loaded;
}

static const struct hr_zstd_library *zstd(void)
{
	return zstd_loaded;
}

static const struct hr_bzip2_library *bzip2(void)
{
	return bzip2_loaded;
}

static const char wrong[] = "its data or a checksum is wrong";

static enum hr_step damaged(struct hr_piece *piece, const char *why)
{
	piece->why = why ? why : wrong;
	return HR_STEP_DAMAGED;
}

static void *gzip_create(void)
{
	z_stream *stream = calloc(1, sizeof(*stream));

	if (stream && inflateInit2(stream, GZIP_WINDOW) == Z_OK)
		return stream;
	free(stream);
	return NULL;
}

static enum hr_step gzip_step(void *state, struct hr_piece *piece)
{
	z_stream *stream = state;
	int status;

	stream->next_in = (unsigned char *)piece->in;
	stream->avail_in = (uInt)piece->in_len;
	stream->next_out = piece->out;
	stream->avail_out = (uInt)piece->out_len;
	status = inflate(stream, Z_NO_FLUSH);
	piece->in = stream->next_in;
	piece->in_len = stream->avail_in;
	piece->out = stream->next_out;
	piece->out_len = stream->avail_out;
	if (status == Z_OK || status == Z_BUF_ERROR)
		return HR_STEP_MORE;
	if (status == Z_STREAM_END)
		return HR_STEP_END;
	return status == Z_MEM_ERROR ? HR_STEP_NO_MEMORY : damaged(piece, stream->msg);
}

static bool gzip_restart(void *state)
{
	return inflateReset(state) == Z_OK;
}

static void gzip_destroy(void *state)
{
	inflateEnd(state);
	free(state);
}

/* The last four bytes are the size of the content, modulo 2^32. */
static bool gzip_is_end(const unsigned char *tail, uint64_t size)
{
	uint32_t beyond = (uint32_t)size - hr_get_le32(tail + HR_CODEC_TAIL - 4);

	return beyond < GZIP_ROUGHLY || -beyond < GZIP_ROUGHLY;
}

static bool xz_restart(void *state)
{
	return lzma()->stream_decoder(state, XZ_MEMORY_MAX, 0) == LZMA_OK;
}

static void *xz_create(void)
{
	static const lzma_stream start = LZMA_STREAM_INIT;
	lzma_stream *stream = malloc(sizeof(*stream));

	if (!stream)
		return NULL;
	*stream = start;
	if (xz_restart(stream))
		return stream;
	free(stream);
	return NULL;
}

static enum hr_step xz_step(void *state, struct hr_piece *piece)
{
	lzma_stream *stream = state;
	lzma_ret status;

	stream->next_in = piece->in;
	stream->avail_in = piece->in_len;
	stream->next_out = piece->out;
	stream->avail_out = piece->out_len;
	status = lzma()->code(stream, LZMA_RUN);
	piece->in = stream->next_in;
	piece->in_len = stream->avail_in;
	piece->out = stream->next_out;
	piece->out_len = stream->avail_out;
	if (status == LZMA_OK || status == LZMA_BUF_ERROR)
		return HR_STEP_MORE;
	if (status == LZMA_STREAM_END)
		return HR_STEP_END;
	if (status == LZMA_MEM_ERROR)
		return HR_STEP_NO_MEMORY;
	return damaged(piece, status == LZMA_MEMLIMIT_ERROR ? "it needs more than 256 MiB" : wrong);
}

static void xz_destroy(void *state)
{
	lzma()->end(state);
	free(state);
}

/* The footer has a checksum of its own. */
static bool xz_is_end(const unsigned char *tail, uint64_t size)
{
	lzma_stream_flags flags;

	(void)size;
	return lzma()->footer_decode(&flags, tail + HR_CODEC_TAIL - LZMA_STREAM_HEADER_SIZE) ==
	       LZMA_OK;
}

static void *zstd_create(void)
{
	return zstd()->create();
}

static enum hr_step zstd_step(void *state, struct hr_piece *piece)
{
	ZSTD_inBuffer in = { piece->in, piece->in_len, 0 };
	ZSTD_outBuffer out = { piece->out, piece->out_len, 0 };
	size_t status = zstd()->decompress(state, &out, &in);

	piece->in += in.pos;
	piece->in_len -= in.pos;
	piece->out += out.pos;
	piece->out_len -= out.pos;
	if (zstd()->is_error(status))
		return damaged(piece, zstd()->error_name(status));
	return status ? HR_STEP_MORE : HR_STEP_END;
}

static bool zstd_restart(void *state)
{
	return !zstd()->is_error(zstd()->init(state));
}

static void zstd_destroy(void *state)
{
	zstd()->free(state);
}

static void *bzip2_create(void)
{
	bz_stream *stream = calloc(1, sizeof(*stream));

	if (stream && bzip2()->init(stream, 0, 0) == BZ_OK)
		return stream;
	free(stream);
	return NULL;
}

static enum hr_step bzip2_step(void *state, struct hr_piece *piece)
{
	bz_stream *stream = state;
	int status;

	stream->next_in = (char *)piece->in;
	stream->avail_in = (unsigned int)piece->in_len;
	stream->next_out = (char *)piece->out;
	stream->avail_out = (unsigned int)piece->out_len;
	status = bzip2()->decompress(stream);
	piece->in = (const unsigned char *)stream->next_in;
	piece->in_len = stream->avail_in;
	piece->out = (unsigned char *)stream->next_out;
	piece->out_len = stream->avail_out;
	if (status == BZ_OK)
		return HR_STEP_MORE;
	if (status == BZ_STREAM_END)
		return HR_STEP_END;
	return status == BZ_MEM_ERROR ? HR_STEP_NO_MEMORY : damaged(piece, wrong);
}

static bool bzip2_restart(void *state)
{
	bzip2()->end(state);
	memset(state, 0, sizeof(bz_stream));
	return bzip2()->init(state, 0, 0) == BZ_OK;
}

static void bzip2_destroy(void *state)
{
	bzip2()->end(state);
	free(state);
}

/*
 * A member of bzip2 ends within a byte, and zstd has no mark for it. libelf, which ELF cores need,
 * has zlib with it.
 */
static const struct hr_codec codecs[] = {
	{ "gzip", "\x1f\x8b\x08", 3, gzip_create, gzip_step, gzip_restart, gzip_destroy,
	  gzip_is_end, NULL, NULL },
	{ "xz", "\xfd\x37zXZ\0", 6, xz_create, xz_step, xz_restart, xz_destroy, xz_is_end,
	  &hr_lzma_form, &lzma_loaded },
	{ "zstd", "\x28\xb5\x2f\xfd", 4, zstd_create, zstd_step, zstd_restart, zstd_destroy, NULL,
	  &hr_zstd_form, &zstd_loaded },
	{ "bzip2", "BZh", 3, bzip2_create, bzip2_step, bzip2_restart, bzip2_destroy, NULL,
	  &hr_bzip2_form, &bzip2_loaded },
};

const struct hr_codec *hr_codec_find(const void *head, size_t len)
{
	for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++)
		if (hr_begins_with(head, len, codecs[i].magic, codecs[i].len))
			return &codecs[i];
	return NULL;
}

bool hr_codec_is_loaded(const struct hr_codec *codec)
{
	return !codec->library || *codec->loaded;
}

struct hr_error *hr_codec_load(const struct hr_codec *codec)
{
	return hr_codec_is_loaded(codec) ? NULL : hr_library_load(codec->library, codec->loaded);
}
