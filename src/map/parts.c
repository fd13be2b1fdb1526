// SPDX-License-Identifier: GPL-2.0-or-later
#include "map/parts.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/grow.h"

/* A list that is gone through, with the part that was reached. */
struct side {
	const struct hr_parts *parts;
	size_t at;
};

_Static_assert(HR_PARTS_MAX == 4194304, "the sentence names the limit");

struct hr_error *hr_parts_add(struct hr_parts *parts, uint64_t start, uint64_t last, uint32_t kind)
{
	struct hr_part *before = parts->count ? &parts->list[parts->count - 1] : NULL, *list;

	if (!kind)
		return NULL;
	if (before && before->kind == kind && before->last + 1 == start) {
		before->last = last;
		return NULL;
	}
	if (parts->count == HR_PARTS_MAX)
		return hr_error_new(HR_ERROR_INPUT,
				    "more than 4194304 pieces of memory lie side by "
				    "side that are mapped in different ways");
	list = hr_grow(parts->list, parts->count, &parts->room, sizeof(*list));
	if (!list)
		return hr_error_no_memory();
	parts->list = list;
	list[parts->count++] = (struct hr_part){ start, last, kind };
	return NULL;
}

void hr_parts_release(struct hr_parts *parts)
{
	free(parts->list);
	*parts = (struct hr_parts){ .list = NULL };
}

/* The kind at @start, which never decreases. Lowers *@last to where that kind ends. */
static uint32_t kind_at(struct side *side, uint64_t start, uint64_t *last)
{
	const struct hr_parts *parts = side->parts;
	const struct hr_part *part;

	while (side->at < parts->count && parts->list[side->at].last < start)
		side->at++;
	if (side->at == parts->count)
		return 0;
	part = &parts->list[side->at];
	if (part->start > start) {
		if (*last >= part->start)
			*last = part->start - 1;
		return 0;
	}
	if (*last > part->last)
		*last = part->last;
	return part->kind;
}

struct hr_error *hr_parts_pair(const struct hr_parts *one, const struct hr_parts *other,
			       hr_part_pair_fn *pair, void *context)
{
	struct side sides[] = { { one, 0 }, { other, 0 } };
	struct hr_part_pair found = { .last = UINT64_MAX };
	struct hr_error *error = NULL;

	do {
		found.start = found.last + 1;
		found.last = UINT64_MAX;
		found.one = kind_at(&sides[0], found.start, &found.last);
		found.other = kind_at(&sides[1], found.start, &found.last);
		if (found.one || found.other)
			error = pair(context, &found);
	} while (!error && found.last != UINT64_MAX);
	return error;
}

/* Who wants to know what differs. */
struct wanted {
	hr_part_pair_fn *pair;
	void *context;
};

static struct hr_error *on_pair(void *context, const struct hr_part_pair *pair)
{
	const struct wanted *wanted = context;

	return pair->one == pair->other ? NULL : wanted->pair(wanted->context, pair);
}

struct hr_error *hr_parts_compare(const struct hr_parts *one, const struct hr_parts *other,
				  hr_part_pair_fn *pair, void *context)
{
	struct wanted wanted = { pair, context };

	return hr_parts_pair(one, other, on_pair, &wanted);
}
