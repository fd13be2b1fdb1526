// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/reason.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"

static const struct hr_names reasons = HR_NAMES(
	[HR_REASON_SPLITS_LEAF] = "splits-leaf", [HR_REASON_GUARD_VETO] = "guard-veto",
	[HR_REASON_BOOT_MEMORY] = "boot-memory", [HR_REASON_MISALIGNED] = "misaligned",
	[HR_REASON_NOT_PRESENT] = "not-present", [HR_REASON_MALFORMED_CONT] = "malformed-cont",
	[HR_REASON_NO_HOTREMOVE] = "no-hotremove", [HR_REASON_UNREADABLE] = "unreadable",
	[HR_REASON_UNMOVABLE_PAGES] = "unmovable-pages");
static const struct hr_names verdicts =
	HR_NAMES([HR_VERDICT_REMOVABLE] = "removable", [HR_VERDICT_NOT_REMOVABLE] = "not-removable",
		 [HR_VERDICT_UNKNOWN] = "unknown");
static const struct hr_names edges = HR_NAMES([HR_EDGE_START] = "start", [HR_EDGE_END] = "end");

const char *hr_reason_name(enum hr_reason_code code)
{
	return hr_name_of(&reasons, code);
}

bool hr_reason_parse(const char *word, enum hr_reason_code *ret)
{
	return hr_name_parse(&reasons, word, ret);
}

const char *hr_verdict_name(enum hr_verdict verdict)
{
	return hr_name_of(&verdicts, verdict);
}

const char *hr_edge_name(enum hr_edge edge)
{
	return hr_name_of(&edges, edge);
}

/* Does a reason before @reason say the same? The walk may find what an edge has found. */
static bool reason_is_known(const struct hr_check_result *result, const struct hr_reason *reason)
{
	for (const struct hr_reason *other = result->reasons; other < reason; other++)
		if (other->code == reason->code && !strcmp(other->message, reason->message))
			return true;
	return false;
}

struct hr_reason *hr_reason_add(struct hr_check_result *result, enum hr_reason_code code,
				const char *format, ...)
{
	struct hr_reason *reason = &result->reasons[result->count];
	va_list args;

	memset(reason, 0, sizeof(*reason));
	reason->code = code;
	va_start(args, format);
	vsnprintf(reason->message, sizeof(reason->message), format, args);
	va_end(args);
	if (result->count + 1 < HR_REASONS_MAX && !reason_is_known(result, reason))
		result->count++;
	return reason;
}

void hr_reason_set_leaf(struct hr_reason *reason, enum hr_map map, enum hr_edge edge, uint64_t va,
			const struct hr_leaf *leaf)
{
	reason->has_leaf = true;
	reason->map = map;
	reason->edge = edge;
	reason->va = va;
	reason->leaf = *leaf;
}

bool hr_check_has(const struct hr_check_result *result, enum hr_reason_code code)
{
	for (size_t i = 0; i < result->count; i++)
		if (result->reasons[i].code == code)
			return true;
	return false;
}
