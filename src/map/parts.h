/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lies where, as a list that can be compared with another one. */
#ifndef HR_PARTS_H
#define HR_PARTS_H

#include <hotremove/hotremove.h>

/* Addresses of one kind; @last is inclusive. Kind 0 is that of all addresses in no part. */
struct hr_part {
	uint64_t start, last;
	uint32_t kind;
};

/* More parts than this are refused: 96 MiB of them. */
enum {
	HR_PARTS_MAX = 1 << 22
};

/* Ascending, and apart; neighbours differ in kind. */
struct hr_parts {
	struct hr_part *list;
	size_t count, room;
};

/*
 * Add [@start, @last], which lies behind all parts, to @parts. Errors: HR_ERROR_NO_MEMORY;
 * HR_ERROR_INPUT beyond HR_PARTS_MAX.
 */
struct hr_error *hr_parts_add(struct hr_parts *parts, uint64_t start, uint64_t last, uint32_t kind);
void hr_parts_release(struct hr_parts *parts);

/* Addresses that are of one kind in one list, and of one kind in another one. */
struct hr_part_pair {
	uint64_t start, last;
	uint32_t one, other;
};

typedef struct hr_error *hr_part_pair_fn(void *context, const struct hr_part_pair *pair);

/*
 * Call @pair for all addresses that are not of kind 0 in both lists, in ascending order; neighbours
 * differ in one of the kinds. Returns only errors of @pair, which end it.
 */
struct hr_error *hr_parts_pair(const struct hr_parts *one, const struct hr_parts *other,
			       hr_part_pair_fn *pair, void *context);

/* The same, but only for addresses whose kinds differ. */
struct hr_error *hr_parts_compare(const struct hr_parts *one, const struct hr_parts *other,
				  hr_part_pair_fn *pair, void *context);

#endif
