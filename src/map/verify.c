// SPDX-License-Identifier: GPL-2.0-or-later
#include "map/verify.h"

#include <stdio.h>
#include <string.h>

#include "arch/descriptor.h"
#include "base/cleanup.h"
#include "base/grow.h"
#include "walk/lookup.h"
#include "walk/walk.h"

/* What a walk found for a stretch of addresses. */
struct stretch {
	uint64_t va, last; /* inclusive */
	enum hr_map_state state;
	int level;
	bool cont, valid;
};

/* Malformed groups that a walk found. */
struct groups {
	struct hr_leaf list[HR_VERIFY_GROUPS_MAX];
	size_t count;
	bool cut; /* there were more */
};

/* The stretches of the first walk, and the difference that is still growing. */
struct comparison {
	const struct hr_verify *verify;
	struct stretch *stretches;
	size_t count, room;
	size_t at; /* the current stretch of the first walk */
	uint64_t leaves;
	struct hr_difference pending;
	bool has_pending;
	struct groups *groups; /* of the current walk */
};

static void release_comparison(struct comparison *compare)
{
	free(compare->stretches);
}

static struct stretch stretch_of(const struct comparison *compare, const struct hr_run *run)
{
	struct stretch stretch = {
		.va = run->leaf.va,
		.last = run->leaf.va + (run->leaf.size * run->count - 1),
		.state = run->state,
	};

	if (run->state == HR_MAP_MAPPED) {
		stretch.level = run->leaf.level;
		stretch.cont = run->leaf.cont;
		stretch.valid = run->leaf.valid;
	}
	/* Runs hold whole leaves, which may begin before the range and end after it. */
	if (stretch.va < compare->verify->va_start)
		stretch.va = compare->verify->va_start;
	if (stretch.last > compare->verify->va_last)
		stretch.last = compare->verify->va_last;
	return stretch;
}

static bool agree(const struct stretch *a, const struct stretch *b)
{
	return a->state == b->state && a->level == b->level && a->cont == b->cont &&
	       a->valid == b->valid;
}

static struct hr_error *on_text_run(void *context, const struct hr_run *run)
{
	struct comparison *compare = context;
	struct stretch stretch = stretch_of(compare, run);
	struct stretch *stretches =
		hr_grow(compare->stretches, compare->count, &compare->room, sizeof(*stretches));

	if (!stretches)
		return hr_error_no_memory();
	compare->stretches = stretches;
	if (compare->count && agree(&compare->stretches[compare->count - 1], &stretch))
		compare->stretches[compare->count - 1].last = stretch.last;
	else
		compare->stretches[compare->count++] = stretch;
	return NULL;
}

/* Describe @stretch in words. For a text, unreadable means that it has no line there. */
static void describe(const struct stretch *stretch, bool is_text, char text[HR_VERIFY_TEXT_SIZE])
{
	const char *words = is_text ? "missing" : "unreadable";

	if (stretch->state == HR_MAP_MAPPED)
		words = hr_level_name(stretch->level, stretch->cont);
	if (stretch->state == HR_MAP_UNMAPPED)
		words = "unmapped";
	snprintf(text, HR_VERIFY_TEXT_SIZE, "%s%s", words,
		 stretch->state == HR_MAP_MAPPED && !stretch->valid ? ", not valid" : "");
}

static struct hr_error *flush_difference(struct comparison *compare)
{
	const struct hr_verify *verify = compare->verify;

	if (!compare->has_pending)
		return NULL;
	compare->has_pending = false;
	return verify->difference(verify->context, &compare->pending);
}

/* Add a difference, or extend the previous one if it is of the same kind. */
static struct hr_error *differ(struct comparison *compare, const struct stretch *walk,
			       const struct stretch *text, uint64_t va, uint64_t last)
{
	struct hr_difference found = {
		.va = va,
		.last = last,
		.unreadable = walk->state == HR_MAP_UNREADABLE,
	};
	struct hr_difference *pending = &compare->pending;
	struct hr_error *error;

	describe(walk, false, found.walk);
	describe(text, true, found.text);
	if (compare->has_pending && pending->last + 1 == va && !strcmp(pending->walk, found.walk) &&
	    !strcmp(pending->text, found.text)) {
		pending->last = last;
		return NULL;
	}
	error = flush_difference(compare);
	*pending = found;
	compare->has_pending = true;
	return error;
}

static struct hr_error *on_walk_run(void *context, const struct hr_run *run)
{
	struct comparison *compare = context;
	const struct stretch walk = stretch_of(compare, run);
	struct hr_error *error = NULL;

	compare->leaves += run->state == HR_MAP_MAPPED ? run->count : 0;
	while (!error && compare->at < compare->count) {
		const struct stretch *text = &compare->stretches[compare->at];
		uint64_t va = walk.va > text->va ? walk.va : text->va;
		uint64_t last = walk.last < text->last ? walk.last : text->last;

		if (text->va > walk.last)
			break;
		if (va <= last && !agree(&walk, text))
			error = differ(compare, &walk, text, va, last);
		if (text->last > walk.last)
			break;
		compare->at++;
	}
	return error;
}

/* Members of a malformed group look like single leaves, so compare the group itself. */
static struct hr_error *on_group(void *context, const struct hr_leaf *group)
{
	struct comparison *compare = context;

	if (compare->groups->count < HR_VERIFY_GROUPS_MAX)
		compare->groups->list[compare->groups->count++] = *group;
	else
		compare->groups->cut = true;
	return NULL;
}

/* A checksum of which members of @group have the CONT bit. */
static uint64_t members_of(struct hr_walker *walker, const struct hr_leaf *group, uint64_t size)
{
	uint64_t path[HR_LEVELS_MAX], sum = 0;
	char why[HR_WHY_SIZE];

	for (uint64_t va = group->va; va - group->va < group->size; va += size)
		if (hr_walk_path(walker, va, group->level, path, why) &&
		    path[group->level + 1] & HR_DESC_CONT)
			sum = sum * 31 + (va - group->va) / size + 1;
	return sum;
}

static bool has_group(const struct groups *groups, uint64_t va)
{
	for (size_t i = 0; i < groups->count; i++)
		if (groups->list[i].va == va)
			return true;
	return false;
}

/* Compare those of @groups that are not in @done. */
static struct hr_error *compare_groups(const struct comparison *compare,
				       const struct groups *groups, const struct groups *done)
{
	const struct hr_verify *verify = compare->verify;
	struct hr_difference found = { .walk = "malformed CONT group", .text = "other CONT bits" };
	struct hr_error *error = NULL;

	for (size_t i = 0; !error && i < groups->count; i++) {
		const struct hr_leaf *group = &groups->list[i];
		uint64_t size = hr_level_size(verify->geo, group->level);

		if (has_group(done, group->va) ||
		    members_of(verify->walker, group, size) ==
			    members_of(verify->text_walker, group, size))
			continue;
		found.va = group->va;
		found.last = group->va + (group->size - 1);
		error = verify->difference(verify->context, &found);
	}
	return error;
}

static struct hr_error *walk_with(struct comparison *compare, struct hr_walker *walker,
				  struct hr_error *(*on_run)(void *, const struct hr_run *))
{
	const struct hr_visitor visitor = {
		.context = compare,
		.run = on_run,
		.broken_group = on_group,
	};

	return hr_walk_range(walker, compare->verify->va_start, compare->verify->va_last, &visitor);
}

static struct hr_error *compare_all(struct comparison *compare, struct groups groups[3])
{
	const struct hr_verify *verify = compare->verify;
	struct hr_error *error;

	compare->groups = &groups[0];
	error = walk_with(compare, verify->text_walker, on_text_run);
	compare->groups = &groups[1];
	if (!error)
		error = walk_with(compare, verify->walker, on_walk_run);
	if (!error)
		error = flush_difference(compare);
	if (!error)
		error = compare_groups(compare, &groups[1], &groups[2]);
	return error ? error : compare_groups(compare, &groups[0], &groups[1]);
}

struct hr_error *hr_verify_map(const struct hr_verify *verify, uint64_t *ret_leaves, bool *ret_cut)
{
	_cleanup_(release_comparison) struct comparison compare = { .verify = verify };
	/* The groups of the text, those of the walk, and none. */
	_cleanup_free_ struct groups *groups = calloc(3, sizeof(*groups));
	struct hr_error *error;

	*ret_leaves = 0;
	*ret_cut = false;
	if (!groups)
		return hr_error_no_memory();
	error = compare_all(&compare, groups);
	*ret_leaves = compare.leaves;
	*ret_cut = groups[0].cut || groups[1].cut;
	return error;
}
