/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A memory block described in words. */
#ifndef HR_BLOCK_TEXT_H
#define HR_BLOCK_TEXT_H

#include <hotremove/hotremove.h>

#include "system/place.h"

/* Room for any of these texts, and for the line that contains them all. */
enum {
	HR_BLOCK_TEXT_SIZE = 160,
	HR_BLOCK_LINE_SIZE = 640
};

/* "online", "offline" or "?". */
/* The node and the zones of a memory block, "1" and "Normal/Movable"; empty if not known. */
void hr_block_node_text(const struct hr_place *place, char text[HR_BLOCK_TEXT_SIZE]);
void hr_block_zones_text(const struct hr_place *place, char text[HR_BLOCK_TEXT_SIZE]);

const char *hr_block_state_text(const struct hr_listed_block *block);

/* "boot", "hot-added" or "?". */
const char *hr_block_origin_text(const struct hr_listed_block *block);

/* The codes of the reasons, each once, as bits (1 << enum hr_reason_code). */
uint32_t hr_block_reasons(const struct hr_listed_block *block);

/* "splits-leaf,unreadable", of such bits; empty without a reason. */
void hr_reasons_text(uint32_t reasons, char text[HR_BLOCK_TEXT_SIZE]);

/* The same for the reasons of @block. */
void hr_block_reasons_text(const struct hr_listed_block *block, char text[HR_BLOCK_TEXT_SIZE]);

/* Bits beside those of the kinds of leaves. */
enum {
	HR_BLOCK_OTHER = 1 << HR_LEAF_KINDS, /* leaves that Linux never creates */
	HR_BLOCK_UNREADABLE = 1 << (HR_LEAF_KINDS + 1),
	HR_BLOCK_UNMAPPED = 1 << (HR_LEAF_KINDS + 2) /* there is nothing of the others */
};

/*
 * The kinds of leaves in @map, including those that extend beyond the block, as bits
 * (1 << enum hr_leaf_kind), HR_BLOCK_OTHER, HR_BLOCK_UNREADABLE and HR_BLOCK_UNMAPPED: never 0.
 */
uint32_t hr_block_leaves(const struct hr_listed_block *block, enum hr_map map);

/* "PUD,PMD", of such bits. */
void hr_leaves_text(uint32_t kinds, char text[HR_BLOCK_TEXT_SIZE]);

/* The same for the leaves of @block in @map. */
void hr_block_leaves_text(const struct hr_listed_block *block, enum hr_map map,
			  char text[HR_BLOCK_TEXT_SIZE]);

/*
 * "PUD 1 GiB, inside": the leaf around the first byte of the block in @map, or with @at_end the
 * last byte, and whether it extends beyond the block there.
 */
void hr_block_edge_text(const struct hr_listed_block *block, enum hr_map map, bool at_end,
			char text[HR_BLOCK_TEXT_SIZE]);

/*
 * All of these texts, except the place, in one line: "online, removable, check accepts, linear PMD,
 * ...".
 */
void hr_block_line_text(const struct hr_listed_block *block, char text[HR_BLOCK_LINE_SIZE]);

#endif
