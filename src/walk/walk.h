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

#include "arch/geometry.h"
#include "base/memory.h"

enum {
	HR_WHY_SIZE = 160
};

enum hr_map_state {
	HR_MAP_UNMAPPED,
	HR_MAP_MAPPED,
	HR_MAP_UNREADABLE,
};

/* One leaf, or a whole CONT group: what the hardware may hold as one TLB entry. */
struct hr_leaf {
	int level;
	bool cont;     /* a complete CONT group */
	bool valid;    /* every entry of it has its valid bit */
	bool expected; /* Linux makes such leaves, and a CONT group is contiguous */
	uint64_t va;   /* first byte */
	uint64_t pa;   /* first byte */
	uint64_t size; /* bytes */
};

struct hr_lookup {
	enum hr_map_state state;
	/*
	 * Mapped: the leaf or CONT group around the address. Unmapped, or an entry that is not
	 * known: what that entry spans. A size of 0 if a table could not be read.
	 */
	struct hr_leaf leaf;
	/* An edge at the address splits the leaf or a CONT group around it. */
	bool splits;
	/* It may do so: members of the group around it are not known. */
	bool may_split;
	/* The address lies in an aligned group of which some members have the CONT bit, not all. */
	bool in_broken_group;
	struct hr_leaf broken_group;
	uint64_t path[HR_LEVELS_MAX]; /* the descriptors on the way, by level + 1 */
	char why[HR_WHY_SIZE];	      /* unreadable: the reason, as a clause */
};

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

struct hr_walker;

/*
 * A walker of the tables below the root at @root_pa, of geometry @geo, in @memory. All three must
 * outlive it. Holds a few pages per level, and batches of tables that are read ahead.
 */
struct hr_error *hr_walker_create(const struct hr_geometry *geo, const struct hr_memory *memory,
				  uint64_t root_pa, struct hr_walker **ret);
void hr_walker_destroy(struct hr_walker *walker);

static inline void hr_cleanup_walker(struct hr_walker **walker)
{
	hr_walker_destroy(*walker);
}

/*
 * What maps the kernel address @va? Reads at most one table page per level. On live memory it
 * reads until two readings agree, a bounded number of times, and says unreadable otherwise.
 */
void hr_walk_lookup(struct hr_walker *walker, uint64_t va, struct hr_lookup *ret);

/*
 * As hr_walk_lookup(), for an edge at @va of which only matters what lies in front: it reads no
 * table that begins at @va, because nothing in it can reach across. What begins there comes back
 * as unmapped.
 */
void hr_walk_lookup_end(struct hr_walker *walker, uint64_t va, struct hr_lookup *ret);

/*
 * From here on, lookups in live memory read each table once for all of them, and what they answer is
 * not sure before hr_walk_confirm() has read all entries that they went by again, behind the last.
 * If it returns false, which it does not in a dump, some of them have changed, or a table could not
 * be read: the same is to be asked again without hr_walk_hold(). No hr_walk_range() in between.
 */
void hr_walk_hold(struct hr_walker *walker);
bool hr_walk_confirm(struct hr_walker *walker);

/*
 * The descriptors on the way to @va, in @path by level + 1, down to @last_level or to the first
 * that is no table; those behind it are 0. False, with the reason in @why, if a table on the way
 * cannot be read. On live memory as hr_walk_lookup().
 */
bool hr_walk_path(struct hr_walker *walker, uint64_t va, int last_level,
		  uint64_t path[HR_LEVELS_MAX], char why[HR_WHY_SIZE]);

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

/* Table pages visited since the walker was made, whether or not they had to be read. */
uint64_t hr_walker_visits(const struct hr_walker *walker);

/* Let those not count that came since hr_walker_visits() was @visits: something else bounds them. */
void hr_walker_forget_visits(struct hr_walker *walker, uint64_t visits);

/* The most table pages that one tree in the source can have. */
uint64_t hr_walker_source_pages(const struct hr_walker *walker);

/* How far the hr_walk_range() that is under way has come: a VA. 0 if none is. */
uint64_t hr_walker_position(const struct hr_walker *walker);

/* Table pages read since the walker was made. */
uint64_t hr_walker_tables_read(const struct hr_walker *walker);

#endif
