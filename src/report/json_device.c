// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_device.h"

#include "report/json_writer.h"

static void put_node(struct json_object *object, int node)
{
	if (node == HR_NO_NODE)
		hr_json_put_null(object, "node");
	else
		hr_json_put_count(object, "node", (uint64_t)node);
}

void hr_json_put_place(struct json_object *object, const struct hr_place *place)
{
	put_node(object, place->node);
	if (place->zone_count) {
		struct json_object *zones = hr_json_new_array();

		for (size_t i = 0; i < place->zone_count; i++)
			hr_json_append_text(zones, place->zones[i]);
		hr_json_put(object, "zones", zones);
	} else {
		hr_json_put_null(object, "zones");
	}
	hr_json_put_text(object, "device", place->device[0] ? place->device : NULL);
}

void hr_json_put_asked(struct json_object *object, const struct hr_asked *asked)
{
	put_node(object, asked->node);
	hr_json_put_text(object, "device", asked->device);
}

static void put_reasons(struct json_object *object, uint32_t reasons)
{
	struct json_object *array = hr_json_new_array();

	for (enum hr_reason_code code = 0; code < HR_REASON_COUNT; code++)
		if (reasons & 1u << code)
			hr_json_append_text(array, hr_reason_name(code));
	hr_json_put(object, "reasons", array);
}

/* How many blocks are online; null if that is not known of all. */
static void put_online(struct json_object *object, uint64_t online, uint64_t unknown)
{
	if (unknown)
		hr_json_put_null(object, "online");
	else
		hr_json_put_count(object, "online", online);
}

static struct json_object *new_part(const struct hr_device_part *part)
{
	const struct hr_place_span *span = &part->span;
	struct json_object *object = hr_json_new();

	hr_json_put_extent(object, span->range.start, span->range.end);
	put_node(object, span->place.node);
	hr_json_put_count(object, "blocks", span->blocks);
	put_online(object, span->online, span->unknown);
	hr_json_put_text(object, "verdict", hr_verdict_name(part->verdict));
	put_reasons(object, part->reasons);
	return object;
}

struct json_object *hr_json_new_device(const struct hr_told_device *device)
{
	const struct hr_device_sum sum = hr_device_sum(device);
	struct json_object *object = hr_json_new(), *parts = hr_json_new_array();

	hr_json_put_text(object, "name", device->name);
	hr_json_put_text(object, "kind", hr_device_kind_name(device->kind));
	hr_json_put_count(object, "size", sum.bytes);
	hr_json_put_count(object, "blocks", sum.blocks);
	put_online(object, sum.online, sum.unknown);
	hr_json_put_text(object, "verdict", device->count ? hr_verdict_name(sum.verdict) : NULL);
	put_reasons(object, sum.reasons);
	for (size_t i = 0; i < device->count; i++)
		hr_json_append(parts, new_part(&device->parts[i]));
	hr_json_put(object, "ranges", parts);
	return object;
}
