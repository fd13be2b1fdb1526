/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that a source is read from: found out what they are, and opened. */
#ifndef HR_SOURCE_FILES_H
#define HR_SOURCE_FILES_H

#include "source/source.h"

/*
 * The files of a source, before a byte of them is parsed. They stay open, and are the source's, until
 * hr_source_files_close().
 */
struct hr_source_files {
	enum hr_source_kind kind;
	const char *paths[HR_SPLIT_MAX];
	int fds[HR_SPLIT_MAX];
	int rearranged[HR_SPLIT_MAX]; /* where a flattened dump is put in order; -1 if it is not */
	size_t count;
	struct hr_kdump_readers *readers; /* NULL: it is no kdump-compressed dump */
};

/*
 * Open the @count files at @paths, which must outlive @ret: one, or the parts of a split dump. Of a
 * dump the first 16 bytes are looked at, to know what to prepare: a temporary file where it is
 * flattened, processes that read it, with @sandbox in one, where it is or may be kdump-compressed.
 * Errors: HR_ERROR_OS where a file cannot be opened, HR_ERROR_INPUT where it is no such file. Close
 * @ret in any case.
 */
struct hr_error *hr_source_files_open(enum hr_source_kind kind, const char *const *paths,
				      size_t count, bool sandbox, struct hr_source_files *ret);
void hr_source_files_close(struct hr_source_files *files);

/* The descriptors of @files that the program writes to go into @ret, HR_SOURCE_WRITE_FDS_MAX at most. */
size_t hr_source_files_write_fds(const struct hr_source_files *files, int *ret);

/*
 * Read the headers of @files, which must outlive @ret. A live core is @kind HR_SOURCE_KCORE, and may
 * be opened again and again. A text of page tables has no memory. There is no fallback from one source to another. Error HR_ERROR_INPUT where it is not a
 * core of arm64, or is cut short.
 */
struct hr_error *hr_source_open(struct hr_source_files *files, const struct hr_progress *progress,
				struct hr_source **ret);

#endif
