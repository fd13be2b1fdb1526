/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The output stream for results: a stdio stream that holds what is written to it, so that an error
 * or a signal can drop it, and then writes it line by line. A piece is never longer than PIPE_BUF,
 * so that a pipe takes it completely or not at all, and ends after a line if possible.
 */
#ifndef HR_OUTLET_H
#define HR_OUTLET_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
	HR_OUTLET_HOLD = 1 << 20 /* bytes that are held before any is written */
};

/*
 * The limit for an answer in bytes: the memory blocks of 256 TiB as JSON take three quarters of it.
 * Tests use less.
 */
#ifndef HR_OUTLET_LIMIT
#define HR_OUTLET_LIMIT (UINT64_C(4) << 30)
#endif

struct hr_outlet;

/* An observer of every write to the descriptor. */
struct hr_outlet_witness {
	/* A write follows, and there is room for it, so it should not block. */
	void (*before)(void *context);
	/* @written bytes, which may be 0, have been written, and @left are still held. */
	void (*after)(void *context, size_t written, size_t left);
	void *context;
};

/*
 * Open an outlet to the descriptor @fd that holds up to @hold bytes (at least 1). Between two
 * flushes it takes up to @limit bytes; beyond that it fails with EOVERFLOW. @witness may be NULL.
 * Write to *@ret_stream. Once that has failed, which ferror() shows, nothing more is written,
 * including held bytes. fclose() of the stream writes the rest, closes @fd, and frees the outlet;
 * it fails, with errno, if a byte could not be written. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_outlet_open(int fd, size_t hold, uint64_t limit,
				const struct hr_outlet_witness *witness, struct hr_outlet **ret,
				FILE **ret_stream);

/*
 * Write everything that is held, and reset the count for the limit. Returns false if a byte could
 * not be written.
 */
bool hr_outlet_flush(struct hr_outlet *outlet);

/*
 * Drop what was put into the stream since the last flush. If part of it was already written, drop
 * nothing and return false.
 */
bool hr_outlet_drop(struct hr_outlet *outlet);

#endif
