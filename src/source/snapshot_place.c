// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/snapshot_place.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/grow.h"

struct hr_error *hr_snapshot_add_place(struct hr_snapshot *snapshot, uint64_t number,
				       const struct hr_place *place)
{
	struct hr_block_places *last =
		snapshot->place_count ? &snapshot->places[snapshot->place_count - 1] : NULL;
	struct hr_block_places *places;

	if (last && last->last + 1 == number && hr_place_equals(&last->place, place)) {
		last->last = number;
		return NULL;
	}
	if (snapshot->place_count == HR_SNAPSHOT_LINES)
		return NULL;
	places = hr_grow(snapshot->places, snapshot->place_count, &snapshot->place_room,
			 sizeof(*places));
	if (!places)
		return hr_error_no_memory();
	snapshot->places = places;
	places[snapshot->place_count] = (struct hr_block_places){ number, number, *place };
	places[snapshot->place_count++].place.online = HR_UNKNOWN;
	return NULL;
}

static int compare(const void *key, const void *element)
{
	const struct hr_block_places *places = element;
	uint64_t wanted = *(const uint64_t *)key;

	return wanted < places->first ? -1 : wanted > places->last;
}

void hr_snapshot_place(const struct hr_snapshot *snapshot, uint64_t number, struct hr_place *ret)
{
	const struct hr_block_places *found =
		snapshot->place_count ? bsearch(&number, snapshot->places, snapshot->place_count,
						sizeof(*snapshot->places), compare)
				      : NULL;
	struct hr_host host;

	*ret = found ? found->place : HR_PLACE_UNKNOWN;
	hr_snapshot_host(snapshot, &host);
	if (host.block_online)
		ret->online = host.block_online(host.context, number);
}

/* Take the zones between slashes. */
static bool parse_zones(const char *text, struct hr_place *ret)
{
	do {
		size_t len = strcspn(text, "/");

		if (!hr_place_add_zone(ret, text, len))
			return false;
		text += len;
	} while (*text++ == '/');
	return true;
}

bool hr_snapshot_place_parse(char *text, struct hr_place *ret)
{
	const char *node = strsep(&text, ","), *zones = strsep(&text, ",");
	const char *device = strsep(&text, ",");

	*ret = HR_PLACE_UNKNOWN;
	if (!zones || !device || text || (*node && !hr_node_parse(node, &ret->node)) ||
	    (*zones && !parse_zones(zones, ret)) || (*device && !hr_tree_is_name(device)))
		return false;
	snprintf(ret->device, HR_TREE_NAME, "%s", device);
	return hr_place_is_known(ret);
}

void hr_snapshot_print_places(const struct hr_snapshot *snapshot, FILE *stream)
{
	for (size_t i = 0; i < snapshot->place_count; i++) {
		const struct hr_block_places *places = &snapshot->places[i];

		fprintf(stream, "PLACE(0x%" PRIx64 "-0x%" PRIx64 ")=", places->first, places->last);
		if (places->place.node != HR_NO_NODE)
			fprintf(stream, "node%d", places->place.node);
		for (size_t zone = 0; zone < places->place.zone_count; zone++)
			fprintf(stream, "%c%s", zone ? '/' : ',', places->place.zones[zone]);
		fprintf(stream, "%s,%s\n", places->place.zone_count ? "" : ",",
			places->place.device);
	}
}
