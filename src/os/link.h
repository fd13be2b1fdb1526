/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages between two processes, over a pipe in each direction: every kernel has pipes, and what
 * one side sends at once the other gets whole.
 */
#ifndef HR_LINK_H
#define HR_LINK_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* The longest message in bytes: a pipe takes that much as a whole or not at all. */
enum {
	HR_LINK_MESSAGE = PIPE_BUF
};

/* One of the two ends; its descriptors are -1 if there is none. */
struct hr_link {
	int in;
	int out;
};

#define HR_LINK_CLOSED                                                                             \
	((struct hr_link){                                                                         \
		.in = -1,                                                                          \
		.out = -1,                                                                         \
	})

/*
 * Make both ends, closed on execve(2) and above the standard streams; the numbers of @ret_far are
 * higher than those of @ret_near. Error HR_ERROR_OS: there are no descriptors left.
 */
struct hr_error *hr_link_create(struct hr_link *ret_near, struct hr_link *ret_far);

/* Close @link if it is open. The other end, if it has no copy, then comes to its end. */
void hr_link_close(struct hr_link *link);

bool hr_link_is_open(const struct hr_link *link);

/*
 * Send @len bytes, HR_LINK_MESSAGE at most. False: nobody receives any more. SIGPIPE is to be
 * ignored.
 */
bool hr_link_send(const struct hr_link *link, const void *message, size_t len);

enum hr_link_status {
	HR_LINK_RECEIVED,
	HR_LINK_ENDED,	   /* nobody sends any more */
	HR_LINK_MALFORMED, /* what came is shorter */
};

/*
 * Wait for a message of @len bytes. What is behind them is left for the next one: a sender who
 * cannot be trusted may have sent more.
 */
enum hr_link_status hr_link_receive(const struct hr_link *link, void *message, size_t len);

/*
 * Wait until there is something to receive, or the end, so that hr_link_receive() does not wait;
 * for @seconds at most: false.
 */
bool hr_link_wait(const struct hr_link *link, int seconds);

/* Is there something to receive, or the end, so that hr_link_receive() does not wait? */
bool hr_link_has_message(const struct hr_link *link);

#endif
