// SPDX-License-Identifier: GPL-2.0-or-later
#include "os/file_io.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

struct hr_error *hr_pread_all(int fd, void *buffer, size_t len, uint64_t offset)
{
	char *at = buffer;

	if (offset > INT64_MAX - len)
		return hr_error_new(HR_ERROR_UNREADABLE,
				    "offset 0x%" PRIx64 " is too large for a file", offset);
	while (len) {
		ssize_t done = pread(fd, at, len, (off_t)offset);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return hr_error_errno(errno, "cannot read at file offset 0x%" PRIx64,
					      offset);
		if (!done)
			return hr_error_new(HR_ERROR_UNREADABLE,
					    "the file ends at offset 0x%" PRIx64, offset);
		at += done;
		len -= (size_t)done;
		offset += (uint64_t)done;
	}
	return NULL;
}

struct hr_error *hr_pwrite_all(int fd, const void *buffer, size_t len, uint64_t offset)
{
	const char *at = buffer;

	while (len) {
		ssize_t done = pwrite(fd, at, len, (off_t)offset);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return hr_error_errno(errno, "cannot write at file offset 0x%" PRIx64,
					      offset);
		at += done;
		len -= (size_t)done;
		offset += (uint64_t)done;
	}
	return NULL;
}

void hr_next_stored(int fd, uint64_t offset, uint64_t end, uint64_t *ret_start, uint64_t *ret_stop)
{
	off_t data = lseek(fd, (off_t)offset, SEEK_DATA), hole = -1;

	*ret_stop = end;
	if (data < 0) {
		*ret_start = errno == ENXIO ? end : offset;
		return;
	}
	*ret_start = (uint64_t)data < end ? (uint64_t)data : end;
	if (*ret_start < end)
		hole = lseek(fd, data, SEEK_HOLE);
	if (hole > data && (uint64_t)hole < end)
		*ret_stop = (uint64_t)hole;
}

struct hr_error *hr_file_size(int fd, uint64_t *ret)
{
	struct stat st;

	if (fstat(fd, &st))
		return hr_error_errno(errno, "cannot get the size of the file");
	if (!S_ISREG(st.st_mode))
		return hr_error_new(HR_ERROR_INPUT, "it is not a regular file");
	*ret = (uint64_t)st.st_size;
	return NULL;
}

int hr_fd_above(int fd, int last)
{
	int moved, errnum;

	if (fd < 0 || fd > last)
		return fd;
	moved = fcntl(fd, F_DUPFD_CLOEXEC, last + 1);
	errnum = errno;
	close(fd);
	/* A number beyond the limit counts as invalid. */
	errno = errnum == EINVAL ? EMFILE : errnum;
	return moved;
}

int hr_fd_above_standard(int fd)
{
	return hr_fd_above(fd, STDERR_FILENO);
}

void hr_rewind(int fd)
{
	if (lseek(fd, 0, SEEK_SET) < 0)
		errno = 0;
}
