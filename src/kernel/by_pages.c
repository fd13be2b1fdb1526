// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/by_pages.h"

#include <endian.h>

#include "kernel/address.h"
#include "kernel/capability.h"

/* The descriptions of the capability: 6.17 to 7.2, and from 7.3 on. */
static const char *const bbml2_names[] = {
	"BBM Level 2 without TLB conflict abort",
	"BBM Level 3",
};

/* A kernel whose symbols are known. */
struct reader {
	const struct hr_layout *layout;
	const struct hr_memory *memory;
	const struct hr_symbol *symbols;
};

/* Is the variable of @len bytes at @which not zero? A kernel without it answers @absent. */
static enum hr_tristate is_set(const struct reader *reader, size_t which, size_t len,
			       enum hr_tristate absent)
{
	const struct hr_symbol *symbol = &reader->symbols[which];
	uint32_t value = 0;

	if (!symbol->found)
		return absent;
	if (!hr_kernel_try_read(reader->layout, reader->memory, symbol->va, &value, len))
		return HR_UNKNOWN;
	return le32toh(value) ? HR_YES : HR_NO;
}

static enum hr_tristate opposite(enum hr_tristate value)
{
	return value == HR_UNKNOWN ? HR_UNKNOWN : !value;
}

static enum hr_tristate either(enum hr_tristate one, enum hr_tristate other)
{
	if (one == HR_YES || other == HR_YES)
		return HR_YES;
	return one == HR_NO && other == HR_NO ? HR_NO : HR_UNKNOWN;
}

/*
 * May KFENCE change the permissions of pages in the linear map? If its pool is made early, only of
 * those in it. Before kfence_early_init (6.4, and stable branches), it may if it is built in.
 */
static enum hr_tristate is_kfence_anywhere(const struct reader *reader, enum hr_tristate absent)
{
	const struct hr_symbol *symbols = reader->symbols;

	if (symbols[HR_SYMBOL_KFENCE_EARLY].found)
		return opposite(is_set(reader, HR_SYMBOL_KFENCE_EARLY, sizeof(bool), absent));
	return symbols[HR_SYMBOL_KFENCE_POOL].found ? HR_YES : absent;
}

static enum hr_tristate find_bbml2(const struct reader *reader)
{
	const struct hr_capability capability = {
		.list = &reader->symbols[HR_SYMBOL_FEATURES],
		.enabled = hr_evidence_cpucaps(reader->symbols),
		.names = bbml2_names,
		.name_count = sizeof(bbml2_names) / sizeof(bbml2_names[0]),
	};

	return hr_capability_find(reader->layout, reader->memory, &capability);
}

struct hr_page_settings hr_page_settings_read(const struct hr_layout *layout,
					      const struct hr_memory *memory,
					      const struct hr_symbol symbols[HR_EVIDENCE_SYMBOLS])
{
	const struct reader reader = { layout, memory, symbols };
	enum hr_tristate absent = symbols[HR_SYMBOL_RODATA_FULL].found ? HR_NO : HR_UNKNOWN;
	enum hr_tristate rodata = is_set(&reader, HR_SYMBOL_RODATA_FULL, sizeof(bool), HR_UNKNOWN);
	enum hr_tristate debug = is_set(&reader, HR_SYMBOL_DEBUG_PAGEALLOC, sizeof(bool), absent);
	/* A static key begins with the number of its users. */
	enum hr_tristate realm = is_set(&reader, HR_SYMBOL_REALM, sizeof(uint32_t), absent);

	return (struct hr_page_settings){
		.wanted = either(either(rodata, debug),
				 either(is_kfence_anywhere(&reader, absent), realm)),
		.debug_pagealloc = debug,
		.bbml2 = find_bbml2(&reader),
	};
}

enum hr_by_pages hr_by_pages_of_symbols(const struct hr_symbol symbols[HR_EVIDENCE_SYMBOLS])
{
	if (symbols[HR_SYMBOL_SPLIT].found)
		return HR_BY_PAGES_UNLESS_BBML2;
	return hr_evidence_has_all_text(symbols) ? HR_BY_PAGES_IF_SET : HR_BY_PAGES_UNKNOWN;
}

static enum hr_mapping mapping_if(enum hr_tristate by_pages)
{
	if (by_pages == HR_UNKNOWN)
		return HR_MAPPING_UNKNOWN;
	return by_pages ? HR_MAPPING_PAGES : HR_MAPPING_BLOCKS;
}

/* The CPUs make the other settings unnecessary, but not debug_pagealloc. */
static enum hr_tristate is_needed(const struct hr_page_settings *settings)
{
	enum hr_tristate excused = settings->bbml2;

	if (settings->debug_pagealloc == HR_YES)
		return HR_YES;
	if (settings->wanted == HR_NO)
		return HR_NO;
	if (excused == HR_NO)
		return settings->wanted;
	return excused == HR_YES && settings->debug_pagealloc == HR_NO ? HR_NO : HR_UNKNOWN;
}

enum hr_mapping hr_by_pages_mapping(enum hr_by_pages rule, const struct hr_page_settings *settings)
{
	switch (rule) {
	case HR_BY_PAGES_IF_SET:
		return mapping_if(settings->wanted);
	case HR_BY_PAGES_UNLESS_BBML2:
		return mapping_if(is_needed(settings));
	case HR_BY_PAGES_UNKNOWN:
		break;
	}
	return HR_MAPPING_UNKNOWN;
}

enum hr_mapping hr_by_pages_default(enum hr_by_pages rule, const struct hr_page_settings *settings)
{
	struct hr_page_settings usual = *settings;

	if (usual.wanted == HR_UNKNOWN)
		usual.wanted = HR_YES;
	if (usual.debug_pagealloc == HR_UNKNOWN)
		usual.debug_pagealloc = HR_NO;
	return hr_by_pages_mapping(rule, &usual);
}

void hr_by_pages_learn(enum hr_by_pages rule, enum hr_mapping seen,
		       struct hr_page_settings *settings)
{
	if (!rule || !seen)
		return;
	if (seen == HR_MAPPING_PAGES) {
		settings->wanted = HR_YES;
		if (rule == HR_BY_PAGES_UNLESS_BBML2 && settings->debug_pagealloc == HR_NO)
			settings->bbml2 = HR_NO;
		return;
	}
	settings->debug_pagealloc = HR_NO;
	if (rule == HR_BY_PAGES_IF_SET || settings->bbml2 == HR_NO)
		settings->wanted = HR_NO;
}
