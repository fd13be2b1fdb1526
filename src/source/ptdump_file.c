// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/ptdump_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "os/file_io.h"

enum {
	CHUNK = 65536
};

static struct hr_error *feed_file(int fd, struct hr_ptdump_parser *parser)
{
	char chunk[CHUNK];
	ssize_t len;

	while ((len = read(fd, chunk, sizeof(chunk)))) {
		struct hr_error *error;

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return hr_error_errno(errno, "it cannot be read");
		error = hr_ptdump_parser_feed(parser, chunk, (size_t)len);
		if (error)
			return error;
	}
	return NULL;
}

static void cleanup_parser(struct hr_ptdump_parser **parser)
{
	hr_ptdump_parser_destroy(*parser);
}

static struct hr_error *parse_fd(int fd, struct hr_ptdump **ret)
{
	_cleanup_(cleanup_parser) struct hr_ptdump_parser *parser = NULL;
	struct hr_error *error = hr_ptdump_parser_create(&parser);

	if (!error)
		error = feed_file(fd, parser);
	return error ? error : hr_ptdump_parser_finish(parser, ret);
}

struct hr_error *hr_ptdump_open(const char *path, int *ret_fd)
{
	*ret_fd = STDIN_FILENO;
	if (!strcmp(path, "-"))
		return NULL;
	*ret_fd = hr_fd_above_standard(open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY));
	return *ret_fd < 0 ? hr_error_errno(errno, "cannot open %s", path) : NULL;
}

struct hr_error *hr_ptdump_read(int fd, const char *path, struct hr_ptdump **ret)
{
	struct hr_error *error;

	if (fd != STDIN_FILENO)
		hr_rewind(fd);
	error = parse_fd(fd, ret);
	if (!error)
		return NULL;
	return hr_error_context(error, "%s", fd == STDIN_FILENO ? "standard input" : path);
}
