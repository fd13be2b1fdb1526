/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a system says about one memory block: its state, node, zones and device. */
#ifndef HR_PLACE_H
#define HR_PLACE_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stddef.h>

#include "system/tree.h"

enum {
	HR_NO_NODE = -1,
	HR_NODES_MAX = 1024, /* arm64 kernels have at most so many (NODES_SHIFT is up to 10) */
	HR_ZONES_MAX = 4,    /* names of zones for one block */
	HR_ZONE_NAME = 16    /* bytes of such a name, with its end */
};

struct hr_place {
	enum hr_tristate online; /* unknown while the block changes, too */
	int node;		 /* HR_NO_NODE: not known */
	/*
	 * The zone of a block that is online; the zones in which one that is offline can come
	 * online, the usual one first. "none" is a block of several zones. Empty: not known.
	 */
	char zones[HR_ZONES_MAX][HR_ZONE_NAME];
	size_t zone_count;
	char device[HR_TREE_NAME]; /* empty: boot memory, or not known */
};

/* All that is not known. */
#define HR_PLACE_UNKNOWN                                                                           \
	((struct hr_place){                                                                        \
		.online = HR_UNKNOWN,                                                              \
		.node = HR_NO_NODE,                                                                \
	})

/* Parse @text, which may be anything. */
void hr_place_parse(const struct hr_block_text *text, struct hr_place *ret);

/* Are both places the same, apart from being online? */
bool hr_place_equals(const struct hr_place *one, const struct hr_place *other);

/* Is anything known but whether it is online? */
bool hr_place_is_known(const struct hr_place *place);

/* Add the @len bytes at @name to the zones. Returns false if they do not name a zone. */
bool hr_place_add_zone(struct hr_place *place, const char *name, size_t len);

/* Parse the name of a node, "node1". Returns false if it is not one. */
bool hr_node_parse(const char *name, int *ret);

#endif
