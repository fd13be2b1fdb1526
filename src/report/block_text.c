// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/block_text.h"

#include <stdio.h>
#include <string.h>

#include "base/text_append.h"
#include "base/units.h"

void hr_block_node_text(const struct hr_place *place, char text[HR_BLOCK_TEXT_SIZE])
{
	text[0] = '\0';
	if (place->node != HR_NO_NODE)
		snprintf(text, HR_BLOCK_TEXT_SIZE, "%d", place->node);
}

void hr_block_zones_text(const struct hr_place *place, char text[HR_BLOCK_TEXT_SIZE])
{
	text[0] = '\0';
	for (size_t i = 0; i < place->zone_count; i++)
		hr_text_append(text, HR_BLOCK_TEXT_SIZE, "/", place->zones[i]);
}

const char *hr_block_state_text(const struct hr_listed_block *block)
{
	if (block->online == HR_UNKNOWN)
		return "?";
	return block->online == HR_YES ? "online" : "offline";
}

const char *hr_block_origin_text(const struct hr_listed_block *block)
{
	if (block->boot == HR_UNKNOWN)
		return "?";
	return block->boot == HR_YES ? "boot" : "hot-added";
}

uint32_t hr_block_reasons(const struct hr_listed_block *block)
{
	return hr_answer_form(block->answer).reasons;
}

void hr_reasons_text(uint32_t reasons, char text[HR_BLOCK_TEXT_SIZE])
{
	text[0] = '\0';
	for (enum hr_reason_code code = 0; code < HR_REASON_COUNT; code++)
		if (reasons & 1u << code)
			hr_text_append(text, HR_BLOCK_TEXT_SIZE, ",", hr_reason_name(code));
}

void hr_block_reasons_text(const struct hr_listed_block *block, char text[HR_BLOCK_TEXT_SIZE])
{
	hr_reasons_text(hr_block_reasons(block), text);
}

/*
 * The kind of the leaf at an edge, as a bit. The last bit is for leaves that Linux never creates.
 */
static uint32_t edge_kind(const struct hr_block_edge *edge)
{
	enum hr_leaf_kind kind = HR_LEAF_KINDS;

	/* The members of a damaged group are found inside the block. */
	if (!edge->has_leaf || edge->is_damaged)
		return 0;
	(void)hr_leaf_kind_of(&edge->leaf, &kind);
	return 1u << kind;
}

uint32_t hr_block_leaves(const struct hr_listed_block *block, enum hr_map map)
{
	const struct hr_contents *contents = &block->answer->contents[map];
	uint32_t kinds = edge_kind(&block->edges[map].start) | edge_kind(&block->edges[map].end);

	for (enum hr_leaf_kind kind = 0; kind < HR_LEAF_KINDS; kind++)
		kinds |= contents->leaves[kind] ? 1u << kind : 0;
	if (contents->unreadable)
		kinds |= HR_BLOCK_UNREADABLE;
	return kinds ? kinds : HR_BLOCK_UNMAPPED;
}

void hr_leaves_text(uint32_t kinds, char text[HR_BLOCK_TEXT_SIZE])
{
	static const struct {
		uint32_t bit;
		const char *name;
	} others[] = {
		{ HR_BLOCK_OTHER, "other" },
		{ HR_BLOCK_UNREADABLE, "unreadable" },
		{ HR_BLOCK_UNMAPPED, "unmapped" },
	};

	text[0] = '\0';
	for (enum hr_leaf_kind kind = 0; kind < HR_LEAF_KINDS; kind++)
		if (kinds & 1u << kind)
			hr_text_append(text, HR_BLOCK_TEXT_SIZE, ",", hr_leaf_kind_name(kind));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (kinds & others[i].bit)
			hr_text_append(text, HR_BLOCK_TEXT_SIZE, ",", others[i].name);
}

void hr_block_leaves_text(const struct hr_listed_block *block, enum hr_map map,
			  char text[HR_BLOCK_TEXT_SIZE])
{
	hr_leaves_text(hr_block_leaves(block, map), text);
}

void hr_block_edge_text(const struct hr_listed_block *block, enum hr_map map, bool at_end,
			char text[HR_BLOCK_TEXT_SIZE])
{
	const struct hr_block_edges *edges = &block->edges[map];
	const struct hr_block_edge *edge = at_end ? &edges->end : &edges->start;
	const char *crossing = at_end ? ", beyond" : ", inside";

	if (edge->has_leaf)
		snprintf(text, HR_BLOCK_TEXT_SIZE, "%s %s%s%s",
			 hr_level_name(edge->leaf.level, edge->leaf.cont),
			 hr_size_text(edge->leaf.size).text, edge->is_damaged ? ", damaged" : "",
			 edge->crosses ? crossing : "");
	else
		snprintf(text, HR_BLOCK_TEXT_SIZE, "%s",
			 edge->state == HR_MAP_UNREADABLE ? "unreadable" : "unmapped");
}

void hr_block_line_text(const struct hr_listed_block *block, char text[HR_BLOCK_LINE_SIZE])
{
	const struct hr_answer *answer = block->answer;
	char linear[HR_BLOCK_TEXT_SIZE], vmemmap[HR_BLOCK_TEXT_SIZE], reasons[HR_BLOCK_TEXT_SIZE];

	hr_block_leaves_text(block, HR_MAP_LINEAR, linear);
	hr_block_leaves_text(block, HR_MAP_VMEMMAP, vmemmap);
	hr_block_reasons_text(block, reasons);
	snprintf(text, HR_BLOCK_LINE_SIZE, "%s, %s, check %s, linear %s, vmemmap %s%s%s",
		 hr_block_state_text(block), hr_verdict_name(answer->verdict),
		 hr_guard_outcome_name(answer->guard.outcome), linear, vmemmap,
		 reasons[0] ? ", " : "", reasons);
}
