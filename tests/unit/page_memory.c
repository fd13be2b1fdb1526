// SPDX-License-Identifier: GPL-2.0-or-later
#include "page_memory.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/btf_data.h"

enum {
	CHUNK_ORDER = 10,
	FOLIO_MOST = 512 /* pages */
};

struct hr_page_form page_memory_form(enum page_data_form kind)
{
	static const char text[] = "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129\n"
				   "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-257\n";
	struct hr_vmcoreinfo *note = NULL;
	struct hr_page_form form;
	struct btf *btf = NULL;
	size_t size;
	void *data = page_data_types(kind, &size);

	assert_success(hr_vmcoreinfo_create(text, strlen(text), &note));
	assert_success(hr_btf_open(data, size, &btf));
	assert_success(hr_page_form_find(btf, note, PAGE_DATA_SIZE, &form));
	hr_cleanup_btf(&btf);
	hr_vmcoreinfo_destroy(note);
	free(data);
	return form;
}

/* The physical address that fake_map_vmemmap() maps the struct page at @va to. */
static uint64_t place_of(const struct fake_kernel *kernel, uint64_t va)
{
	return GIB(64) + (va - kernel->layout.vmemmap_start);
}

void page_memory_put(struct fake_kernel *kernel, enum page_data_form kind, uint64_t pa,
		     const struct page_data_page *page)
{
	static unsigned char pages[FOLIO_MOST * PAGE_DATA_SIZE];
	uint64_t va = fake_vmemmap(kernel, pa),
		 size = PAGE_DATA_SIZE * (UINT64_C(1) << page->order);

	assert_true(size <= sizeof(pages));
	page_data_put(kind, pages, va, page);
	for (uint64_t at = 0; at < size; at += PAGE_DATA_SIZE) {
		uint64_t place = place_of(kernel, va + at);

		memcpy(fake_page(&kernel->fake, place)->bytes + place % KIB(4), pages + at,
		       PAGE_DATA_SIZE);
	}
}

void page_memory_free(struct fake_kernel *kernel, enum page_data_form kind, uint64_t pa,
		      uint64_t size)
{
	const struct page_data_page chunk = { .type = TYPE_BUDDY, .private = CHUNK_ORDER };

	/* The rest of a chunk has struct pages too, in which nothing is of interest. */
	for (uint64_t at = pa; at < pa + size; at += KIB(4) * (KIB(4) / PAGE_DATA_SIZE))
		fake_page(&kernel->fake, place_of(kernel, fake_vmemmap(kernel, at)));
	for (uint64_t at = pa; at < pa + size; at += MIB(4))
		page_memory_put(kernel, kind, at, &chunk);
}
