// SPDX-License-Identifier: GPL-2.0-or-later
#include "api_fixture.h"

#include <string.h>

enum {
	FROM_BOOT = 15, /* flags of a section */
};

static void write_note(struct fixture *fixture)
{
	const struct hr_layout *layout = &fixture->fake.layout;
	const struct hr_geometry *geo = &layout->geo;
	struct fake_note *note = &fixture->note;
	/* VA of the image less its PA: behind the linear map, and far from the vmemmap. */
	uint64_t voffset = layout->linear_end + GIB(2);

	fake_note_add(note, "OSRELEASE", "7.2.12");
	fake_note_add(note, "PAGESIZE", "%lu", 1ul << geo->page_shift);
	fake_note_add(note, "NUMBER(VA_BITS)", "%u", geo->va_bits);
	fake_note_add(note, "NUMBER(TCR_EL1_T1SZ)", "%#x", 64 - geo->va_bits_actual);
	fake_note_add(note, "NUMBER(PHYS_OFFSET)", "%#lx", (unsigned long)layout->phys_offset);
	fake_note_add(note, "NUMBER(kimage_voffset)", "%#lx", (unsigned long)voffset);
	fake_note_add(note, "NUMBER(VMEMMAP_START)", "%#lx", (unsigned long)layout->vmemmap_start);
	fake_note_add(note, "NUMBER(VMEMMAP_END)", "%#lx", (unsigned long)layout->vmemmap_end);
	fake_note_add(note, "SIZE(page)", "%lu", (unsigned long)layout->struct_page_size);
	fake_note_add(note, "SYMBOL(swapper_pg_dir)", "%lx",
		      (unsigned long)(layout->swapper_pa + voffset));
	fake_note_add(note, "SYMBOL(mem_section)", "%lx", (unsigned long)layout->mem_section_va);
	fake_note_add(note, "LENGTH(mem_section)", "%lu", (unsigned long)layout->section_roots);
	fake_note_add(note, "SIZE(mem_section)", "16");
}

/* Let mem_section reach as far as descriptors do, so that the root table has a section. */
static void extend_sections(struct fake_kernel *fake)
{
	struct hr_layout *layout = &fake->layout;

	layout->section_roots <<= layout->geo.address.pa_bits - layout->pa_bits;
	layout->pa_bits = layout->geo.address.pa_bits;
	for (uint64_t at = 0; at < 8 * layout->section_roots; at += hr_page_size(&layout->geo))
		fake_page(&fake->fake, BASE + MIB(16) + at);
}

/* Let the linear map begin at @memstart, with the memory where it is. */
static void move_linear(struct fake_kernel *fake, uint64_t memstart)
{
	struct hr_layout *layout = &fake->layout;

	layout->phys_offset += memstart - BASE;
	layout->mem_section_va = fake_linear(fake, BASE + MIB(16));
}

/* The layout of 6.9 and later depends on the size of a struct page. */
static void resize_vmemmap(struct hr_layout *layout, uint64_t struct_page_size)
{
	uint64_t pages = (layout->linear_end - layout->page_offset) >> layout->geo.page_shift;

	layout->struct_page_size = struct_page_size;
	layout->vmemmap_start = layout->vmemmap_end - pages * struct_page_size;
}

int set_up_at(void **state, size_t shape, uint64_t memstart, uint64_t struct_page_size)
{
	struct fixture *fixture = test_calloc(1, sizeof(*fixture));
	struct fake_kernel *fake = &fixture->fake;

	fake_kernel_init(fake, &fake_shapes[shape], BASE);
	move_linear(fake, memstart);
	resize_vmemmap(&fake->layout, struct_page_size);
	extend_sections(fake);
	fake_sections(fake, BASE, GIB(1), FROM_BOOT);
	fake_section(fake, fake->tables.root_pa, FROM_BOOT);
	fake_map_linear(fake, BASE, GIB(1), FAKE_PMD);
	fake_map_vmemmap(fake, BASE, GIB(1),
			 fake_shapes[shape].page_shift == 12 ? FAKE_PMD : FAKE_PTE);
	write_note(fixture);
	fixture->config = (struct hr_config){
		.name = "a core",
		.memory = &fake->fake.memory,
		.vmcoreinfo = fixture->note.text,
	};
	*state = fixture;
	return 0;
}

int set_up_shape(void **state, size_t shape)
{
	return set_up_at(state, shape, BASE, 64);
}

int set_up(void **state)
{
	return set_up_shape(state, SHAPE_4K);
}

int tear_down(void **state)
{
	struct fixture *fixture = *state;

	hr_kernel_destroy(fixture->kernel);
	fake_kernel_release(&fixture->fake);
	test_free(fixture);
	return 0;
}

void set_note(struct fixture *fixture, const char *key, const char *value)
{
	fake_note_drop(&fixture->note, key);
	fake_note_add(&fixture->note, key, "%s", value);
}

struct hr_error *create_kernel(struct fixture *fixture)
{
	hr_kernel_destroy(fixture->kernel);
	fixture->kernel = NULL;
	fixture->config.vmcoreinfo_len = fixture->note.len;
	return hr_kernel_create(&fixture->config, &fixture->kernel);
}

struct hr_kernel *make_kernel(struct fixture *fixture)
{
	assert_success(create_kernel(fixture));
	return fixture->kernel;
}

bool warns_of(const struct fixture *fixture, const char *part)
{
	for (size_t i = 0; i < fixture->kernel->warning_count; i++)
		if (strstr(fixture->kernel->warnings[i], part))
			return true;
	return false;
}

struct hr_kernel *add_memory(struct fixture *fixture, enum fake_kind kind)
{
	fake_add_memory(&fixture->fake, HOT, GIB(1), kind, FAKE_PMD);
	return make_kernel(fixture);
}

struct hr_answer *ask(struct fixture *fixture, uint64_t start, uint64_t size, enum hr_depth depth)
{
	const struct hr_pa_range range = { start, start + size };
	struct hr_answer *answer;

	assert_success(hr_kernel_ask(fixture->kernel, &range, depth, &answer));
	return answer;
}
