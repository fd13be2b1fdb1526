// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/compressed.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/page_buffer.h"
#include "base/units.h"
#include "base/zero.h"
#include "os/file_io.h"
#include "source/codec.h"

enum {
	CHUNK = 1 << 18,
	BLOCK = 4096, /* a block of zeros is not written */
};

/* The compressed file. */
struct input {
	int fd;
	uint64_t size, at;
	unsigned char *buffer; /* CHUNK bytes */
};

/* Where the content goes. */
struct output {
	int fd;	       /* -1: only the first bytes are wanted */
	uint64_t at;   /* bytes so far */
	uint64_t most; /* more of them are refused */
	uint64_t end;  /* of what was written */
	bool is_cut;   /* the file ends inside a member */
	const struct hr_progress *progress;
	struct input in;
	unsigned char head[HR_FORMAT_HEAD];
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
static struct hr_error *damaged(const struct hr_codec *codec, const char *why)
{
	return hr_error_new(
		HR_ERROR_INPUT,
		"its %s data is damaged (%s), so nothing of it can be trusted: copy it again",
		codec->name, why);
}

/* A file that is being unpacked. */
struct unpacking {
	const struct hr_codec *codec;
	void *state;
	unsigned char *buffer; /* CHUNK bytes of content */
	struct output *out;
	struct hr_piece piece;
	bool inside;	/* a member has begun and not ended */
	uint64_t start; /* of the member's content */
};

static struct hr_error *take_step(struct unpacking *at)
{
	struct hr_piece *piece = &at->piece;
	size_t left = piece->in_len;
	enum hr_step step;

	piece->out = at->buffer;
	piece->out_len = CHUNK;
	step = at->codec->step(at->state, piece);
	if (step == HR_STEP_NO_MEMORY)
		return hr_error_no_memory();
	if (step == HR_STEP_DAMAGED)
		return damaged(at->codec, piece->why);
	if (step == HR_STEP_END) {
		at->inside = false;
		if (!at->codec->restart(at->state))
			return hr_error_no_memory();
	} else if (left && piece->in_len == left && piece->out_len == CHUNK) {
		return damaged(at->codec, "it goes no further");
	}
	return put(at->out, at->buffer, CHUNK - piece->out_len);
}

/*
 * Unpack one piece of the input. A file may have several members; what follows them is ignored, and
 * left of the piece.
 */
static struct hr_error *unpack_piece(struct unpacking *at)
{
	struct hr_error *error = NULL;
	bool is_full = false;

	while (!error && (at->piece.in_len || is_full) && !is_enough(at->out)) {
		if (!at->inside &&
		    (!at->piece.in_len || *at->piece.in != (unsigned char)at->codec->magic[0]))
			break;
		if (!at->inside)
			at->start = at->out->at;
		at->inside = true;
		error = take_step(at);
		is_full = !at->piece.out_len;
	}
	return error;
}

/* A decoder may run over the end of a damaged member, and take zeros for content. */
static const char *why_not_cut(const struct unpacking *at, const unsigned char *tail)
{
	bool (*is_end)(const unsigned char *tail, uint64_t size) = at->codec->is_end;

	if (hr_is_zero(tail, HR_CODEC_TAIL))
		return "it ends in zeros, as if its end had not been written";
	if (is_end && is_end(tail, at->out->at - at->start))
		return "its end is there, but does not fit what is before it";
	return NULL;
}

/* The file ends inside a member: what was unpacked counts, as of any dump that ends early. */
static struct hr_error *end_early(const struct unpacking *at)
{
	const struct input *in = &at->out->in;
	unsigned char tail[HR_CODEC_TAIL];
	struct hr_error *error = NULL;
	const char *why = NULL;

	if (in->size >= sizeof(tail)) {
		error = hr_pread_all(in->fd, tail, sizeof(tail), in->size - sizeof(tail));
		why = error ? NULL : why_not_cut(at, tail);
	}
	if (why)
		return damaged(at->codec, why);
	if (!error && !at->out->at)
		error = hr_error_new(HR_ERROR_INPUT,
				     "its %s data ends before its first content: copy it again",
				     at->codec->name);
	at->out->is_cut = !error;
	return error;
}

static struct hr_error *unpack_all(struct unpacking *at)
{
	struct input *in = &at->out->in;
	struct hr_error *error = NULL;
	size_t len = 1;

	while (!error && len && !is_enough(at->out)) {
		error = fill(in, &len);
		at->piece.in = in->buffer;
		at->piece.in_len = len;
		if (!error)
			error = unpack_piece(at);
		/* Something else follows the last member. */
		if (at->piece.in_len)
			break;
	}
	if (!error && at->inside && !is_enough(at->out))
		error = end_early(at);
	return error;
}

static struct hr_error *unpack_by(const struct hr_codec *codec, struct output *out)
{
	_cleanup_free_ unsigned char *buffer = hr_page_buffer(CHUNK);
	struct unpacking at = { .codec = codec, .buffer = buffer, .out = out };
	struct hr_error *error;

	at.state = buffer ? codec->create() : NULL;
	if (!at.state)
		return hr_error_no_memory();
	error = unpack_all(&at);
	codec->destroy(at.state);
	return error;
}

bool hr_compressed_probe(const void *head, size_t len)
{
	return hr_codec_find(head, len) != NULL;
}

struct hr_error *hr_compressed_prepare(const void *head, size_t len)
{
	const struct hr_codec *codec = hr_codec_find(head, len);

	return codec ? hr_codec_load(codec) : NULL;
}

static uint64_t limit_of(uint64_t size)
{
	if (size > (HR_UNPACKED_MAX - HR_UNPACKED_FREE) / HR_UNPACKED_TIMES)
		return HR_UNPACKED_MAX;
	return HR_UNPACKED_FREE + HR_UNPACKED_TIMES * size;
}

static struct hr_error *unpack(int fd, struct output *out)
{
	_cleanup_free_ unsigned char *buffer = hr_page_buffer(CHUNK);
	struct input *in = &out->in;
	const struct hr_codec *codec;
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
	codec = hr_codec_find(buffer, len);
	if (!codec || !hr_codec_is_loaded(codec))
		return hr_error_new(HR_ERROR_INPUT,
				    "the file is being written to: wait until it is complete");
	in->at = 0;
	out->most = limit_of(in->size);
	return unpack_by(codec, out);
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
	ret->is_cut = out.is_cut;
	if (!error && out.is_cut)
		error = hr_stretches_add(&ret->stored, 0, out.at);
	return error;
}
