/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Our own walk of swapper_pg_dir: what maps this address, and which leaves map this range. It
 * reads whole table pages, follows no pointer out of the tables it was given, and survives any
 * content: tables that point to themselves, to nowhere, or to data.
 *
 * There are three answers. A table page that cannot be read makes what it maps unreadable, and so
 * does one that reads as all zeros below a live parent entry: the kernel frees a table that it has
 * emptied, whereas /proc/kcore hands out zeros for pages that it will not show (poisoned, offline,
 * ballooned), and filtered dumps may too.
 */
#ifndef HR_WALK_H
#define HR_WALK_H

#include "base/memory.h"
#include "walk/leaf.h"
#include "walk/walker.h"

/* Neighbours of one kind, contiguous in VA and, when mapped, in PA. */
struct hr_run {
	enum hr_map_state state;
	/*
	 * Mapped: the first leaf, whole, even where it begins before the range that was walked.
	 * Otherwise: va and size are the bytes without a mapping, within the range.
	 */
	struct hr_leaf leaf;
	uint64_t count;	 /* leaves; a CONT group is one */
	const char *why; /* unreadable: the reason; valid during the call */
};

/* A table below the root, all of whose remaining entries a teardown of the range would empty. */
struct hr_emptied_table {
	int level;	   /* of the table, not of the entry that points to it */
	uint64_t va_start; /* the part of the walked range that it maps, */
	uint64_t va_last;  /* last byte inclusive */
};

struct hr_visitor {
	void *context;
	/* Every run in ascending VA; the range is covered without gaps. */
	struct hr_error *(*run)(void *context, const struct hr_run *run);
	/*
	 * May be NULL. An aligned group with the CONT bit on some members only; they follow as
	 * single leaves.
	 */
	struct hr_error *(*broken_group)(void *context, const struct hr_leaf *group);
	/*
	 * May be NULL. Called for each table page below the root that is walked, with its physical
	 * address.
	 */
	void (*table)(void *context, uint64_t pa);
	/*
	 * May be NULL. Called for each table that the removal of the whole range leaves without an
	 * entry, children first; true if the table goes, so that its parent may be empty too.
	 */
	bool (*emptied)(void *context, const struct hr_emptied_table *table);
};

/*
 * Show @visitor every leaf that maps a byte of [@va_start, @va_last] (inclusive, kernel addresses
 * of one half). Each table page is read once; on live memory the entry that led to it is read
 * again after it and the page is read anew when that has changed. Fails only with an error of the
 * visitor.
 */
struct hr_error *hr_walk_range(struct hr_walker *walker, uint64_t va_start, uint64_t va_last,
			       const struct hr_visitor *visitor);

/*
 * The ranges that are walked from here on to hr_walk_pass_end() are neighbours, of which each is
 * walked @times times at most. So they step over each entry of the source's tables that often, and
 * once more where two of them meet. Beyond that a table is in several places, which is damage, and
 * what follows is unreadable. No pass begins within another.
 */
void hr_walk_pass_begin(struct hr_walker *walker, unsigned int times);
void hr_walk_pass_end(struct hr_walker *walker);

#endif
