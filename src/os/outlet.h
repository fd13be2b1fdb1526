/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way out for results: a stdio stream that holds what is written to it, so that an error or a
 * signal can drop it, and then lets it out line by line. A piece is never longer than PIPE_BUF, so
 * that a pipe takes it whole or not at all, and ends behind a line where it can.
 */
#ifndef HR_OUTLET_H
#define HR_OUTLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

enum {
	HR_OUTLET_HOLD = 1 << 20 /* bytes that are held before any is let out */
};

/* Bytes of an answer: the memory blocks of 256 TiB as JSON take three quarters. Tests have less. */
#ifndef HR_OUTLET_LIMIT
#define HR_OUTLET_LIMIT (UINT64_C(4) << 30)
#endif

struct hr_outlet;

/* Whoever wants to know of each write to the descriptor. */
struct hr_outlet_witness {
	/* It comes, and there is room for it, so that it should not take time. */
	void (*before)(void *context);
	/* @written bytes are out, which may be 0, and @left are still held. */
	void (*after)(void *context, size_t written, size_t left);
	void *context;
};

/*
 * An outlet to the descriptor @fd that holds up to @hold bytes (1 or more). Between two flushes it
 * takes up to @limit bytes; beyond them it fails with EOVERFLOW. @witness may be NULL. *@ret_stream
 * is where to write. Once that has failed, which ferror() tells, nothing more is written, not what
 * is held either. fclose() of it lets the rest out, closes @fd, and frees the outlet; it fails,
 * with errno, if a byte did not arrive. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_outlet_open(int fd, size_t hold, uint64_t limit,
				const struct hr_outlet_witness *witness, struct hr_outlet **ret,
				FILE **ret_stream);

/*
 * Let everything out that was written to the stream, and begin to count anew; false if a byte did
 * not arrive.
 */
bool hr_outlet_flush(struct hr_outlet *outlet);

/*
 * Drop what was written since the last flush, unless a part of it is out already; false, and
 * nothing is dropped, if it is.
 */
bool hr_outlet_drop(struct hr_outlet *outlet);

#endif
