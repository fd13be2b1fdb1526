// SPDX-License-Identifier: GPL-2.0-or-later
#include "ptdump/ptdump_kernel.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/units.h"
#include "kernel/release_table.h"
#include "ptdump/ptdump_geometry.h"

enum {
	NOTE_SIZE = 512
};

static void add_warning(const char *warnings[HR_PTDUMP_WARNINGS], size_t *count, const char *text)
{
	warnings[(*count)++] = text;
}

static void list_assumptions(const struct hr_ptdump_facts *facts,
			     const struct hr_overrides *overrides,
			     const char *warnings[HR_PTDUMP_WARNINGS])
{
	size_t count = 0;

	for (size_t i = 0; i < HR_PTDUMP_WARNINGS; i++)
		warnings[i] = NULL;
	if (facts->assumed_va_bits)
		add_warning(warnings, &count,
			    "a kernel built for 52 VA bits prints the same text on a CPU without "
			    "them: its VA_BITS are then not those shown ({va_bits} overrides)");
	if (facts->assumed_vmemmap)
		add_warning(warnings, &count,
			    "the text has nothing of the vmemmap, so its address is a guess "
			    "({vmemmap_start} overrides)");
	if (!overrides->set[HR_OVERRIDE_STRUCT_PAGE_SIZE])
		add_warning(
			warnings, &count,
			"a struct page is taken to have 64 bytes ({struct_page_size} overrides)");
	if (!overrides->set[HR_OVERRIDE_SECTION_SIZE_BITS] && !overrides->release)
		add_warning(warnings, &count,
			    "sections are taken to have the size that kernels have from 5.12 on "
			    "({section_size_bits} overrides)");
	if (overrides->set[HR_OVERRIDE_PHYS_OFFSET])
		add_warning(warnings, &count,
			    "PHYS_OFFSET is taken as given, since a text cannot show that it is "
			    "wrong: compare the mapped memory with System RAM in /proc/iomem");
	add_warning(warnings, &count,
		    "memory blocks are taken to be online, and not to hold their own memmap "
		    "(memmap_on_memory): a text tells neither");
}

/* Take what @note has as the user's overrides, unless an option gives it. */
static struct hr_error *take_given(const struct hr_vmcoreinfo *note, struct hr_overrides *overrides)
{
	static const enum hr_override_key keys[] = {
		HR_OVERRIDE_PAGE_SIZE,	       HR_OVERRIDE_VA_BITS,
		HR_OVERRIDE_VA_BITS_ACTUAL,    HR_OVERRIDE_PHYS_OFFSET,
		HR_OVERRIDE_VMEMMAP_START,     HR_OVERRIDE_STRUCT_PAGE_SIZE,
		HR_OVERRIDE_SECTION_SIZE_BITS,
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct hr_error *error;
		uint64_t value;
		bool found;

		error = hr_layout_note_value(note, keys[i], &found, &value);
		if (error)
			return error;
		if (!found || overrides->set[keys[i]])
			continue;
		overrides->set[keys[i]] = true;
		overrides->value[keys[i]] = value;
	}
	if (!overrides->release)
		overrides->release = hr_vmcoreinfo_get(note, "OSRELEASE");
	return NULL;
}

/* Is PHYS_OFFSET of a note where the linear map begins? Nothing in a text would contradict it. */
static bool notes_tell_offset(const struct hr_overrides *given)
{
	struct hr_release release = hr_release_parse(given->release ? given->release : "", NULL);

	return hr_release_trait(&release, HR_TRAIT_LINEAR_END) != HR_LINEAR_END_BEFORE_OFFSET;
}

/* Write the deduced facts as the note of a kernel. */
static struct hr_error *make_note(const struct hr_ptdump_facts *facts,
				  const struct hr_overrides *given, struct hr_vmcoreinfo **ret)
{
	char text[NOTE_SIZE], place[128] = "", section[64] = "";
	int len;

	/* A known release determines these two. */
	if (!given->release && !given->set[HR_OVERRIDE_VMEMMAP_START])
		snprintf(place, sizeof(place),
			 "NUMBER(VMEMMAP_START)=0x%" PRIx64 "\nNUMBER(VMEMMAP_END)=0x%" PRIx64 "\n",
			 facts->vmemmap_start, facts->vmemmap_end);
	if (!given->release)
		snprintf(section, sizeof(section), "NUMBER(SECTION_SIZE_BITS)=%u\n",
			 facts->section_size_bits);
	len = snprintf(text, sizeof(text),
		       "PAGESIZE=%" PRIu64 "\nNUMBER(VA_BITS)=%u\nNUMBER(TCR_EL1_T1SZ)=0x%x\n"
		       "NUMBER(PHYS_OFFSET)=0x0\nSIZE(page)=%" PRIu64 "\n%s%s",
		       hr_page_size(&facts->geo), facts->geo.va_bits,
		       64 - facts->geo.va_bits_actual, facts->struct_page_size, place, section);
	return hr_vmcoreinfo_create(text, (size_t)len, ret);
}

struct hr_error *hr_ptdump_make_note(const struct hr_ptdump *ptdump,
				     const struct hr_overrides *overrides,
				     struct hr_vmcoreinfo **note, struct hr_ptdump_note *ret)
{
	struct hr_overrides given = *overrides;
	struct hr_vmcoreinfo *deduced;
	struct hr_ptdump_facts facts;
	struct hr_error *error = take_given(*note, &given);

	given.set[HR_OVERRIDE_PHYS_OFFSET] &=
		overrides->set[HR_OVERRIDE_PHYS_OFFSET] || notes_tell_offset(&given);
	if (!error)
		error = hr_ptdump_deduce(ptdump, &given, &facts);
	if (!error)
		error = make_note(&facts, &given, &deduced);
	if (error)
		return error;
	if (*note)
		hr_vmcoreinfo_set_fallback(*note, deduced);
	else
		*note = deduced;
	ret->overrides = *overrides;
	ret->overrides.set[HR_OVERRIDE_SWAPPER_PA] = true;
	ret->overrides.value[HR_OVERRIDE_SWAPPER_PA] = hr_ptdump_root_pa(&facts.geo);
	ret->has_phys_offset = given.set[HR_OVERRIDE_PHYS_OFFSET];
	list_assumptions(&facts, &given, ret->warnings);
	return NULL;
}

/*
 * The end marker of the linear map is at PAGE_END, which is lower in kernels with KASAN. The shadow
 * memory after it is not part of the linear map.
 */
static void find_linear_end(const struct hr_ptdump *ptdump, struct hr_layout *layout)
{
	size_t index = ptdump->markers[HR_PTDUMP_LINEAR_END];

	if (index < ptdump->count && ptdump->entries[index].va < layout->linear_end &&
	    ptdump->entries[index].va > layout->page_offset)
		layout->linear_end = ptdump->entries[index].va;
}

bool hr_ptdump_mapped(const struct hr_ptdump *ptdump, const struct hr_layout *layout,
		      uint64_t *ret_va, uint64_t *ret_last)
{
	bool found = false;

	for (size_t i = 0; i < ptdump->count && ptdump->entries[i].va < layout->linear_end; i++) {
		const struct hr_ptdump_entry *entry = &ptdump->entries[i];

		if (!entry->mapped || entry->va < hr_half_base(&layout->geo))
			continue;
		if (!found)
			*ret_va = entry->va;
		*ret_last = entry->last;
		found = true;
	}
	return found;
}

/*
 * Every kernel rounds memstart_addr to 1 GiB (4K and 16K pages) or 512 MiB (64K), and to a section
 * (ARM64_MEMSTART_ALIGN, 5.10 to 7.3). In a text, nothing else reveals a wrong offset.
 */
static struct hr_error *check_phys_offset(const struct hr_layout *layout)
{
	uint64_t align = UINT64_C(1) << (layout->geo.page_shift == 16 ? 29 : 30);

	if (align < hr_section_size(layout))
		align = hr_section_size(layout);
	if (!(layout->phys_offset & (align - 1)))
		return NULL;
	return hr_error_new(HR_ERROR_INPUT,
			    "PHYS_OFFSET 0x%" PRIx64
			    " is not a multiple of %s, which every kernel's is: give the right one "
			    "with {phys_offset}",
			    layout->phys_offset, hr_size_text(align).text);
}

struct hr_error *hr_ptdump_place(const struct hr_ptdump *ptdump, struct hr_layout *layout,
				 struct hr_ptdump_tables **ret)
{
	struct hr_error *error = check_phys_offset(layout);

	if (!error)
		error = hr_ptdump_tables_create(ptdump, layout, ret);
	if (error)
		return error;
	find_linear_end(ptdump, layout);
	layout->swapper_pa = hr_ptdump_root_pa(&layout->geo);
	layout->hides_vmemmap_pa = true;
	layout->has_kimage_voffset = false;
	layout->has_mem_section = false;
	layout->has_uts = false;
	return NULL;
}
