// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * BTF from a core. Flags that are found must be different bits, none of them part of an address,
 * and the members of a struct page that are found must lie in it.
 */
#include "base/cleanup.h"
#include "fuzz.h"
#include "kernel/btf.h"
#include "kernel/btf_data.h"
#include "kernel/page_form.h"
#include "kernel/section.h"

enum {
	STRUCT_PAGE = 64
};

static void check_pages(const uint8_t *data, size_t size)
{
	_cleanup_(hr_cleanup_btf) struct btf *btf = NULL;
	struct hr_page_form form;

	if (!fuzz_succeeded(hr_btf_open(data, size, &btf)) ||
	    !fuzz_succeeded(hr_page_form_find(btf, NULL, STRUCT_PAGE, &form)))
		return;
	require(form.flags + 8 <= STRUCT_PAGE && form.link + 8 <= STRUCT_PAGE &&
			form.mapping + 8 <= STRUCT_PAGE && form.private + 8 <= STRUCT_PAGE &&
			form.type + 4 <= STRUCT_PAGE && form.refs + 4 <= STRUCT_PAGE &&
			form.order < STRUCT_PAGE && form.count + 4 <= STRUCT_PAGE,
		"a member is not in the struct page");
	require(form.zone_shift < 64, "the zone is not in the flags");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hr_section_flags flags;
	bool found;

	check_pages(data, size);
	if (!fuzz_succeeded(hr_btf_section_flags(data, size, &found, &flags)) || !found)
		return 0;
	require(!((flags.present | flags.has_mem_map | flags.online | flags.early) &
		  ~HR_SECTION_FLAGS),
		"a flag is part of the address");
	require(__builtin_popcountll(flags.has_mem_map | flags.online | flags.early) == 3,
		"a flag stands for two things");
	require(!(flags.present & (flags.has_mem_map | flags.online | flags.early)),
		"presence is another flag");
	return 0;
}
