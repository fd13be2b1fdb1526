// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/raw_memory.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "os/file_io.h"

struct piece {
	int fd;
	uint64_t pa, size;
};

struct raw {
	struct piece pieces[HR_SPLIT_MAX];
	size_t count;
	uint64_t size; /* of all */
};

static const struct piece *find_piece(const struct raw *raw, uint64_t pa)
{
	for (size_t i = 0; i < raw->count; i++)
		if (pa >= raw->pieces[i].pa && pa - raw->pieces[i].pa < raw->pieces[i].size)
			return &raw->pieces[i];
	return NULL;
}

/* A read may go from one piece to the next. */
static struct hr_error *raw_read(void *context, uint64_t pa, void *buffer, size_t len)
{
	char *at = buffer;

	while (len) {
		const struct piece *piece = find_piece(context, pa);
		struct hr_error *error;
		size_t here = len;

		if (!piece)
			return hr_error_new(HR_ERROR_UNREADABLE,
					    "PA 0x%" PRIx64 " is not in the source", pa);
		if (here > piece->size - (pa - piece->pa))
			here = (size_t)(piece->size - (pa - piece->pa));
		error = hr_pread_all(piece->fd, at, here, pa - piece->pa);
		if (error)
			return error;
		at += here;
		pa += here;
		len -= here;
	}
	return NULL;
}

static void raw_destroy(void *context)
{
	free(context);
}

static const struct hr_source_ops raw_ops = {
	.read = raw_read,
	.destroy = raw_destroy,
};

/* Which of two pieces is right where they overlap cannot be known. */
static struct hr_error *check_overlap(const struct raw *raw, const struct piece *new)
{
	for (size_t i = 0; i < raw->count; i++) {
		const struct piece *old = &raw->pieces[i];

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
	struct piece piece = { .fd = fd, .pa = pa };
	struct hr_error *error = hr_file_size(fd, &piece.size);

	if (!error && !piece.size)
		error = hr_error_new(HR_ERROR_INPUT, "the file is empty");
	if (!error && piece.size > UINT64_MAX - pa)
		error = hr_error_new(HR_ERROR_INPUT, "memory of %s cannot begin at PA 0x%" PRIx64,
				     hr_count_text(piece.size, "byte", "bytes").text, pa);
	if (!error)
		error = check_overlap(raw, &piece);
	if (error)
		return error;
	raw->pieces[raw->count++] = piece;
	if (__builtin_add_overflow(raw->size, piece.size, &raw->size))
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
