// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc_kallsyms.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "file_io.h"

/* A line is an address, a type, a name, and for modules more; longer ones are none of ours. */
enum {
	LINE_BYTES = 512,
	CHUNK = 65536
};

static void take_line(char *line, struct hr_symbol *symbols, size_t count)
{
	char *rest = line, *address = strsep(&rest, " "), *name;
	uint64_t va;

	strsep(&rest, " ");
	name = strsep(&rest, "\t\n");
	va = strtoull(address, NULL, 16);
	for (size_t i = 0; name && va && i < count; i++) {
		if (symbols[i].found || strcmp(symbols[i].name, name))
			continue;
		symbols[i].found = true;
		symbols[i].va = va;
	}
}

/* A piece of the file, and how much of it is a line that is not yet whole. */
struct buffer {
	char bytes[CHUNK + 1];
	size_t len;
};

/* Take the lines that are whole; what is left goes to the front. */
static void take_lines(struct buffer *buffer, struct hr_symbol *symbols, size_t count)
{
	char *line = buffer->bytes, *end;

	buffer->bytes[buffer->len] = '\0';
	while ((end = memchr(line, '\n', buffer->len - (size_t)(line - buffer->bytes)))) {
		*end = '\0';
		take_line(line, symbols, count);
		line = end + 1;
	}
	buffer->len -= (size_t)(line - buffer->bytes);
	/* No line is as long as that: what is no line is none of ours. */
	if (buffer->len > LINE_BYTES)
		buffer->len = 0;
	memmove(buffer->bytes, line, buffer->len);
}

struct hr_error *hr_proc_kallsyms_find(int fd, struct hr_symbol *symbols, size_t count)
{
	_cleanup_free_ struct buffer *buffer = calloc(1, sizeof(*buffer));
	ssize_t len;

	if (!buffer)
		return hr_error_no_memory();
	if (fd < 0)
		return hr_error_new(HR_ERROR_OS, "cannot open " HR_PROC_KALLSYMS);
	hr_rewind(fd);
	while ((len = read(fd, buffer->bytes + buffer->len, CHUNK - buffer->len))) {
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return hr_error_errno(errno, "cannot read " HR_PROC_KALLSYMS);
		buffer->len += (size_t)len;
		take_lines(buffer, symbols, count);
	}
	return NULL;
}
