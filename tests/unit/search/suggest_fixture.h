/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel with memory that is searched for removable ranges. */
#ifndef HR_TEST_SUGGEST_FIXTURE_H
#define HR_TEST_SUGGEST_FIXTURE_H

#include "fake.h"

#include "map/block.h"
#include "search/suggest.h"

#define BASE GIB(16) /* PA: start of the memory from boot, of one block */
#define HOT  GIB(32) /* PA: where memory is added */

struct fixture {
	struct fake_kernel kernel;
	uint64_t block; /* bytes */
	struct hr_check check;
	struct hr_guard_check guard;
	struct hr_tlbi_config tlbi;
	struct hr_teardown_form form;
	bool unread_blocks; /* what the search is told */
	uint64_t calls;	    /* of next_block() */
	struct hr_suggestions found;
	uint64_t seed, random;
};

/* A kernel of the geometry of @shape without a check of its own. */
void set_up(struct fixture *fixture, size_t shape);

/* Behind all writing: the walker keeps pages that it has read. */
void start_reading(struct fixture *fixture);

void tear_down(struct fixture *fixture);

/* Look for ranges of @size bytes. */
struct hr_suggest_query query_of(struct fixture *fixture, uint64_t size);

#endif
