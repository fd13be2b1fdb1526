// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Struct pages: the form of one of two kernels, then pieces of the content of 256 of them. Each
 * page counts once, what a page says by itself decides, and a span stays in the run.
 */
#include <string.h>

#include "base/little_endian.h"
#include "fuzz.h"
#include "kernel/page_kind.h"

enum {
	PAGES = 256,
	SIZE = 64,
	FLAG_RESERVED = 1 << 2,
	ZONE_SHIFT = 58,
};

#define VA UINT64_C(0xfffffdffc1000000) /* of the first struct page */

static struct hr_page_form form_of(bool is_byte)
{
	struct hr_page_form form = {
		.size = SIZE,
		.flags = 0,
		.link = 8,
		.mapping = 24,
		.private = 40,
		.type = 48,
		.refs = 52,
		.order = is_byte ? 0 : 17,
		.count = is_byte ? 16 : 20,
		.count_form = is_byte ? HR_PAGE_COUNT_LARGE : HR_PAGE_COUNT_COMPOUND,
		.pins = is_byte ? 28 : 24,
		.dtor = is_byte ? HR_PAGE_NOWHERE : 16,
		.hugetlb_dtor = 2,
		.types = { .is_byte = is_byte },
		.zone_shift = ZONE_SHIFT,
		.zone_mask = 3,
		.zone_movable = 3,
	};

	for (enum hr_page_flag flag = 0; flag < HR_PG_FLAGS; flag++)
		form.masks[flag] = UINT64_C(1) << flag;
	for (enum hr_page_type type = 0; type < HR_PAGE_TYPE_OTHER; type++)
		form.types.value[type] = is_byte ? 0xf0 + type : 0x80u << type;
	return form;
}

/* What a page says by itself: nothing that is reserved, and was read, counts as anything else. */
static void check_page(const struct hr_page_run *run, size_t index, enum hr_page_kind kind)
{
	uint64_t flags = hr_get_le64(run->pages + index * SIZE);

	require(hr_page_kind_name(kind), "kind %d", (int)kind);
	require(run->states[index] == HR_PAGE_READ || kind == HR_PAGES_UNREADABLE ||
			kind == HR_PAGES_FREE,
		"page %zu, which was not read, is %s", index, hr_page_kind_name(kind));
	if (run->states[index] == HR_PAGE_READ && flags & FLAG_RESERVED && flags != UINT64_MAX)
		require(kind == HR_PAGES_RESERVED, "reserved page %zu is %s", index,
			hr_page_kind_name(kind));
	if (kind == HR_PAGES_SLAB || kind == HR_PAGES_TABLE || kind == HR_PAGES_KERNEL)
		require((flags >> ZONE_SHIFT & 3) != 3, "page %zu of ZONE_MOVABLE", index);
}

static void check_run(const struct hr_page_run *run)
{
	size_t span;

	for (size_t i = 0; i < run->count; i += span) {
		uint64_t back = 0;

		span = 1;
		if (hr_page_is_tail(run, i, VA + i * SIZE, &back))
			continue;
		check_page(run, i, hr_page_kind_at(run, i, &span));
		require(span >= 1 && span <= run->count - i, "%zu pages from %zu on", span, i);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned char pages[PAGES * SIZE], states[PAGES];
	struct hr_page_form form = form_of(size && data[0] & 1);
	struct hr_page_run run = {
		.form = &form,
		.pages = pages,
		.states = states,
		.pfn = 0x40000,
		.count = PAGES,
	};

	memset(pages, 0, sizeof(pages));
	memset(states, HR_PAGE_READ, sizeof(states));
	/* Pieces: the number of a page, where in it, four bytes; or a page that was not read. */
	for (size_t at = 1; at + 6 <= size; at += 6) {
		unsigned char *page = pages + data[at] * SIZE;

		if (data[at + 1] & 0x80)
			states[data[at]] = data[at + 2] % 3;
		else
			memcpy(page + data[at + 1] % (SIZE / 4) * 4, data + at + 2, 4);
	}
	check_run(&run);
	return 0;
}
