// SPDX-License-Identifier: GPL-2.0-or-later
#include "layout_note.h"

#include "base/cleanup.h"

#define BIT(n) (UINT64_C(1) << (n))

struct hr_error *layout_of(const struct fake_note *note, const struct hr_overrides *overrides,
			   struct hr_layout *ret)
{
	static const struct hr_overrides none;
	_cleanup_(hr_cleanup_vmcoreinfo) struct hr_vmcoreinfo *info = NULL;

	assert_success(hr_vmcoreinfo_create(note->text, note->len, &info));
	return hr_layout_init(info, overrides ? overrides : &none, ret);
}

struct hr_layout good_layout(const struct fake_note *note)
{
	struct hr_layout layout;

	assert_success(layout_of(note, NULL, &layout));
	return layout;
}

struct fake_note note_with(const char *key, const char *value)
{
	struct fake_note note;

	fake_note_init(&note);
	fake_note_drop(&note, key);
	fake_note_add(&note, key, "%s", value);
	return note;
}

struct fake_note note_of(const struct fake_shape *shape, const char *release)
{
	uint64_t phys_offset = -(BIT(shape->va_bits) - BIT(shape->va_bits_actual));
	struct fake_note note = { .len = 0 };

	fake_note_add(&note, "OSRELEASE", "%s", release);
	fake_note_add(&note, "PAGESIZE", "%u", 1u << shape->page_shift);
	fake_note_add(&note, "NUMBER(VA_BITS)", "%u", shape->va_bits);
	fake_note_add(&note, "NUMBER(TCR_EL1_T1SZ)", "%#x", 64 - shape->va_bits_actual);
	fake_note_add(&note, "NUMBER(PHYS_OFFSET)", "0x%lx", (unsigned long)phys_offset);
	fake_note_add(&note, "NUMBER(kimage_voffset)", "0xffffffff40000000");
	fake_note_add(&note, "SYMBOL(swapper_pg_dir)", "ffffffff81a30000");
	fake_note_add(&note, "SIZE(page)", "64");
	fake_note_add(&note, "NUMBER(SECTION_SIZE_BITS)", "%u", shape->page_shift == 16 ? 29 : 27);
	return note;
}
