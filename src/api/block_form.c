// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/block_form.h"

/* Where the members of a form are in its number. The lowest bit is set if it exists. */
enum {
	ONLINE = 1, /* a tristate, plus 1 */
	TRISTATE_BITS = 2,
	BOOT = ONLINE + TRISTATE_BITS,
	VERDICT = BOOT + TRISTATE_BITS,
	VERDICT_BITS = 2,
	GUARD = VERDICT + VERDICT_BITS,
	GUARD_BITS = 3,
	REASONS = GUARD + GUARD_BITS
};

_Static_assert(HR_VERDICT_NOT_REMOVABLE < 1 << VERDICT_BITS, "all verdicts have room");
_Static_assert(HR_GUARD_CANNOT_TELL < 1 << GUARD_BITS, "all outcomes have room");
_Static_assert(REASONS + HR_REASON_COUNT <= 32, "a form has 32 bits");

struct hr_block_form hr_answer_form(const struct hr_answer *answer)
{
	struct hr_block_form form = {
		.exists = true,
		.online = HR_UNKNOWN,
		.boot = HR_UNKNOWN,
		.verdict = answer->verdict,
		.guard = answer->guard.outcome,
	};

	for (size_t i = 0; i < answer->check.count; i++)
		form.reasons |= 1u << answer->check.reasons[i].code;
	return form;
}

struct hr_block_form hr_block_form_of(const struct hr_listed_block *block)
{
	struct hr_block_form form = hr_answer_form(block->answer);

	form.online = block->online;
	form.boot = block->boot;
	return form;
}

static uint32_t field(uint32_t number, unsigned int at, unsigned int bits)
{
	return number >> at & ((1u << bits) - 1);
}

uint32_t hr_block_form_pack(const struct hr_block_form *form)
{
	if (!form->exists)
		return 0;
	return 1 | (uint32_t)(form->online + 1) << ONLINE | (uint32_t)(form->boot + 1) << BOOT |
	       (uint32_t)form->verdict << VERDICT | (uint32_t)form->guard << GUARD |
	       form->reasons << REASONS;
}

struct hr_block_form hr_block_form_unpack(uint32_t number)
{
	if (!number)
		return (struct hr_block_form){ .exists = false };
	return (struct hr_block_form){
		.exists = true,
		.online = (enum hr_tristate)((int)field(number, ONLINE, TRISTATE_BITS) - 1),
		.boot = (enum hr_tristate)((int)field(number, BOOT, TRISTATE_BITS) - 1),
		.verdict = (enum hr_verdict)field(number, VERDICT, VERDICT_BITS),
		.guard = (enum hr_guard_outcome)field(number, GUARD, GUARD_BITS),
		.reasons = number >> REASONS,
	};
}
