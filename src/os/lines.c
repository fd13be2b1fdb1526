// SPDX-License-Identifier: GPL-2.0-or-later
#include "os/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "os/file_io.h"

enum {
	LINE_BYTES = 512,
	CHUNK = 65536
};

/* A piece of the file, and how much of it is an incomplete line. */
struct buffer {
	char bytes[CHUNK + 1];
	size_t len;
};

/* Pass on the complete lines, and move the rest to the front. */
static struct hr_error *show_lines(struct buffer *buffer, hr_line_fn *fn, void *context)
{
	char *line = buffer->bytes, *end;
	struct hr_error *error = NULL;

	buffer->bytes[buffer->len] = '\0';
	while (!error && (end = memchr(line, '\n', buffer->len - (size_t)(line - buffer->bytes)))) {
		*end = '\0';
		error = fn(context, line);
		line = end + 1;
	}
	buffer->len -= (size_t)(line - buffer->bytes);
	/* No line of interest is that long, so drop it. */
	if (buffer->len > LINE_BYTES)
		buffer->len = 0;
	memmove(buffer->bytes, line, buffer->len);
	return error;
}

struct hr_error *hr_lines_read(int fd, const char *path, hr_line_fn *fn, void *context)
{
	_cleanup_free_ struct buffer *buffer = calloc(1, sizeof(*buffer));
	struct hr_error *error = NULL;
	ssize_t len;

	if (!buffer)
		return hr_error_no_memory();
	if (fd < 0)
		return hr_error_new(HR_ERROR_OS, "cannot open %s", path);
	hr_rewind(fd);
	while (!error && (len = read(fd, buffer->bytes + buffer->len, CHUNK - buffer->len))) {
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return hr_error_errno(errno, "cannot read %s", path);
		buffer->len += (size_t)len;
		error = show_lines(buffer, fn, context);
	}
	return error;
}
