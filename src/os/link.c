// SPDX-License-Identifier: GPL-2.0-or-later
#include "os/link.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "os/file_io.h"

/* A pipe whose ends are not numbered as standard streams. */
static int make_pipe(int *ret_in, int *ret_out)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return -1;
	*ret_in = hr_fd_above_standard(ends[0]);
	*ret_out = hr_fd_above_standard(ends[1]);
	return *ret_in < 0 || *ret_out < 0 ? -1 : 0;
}

static int make_both(struct hr_link *near, struct hr_link *far)
{
	int last;

	if (make_pipe(&near->in, &far->out) || make_pipe(&far->in, &near->out))
		return -1;
	last = near->in > near->out ? near->in : near->out;
	far->in = hr_fd_above(far->in, last);
	far->out = hr_fd_above(far->out, last);
	return far->in < 0 || far->out < 0 ? -1 : 0;
}

struct hr_error *hr_link_create(struct hr_link *ret_near, struct hr_link *ret_far)
{
	int errnum;

	*ret_near = *ret_far = HR_LINK_CLOSED;
	if (!make_both(ret_near, ret_far))
		return NULL;
	errnum = errno;
	hr_link_close(ret_near);
	hr_link_close(ret_far);
	return hr_error_errno(errnum, "cannot create a pipe");
}

void hr_link_close(struct hr_link *link)
{
	hr_cleanup_close(&link->in);
	hr_cleanup_close(&link->out);
	*link = HR_LINK_CLOSED;
}

bool hr_link_is_open(const struct hr_link *link)
{
	return link->in >= 0;
}

bool hr_link_send(const struct hr_link *link, const void *message, size_t len)
{
	return TEMP_FAILURE_RETRY(write(link->out, message, len)) == (ssize_t)len;
}

enum hr_link_status hr_link_receive(const struct hr_link *link, void *message, size_t len)
{
	ssize_t got = TEMP_FAILURE_RETRY(read(link->in, message, len));

	if (got <= 0)
		return HR_LINK_ENDED;
	return (size_t)got == len ? HR_LINK_RECEIVED : HR_LINK_MALFORMED;
}

bool hr_link_wait(const struct hr_link *link, int seconds)
{
	struct pollfd in = { .fd = link->in, .events = POLLIN };
	struct timespec now, end;
	int ready;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	do {
		clock_gettime(CLOCK_MONOTONIC, &now);
		ready = poll(&in, 1, now.tv_sec < end.tv_sec ? 1000 : 0);
	} while (ready <= 0 && now.tv_sec < end.tv_sec);
	return ready > 0;
}

bool hr_link_has_message(const struct hr_link *link)
{
	return hr_link_wait(link, 0);
}
