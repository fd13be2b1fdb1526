// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/block_form.h"
#include "api/inventory.h"
#include "base/names.h"
#include "map/leaf_form.h"

static const struct hr_names names =
	HR_NAMES([HR_CHANGE_UNKNOWN] = "unknown", [HR_CHANGE_ADDED] = "added",
		 [HR_CHANGE_REMOVED] = "removed", [HR_CHANGE_SPLIT] = "split",
		 [HR_CHANGE_JOINED] = "joined", [HR_CHANGE_INVALIDATED] = "made-invalid",
		 [HR_CHANGE_VALIDATED] = "made-valid", [HR_CHANGE_OTHER] = "changed");

const char *hr_change_name(enum hr_change change)
{
	return hr_name_of(&names, change);
}

enum hr_change hr_leaf_change_of(const struct hr_leaf_form *before,
				 const struct hr_leaf_form *after)
{
	if (before->state == HR_MAP_UNREADABLE || after->state == HR_MAP_UNREADABLE)
		return HR_CHANGE_UNKNOWN;
	if (before->state != after->state)
		return after->state == HR_MAP_MAPPED ? HR_CHANGE_ADDED : HR_CHANGE_REMOVED;
	if (before->valid != after->valid)
		return after->valid ? HR_CHANGE_VALIDATED : HR_CHANGE_INVALIDATED;
	if (before->size != after->size)
		return after->size < before->size ? HR_CHANGE_SPLIT : HR_CHANGE_JOINED;
	return HR_CHANGE_OTHER;
}

static bool differ(enum hr_tristate before, enum hr_tristate after)
{
	return before != after && before != HR_UNKNOWN && after != HR_UNKNOWN;
}

static bool verdicts_differ(enum hr_verdict before, enum hr_verdict after)
{
	return before != after && before != HR_VERDICT_UNKNOWN && after != HR_VERDICT_UNKNOWN;
}

static bool outcomes_differ(enum hr_guard_outcome before, enum hr_guard_outcome after)
{
	return before != after && before != HR_GUARD_CANNOT_TELL && after != HR_GUARD_CANNOT_TELL;
}

/* Where something could not be read, there may be other reasons. */
static bool reasons_differ(uint32_t before, uint32_t after)
{
	return before != after && !((before | after) & 1u << HR_REASON_UNREADABLE);
}

enum hr_change hr_block_change_of(const struct hr_block_form *before,
				  const struct hr_block_form *after)
{
	if (before->exists != after->exists)
		return after->exists ? HR_CHANGE_ADDED : HR_CHANGE_REMOVED;
	return differ(before->online, after->online) || differ(before->boot, after->boot) ||
			       verdicts_differ(before->verdict, after->verdict) ||
			       outcomes_differ(before->guard, after->guard) ||
			       reasons_differ(before->reasons, after->reasons)
		       ? HR_CHANGE_OTHER
		       : HR_CHANGE_UNKNOWN;
}

/* A comparison in progress. */
struct comparing {
	const struct hr_inventory *before, *after;
	struct hr_inventory_changes *changes;
	enum hr_map map;
};

static void count(struct hr_inventory_changes *changes, enum hr_change change)
{
	if (change == HR_CHANGE_UNKNOWN)
		changes->incomplete = true;
	else
		changes->differs = true;
}

static struct hr_pa_range range_of(const struct hr_part_pair *pair)
{
	return (struct hr_pa_range){ pair->start, pair->last + 1 };
}

/* A block that is not in a list may be missing there because the list has gaps. */
static enum hr_change change_of_blocks(const struct comparing *comparing,
				       const struct hr_block_change *found)
{
	if ((!found->before.exists && comparing->before->lacks_blocks) ||
	    (!found->after.exists && comparing->after->lacks_blocks))
		return HR_CHANGE_UNKNOWN;
	return hr_block_change_of(&found->before, &found->after);
}

static struct hr_error *on_blocks(void *context, const struct hr_part_pair *pair)
{
	const struct comparing *comparing = context;
	struct hr_inventory_changes *changes = comparing->changes;
	struct hr_block_change found = {
		.range = range_of(pair),
		.before = hr_block_form_unpack(pair->one),
		.after = hr_block_form_unpack(pair->other),
	};

	found.change = change_of_blocks(comparing, &found);
	count(changes, found.change);
	return changes->block ? changes->block(changes->context, &found) : NULL;
}

/* Every kernel has memory, and struct pages for it. A map that seems to be empty was not found. */
static enum hr_change change_of_leaves(const struct comparing *comparing,
				       const struct hr_leaf_change *found)
{
	if (!comparing->before->leaves[found->map].count ||
	    !comparing->after->leaves[found->map].count)
		return HR_CHANGE_UNKNOWN;
	return hr_leaf_change_of(&found->before, &found->after);
}

static struct hr_error *on_leaves(void *context, const struct hr_part_pair *pair)
{
	const struct comparing *comparing = context;
	struct hr_inventory_changes *changes = comparing->changes;
	struct hr_leaf_change found = {
		.map = comparing->map,
		.range = range_of(pair),
		.before = hr_leaf_form_unpack(pair->one),
		.after = hr_leaf_form_unpack(pair->other),
	};

	found.change = change_of_leaves(comparing, &found);
	count(changes, found.change);
	return changes->leaf ? changes->leaf(changes->context, &found) : NULL;
}

/* Leaves of the vmemmap can be told apart only if they map the same struct pages. */
static bool is_comparable(const struct comparing *comparing)
{
	const struct hr_inventory *before = comparing->before, *after = comparing->after;

	return comparing->map == HR_MAP_LINEAR ||
	       (before->page_size == after->page_size &&
		before->struct_page_size == after->struct_page_size);
}

static struct hr_error *compare_map(struct comparing *comparing)
{
	enum hr_map map = comparing->map;

	if (!is_comparable(comparing)) {
		comparing->changes->incomplete = true;
		return NULL;
	}
	return hr_parts_compare(&comparing->before->leaves[map], &comparing->after->leaves[map],
				on_leaves, comparing);
}

static bool lacks_anything(const struct hr_inventory *inventory)
{
	bool lacks = inventory->lacks_blocks;

	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		lacks |= inventory->lacks_leaves[map];
	return lacks;
}

struct hr_error *hr_inventory_compare(const struct hr_inventory *before,
				      const struct hr_inventory *after,
				      struct hr_inventory_changes *changes)
{
	struct comparing comparing = { .before = before, .after = after, .changes = changes };
	struct hr_error *error;

	changes->differs = false;
	changes->incomplete = lacks_anything(before) || lacks_anything(after);
	error = hr_parts_compare(&before->blocks, &after->blocks, on_blocks, &comparing);
	for (; !error && comparing.map < HR_MAP_COUNT; comparing.map++)
		error = compare_map(&comparing);
	return error;
}
