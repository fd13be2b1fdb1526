// SPDX-License-Identifier: GPL-2.0-or-later
#include "map/leaf_form.h"

/* Where the members of a form are in its number. */
enum {
	STATE_BITS = 2,
	LEVEL = STATE_BITS,
	LEVEL_BITS = 3,
	CONT = LEVEL + LEVEL_BITS,
	VALID,
	EXPECTED,
	MALFORMED,
	SIZE, /* log2 of it, plus 1 */
	SIZE_BITS = 7
};

_Static_assert(HR_MAP_UNMAPPED == 0, "unmapped memory has the number 0");
_Static_assert(SIZE + SIZE_BITS <= 32, "a form has 32 bits");

struct hr_leaf_form hr_leaf_form_of(const struct hr_run *run)
{
	const struct hr_leaf *leaf = &run->leaf;

	if (run->state != HR_MAP_MAPPED)
		return (struct hr_leaf_form){ .state = run->state };
	return (struct hr_leaf_form){
		.state = HR_MAP_MAPPED,
		.level = leaf->level,
		.cont = leaf->cont,
		.valid = leaf->valid,
		.expected = leaf->expected,
		.size = leaf->size,
	};
}

static uint32_t field(uint32_t number, unsigned int at, unsigned int bits)
{
	return number >> at & ((1u << bits) - 1);
}

uint32_t hr_leaf_form_pack(const struct hr_leaf_form *form)
{
	uint32_t size = form->size ? (uint32_t)__builtin_ctzll(form->size) + 1 : 0;

	if (form->state != HR_MAP_MAPPED)
		return (uint32_t)form->state;
	return (uint32_t)form->state | (uint32_t)(form->level + 1) << LEVEL |
	       (uint32_t)form->cont << CONT | (uint32_t)form->valid << VALID |
	       (uint32_t)form->expected << EXPECTED | (uint32_t)form->malformed << MALFORMED |
	       size << SIZE;
}

struct hr_leaf_form hr_leaf_form_unpack(uint32_t number)
{
	uint32_t size = field(number, SIZE, SIZE_BITS);
	struct hr_leaf_form form = { .state = (enum hr_map_state)field(number, 0, STATE_BITS) };

	if (form.state != HR_MAP_MAPPED)
		return form;
	form.level = (int)field(number, LEVEL, LEVEL_BITS) - 1;
	form.cont = field(number, CONT, 1);
	form.valid = field(number, VALID, 1);
	form.expected = field(number, EXPECTED, 1);
	form.malformed = field(number, MALFORMED, 1);
	form.size = size ? UINT64_C(1) << (size - 1) : 0;
	return form;
}
