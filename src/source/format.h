/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A dump format: how it is told from others, and how a source comes to read it. */
#ifndef HR_FORMAT_H
#define HR_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "source/source.h"

enum {
	HR_FORMAT_HEAD = 16,	     /* first bytes of a file, which tell its format */
	HR_HELPERS_WRITE_FDS_MAX = 8 /* descriptors that the helpers of one format are written to */
};

/* Processes that read a dump for the program. They are started before it gives up its rights. */
struct hr_format_helpers {
	/*
	 * Start them for the dump, or the @count parts of a split one, at @fds, which must outlive
	 * them. It may turn out to be of another format. They enter a sandbox with @sandbox.
	 * Error HR_ERROR_OS.
	 */
	struct hr_error *(*start)(const int *fds, size_t count, bool sandbox, void **ret);
	/* What they are written to goes into @ret, HR_HELPERS_WRITE_FDS_MAX at most; the number. */
	size_t (*write_fds)(const void *helpers, int *ret);
	void (*end)(void *helpers);
};

/* A format has either @open or @unwrap. */
struct hr_format {
	const char *name; /* as the output has it */
	const char *what; /* a file of it, for messages: with an article */
	/* Does a file look like it? @head is its first @len bytes, at most HR_FORMAT_HEAD. */
	bool (*probe)(const void *head, size_t len);
	/*
	 * Make @source read the dump, or the @count parts of a split one, at @fds, which must
	 * outlive it, as @helpers must: NULL if the format has none. Error HR_ERROR_INPUT: it is
	 * damaged, cut short, of another machine, or split where it cannot be.
	 */
	struct hr_error *(*open)(const int *fds, size_t count, void *helpers,
				 struct hr_source *source);
	const struct hr_format_helpers *helpers; /* NULL: the program reads it itself */
	/*
	 * What is in @fd is a file of another format: write that file to @out. Error
	 * HR_ERROR_INPUT: it is damaged, cut short or too large; HR_ERROR_OS: no room.
	 */
	struct hr_error *(*unwrap)(int fd, const struct hr_progress *progress, int out);
};

/* For a probe: does @head begin with all @size bytes of @signature? */
static inline bool hr_begins_with(const void *head, size_t len, const char *signature, size_t size)
{
	return len >= size && !memcmp(head, signature, size);
}

#endif
