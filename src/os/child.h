/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A helper process that gets only what it needs from this process, and ends with it. */
#ifndef HR_CHILD_H
#define HR_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "os/link.h"

/*
 * Like fork(2): returns 0 in the new process, -1 with errno on failure. The child is killed when
 * its parent ends, has the null device as its standard streams, and otherwise only the @count
 * descriptors @fds and both descriptors of @link. No handler of its parent ever runs in it: it
 * ignores signals from outside that end a program, except SIGXCPU. It exits if this cannot be set
 * up.
 */
pid_t hr_child_start(const int *fds, size_t count, const struct hr_link *link);

/*
 * Wait until the child @pid has ended. Returns false if it has not after @ms milliseconds.
 * *@ret_status is the status of waitpid(2). Afterwards @pid may belong to another process.
 */
bool hr_child_wait(pid_t pid, int ms, int *ret_status);

#endif
