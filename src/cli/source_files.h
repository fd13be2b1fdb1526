/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of a source: open them, detect their format, and read them. */
#ifndef HR_SOURCE_FILES_H
#define HR_SOURCE_FILES_H

#include <hotremove/hotremove.h>

#include "cli/formats.h"

/*
 * The files of a source, before any byte of them is parsed. They stay open, and belong to the
 * source, until hr_source_files_close().
 */
struct hr_source_files {
	enum hr_source_kind kind;
	bool may_be_text; /* no option says what it is, and it is compressed: opened as a dump */
	const char *paths[HR_SPLIT_MAX];
	int fds[HR_SPLIT_MAX];
	/* raw memory begins there, as the user says */
	bool is_raw[HR_SPLIT_MAX];
	uint64_t pas[HR_SPLIT_MAX];
	/* destination of wrapped content; -1 if the file wraps nothing */
	int unwrapped[HR_SPLIT_MAX];
	/* where content goes that wraps something again; -1 if there cannot be such content */
	int between[HR_SPLIT_MAX];
	size_t count;
	/* by format; NULL: none, as the dump cannot have this format */
	void *helpers[HR_FORMATS_MAX];
};

/* Descriptors that a source writes to: files for wrapped content, and those of helpers. */
enum {
	HR_SOURCE_WRITE_FDS_MAX = 2 * HR_SPLIT_MAX + HR_FORMATS_MAX * HR_HELPERS_WRITE_FDS_MAX
};

/*
 * Open the @count files at @paths, which must outlive @ret: one, or the parts of a split dump. The
 * kind of a single file may be HR_SOURCE_BY_CONTENT, and ret->kind is what its first bytes show
 * (cli/source_kind.h). Examines the first HR_FORMAT_HEAD bytes of a dump in order to prepare what
 * it needs: a temporary file if it wraps another one, two if that may wrap another one again, and
 * the helpers of each format that it has or may turn out to have; with @sandbox they run in a
 * sandbox. Errors: HR_ERROR_OS if a file cannot be opened, HR_ERROR_INPUT if it is not such a file.
 * Close @ret in any case.
 */
struct hr_error *hr_source_files_open(enum hr_source_kind kind, const char *const *paths,
				      size_t count, bool sandbox, struct hr_source_files *ret);
void hr_source_files_close(struct hr_source_files *files);

/*
 * Store the descriptors of @files that the program writes to in @ret, at most
 * HR_SOURCE_WRITE_FDS_MAX; returns their number.
 */
size_t hr_source_files_write_fds(const struct hr_source_files *files, int *ret);

/*
 * Read the headers of @files, which must outlive @ret. A live core has @kind HR_SOURCE_KCORE, and
 * may be opened repeatedly. A text of page tables has no memory; files->may_be_text may turn out to
 * be one. There is no fallback to another source. Error HR_ERROR_INPUT if it is not an arm64 core,
 * or is truncated.
 */
struct hr_error *hr_source_open(struct hr_source_files *files, const struct hr_progress *progress,
				struct hr_source **ret);

#endif
