/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A dump format: how it is recognized, and how a source reads it. */
#ifndef HR_FORMAT_H
#define HR_FORMAT_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "source/source.h"

enum {
	HR_FORMAT_HEAD = 16,	     /* first bytes of a file, which show its format */
	HR_HELPERS_WRITE_FDS_MAX = 8 /* most descriptors that the helpers of one format write to */
};

/*
 * What helps the program to read a dump, and must be there before it drops its privileges:
 * processes that read it, or a library that is loaded.
 */
struct hr_format_helpers {
	/*
	 * Start them for the dump, or the @count parts of a split one, at @fds, which must outlive
	 * them. The dump may turn out to have another format. With @sandbox they enter a sandbox.
	 * Error HR_ERROR_OS.
	 */
	struct hr_error *(*start)(const int *fds, size_t count, bool sandbox, void **ret);
	/*
	 * Store the descriptors that requests to them are written to in @ret, at most
	 * HR_HELPERS_WRITE_FDS_MAX; returns their number. May be NULL: there are none.
	 */
	size_t (*write_fds)(const void *helpers, int *ret);
	void (*end)(void *helpers);
};

/* What is known about content that was unwrapped. */
struct hr_unwrapped {
	bool is_cut;		    /* the file ends before its content does */
	struct hr_stretches stored; /* the stretches of the content that are there, if it is cut */
};

/* A format has either @open or @unwrap. */
struct hr_format {
	const char *name; /* as in the output */
	const char *what; /* a file of this format, for messages, with an article */
	const char *all;  /* such files, and which kinds of them are read, for --version */
	/* Does a file look like it? @head is its first @len bytes, at most HR_FORMAT_HEAD. */
	bool (*probe)(const void *head, size_t len);
	/*
	 * Make @source read the dump, or the @count parts of a split one, at @fds, as far as
	 * source->stored has them. @fds and @helpers (NULL if the format has none) must outlive it.
	 * Error HR_ERROR_INPUT: it is damaged, of another machine, without any memory, or split
	 * although the format does not allow that.
	 */
	struct hr_error *(*open)(const int *fds, size_t count, void *helpers,
				 struct hr_source *source);
	const struct hr_format_helpers *helpers; /* NULL: the program reads the format itself */
	/*
	 * Load the library that unwraps a file with these first @len bytes, before the program
	 * drops its privileges. May be NULL: there is none. Error HR_ERROR_OS.
	 */
	struct hr_error *(*prepare)(const void *head, size_t len);
	/*
	 * The content of @fd is a file of another format: write that file, or what there is of it,
	 * to @out. Release @ret in any case. Error HR_ERROR_INPUT: it is damaged, without content
	 * or too large; HR_ERROR_OS: no space left.
	 */
	struct hr_error *(*unwrap)(int fd, const struct hr_progress *progress, int out,
				   struct hr_unwrapped *ret);
	/*
	 * For a format with @unwrap that may hold a file of any other format, and whose name does
	 * not matter: get the first bytes of the content in @head, at most HR_FORMAT_HEAD. NULL:
	 * the content is a dump, and the format is part of its name.
	 */
	struct hr_error *(*peek)(int fd, void *head, size_t *ret_len);
};

/* For a probe: does @head begin with all @size bytes of @signature? */
static inline bool hr_begins_with(const void *head, size_t len, const char *signature, size_t size)
{
	return len >= size && !memcmp(head, signature, size);
}

#endif
