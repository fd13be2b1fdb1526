// SPDX-License-Identifier: GPL-2.0-or-later
#include "text/text_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "os/file_io.h"
#include "text/coding.h"
#include "text/markup.h"
#include "text/prefix.h"

enum {
	FIRST_ROOM = 65536
};

/* Double the room for the text, up to @limit and two bytes more. */
static bool make_room(char **bytes, size_t *room, size_t limit)
{
	size_t more = *room ? *room * 2 : FIRST_ROOM;
	char *moved;

	if (more > limit + 2)
		more = limit + 2;
	moved = realloc(*bytes, more);
	if (!moved)
		return false;
	*bytes = moved;
	*room = more;
	return true;
}

static struct hr_error *read_all(int fd, size_t limit, struct hr_text *ret)
{
	_cleanup_free_ char *bytes = NULL;
	size_t len = 0, room = 0;
	ssize_t done = 1;

	while (done && len <= limit) {
		if (len + 1 >= room && !make_room(&bytes, &room, limit))
			return hr_error_no_memory();
		done = read(fd, bytes + len, room - 1 - len);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return hr_error_errno(errno, "it cannot be read");
		len += (size_t)done;
	}
	bytes[len] = '\0';
	*ret = (struct hr_text){ .bytes = hr_take(bytes), .len = len };
	return NULL;
}

struct hr_error *hr_text_clean(const struct hr_text_form *form, struct hr_text *ret)
{
	struct hr_error *error = hr_text_decode(ret->bytes, &ret->len);

	/* What quoted-printable hides may be a blank of another coding. */
	if (!error && form && hr_text_decode_printable(form, ret->bytes, &ret->len))
		error = hr_text_decode(ret->bytes, &ret->len);
	if (!error && form) {
		hr_text_drop_html(ret->bytes, &ret->len);
		error = hr_text_strip(form, ret->bytes, &ret->len);
	}
	ret->bytes[ret->len] = '\0';
	ret->is_cut = ret->len && ret->bytes[ret->len - 1] != '\n';
	return error;
}

struct hr_error *hr_text_read(int fd, size_t limit, const struct hr_text_form *form,
			      struct hr_text *ret)
{
	struct hr_text text = { .bytes = NULL };
	struct hr_error *error;

	if (fd != STDIN_FILENO)
		hr_rewind(fd);
	error = read_all(fd, limit, &text);
	/* Whoever takes the text says that it is too long. */
	if (!error && text.len <= limit)
		error = hr_text_clean(form, &text);
	if (error) {
		free(text.bytes);
		return error;
	}
	*ret = text;
	return NULL;
}

bool hr_text_has(const struct hr_text *text, size_t (*find)(const char *line, size_t len))
{
	size_t at = 0;

	while (at < text->len) {
		const char *line = text->bytes + at, *end = memchr(line, '\n', text->len - at);
		size_t len = end ? (size_t)(end - line) : text->len - at;

		if (find(line, len) < len)
			return true;
		at += len + 1;
	}
	return false;
}
