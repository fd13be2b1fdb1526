// SPDX-License-Identifier: GPL-2.0-or-later
/* BTF from a core. Flags that are found must be different bits, none of them part of an address. */
#include "fuzz.h"
#include "kernel/btf.h"
#include "kernel/section.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hr_section_flags flags;
	bool found;

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
