// SPDX-License-Identifier: GPL-2.0-or-later
#include "map/verify.h"

#include <stdio.h>
#include <stdlib.h>

#include "arch/descriptor.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "map/leaf_form.h"
#include "map/parts.h"
#include "walk/lookup.h"
#include "walk/walk.h"

/* Malformed groups that a walk found. */
struct groups {
	struct hr_leaf list[HR_VERIFY_GROUPS_MAX];
	size_t count;
	bool cut; /* there were more */
};

/* What one walk has found. */
struct walked {
	const struct hr_verify *verify;
	struct hr_parts parts; /* kinds are leaf forms */
	uint64_t leaves;
	struct groups groups;
};

static void release(struct walked *walked)
{
	hr_parts_release(&walked->parts);
}

/* Sizes follow from levels. What no kernel makes may have any physical address, and a text none. */
static uint32_t kind_of(const struct hr_run *run)
{
	struct hr_leaf_form form = hr_leaf_form_of(run);

	form.expected = false;
	form.size = 0;
	return hr_leaf_form_pack(&form);
}

static struct hr_error *on_run(void *context, const struct hr_run *run)
{
	struct walked *walked = context;
	const struct hr_verify *verify = walked->verify;
	uint64_t va = run->leaf.va, last = va + (run->leaf.size * run->count - 1);

	walked->leaves += run->state == HR_MAP_MAPPED ? run->count : 0;
	/* Runs hold whole leaves, which may begin before the range and end after it. */
	if (va < verify->va_start)
		va = verify->va_start;
	if (last > verify->va_last)
		last = verify->va_last;
	return hr_parts_add(&walked->parts, va, last, kind_of(run));
}

/* Describe a kind in words. For a text, unreadable means that it has no line there. */
static void describe(uint32_t kind, bool is_text, char text[HR_VERIFY_TEXT_SIZE])
{
	const struct hr_leaf_form form = hr_leaf_form_unpack(kind);
	const char *words = is_text ? "missing" : "unreadable";

	if (form.state == HR_MAP_MAPPED)
		words = hr_level_name(form.level, form.cont);
	if (form.state == HR_MAP_UNMAPPED)
		words = "unmapped";
	snprintf(text, HR_VERIFY_TEXT_SIZE, "%s%s", words,
		 form.state == HR_MAP_MAPPED && !form.valid ? ", not valid" : "");
}

static struct hr_error *on_pair(void *context, const struct hr_part_pair *pair)
{
	const struct hr_verify *verify = context;
	struct hr_difference found = {
		.va = pair->start,
		.last = pair->last,
		.unreadable = hr_leaf_form_unpack(pair->one).state == HR_MAP_UNREADABLE,
	};

	describe(pair->one, false, found.walk);
	describe(pair->other, true, found.text);
	return verify->difference(verify->context, &found);
}

/* Members of a malformed group look like single leaves, so compare the group itself. */
static struct hr_error *on_group(void *context, const struct hr_leaf *group)
{
	struct groups *groups = &((struct walked *)context)->groups;

	if (groups->count < HR_VERIFY_GROUPS_MAX)
		groups->list[groups->count++] = *group;
	else
		groups->cut = true;
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

/* Compare those of @groups that are not in @done, which may be NULL. */
static struct hr_error *compare_groups(const struct hr_verify *verify, const struct groups *groups,
				       const struct groups *done)
{
	struct hr_difference found = { .walk = "malformed CONT group", .text = "other CONT bits" };
	struct hr_error *error = NULL;

	for (size_t i = 0; !error && i < groups->count; i++) {
		const struct hr_leaf *group = &groups->list[i];
		uint64_t size = hr_level_size(verify->geo, group->level);

		if ((done && has_group(done, group->va)) ||
		    members_of(verify->walker, group, size) ==
			    members_of(verify->text_walker, group, size))
			continue;
		found.va = group->va;
		found.last = group->va + (group->size - 1);
		error = verify->difference(verify->context, &found);
	}
	return error;
}

static struct hr_error *walk_with(const struct hr_verify *verify, struct hr_walker *walker,
				  struct walked *ret)
{
	const struct hr_visitor visitor = {
		.context = ret,
		.run = on_run,
		.broken_group = on_group,
	};

	ret->verify = verify;
	return hr_walk_range(walker, verify->va_start, verify->va_last, &visitor);
}

static struct hr_error *compare_all(const struct hr_verify *verify, struct walked *walk,
				    struct walked *text)
{
	struct hr_error *error = walk_with(verify, verify->text_walker, text);

	if (!error)
		error = walk_with(verify, verify->walker, walk);
	if (!error)
		error = hr_parts_compare(&walk->parts, &text->parts, on_pair, (void *)verify);
	if (!error)
		error = compare_groups(verify, &walk->groups, NULL);
	return error ? error : compare_groups(verify, &text->groups, &walk->groups);
}

struct hr_error *hr_verify_map(const struct hr_verify *verify, uint64_t *ret_leaves, bool *ret_cut)
{
	_cleanup_free_ struct walked *walks = calloc(2, sizeof(*walks));
	struct hr_error *error;

	*ret_leaves = 0;
	*ret_cut = false;
	if (!walks)
		return hr_error_no_memory();
	error = compare_all(verify, &walks[0], &walks[1]);
	*ret_leaves = walks[0].leaves;
	*ret_cut = walks[0].groups.cut || walks[1].groups.cut;
	release(&walks[0]);
	release(&walks[1]);
	return error;
}
