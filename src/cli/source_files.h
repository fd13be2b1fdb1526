/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that a source is read from: opened, told what they are, and read. */
#ifndef HR_SOURCE_FILES_H
#define HR_SOURCE_FILES_H

#include "cli/formats.h"

/*
 * The files of a source, before a byte of them is parsed. They stay open, and are the source's,
 * until hr_source_files_close().
 */
struct hr_source_files {
	enum hr_source_kind kind;
	const char *paths[HR_SPLIT_MAX];
	int fds[HR_SPLIT_MAX];
	int unwrapped[HR_SPLIT_MAX]; /* where what is wrapped goes; -1 if the file is not a wrap */
	size_t count;
	void *helpers[HR_FORMATS_MAX]; /* by format; NULL: none, as the dump cannot be of it */
};

/* Descriptors that a source writes to: files for what is wrapped, and what helpers need. */
enum {
	HR_SOURCE_WRITE_FDS_MAX = HR_SPLIT_MAX + HR_FORMATS_MAX * HR_HELPERS_WRITE_FDS_MAX
};

/*
 * Open the @count files at @paths, which must outlive @ret: one, or the parts of a split dump. The
 * first HR_FORMAT_HEAD bytes of a dump are looked at, to know what to prepare: a temporary file
 * where another is wrapped in it, and the helpers, with @sandbox in a sandbox, of each format that
 * it has or may turn out to have.
 * Errors: HR_ERROR_OS where a file cannot be opened, HR_ERROR_INPUT where it is not such a file.
 * Close @ret in any case.
 */
struct hr_error *hr_source_files_open(enum hr_source_kind kind, const char *const *paths,
				      size_t count, bool sandbox, struct hr_source_files *ret);
void hr_source_files_close(struct hr_source_files *files);

/*
 * The descriptors of @files that the program writes to go into @ret, HR_SOURCE_WRITE_FDS_MAX at
 * most; their number.
 */
size_t hr_source_files_write_fds(const struct hr_source_files *files, int *ret);

/*
 * Read the headers of @files, which must outlive @ret. A live core is @kind HR_SOURCE_KCORE, and
 * may be opened again and again. A text of page tables has no memory. There is no fallback from one
 * source to another. Error HR_ERROR_INPUT where it is not a core of arm64, or is cut short.
 */
struct hr_error *hr_source_open(struct hr_source_files *files, const struct hr_progress *progress,
				struct hr_source **ret);

#endif
