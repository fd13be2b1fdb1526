/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables only, a walker of them, and what it reports. */
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

/* Tables only, and a walker of them. */
struct fixture {
	struct fake fake;
	struct fake_tables tables;
	struct hr_walker *walker;
	uint64_t base; /* VA: start of the part of the upper half that exists */
};

/* Everything that a walk has reported. */
struct trace {
	struct hr_run runs[RUNS_MAX];
	char why[RUNS_MAX][HR_WHY_SIZE];
	size_t run_count;
	struct hr_leaf groups[RUNS_MAX];
	size_t group_count;
	struct hr_emptied_table emptied[RUNS_MAX];
	size_t emptied_count;
	bool keep_tables; /* report that tables stay */
};

/* A PA that is a multiple of every leaf size of every granule. */
#define PA (UINT64_C(1) << 45)

/* A group that lacks member 5, by what replaces it. */
enum lack {
	LACK_BIT,
	LACK_ENTRY,
	LACK_TABLE,
	LACK_KINDS,
};

/* An empty root of the geometry of @shape, in otherwise empty memory. */
void set_up(struct fixture *fixture, size_t shape);

void tear_down(struct fixture *fixture);

/*
 * Record everything that a walk over @size bytes from @va on reports, in addition to what is in
 * @trace.
 */
void walk(struct fixture *fixture, uint64_t va, uint64_t size, struct trace *trace);

/* Record @group in the trace @context. For a visitor. */
struct hr_error *on_broken_group(void *context, const struct hr_leaf *group);

/* hr_walk_lookup(). */
struct hr_lookup lookup(struct fixture *fixture, uint64_t va);

/* What maps @va is unknown, and the reason contains @why. */
void assert_unreadable(struct fixture *fixture, uint64_t va, const char *why);

/* @leaf is one of @kind, with these addresses and this size. */
void assert_leaf(const struct hr_leaf *leaf, enum fake_kind kind, uint64_t va, uint64_t pa,
		 uint64_t size);

/* Does Linux create leaves of @kind with tables of @geo? */
bool kind_exists(const struct hr_geometry *geo, enum fake_kind kind);

/* Map a group of @kind at the base, and remove member 5 as @lack says. */
void break_group(struct fixture *fixture, enum fake_kind kind, enum lack lack);

/* @group is the broken group of @kind at @va. */
void assert_broken_group(const struct hr_leaf *group, enum fake_kind kind, uint64_t va,
			 uint64_t size);

#endif
