/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The places of memory blocks in a snapshot, and their text: "node1,Normal/Movable,dax0.0". */
#ifndef HR_SNAPSHOT_PLACE_H
#define HR_SNAPSHOT_PLACE_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stdio.h>

#include "source/snapshot.h"

/* Parse @text, which is modified. Returns false if it is not a place of which anything is known. */
bool hr_snapshot_place_parse(char *text, struct hr_place *ret);

/* Write the lines for the places of @snapshot to @stream, whose errors are the caller's. */
void hr_snapshot_print_places(const struct hr_snapshot *snapshot, FILE *stream);

#endif
