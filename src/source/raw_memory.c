// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/raw_memory.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "os/file_io.h"
#include "source/segment_index.h"

struct piece {
	int fd;
	struct hr_segment memory; /* all of the file */
};

struct raw {
	struct piece pieces[HR_SPLIT_MAX];
	size_t count;
	uint64_t size; /* of all */
};

static struct hr_error *read_piece(const void *context, uint64_t pa, char *buffer, size_t *len)
{
	const struct raw *raw = context;

	for (size_t i = 0; i < raw->count; i++)
		if (hr_segment_has(&raw->pieces[i].memory, pa))
			return hr_segment_read(&raw->pieces[i].memory, raw->pieces[i].fd, pa,
					       buffer, len);
	return hr_segment_missing(pa);
}

static struct hr_error *raw_read(void *context, uint64_t pa, void *buffer, size_t len)
{
	return hr_segments_read(read_piece, context, pa, buffer, len);
}

static bool raw_next(void *context, uint64_t pa, uint64_t *ret_start, uint64_t *ret_end)
{
	const struct raw *raw = context;
	bool found = false;

	for (size_t i = 0; i < raw->count; i++)
		found = hr_segment_next(&raw->pieces[i].memory, pa, found, ret_start, ret_end);
	return found;
}

static void raw_destroy(void *context)
{
	free(context);
}

static const struct hr_source_ops raw_ops = {
	.read = raw_read,
	.next = raw_next,
	.destroy = raw_destroy,
};

/* Which of two pieces is right where they overlap cannot be known. */
static struct hr_error *check_overlap(const struct raw *raw, const struct hr_segment *new)
{
	for (size_t i = 0; i < raw->count; i++) {
		const struct hr_segment *old = &raw->pieces[i].memory;

		if (new->pa < old->pa + old->size && old->pa < new->pa + new->size)
			return hr_error_new(HR_ERROR_INPUT,
					    "two files have the same memory: %s and %s",
					    hr_range_text(old->pa, old->pa + old->size).text,
					    hr_range_text(new->pa, new->pa + new->size).text);
	}
	return NULL;
}

static struct hr_error *add_piece(struct raw *raw, int fd, uint64_t pa)
{
	struct piece piece = { .fd = fd, .memory.pa = pa };
	struct hr_error *error = hr_file_size(fd, &piece.memory.size);

	if (!error && !piece.memory.size)
		error = hr_error_new(HR_ERROR_INPUT, "the file is empty");
	if (!error && piece.memory.size > UINT64_MAX - pa)
		error = hr_error_new(HR_ERROR_INPUT, "memory of %s cannot begin at PA 0x%" PRIx64,
				     hr_count_text(piece.memory.size, "byte", "bytes").text, pa);
	if (!error)
		error = check_overlap(raw, &piece.memory);
	if (error)
		return error;
	raw->pieces[raw->count++] = piece;
	if (__builtin_add_overflow(raw->size, piece.memory.size, &raw->size))
		raw->size = UINT64_MAX;
	return NULL;
}

struct hr_error *hr_raw_attach(const int *fds, const uint64_t *pas, size_t count,
			       struct hr_source *source)
{
	_cleanup_free_ struct raw *raw = calloc(1, sizeof(*raw));

	if (!raw)
		return hr_error_no_memory();
	for (size_t i = 0; i < count; i++) {
		struct hr_error *error = add_piece(raw, fds[i], pas[i]);

		if (error)
			return error;
	}
	hr_source_attach(source, &raw_ops, raw, raw->size, false);
	raw = NULL;
	return NULL;
}
