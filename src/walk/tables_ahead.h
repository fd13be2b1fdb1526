/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables that are read before a walk reaches them, in the order of the walk: a few batches of one
 * level, so that the source reads later ones while the walk is in an earlier one.
 */
#ifndef HR_TABLES_AHEAD_H
#define HR_TABLES_AHEAD_H

#include <hotremove/hotremove.h>

#include "arch/geometry.h"
#include "base/memory.h"

enum {
	HR_AHEAD_BYTES = 256 << 10, /* size of the tables in a batch, at most */
	HR_AHEAD_LITTLE = 2 << 20,  /* as long as less was read, batches that are begun are small */
	HR_AHEAD_FIRST = 64 << 10,  /* size of a small batch */
	HR_AHEAD_SHARE = 16,	    /* a later one has this part of what was read before it */
	HR_AHEAD_TABLES = HR_AHEAD_BYTES / 4096,
	HR_AHEAD_BATCHES = 4,
};

/* The table whose entries point to the tables being read. */
struct hr_ahead_parent {
	int level;
	uint64_t pa;
	const uint64_t *desc; /* little-endian; must stay valid while tables of it are taken */
};

struct hr_ahead_batch {
	struct hr_batch batch;
	bool finished;
	size_t taken;
	uint64_t pas[HR_AHEAD_TABLES];
	size_t indices[HR_AHEAD_TABLES]; /* of the entries that point to the tables */
	/* This table was read, and on live memory its entry had not changed afterwards. */
	bool ok[HR_AHEAD_TABLES];
};

struct hr_tables_ahead {
	const struct hr_geometry *geo;
	const struct hr_memory *memory;
	struct hr_ahead_batch *batches; /* NULL: nothing has been read ahead yet */
	char *buffer;
	size_t first, count; /* of @batches, a ring: those that are begun or in use */
	size_t index;	     /* of the parent's entries; earlier ones are in batches */
	uint64_t begun;	     /* bytes of all batches so far */
};

void hr_tables_ahead_init(struct hr_tables_ahead *ahead, const struct hr_geometry *geo,
			  const struct hr_memory *memory);
void hr_tables_ahead_release(struct hr_tables_ahead *ahead);

/* Have all tables that were read been taken? */
bool hr_tables_ahead_is_used_up(const struct hr_tables_ahead *ahead);

/* Forget what was read. */
void hr_tables_ahead_drop(struct hr_tables_ahead *ahead);

/*
 * The table at @pa that the entry at @index of @parent points to. Reads ahead up to the entry at
 * @final. Returns NULL if the table must be read individually: the source does not read ahead,
 * nothing else is left to read, this table could not be read, or its entry has changed. The table
 * that the previous call returned becomes invalid.
 */
uint64_t *hr_tables_ahead_take(struct hr_tables_ahead *ahead, const struct hr_ahead_parent *parent,
			       size_t index, size_t final, uint64_t pa);

#endif
