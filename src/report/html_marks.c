// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/html_marks.h"

void hr_html_marks_add(struct hr_html_marks *marks, enum hr_html_mark_kind kind,
		       const struct hr_pa_range *range)
{
	for (size_t i = 0; kind == HR_HTML_MARK_LEAF && i < marks->count; i++)
		if (marks->list[i].kind == kind && marks->list[i].range.start == range->start &&
		    marks->list[i].range.end == range->end)
			return;
	marks->numbers[kind]++;
	if (marks->count == HR_HTML_MARKS_MAX)
		return;
	marks->list[marks->count++] = (struct hr_html_mark){
		.kind = kind,
		.range = *range,
		.number = marks->numbers[kind],
	};
}

/* The vmemmap begins with the struct page of the page at PHYS_OFFSET. */
static struct hr_pa_range described_by(const struct hr_facts *facts, const struct hr_leaf *leaf)
{
	uint64_t first = (leaf->va - facts->vmemmap_start) / facts->struct_page_size;
	uint64_t last =
		(leaf->va + (leaf->size - 1) - facts->vmemmap_start) / facts->struct_page_size;

	return (struct hr_pa_range){
		facts->phys_offset + first * facts->page_size,
		facts->phys_offset + (last + 1) * facts->page_size,
	};
}

bool hr_html_leaf_extent(const struct hr_kernel *kernel, enum hr_map map,
			 const struct hr_leaf *leaf, struct hr_pa_range *ret)
{
	const struct hr_facts *facts = hr_kernel_facts(kernel);

	if (!facts->has_phys_offset || !facts->struct_page_size || !leaf->size)
		return false;
	if (map == HR_MAP_VMEMMAP) {
		*ret = described_by(facts, leaf);
	} else {
		ret->start = hr_kernel_linear_pa(kernel, leaf->va);
		ret->end = ret->start + leaf->size;
	}
	return ret->start < ret->end && ret->end <= UINT64_C(1) << facts->pa_bits;
}
