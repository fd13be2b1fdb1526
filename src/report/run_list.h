/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mapped runs of a map, kept to be shown again. Their number has a bound: of those beyond it a
 * digest is kept, by which a second walk can tell whether it sees the same.
 */
#ifndef HR_RUN_LIST_H
#define HR_RUN_LIST_H

#include "walk/walk.h"

enum {
	HR_RUNS_MAX = 256 * 1024 /* 32 bytes each */
};

struct hr_run_list;

/* An empty list of up to @max runs (1 or more) in tables of @geo, which must outlive it. */
struct hr_error *hr_run_list_create(const struct hr_geometry *geo, size_t max,
				    struct hr_run_list **ret);
void hr_run_list_destroy(struct hr_run_list *list);

static inline void hr_cleanup_run_list(struct hr_run_list **list)
{
	hr_run_list_destroy(*list);
}

/* Add a mapped run behind all others. Error HR_ERROR_NO_MEMORY. */
struct hr_error *hr_run_list_add(struct hr_run_list *list, const struct hr_run *run);

/* The runs that are kept. */
size_t hr_run_list_count(const struct hr_run_list *list);
struct hr_run hr_run_list_get(const struct hr_run_list *list, size_t index);

/* Were there more? *@ret_va is where to walk on for them: behind the last run that is kept. */
bool hr_run_list_has_rest(const struct hr_run_list *list, uint64_t *ret_va);

/* A digest of runs, 0 to begin with, and that of all runs in @list that are not kept. */
uint64_t hr_run_digest(uint64_t digest, const struct hr_run *run);
uint64_t hr_run_list_rest_digest(const struct hr_run_list *list);

#endif
