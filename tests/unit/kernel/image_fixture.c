// SPDX-License-Identifier: GPL-2.0-or-later
#include "image_fixture.h"

#include <string.h>

uint64_t image_va(const struct fixture *fixture, uint64_t offset)
{
	return fixture->kernel.layout.kimage_voffset + IMAGE + offset;
}

void put(struct fixture *fixture, uint64_t offset, uint64_t value)
{
	fake_write64(&fixture->kernel.fake, IMAGE + offset, value);
}

void put_text(struct fixture *fixture, uint64_t offset, const char *text)
{
	memcpy(fake_page(&fixture->kernel.fake, IMAGE + offset)->bytes, text, strlen(text) + 1);
}

void set_up(struct fixture *fixture)
{
	struct hr_layout *layout = &fixture->kernel.layout;

	fake_kernel_init(&fixture->kernel, &fake_shapes[1], BASE);
	layout->has_kimage_voffset = true;
	layout->kimage_voffset = layout->linear_end + GIB(2) - IMAGE;
	for (uint64_t at = 0; at < IMAGE_SIZE; at += KIB(4))
		fake_page(&fixture->kernel.fake, IMAGE + at);
	hr_evidence_symbols(fixture->symbols);
}

void tear_down(struct fixture *fixture)
{
	fake_kernel_release(&fixture->kernel);
}

void know(struct fixture *fixture, const char *name, uint64_t va)
{
	for (size_t i = 0; i < HR_EVIDENCE_SYMBOLS; i++) {
		if (strcmp(fixture->symbols[i].name, name) != 0)
			continue;
		fixture->symbols[i].found = true;
		fixture->symbols[i].va = va;
		return;
	}
	fail_msg("%s is not looked for", name);
}

void know_all_text(struct fixture *fixture)
{
	know(fixture, HR_KALLSYMS_SELF_TEST, image_va(fixture, 0));
	know(fixture, "_etext", image_va(fixture, IMAGE_SIZE));
}

void put_caps(struct fixture *fixture, const char *symbol, uint64_t number)
{
	know(fixture, symbol, image_va(fixture, CAPS));
	put(fixture, CAPS + number / 64 * 8, UINT64_C(1) << number % 64);
}

void put_capability(struct fixture *fixture, const char *symbol, const char *name, uint64_t at,
		    uint64_t number)
{
	know(fixture, symbol, image_va(fixture, CAPABILITIES));
	put_text(fixture, OTHER_NAME, "ARM erratum 1418040");
	put_text(fixture, CAPABILITY_NAME, name);
	put(fixture, CAPABILITIES, image_va(fixture, OTHER_NAME));
	put(fixture, CAPABILITIES + 8, 3);
	put(fixture, CAPABILITIES + 8 * at, image_va(fixture, CAPABILITY_NAME));
	put(fixture, CAPABILITIES + 8 * at + 8, number);
}
