// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/override.h"

#include <inttypes.h>

#include "arch/geometry.h"
#include "kernel/section_array.h"

/* Each constant that a caller can set: its key in the note, and the word that means it. */
static const struct {
	const char *key;
	const char *word;
} constants[HR_OVERRIDE_COUNT] = {
	[HR_OVERRIDE_PAGE_SIZE] = { "PAGESIZE", "{page_size}" },
	[HR_OVERRIDE_VA_BITS] = { "NUMBER(VA_BITS)", "{va_bits}" },
	[HR_OVERRIDE_VA_BITS_ACTUAL] = { "NUMBER(TCR_EL1_T1SZ)", "{va_bits_actual}" },
	[HR_OVERRIDE_PHYS_OFFSET] = { "NUMBER(PHYS_OFFSET)", "{phys_offset}" },
	[HR_OVERRIDE_KIMAGE_VOFFSET] = { "NUMBER(kimage_voffset)", "{kimage_voffset}" },
	[HR_OVERRIDE_SWAPPER_PA] = { "SYMBOL(swapper_pg_dir)", "{swapper_pa}" },
	[HR_OVERRIDE_VMEMMAP_START] = { "NUMBER(VMEMMAP_START)", "{vmemmap_start}" },
	[HR_OVERRIDE_STRUCT_PAGE_SIZE] = { "SIZE(page)", "{struct_page_size}" },
	[HR_OVERRIDE_MEM_SECTION] = { "SYMBOL(mem_section)", "{mem_section}" },
	[HR_OVERRIDE_SECTION_SIZE_BITS] = { "NUMBER(SECTION_SIZE_BITS)", "{section_size_bits}" },
};

const char *hr_layout_key(enum hr_override_key key)
{
	return constants[key].key;
}

const char *hr_layout_word(enum hr_override_key key)
{
	return constants[key].word;
}

/* Some kernels with patches of vendors write this key in lower case. */
static const char t1sz_in_lower_case[] = "NUMBER(tcr_el1_t1sz)";

/* The value of the key in either case. */
static struct hr_error *find_t1sz(const struct hr_vmcoreinfo *note, bool *ret_found, uint64_t *ret)
{
	const char *key = constants[HR_OVERRIDE_VA_BITS_ACTUAL].key;
	struct hr_error *error = hr_vmcoreinfo_number(note, key, ret_found, ret);
	uint64_t other;
	bool found;

	if (error)
		return error;
	error = hr_vmcoreinfo_number(note, t1sz_in_lower_case, &found, &other);
	if (error || !found)
		return error;
	if (*ret_found && *ret != other)
		return hr_error_new(HR_ERROR_INPUT,
				    "VMCOREINFO contradicts itself: %s is %" PRIu64
				    ", but %s is %" PRIu64,
				    key, *ret, t1sz_in_lower_case, other);
	*ret_found = true;
	*ret = other;
	return NULL;
}

struct hr_error *hr_layout_note_value(const struct hr_vmcoreinfo *note, enum hr_override_key key,
				      bool *ret_found, uint64_t *ret)
{
	struct hr_error *error =
		key == HR_OVERRIDE_VA_BITS_ACTUAL
			? find_t1sz(note, ret_found, ret)
			: hr_vmcoreinfo_number(note, constants[key].key, ret_found, ret);

	/* The note has T1SZ instead. */
	if (!error && *ret_found && key == HR_OVERRIDE_VA_BITS_ACTUAL)
		*ret = 64 - *ret;
	return error;
}

struct hr_error *hr_layout_optional(const struct hr_layout_input *input, enum hr_override_key key,
				    bool *ret_found, uint64_t *ret)
{
	if (input->overrides->set[key]) {
		*ret_found = true;
		*ret = input->overrides->value[key];
		return NULL;
	}
	return hr_layout_note_value(input->note, key, ret_found, ret);
}

struct hr_error *hr_layout_required(const struct hr_layout_input *input, enum hr_override_key key,
				    uint64_t *ret)
{
	bool found;
	struct hr_error *error = hr_layout_optional(input, key, &found, ret);

	if (error || found)
		return error;
	return hr_error_new(HR_ERROR_INPUT, "VMCOREINFO has no %s: give the value with %s",
			    constants[key].key, constants[key].word);
}

struct hr_error *hr_layout_find_all(const struct hr_vmcoreinfo *note, size_t count,
				    const char *const keys[], uint64_t *const values[],
				    bool *ret_found)
{
	*ret_found = true;
	for (size_t i = 0; i < count; i++) {
		bool found;
		struct hr_error *error = hr_vmcoreinfo_number(note, keys[i], &found, values[i]);

		if (error)
			return error;
		*ret_found &= found;
	}
	return NULL;
}

bool hr_is_struct_page_size(uint64_t size)
{
	return size >= HR_STRUCT_PAGE_MIN && size <= HR_STRUCT_PAGE_MAX && size % 8 == 0;
}

/* Does any geometry that kernels can have match @value of @key? */
static bool is_of_geometry(enum hr_override_key key, uint64_t value)
{
	struct hr_geometry geo;

	for (size_t i = 0; hr_geometry_nth(i, &geo); i++) {
		const uint64_t values[] = {
			[HR_OVERRIDE_PAGE_SIZE] = hr_page_size(&geo),
			[HR_OVERRIDE_VA_BITS] = geo.va_bits,
			[HR_OVERRIDE_VA_BITS_ACTUAL] = geo.va_bits_actual,
		};

		if (values[key] == value)
			return true;
	}
	return false;
}

bool hr_override_is_possible(enum hr_override_key key, uint64_t value)
{
	switch (key) {
	case HR_OVERRIDE_PAGE_SIZE:
	case HR_OVERRIDE_VA_BITS:
	case HR_OVERRIDE_VA_BITS_ACTUAL:
		return is_of_geometry(key, value);
	case HR_OVERRIDE_STRUCT_PAGE_SIZE:
		return hr_is_struct_page_size(value);
	case HR_OVERRIDE_PHYS_OFFSET:
		return !(value % HR_PHYS_OFFSET_ALIGN);
	case HR_OVERRIDE_SECTION_SIZE_BITS:
		return value >= HR_SECTION_BITS_MIN && value <= HR_SECTION_BITS_MAX;
	case HR_OVERRIDE_LPA2:
		return value <= 1;
	case HR_OVERRIDE_MEM_SECTION:
		return value >= HR_KERNEL_HALF && !(value % HR_MEM_SECTION_ALIGN);
	default:
		return key < HR_OVERRIDE_COUNT;
	}
}
