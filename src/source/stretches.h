/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stretches of a file that were written. What was not written reads as zeros, although it is
 * not known.
 */
#ifndef HR_STRETCHES_H
#define HR_STRETCHES_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file that was written in more stretches is not described. */
enum {
	HR_STRETCHES_MAX = 1 << 20
};

struct hr_stretch {
	uint64_t start, end; /* the end is exclusive */
};

/* All zeros: nothing is described, and everything counts as written. */
struct hr_stretches {
	struct hr_stretch *list; /* ascending and apart, once they are settled */
	size_t count, room;
	bool are_too_many;
};

/*
 * Add the @len bytes at @offset. Neighbours that follow each other become one stretch; so writers
 * that go forward in a few places at a time need little memory. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_stretches_add(struct hr_stretches *stretches, uint64_t offset, uint64_t len);

/* No more follow: sort and join them. */
void hr_stretches_settle(struct hr_stretches *stretches);

/* Were all of the @len bytes at @offset written? */
bool hr_stretches_have(const struct hr_stretches *stretches, uint64_t offset, uint64_t len);

/* Is there anything in [@start, @end) that was written behind something that was not? */
bool hr_stretches_have_gap(const struct hr_stretches *stretches, uint64_t start, uint64_t end);

void hr_stretches_release(struct hr_stretches *stretches);

#endif
