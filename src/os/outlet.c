// SPDX-License-Identifier: GPL-2.0-or-later
#include "os/outlet.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio_ext.h>
#include <string.h>

#include "base/cleanup.h"

struct hr_outlet {
	int fd;
	bool in_part; /* something was written since the last flush */
	int error;    /* errno of the first failed write, after which nothing is written */
	struct hr_outlet_witness witness;
	FILE *stream;
	size_t used, hold; /* bytes */
	uint64_t taken;	   /* bytes since the last flush */
	uint64_t limit;	   /* the limit for @taken */
	char data[];
};

/*
 * The length of the first piece of @len bytes: as many complete lines as fit, otherwise what fits.
 */
static size_t piece_of(const char *data, size_t len)
{
	size_t max = len < PIPE_BUF ? len : PIPE_BUF;
	const char *end = memrchr(data, '\n', max);

	return end ? (size_t)(end - data) + 1 : max;
}

/* Wait here, not in a write: a signal would leave open how much was written. */
static void wait_for_room(int fd)
{
	struct pollfd output = { .fd = fd, .events = POLLOUT };

	while (poll(&output, 1, -1) < 0 && errno == EINTR)
		;
}

/* Write at most @len bytes at @data; @left follow. Returns -1 with errno on failure. */
static ssize_t write_some(struct hr_outlet *outlet, const char *data, size_t len, size_t left)
{
	const struct hr_outlet_witness *witness = &outlet->witness;
	ssize_t done;
	int error;

	wait_for_room(outlet->fd);
	if (witness->before)
		witness->before(witness->context);
	done = write(outlet->fd, data, len);
	error = errno;
	if (witness->after)
		witness->after(witness->context, done < 0 ? 0 : (size_t)done,
			       left + len - (done < 0 ? 0 : (size_t)done));
	errno = error;
	return done;
}

/* Give up: write nothing from now on. */
static void give_up(struct hr_outlet *outlet, int error)
{
	outlet->error = error;
	outlet->used = 0;
}

/*
 * Write the first @len held bytes; the rest moves up. Returns false once a byte could not be
 * written.
 */
static bool let_out(struct hr_outlet *outlet, size_t len)
{
	size_t at = 0;

	while (!outlet->error && at < len) {
		size_t piece = piece_of(outlet->data + at, len - at);
		ssize_t done =
			write_some(outlet, outlet->data + at, piece, outlet->used - at - piece);

		if (done > 0) {
			outlet->in_part = true;
			at += (size_t)done;
		} else if (done < 0 && errno != EINTR && errno != EAGAIN) {
			give_up(outlet, errno);
		}
	}
	if (outlet->error)
		return false;
	outlet->used -= len;
	memmove(outlet->data, outlet->data + len, outlet->used);
	return true;
}

/* Write everything that is held, except for a line that has only begun. */
static bool make_room(struct hr_outlet *outlet)
{
	const char *end = memrchr(outlet->data, '\n', outlet->used);

	return let_out(outlet, end ? (size_t)(end - outlet->data) + 1 : outlet->used);
}

/* Called by stdio to write. A count that is too small signals failure. */
static ssize_t on_write(void *cookie, const char *data, size_t len)
{
	struct hr_outlet *outlet = cookie;
	size_t done = 0;

	if (!outlet->error && len > outlet->limit - outlet->taken)
		give_up(outlet, EOVERFLOW);
	while (!outlet->error && done < len) {
		size_t part = outlet->hold - outlet->used;

		if (part > len - done)
			part = len - done;
		memcpy(outlet->data + outlet->used, data + done, part);
		outlet->used += part;
		done += part;
		if (outlet->used == outlet->hold)
			make_room(outlet);
	}
	outlet->taken += done;
	errno = outlet->error;
	return outlet->error ? 0 : (ssize_t)len;
}

static int on_close(void *cookie)
{
	struct hr_outlet *outlet = cookie;
	int error;

	let_out(outlet, outlet->used);
	error = outlet->error;
	if (close(outlet->fd) && !error)
		error = errno;
	free(outlet);
	errno = error;
	return error ? -1 : 0;
}

struct hr_error *hr_outlet_open(int fd, size_t hold, uint64_t limit,
				const struct hr_outlet_witness *witness, struct hr_outlet **ret,
				FILE **ret_stream)
{
	static const cookie_io_functions_t functions = { .write = on_write, .close = on_close };
	_cleanup_free_ struct hr_outlet *outlet = malloc(sizeof(*outlet) + hold);

	if (!outlet)
		return hr_error_no_memory();
	*outlet = (struct hr_outlet){
		.fd = fd,
		.hold = hold,
		.limit = limit,
	};
	if (witness)
		outlet->witness = *witness;
	outlet->stream = fopencookie(outlet, "w", functions);
	if (!outlet->stream)
		return hr_error_no_memory();
	*ret_stream = outlet->stream;
	*ret = hr_take(outlet);
	return NULL;
}

bool hr_outlet_flush(struct hr_outlet *outlet)
{
	if (fflush(outlet->stream) || !let_out(outlet, outlet->used))
		return false;
	outlet->in_part = false;
	outlet->taken = 0;
	return true;
}

bool hr_outlet_drop(struct hr_outlet *outlet)
{
	if (outlet->in_part)
		return false;
	__fpurge(outlet->stream);
	outlet->used = 0;
	outlet->taken = 0;
	return true;
}
