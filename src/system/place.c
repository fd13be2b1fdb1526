// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/place.h"

#include <stdio.h>
#include <string.h>

/* "going-offline" and any other state is neither online nor offline. */
static enum hr_tristate parse_state(const char *text)
{
	if (!strcmp(text, "online\n"))
		return HR_YES;
	return strcmp(text, "offline\n") ? HR_UNKNOWN : HR_NO;
}

bool hr_node_parse(const char *name, int *ret)
{
	const char *digits = name + strlen("node");
	int node = 0;

	if (strncmp(name, "node", strlen("node")) != 0 || !*digits || strlen(digits) > 4)
		return false;
	for (; *digits; digits++) {
		if (*digits < '0' || *digits > '9')
			return false;
		node = 10 * node + *digits - '0';
	}
	*ret = node;
	return node < HR_NODES_MAX;
}

bool hr_place_add_zone(struct hr_place *place, const char *name, size_t len)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789";

	if (!len || len >= HR_ZONE_NAME || strspn(name, letters) < len ||
	    place->zone_count == HR_ZONES_MAX)
		return false;
	memcpy(place->zones[place->zone_count], name, len);
	place->zones[place->zone_count++][len] = '\0';
	return true;
}

/* "Normal Movable\n"; of anything else, nothing counts. */
static void parse_zones(const char *text, struct hr_place *ret)
{
	do {
		size_t len = strcspn(text, " \n");

		if (!hr_place_add_zone(ret, text, len)) {
			memset(ret->zones, 0, sizeof(ret->zones));
			ret->zone_count = 0;
			return;
		}
		text += len;
	} while (*text++ == ' ');
}

void hr_place_parse(const struct hr_block_text *text, struct hr_place *ret)
{
	*ret = HR_PLACE_UNKNOWN;
	ret->online = parse_state(text->state);
	if (!hr_node_parse(text->node, &ret->node))
		ret->node = HR_NO_NODE;
	parse_zones(text->zones, ret);
	if (hr_tree_is_name(text->device))
		snprintf(ret->device, HR_TREE_NAME, "%s", text->device);
}

bool hr_place_equals(const struct hr_place *one, const struct hr_place *other)
{
	return one->node == other->node && one->zone_count == other->zone_count &&
	       !memcmp(one->zones, other->zones, sizeof(one->zones)) &&
	       !strcmp(one->device, other->device);
}

bool hr_place_is_known(const struct hr_place *place)
{
	return place->node != HR_NO_NODE || place->zone_count || place->device[0];
}
