/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of a walker; only for the files of this folder. */
#ifndef HR_WALKER_STATE_H
#define HR_WALKER_STATE_H

#include "walk/table_cache.h"
#include "walk/walker.h"

struct hr_walker {
	struct hr_table_cache tables;
	uint64_t root_pa;
	hr_table_fn *report; /* NULL: not wanted */
	void *report_context;
	uint64_t entries; /* visited by walks */
	bool in_pass;
	uint64_t entry_limit; /* of the pass; UINT64_MAX without one */
	uint64_t vain_looks;
};

#endif
