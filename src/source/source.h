/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a kernel's memory comes from: a live core or a dump, recognized by its content. */
#ifndef HR_SOURCE_H
#define HR_SOURCE_H

#include <hotremove/hotremove.h>
#include <stddef.h>

#include "base/memory.h"
#include "source/incomplete.h"
#include "source/snapshot.h"
#include "source/stretches.h"

enum hr_source_kind {
	HR_SOURCE_KCORE,
	HR_SOURCE_VMCORE,
	HR_SOURCE_PTDUMP,
	HR_SOURCE_BY_CONTENT, /* one of these, as its content will show; not of a source */
};

/* The most files that one dump may be split into. */
enum {
	HR_SPLIT_MAX = 64
};

enum {
	HR_FORMAT_NAME = 32 /* bytes of a format's name in the output */
};

struct hr_source_ops {
	struct hr_error *(*read)(void *context, uint64_t pa, void *buffer, size_t len);
	/* May be NULL; as in struct hr_memory. */
	void (*begin)(void *context, struct hr_batch *batch);
	void (*finish)(void *context, struct hr_batch *batch);
	/*
	 * May be NULL. Find the first memory at or after @pa that the source may have, from
	 * *@ret_start to *@ret_end (exclusive). Returns false if there is none.
	 */
	bool (*next)(void *context, uint64_t pa, uint64_t *ret_start, uint64_t *ret_end);
	void (*destroy)(void *context);
};

struct hr_source {
	enum hr_source_kind kind;
	/*
	 * "ptdump", or the format's name after those of the formats that wrap it: "flattened-kdump"
	 */
	char format[HR_FORMAT_NAME];
	struct hr_memory memory;
	char *vmcoreinfo; /* the note's text, NULL if there is none */
	size_t vmcoreinfo_len;
	/* of its memory, bytes that may be searched, as unpacking them is work; 0: all of it */
	uint64_t search_limit;
	struct hr_incomplete incomplete; /* what the dump lacks */
	struct hr_snapshot *snapshot; /* what a snapshot knows besides memory; NULL: it is none */
	/* of each file of the dump, what was written if not all is known to be */
	struct hr_stretches stored[HR_SPLIT_MAX];
	struct hr_ptdump *ptdump; /* HR_SOURCE_PTDUMP: the text, which has no memory */
	const struct hr_source_ops *ops;
	void *context;
};

/* Called now and then with the progress of a long preparation: @done bytes of @total. */
typedef void hr_progress_fn(void *context, uint64_t done, uint64_t total);

struct hr_progress {
	hr_progress_fn *fn; /* NULL: no progress reports */
	void *context;
};

void hr_source_destroy(struct hr_source *source);

static inline void hr_cleanup_source(struct hr_source **source)
{
	hr_source_destroy(*source);
}

/*
 * For the readers of a format: set the @ops of @source with @context, and the @size and @live of
 * its hr_memory.
 */
void hr_source_attach(struct hr_source *source, const struct hr_source_ops *ops, void *context,
		      uint64_t size, bool live);

/*
 * For formats whose dumps are not split: refuse a dump of @count files if that is more than one.
 * @what is such a file, with an article. Error HR_ERROR_INPUT.
 */
struct hr_error *hr_source_refuse_parts(size_t count, const char *what);

/*
 * For formats that makedumpfile does not write: refuse the only file of @source, which has
 * @file_size bytes, if parts before its end are known not to have been written. Nobody has such
 * files, so they are not worth more. Error HR_ERROR_INPUT.
 */
struct hr_error *hr_source_refuse_gaps(const struct hr_source *source, uint64_t file_size);

const char *hr_source_kind_name(enum hr_source_kind kind);

#endif
