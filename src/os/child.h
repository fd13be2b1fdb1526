/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A process that helps this one, has nothing of it but what it needs, and ends with it. */
#ifndef HR_CHILD_H
#define HR_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "os/link.h"

/*
 * As fork(2): 0 in the new process, -1 with errno if there is none. It is killed when its parent
 * ends, has the null device for its standard streams, and beside them the @count descriptors @fds
 * and both of @link only. No handler of its parent runs in it, not even at once: it ignores what
 * ends a program from outside, but for SIGXCPU. It exits if it cannot be made like that.
 */
pid_t hr_child_start(const int *fds, size_t count, const struct hr_link *link);

/*
 * Wait until the child @pid has ended, for @ms milliseconds at most: false. *@ret_status is that of
 * waitpid(2); @pid is another process's afterwards.
 */
bool hr_child_wait(pid_t pid, int ms, int *ret_status);

#endif
