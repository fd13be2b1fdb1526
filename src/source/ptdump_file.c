// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/ptdump_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "os/file_io.h"
#include "text/note_lines.h"
#include "text/page_lines.h"

/* A text without a line of page tables may be the other text that people hand in. */
static struct hr_error *explain(const struct hr_text *text, struct hr_error *error)
{
	if (error->code != HR_ERROR_INPUT || hr_text_has(text, hr_page_lines.find) ||
	    !hr_note_has_key(text))
		return error;
	hr_error_destroy(error);
	return hr_error_new(HR_ERROR_INPUT, "it is a VMCOREINFO text: use --vmcoreinfo=FILE");
}

static struct hr_error *parse_fd(int fd, struct hr_ptdump **ret)
{
	_cleanup_free_ char *bytes = NULL;
	struct hr_text text;
	struct hr_error *error = hr_text_read(fd, HR_TEXT_MAX, &hr_page_lines, &text);

	if (error)
		return error;
	bytes = text.bytes;
	error = hr_ptdump_parse(bytes, text.len, ret);
	return error ? explain(&text, error) : NULL;
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
	struct hr_error *error = parse_fd(fd, ret);

	if (!error)
		return NULL;
	return hr_error_context(error, "%s", fd == STDIN_FILENO ? "standard input" : path);
}
