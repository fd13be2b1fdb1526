/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the memory of a kernel comes from: a live core or a dump, told apart by its content. */
#ifndef HR_SOURCE_H
#define HR_SOURCE_H

#include <stddef.h>

#include "base/memory.h"
#include "ptdump_parse.h"

enum hr_source_kind {
	HR_SOURCE_KCORE,
	HR_SOURCE_VMCORE,
	HR_SOURCE_PTDUMP,
};

/* Files that one dump may be split over. */
enum {
	HR_SPLIT_MAX = 64
};

/* Of a source: files to put a flattened dump in order, and pipes to those who read it. */
enum {
	HR_SOURCE_WRITE_FDS_MAX = 2 * HR_SPLIT_MAX
};

struct hr_kdump_readers;

struct hr_source_ops {
	struct hr_error *(*read)(void *context, uint64_t pa, void *buffer, size_t len);
	/* May be NULL; as hr_memory has them. */
	void (*read_many)(void *context, const uint64_t *pas, size_t count, size_t len,
			  void *buffer, bool *ret_ok);
	void (*begin)(void *context, struct hr_batch *batch);
	void (*finish)(void *context, struct hr_batch *batch);
	void (*destroy)(void *context);
};

struct hr_source {
	enum hr_source_kind kind;
	const char *format; /* "elf", "kdump", "flattened-elf", "flattened-kdump" or "ptdump" */
	struct hr_memory memory;
	char *vmcoreinfo; /* the note's text, NULL if the source has none */
	size_t vmcoreinfo_len;
	struct hr_ptdump *ptdump; /* HR_SOURCE_PTDUMP: the text, which has no memory of its own */
	const struct hr_source_ops *ops;
	void *context;
};

/* Told now and then how far a long preparation is, in bytes of @total. */
typedef void hr_progress_fn(void *context, uint64_t done, uint64_t total);

struct hr_progress {
	hr_progress_fn *fn; /* NULL: nobody wants to know */
	void *context;
};

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
 * be opened again and again. A text of page tables has no memory until hr_ptdump_source_attach()
 * gives it. There is no fallback from one source to another. Error HR_ERROR_INPUT where it is not a
 * core of arm64, or is cut short.
 */
struct hr_error *hr_source_open(struct hr_source_files *files, const struct hr_progress *progress,
				struct hr_source **ret);
void hr_source_destroy(struct hr_source *source);

static inline void hr_cleanup_source(struct hr_source **source)
{
	hr_source_destroy(*source);
}

/*
 * For the readers of a format: give @source its @ops with @context, and what hr_memory says of its
 * @size and of whether it is @live.
 */
void hr_source_attach(struct hr_source *source, const struct hr_source_ops *ops, void *context,
		      uint64_t size, bool live);

const char *hr_source_kind_name(enum hr_source_kind kind);

#endif
