// SPDX-License-Identifier: GPL-2.0-or-later
#include "api_fixture.h"

#include <string.h>

enum {
	SHAPE_4K = 1,
	FROM_BOOT = 15, /* flags of a section */
};

/* VA of the image less its PA: behind the linear map, and far from the vmemmap. */
#define KIMAGE_VOFFSET UINT64_C(0xffff800080000000)

static void write_note(struct fixture *fixture)
{
	const struct hr_layout *layout = &fixture->fake.layout;
	struct fake_note *note = &fixture->note;

	fake_note_add(note, "OSRELEASE", "7.2.12");
	fake_note_add(note, "PAGESIZE", "4096");
	fake_note_add(note, "NUMBER(VA_BITS)", "48");
	fake_note_add(note, "NUMBER(TCR_EL1_T1SZ)", "0x10");
	fake_note_add(note, "NUMBER(PHYS_OFFSET)", "%#lx", (unsigned long)layout->phys_offset);
	fake_note_add(note, "NUMBER(kimage_voffset)", "%#lx", (unsigned long)KIMAGE_VOFFSET);
	fake_note_add(note, "NUMBER(VMEMMAP_START)", "%#lx", (unsigned long)layout->vmemmap_start);
	fake_note_add(note, "NUMBER(VMEMMAP_END)", "%#lx", (unsigned long)layout->vmemmap_end);
	fake_note_add(note, "SIZE(page)", "64");
	fake_note_add(note, "SYMBOL(swapper_pg_dir)", "%lx",
		      (unsigned long)(layout->swapper_pa + KIMAGE_VOFFSET));
	fake_note_add(note, "SYMBOL(mem_section)", "%lx", (unsigned long)layout->mem_section_va);
	fake_note_add(note, "LENGTH(mem_section)", "%lu", (unsigned long)layout->section_roots);
	fake_note_add(note, "SIZE(mem_section)", "16");
}

int set_up(void **state)
{
	struct fixture *fixture = test_calloc(1, sizeof(*fixture));
	struct fake_kernel *fake = &fixture->fake;

	fake_kernel_init(fake, &fake_shapes[SHAPE_4K], BASE);
	fake_sections(fake, BASE, GIB(1), FROM_BOOT);
	fake_section(fake, fake->tables.root_pa, FROM_BOOT);
	fake_map_linear(fake, BASE, GIB(1), FAKE_PMD);
	fake_map_vmemmap(fake, BASE, GIB(1), FAKE_PMD);
	write_note(fixture);
	fixture->config = (struct hr_config){
		.name = "a core",
		.memory = &fake->fake.memory,
		.vmcoreinfo = fixture->note.text,
	};
	*state = fixture;
	return 0;
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
