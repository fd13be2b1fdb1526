// SPDX-License-Identifier: GPL-2.0-or-later
#include "os/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "os/file_io.h"

/* A file that never had a name, or whose name was removed. */
static int open_unnamed(const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
	_cleanup_free_ char *path = NULL;

	if (fd >= 0)
		return fd;
	if (asprintf(&path, "%s/hotremove-check.XXXXXX", dir) < 0) {
		path = NULL;
		errno = ENOMEM;
		return -1;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

struct hr_error *hr_temporary_open(const char *purpose, int *ret_fd)
{
	const char *const dirs[] = { getenv("TMPDIR"), "/var/tmp", "/tmp" };

	errno = ENOENT;
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		*ret_fd = dirs[i] ? hr_fd_above_standard(open_unnamed(dirs[i])) : -1;
		if (*ret_fd >= 0)
			return NULL;
	}
	return hr_error_errno(errno, "cannot create a temporary file %s (set TMPDIR)", purpose);
}
