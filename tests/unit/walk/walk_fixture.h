/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables alone, a walker on them, and what it shows. */
#ifndef HR_TEST_WALK_FIXTURE_H
#define HR_TEST_WALK_FIXTURE_H

#include "fake.h"

#include "walk/lookup.h"
#include "walk/walk.h"

enum {
	SHAPE_4K = 1,
	SHAPE_16K = 5,
	SHAPE_64K = 10,
	RUNS_MAX = 64,
};

/* Tables alone, and a walker on them. */
struct fixture {
	struct fake fake;
	struct fake_tables tables;
	struct hr_walker *walker;
	uint64_t base; /* VA: start of the upper half, or what of it there is */
};

/* Everything that a walk has shown. */
struct trace {
	struct hr_run runs[RUNS_MAX];
	char why[RUNS_MAX][HR_WHY_SIZE];
	size_t run_count;
	struct hr_leaf groups[RUNS_MAX];
	size_t group_count;
	struct hr_emptied_table emptied[RUNS_MAX];
	size_t emptied_count;
	bool keep_tables; /* answer that tables stay */
};

/* A PA that every leaf size of every granule divides. */
#define PA (UINT64_C(1) << 45)

/* A group that lacks member 5, by what stands there instead. */
enum lack {
	LACK_BIT,
	LACK_ENTRY,
	LACK_TABLE,
	LACK_KINDS,
};

/* An empty root of the geometry of @shape, in memory that has nothing else. */
void set_up(struct fixture *fixture, size_t shape);

void tear_down(struct fixture *fixture);

/* Note in @trace all that a walk over @size bytes from @va on shows; it adds to what is there. */
void walk(struct fixture *fixture, uint64_t va, uint64_t size, struct trace *trace);

/* Note @group in the trace @context, for a visitor. */
struct hr_error *on_broken_group(void *context, const struct hr_leaf *group);

/* hr_walk_lookup(). */
struct hr_lookup lookup(struct fixture *fixture, uint64_t va);

/* Nothing is known of what maps @va, for a reason that has @why in it. */
void assert_unreadable(struct fixture *fixture, uint64_t va, const char *why);

/* @leaf is one of @kind, with these addresses and bytes. */
void assert_leaf(const struct hr_leaf *leaf, enum fake_kind kind, uint64_t va, uint64_t pa,
		 uint64_t size);

/* Does Linux make leaves of @kind with tables of @geo? */
bool kind_exists(const struct hr_geometry *geo, enum fake_kind kind);

/* Map a group of @kind at the base, and take member 5 away as @lack says. */
void break_group(struct fixture *fixture, enum fake_kind kind, enum lack lack);

/* @group is what was a group of @kind, at @va. */
void assert_broken_group(const struct hr_leaf *group, enum fake_kind kind, uint64_t va,
			 uint64_t size);

#endif
