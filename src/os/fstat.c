// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fstat(3) for the whole program including its libraries. Up to glibc 2.38, the C library
 * implements it by newfstatat(2) with an empty name. A filter of system calls cannot see that a
 * name is empty, so a process that may make this call may look at any file. The sandbox forbids the
 * call.
 */
#include "os/sandbox.h"

#if HR_HAS_SANDBOX && (defined(__x86_64__) || defined(__aarch64__))

#include <sys/syscall.h>
#include <unistd.h>

/*
 * Define both of its names, which <sys/stat.h> would merge. On these machines, struct stat and
 * struct stat64 have the kernel's layout.
 */
int fstat(int fd, void *ret);
int fstat64(int fd, void *ret);

int fstat(int fd, void *ret)
{
	return (int)syscall(SYS_fstat, fd, ret);
}

int fstat64(int fd, void *ret)
{
	return fstat(fd, ret);
}

#endif
