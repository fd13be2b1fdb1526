// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_diff.h"

#include <stdio.h>

#include "base/names.h"
#include "report/json_writer.h"

static const struct hr_names keys =
	HR_NAMES([HR_DIFF_KERNEL] = "kernel", [HR_DIFF_RANGES] = "ranges",
		 [HR_DIFF_BLOCKS] = "blocks", [HR_DIFF_LEAVES] = "leaves");

const char *hr_json_diff_key(enum hr_diff_part part)
{
	return hr_name_of(&keys, part);
}

static const char *known(const char *value)
{
	return value[0] ? value : NULL;
}

struct json_object *hr_json_new_fact_change(const struct hr_fact_change *change)
{
	struct json_object *object = hr_json_new();

	hr_json_put_text(object, "key", change->key);
	hr_json_put_text(object, "before", known(change->before));
	hr_json_put_text(object, "after", known(change->after));
	return object;
}

static void put_reasons(struct json_object *object, uint32_t reasons)
{
	const char *names[HR_REASON_COUNT];
	size_t count = 0;

	for (enum hr_reason_code code = 0; code < HR_REASON_COUNT; code++)
		if (reasons & 1u << code)
			names[count++] = hr_reason_name(code);
	hr_json_put(object, "reasons", hr_json_new_strings(names, count));
}

static void put_block(struct json_object *change, const char *key, const struct hr_block_form *form)
{
	static const char *const states[] = { NULL, "offline", "online" };
	struct json_object *object;

	if (!form->exists) {
		hr_json_put_null(change, key);
		return;
	}
	object = hr_json_put_new(change, key);
	hr_json_put_text(object, "state", states[form->online - HR_UNKNOWN]);
	hr_json_put_tristate(object, "boot", form->boot);
	hr_json_put_text(object, "verdict", hr_verdict_name(form->verdict));
	hr_json_put_text(object, "guard", hr_guard_outcome_name(form->guard));
	put_reasons(object, form->reasons);
}

struct json_object *hr_json_new_block_change(const struct hr_block_change *change)
{
	struct json_object *object = hr_json_new();

	hr_json_put_extent(object, change->range.start, change->range.end);
	hr_json_put_text(object, "change", hr_change_name(change->change));
	put_block(object, "before", &change->before);
	put_block(object, "after", &change->after);
	return object;
}

/* What only leaves have. */
static void put_nulls(struct json_object *object)
{
	static const char *const members[] = { "level", "leaf_size", "valid", "expected",
					       "malformed" };

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		hr_json_put_null(object, members[i]);
}

static void put_leaf(struct json_object *change, const char *key, const struct hr_leaf_form *form)
{
	static const char *const states[] = {
		[HR_MAP_UNMAPPED] = "unmapped",
		[HR_MAP_MAPPED] = "mapped",
		[HR_MAP_UNREADABLE] = "unreadable",
	};
	struct json_object *object = hr_json_put_new(change, key);

	hr_json_put_text(object, "state", states[form->state]);
	if (form->state != HR_MAP_MAPPED) {
		put_nulls(object);
		return;
	}
	hr_json_put_text(object, "level", hr_level_name(form->level, form->cont));
	hr_json_put_count(object, "leaf_size", form->size);
	hr_json_put_bool(object, "valid", form->valid);
	hr_json_put_bool(object, "expected", form->expected);
	hr_json_put_bool(object, "malformed", form->malformed);
}

struct json_object *hr_json_new_leaf_change(const struct hr_leaf_change *change)
{
	struct json_object *object = hr_json_new();

	hr_json_put_text(object, "map", hr_map_name(change->map));
	hr_json_put_extent(object, change->range.start, change->range.end);
	hr_json_put_text(object, "change", hr_change_name(change->change));
	put_leaf(object, "before", &change->before);
	put_leaf(object, "after", &change->after);
	return object;
}

struct hr_error *hr_json_print_diff_file(const struct hr_session *session)
{
	struct json_object *object = hr_json_new();

	hr_json_put_text(object, "path", session->options->diff_path);
	return hr_json_print_members(object);
}

void hr_json_print_diff_result(const struct hr_summary *summary)
{
	const char *equal = summary->unsure ? "null" : "true";

	printf("\"equal\": %s%s", summary->changed ? "false" : equal, hr_json_break());
}
