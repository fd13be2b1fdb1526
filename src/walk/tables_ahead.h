/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables that are read before a walk comes to them, in the order of the walk: a few batches of one
 * level, so that the source reads those behind while the walk is in the one in front.
 */
#ifndef HR_TABLES_AHEAD_H
#define HR_TABLES_AHEAD_H

#include "arch/geometry.h"
#include "base/memory.h"

enum {
	HR_AHEAD_BYTES = 256 << 10, /* of the tables of a batch */
	HR_AHEAD_TABLES = HR_AHEAD_BYTES / 4096,
	HR_AHEAD_BATCHES = 4,
};

/* The table whose entries point to the tables that are read. */
struct hr_ahead_parent {
	int level;
	uint64_t pa;
	const uint64_t *desc; /* little-endian; stays as long as tables of it are taken */
};

struct hr_ahead_batch {
	struct hr_batch batch;
	bool finished;
	size_t taken;
	uint64_t pas[HR_AHEAD_TABLES];
	size_t indices[HR_AHEAD_TABLES]; /* of the entries that point to them */
	/* This one was read, and on live memory its entry had not changed behind that. */
	bool ok[HR_AHEAD_TABLES];
};

struct hr_tables_ahead {
	const struct hr_geometry *geo;
	const struct hr_memory *memory;
	struct hr_ahead_batch *batches; /* NULL: nothing was ever read ahead */
	char *buffer;
	size_t first, count; /* of @batches, which is a ring: those that are begun or in use */
	size_t index;	     /* of the parent's entries, those in front are in batches */
};

void hr_tables_ahead_init(struct hr_tables_ahead *ahead, const struct hr_geometry *geo,
			  const struct hr_memory *memory);
void hr_tables_ahead_release(struct hr_tables_ahead *ahead);

/* Is there nothing that was read and not taken? */
bool hr_tables_ahead_is_used_up(const struct hr_tables_ahead *ahead);

/* Forget what was read. */
void hr_tables_ahead_drop(struct hr_tables_ahead *ahead);

/*
 * The table at @pa that the entry at @index of @parent points to, reading ahead up to the entry at
 * @final. NULL if it is to be read alone: the source reads nothing ahead, there is nothing else to
 * read, or this one could not be read or its entry has changed. What the last call returned is
 * gone.
 */
uint64_t *hr_tables_ahead_take(struct hr_tables_ahead *ahead, const struct hr_ahead_parent *parent,
			       size_t index, size_t final, uint64_t pa);

#endif
