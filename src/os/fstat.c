// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fstat(3) for all of the program, its libraries included. Up to glibc 2.38, that of the C library
 * asks by newfstatat(2) with an empty name, and no filter of system calls can see that a name is
 * empty: whoever may make that call may look at any file. The sandbox refuses it.
 */
#include "os/sandbox.h"

#if HR_HAS_SANDBOX && (defined(__x86_64__) || defined(__aarch64__))

#include <sys/syscall.h>
#include <unistd.h>

/*
 * By both of its names, which <sys/stat.h> would make one. On these machines, struct stat and
 * struct stat64 are what the kernel has.
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
