// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_predicted.h"

#include "report/json_writer.h"

static void put_added(struct json_object *object, const struct hr_predicted *predicted)
{
	hr_json_put_bool(object, "memmap_on_memory", predicted->memmap_on_memory);
	hr_json_put_text(object, "calls", hr_calls_name(predicted->calls));
	hr_json_put_count(object, "left_out", predicted->left_out);
}

static void put_removed(struct json_object *object, const struct hr_predicted *predicted)
{
	struct json_object *torn = hr_json_put_new(object, "torn");

	hr_json_put_bool(object, "refused", predicted->refused);
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		struct json_object *child = hr_json_put_new(torn, hr_map_name(map));

		hr_json_put_count(child, "below", predicted->torn_below[map]);
		hr_json_put_count(child, "above", predicted->torn_above[map]);
	}
}

static void put_release(struct json_object *object, const struct hr_predicted *predicted)
{
	hr_json_put_text(object, "release", predicted->release);
}

static const struct {
	const char *name;
	bool has_range;
	void (*put)(struct json_object *object, const struct hr_predicted *predicted);
} kinds[] = {
	[HR_PREDICTED_ADDED] = { "added", true, put_added },
	[HR_PREDICTED_REMOVED] = { "removed", true, put_removed },
	[HR_PREDICTED_RELEASE] = { "kernel", false, put_release },
};

static struct json_object *new_change(const struct hr_predicted *predicted)
{
	struct json_object *change = hr_json_new();
	struct json_object *object = hr_json_put_new(change, kinds[predicted->kind].name);

	if (kinds[predicted->kind].has_range)
		hr_json_put_extent(object, predicted->range.start, predicted->range.end);
	kinds[predicted->kind].put(object, predicted);
	return change;
}

void hr_json_put_predicted(struct json_object *document, const struct hr_kernel *kernel)
{
	const struct hr_predicted *predicted = hr_kernel_predicted(kernel, 0);
	struct json_object *array;

	if (!predicted) {
		hr_json_put_null(document, "predicted");
		return;
	}
	array = hr_json_new_array();
	for (size_t i = 0; predicted; predicted = hr_kernel_predicted(kernel, ++i))
		hr_json_append(array, new_change(predicted));
	hr_json_put(document, "predicted", array);
}
