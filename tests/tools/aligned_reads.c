// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loaded into the program: it ends with a sentence if a page or more is read from a file to a place
 * that is not the beginning of a page.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	PAGE = 4096
};

static const char message[] = "a page is read to a place where none begins\n";

ssize_t pread64(int fd, void *buffer, size_t len, off64_t offset)
{
	if (len >= PAGE && (uintptr_t)buffer % PAGE) {
		if (write(STDERR_FILENO, message, strlen(message)) < 0)
			_exit(EXIT_FAILURE);
		abort();
	}
	return syscall(SYS_pread64, fd, buffer, len, offset);
}
