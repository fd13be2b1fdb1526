/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages between two processes, over one pipe in each direction: every kernel has pipes, and what
 * one side sends at once arrives at once.
 */
#ifndef HR_LINK_H
#define HR_LINK_H

#include <hotremove/hotremove.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* The longest message in bytes: a pipe takes this much completely or not at all. */
enum {
	HR_LINK_MESSAGE = PIPE_BUF
};

/* One of the two ends. Its descriptors are -1 if it is closed. */
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
 * Create both ends, closed on execve(2) and above the standard streams. The numbers of @ret_far are
 * higher than those of @ret_near. Error HR_ERROR_OS: there are no descriptors left.
 */
struct hr_error *hr_link_create(struct hr_link *ret_near, struct hr_link *ret_far);

/*
 * Close @link if it is open. The other end, if it has no copy of it, then sees the end of the link.
 */
void hr_link_close(struct hr_link *link);

bool hr_link_is_open(const struct hr_link *link);

/*
 * Send @len bytes, at most HR_LINK_MESSAGE. Returns false if the other end is closed. SIGPIPE must
 * be ignored.
 */
bool hr_link_send(const struct hr_link *link, const void *message, size_t len);

enum hr_link_status {
	HR_LINK_RECEIVED,
	HR_LINK_ENDED,	   /* the other end is closed */
	HR_LINK_MALFORMED, /* the message is too short */
};

/*
 * Wait for a message of @len bytes. Bytes after it are left for the next message: a sender that is
 * not trusted may have sent more.
 */
enum hr_link_status hr_link_receive(const struct hr_link *link, void *message, size_t len);

/*
 * Wait until there is something to receive, or the link ends, so that hr_link_receive() does not
 * block. Returns false if that takes more than @seconds.
 */
bool hr_link_wait(const struct hr_link *link, int seconds);

/*
 * Is there something to receive, or has the link ended, so that hr_link_receive() does not block?
 */
bool hr_link_has_message(const struct hr_link *link);

#endif
