// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/dump_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "os/file_io.h"

static struct hr_error *refuse_stream(void)
{
	return hr_error_new(HR_ERROR_INPUT,
			    "a dump is read at many places, so it cannot come from a pipe or from "
			    "standard input: save it to a file");
}

struct hr_error *hr_dump_file_open(const char *path, int *ret_fd)
{
	struct stat st;
	int fd;

	*ret_fd = -1;
	if (!strcmp(path, "-"))
		return refuse_stream();
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	*ret_fd = hr_fd_above_standard(fd);
	if (*ret_fd < 0)
		return hr_error_errno(errno, "cannot open the file");
	if (fstat(*ret_fd, &st))
		return hr_error_errno(errno, "cannot stat the file");
	if (S_ISDIR(st.st_mode))
		return hr_error_new(HR_ERROR_INPUT, "it is a directory, not a dump");
	if (S_ISFIFO(st.st_mode))
		return refuse_stream();
	if (!S_ISREG(st.st_mode))
		return hr_error_new(HR_ERROR_INPUT, "it is not a regular file");
	return NULL;
}
