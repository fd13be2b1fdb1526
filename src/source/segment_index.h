/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The segments of a core, cut into parts that do not overlap, so that a single search finds the one
 * that holds a byte, however many begin before it. If several segments hold it, the one that begins
 * last counts.
 */
#ifndef HR_SEGMENT_INDEX_H
#define HR_SEGMENT_INDEX_H

#include <hotremove/hotremove.h>

#include "source/elf_headers.h"

struct hr_segment_index {
	struct hr_segment *parts; /* ascending by physical address */
	size_t count;
};

/*
 * Index the @count @segments, which are sorted by physical address. Only error: HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_segment_index_init(struct hr_segment *segments, size_t count,
				       struct hr_segment_index *ret);
void hr_segment_index_release(struct hr_segment_index *index);

/* The part that holds @pa; NULL if none does. */
const struct hr_segment *hr_segment_index_find(const struct hr_segment_index *index, uint64_t pa);

/* Bytes from @pa to the first part that begins after it; UINT64_MAX if there is none. */
uint64_t hr_segment_index_gap(const struct hr_segment_index *index, uint64_t pa);

/* The first memory of @index at or after @pa, as next() of struct hr_source_ops finds it. */
bool hr_segment_index_next(const struct hr_segment_index *index, uint64_t pa, uint64_t *ret_start,
			   uint64_t *ret_end);

/*
 * The same with one more @segment. If memory was @found before, at *@start, that of @segment takes
 * its place if it begins earlier. Returns whether there is any.
 */
bool hr_segment_next(const struct hr_segment *segment, uint64_t pa, bool found, uint64_t *start,
		     uint64_t *end);

/*
 * Reads the first of the *@len bytes at @pa into @buffer, at least one, and sets *@len to how many
 * these are. Error HR_ERROR_UNREADABLE or HR_ERROR_OS.
 */
typedef struct hr_error *hr_segment_read_fn(const void *context, uint64_t pa, char *buffer,
					    size_t *len);

/* Read all @len bytes at @pa by calls of @read, one for each segment that has some of them. */
struct hr_error *hr_segments_read(hr_segment_read_fn *read, const void *context, uint64_t pa,
				  void *buffer, size_t len);

/* Like hr_segment_read_fn, what @segment has at @pa in the file @fd. It is NULL if none has it. */
struct hr_error *hr_segment_read(const struct hr_segment *segment, int fd, uint64_t pa,
				 char *buffer, size_t *len);

/* The error for @pa, which no segment has. */
struct hr_error *hr_segment_missing(uint64_t pa);

static inline bool hr_segment_has(const struct hr_segment *segment, uint64_t pa)
{
	return pa >= segment->pa && pa - segment->pa < segment->size;
}

#endif
