// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/run_list.h"

#include "base/grow.h"

/* A run without what follows from its level. */
struct kept {
	uint64_t va, pa, count;
	int8_t level;
	bool cont, valid, expected;
};

struct hr_run_list {
	const struct hr_geometry *geo;
	struct kept *runs;
	size_t count, room, max;
	bool has_rest;
	uint64_t rest_digest;
};

struct hr_error *hr_run_list_create(const struct hr_geometry *geo, size_t max,
				    struct hr_run_list **ret)
{
	struct hr_run_list *list = calloc(1, sizeof(*list));

	if (!list)
		return hr_error_no_memory();
	list->geo = geo;
	list->max = max;
	*ret = list;
	return NULL;
}

void hr_run_list_destroy(struct hr_run_list *list)
{
	if (!list)
		return;
	free(list->runs);
	free(list);
}

struct hr_error *hr_run_list_add(struct hr_run_list *list, const struct hr_run *run)
{
	struct kept *runs;

	if (list->count == list->max) {
		list->has_rest = true;
		list->rest_digest = hr_run_digest(list->rest_digest, run);
		return NULL;
	}
	runs = hr_grow(list->runs, list->count, &list->room, sizeof(*runs));
	if (!runs)
		return hr_error_no_memory();
	list->runs = runs;
	runs[list->count++] = (struct kept){
		.va = run->leaf.va,
		.pa = run->leaf.pa,
		.count = run->count,
		.level = (int8_t)run->leaf.level,
		.cont = run->leaf.cont,
		.valid = run->leaf.valid,
		.expected = run->leaf.expected,
	};
	return NULL;
}

size_t hr_run_list_count(const struct hr_run_list *list)
{
	return list->count;
}

struct hr_run hr_run_list_get(const struct hr_run_list *list, size_t index)
{
	const struct kept *kept = &list->runs[index];
	uint64_t size = hr_level_size(list->geo, kept->level);

	return (struct hr_run){
		.state = HR_MAP_MAPPED,
		.leaf = {
			.level = kept->level,
			.cont = kept->cont,
			.valid = kept->valid,
			.expected = kept->expected,
			.va = kept->va,
			.pa = kept->pa,
			.size = kept->cont ? size * hr_cont_entries(list->geo, kept->level) : size,
		},
		.count = kept->count,
	};
}

bool hr_run_list_has_rest(const struct hr_run_list *list, uint64_t *ret_va)
{
	struct hr_run last;

	if (!list->has_rest)
		return false;
	last = hr_run_list_get(list, list->count - 1);
	*ret_va = last.leaf.va + last.leaf.size * last.count;
	return true;
}

/* FNV-1a, a number at a time. */
static uint64_t mix(uint64_t digest, uint64_t value)
{
	digest = (digest ^ value) * UINT64_C(0x100000001b3);
	return digest ^ digest >> 32;
}

uint64_t hr_run_digest(uint64_t digest, const struct hr_run *run)
{
	const struct hr_leaf *leaf = &run->leaf;
	uint64_t kind = (uint64_t)(leaf->level + 1) << 3 | (uint64_t)leaf->cont << 2 |
			(uint64_t)leaf->valid << 1 | leaf->expected;

	digest = mix(digest ^ UINT64_C(0xcbf29ce484222325), leaf->va);
	return mix(mix(mix(digest, leaf->pa), run->count), kind);
}

uint64_t hr_run_list_rest_digest(const struct hr_run_list *list)
{
	return list->rest_digest;
}
