// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/layout.h"

#include <inttypes.h>
#include <string.h>

#include "kernel/section_array.h"

/* Sizes that no kernel goes beyond: a note that does is not a kernel's. */
enum {
	STRUCT_PAGE_MIN = 32,
	STRUCT_PAGE_MAX = 256,
	SECTION_STRUCT_SMALL = 16,
	SECTION_STRUCT_LARGE = 32, /* with CONFIG_PAGE_EXTENSION */
	PA_BITS_MAX = 52,
	PHYS_OFFSET_ALIGN = 512 << 20,
};

/* Each constant that an option can set: the key that otherwise gives it, and the option. */
static const struct {
	const char *key;
	const char *option;
} constants[HR_OVERRIDE_COUNT] = {
	[HR_OVERRIDE_PAGE_SIZE] = { "PAGESIZE", "--page-size" },
	[HR_OVERRIDE_VA_BITS] = { "NUMBER(VA_BITS)", "--va-bits" },
	[HR_OVERRIDE_VA_BITS_ACTUAL] = { "NUMBER(TCR_EL1_T1SZ)", "--va-bits-actual" },
	[HR_OVERRIDE_PHYS_OFFSET] = { "NUMBER(PHYS_OFFSET)", "--phys-offset" },
	[HR_OVERRIDE_KIMAGE_VOFFSET] = { "NUMBER(kimage_voffset)", "--kimage-voffset" },
	[HR_OVERRIDE_SWAPPER_PA] = { "SYMBOL(swapper_pg_dir)", "--swapper-pa" },
	[HR_OVERRIDE_VMEMMAP_START] = { "NUMBER(VMEMMAP_START)", "--vmemmap-start" },
	[HR_OVERRIDE_STRUCT_PAGE_SIZE] = { "SIZE(page)", "--struct-page-size" },
	[HR_OVERRIDE_SECTION_SIZE_BITS] = { "NUMBER(SECTION_SIZE_BITS)", "--section-size-bits" },
};

/* What hr_layout_init() works from, and the layout in the making. */
struct builder {
	const struct hr_vmcoreinfo *note;
	const struct hr_overrides *overrides;
	struct hr_layout *layout;
};

struct hr_error *hr_layout_note_value(const struct hr_vmcoreinfo *note, enum hr_override_key key,
				      bool *ret_found, uint64_t *ret)
{
	struct hr_error *error = hr_vmcoreinfo_number(note, constants[key].key, ret_found, ret);

	/* The note has T1SZ. */
	if (!error && *ret_found && key == HR_OVERRIDE_VA_BITS_ACTUAL)
		*ret = 64 - *ret;
	return error;
}

/* The user's value of @key, or the note's; *@ret_found is false if there is neither. */
static struct hr_error *optional(const struct builder *build, enum hr_override_key key,
				 bool *ret_found, uint64_t *ret)
{
	if (build->overrides->set[key]) {
		*ret_found = true;
		*ret = build->overrides->value[key];
		return NULL;
	}
	return hr_layout_note_value(build->note, key, ret_found, ret);
}

static struct hr_error *required(const struct builder *build, enum hr_override_key key,
				 uint64_t *ret)
{
	bool found;
	struct hr_error *error = optional(build, key, &found, ret);

	if (error || found)
		return error;
	return hr_error_new(HR_ERROR_INPUT, "VMCOREINFO has no %s: give the value with %s",
			    constants[key].key, constants[key].option);
}

/* T1SZ decides; without it a kernel of at most 48 bits runs with what it was built for. */
static struct hr_error *find_va_bits_actual(const struct builder *build, uint64_t va_bits,
					    uint64_t *ret)
{
	enum hr_override_key key = HR_OVERRIDE_VA_BITS_ACTUAL;
	bool found;
	struct hr_error *error = optional(build, key, &found, ret);

	if (error || found)
		return error;
	if (va_bits > 48)
		return required(build, key, ret);
	*ret = va_bits;
	return NULL;
}

static struct hr_error *find_geometry(const struct builder *build)
{
	struct hr_geometry *geo = &build->layout->geo;
	uint64_t page_size, va_bits, va_bits_actual;
	struct hr_error *error = required(build, HR_OVERRIDE_PAGE_SIZE, &page_size);

	if (!error)
		error = required(build, HR_OVERRIDE_VA_BITS, &va_bits);
	if (!error)
		error = find_va_bits_actual(build, va_bits, &va_bits_actual);
	if (!error)
		error = hr_geometry_init(page_size, va_bits, va_bits_actual, geo);
	if (error)
		return hr_error_context(error, "cannot tell the page table geometry");
	if (build->overrides->set[HR_OVERRIDE_LPA2])
		geo->lpa2 = build->overrides->value[HR_OVERRIDE_LPA2] && geo->page_shift != 16;
	return NULL;
}

/*
 * MAX_PHYSMEM_BITS is the width in use from 6.9 on and the configured one before. Without it, take
 * what the descriptors can hold.
 */
static struct hr_error *find_pa_bits(const struct builder *build)
{
	const struct hr_geometry *geo = &build->layout->geo;
	uint64_t bits;
	bool found;
	struct hr_error *error =
		hr_vmcoreinfo_number(build->note, "NUMBER(MAX_PHYSMEM_BITS)", &found, &bits);

	if (error)
		return error;
	build->layout->has_pa_bits = found;
	if (!found)
		bits = geo->page_shift == 16 || geo->lpa2 ? PA_BITS_MAX : 48;
	if (bits < 32 || bits > PA_BITS_MAX)
		return hr_error_new(HR_ERROR_INPUT,
				    "VMCOREINFO says MAX_PHYSMEM_BITS=%" PRIu64
				    ", which no arm64 kernel has",
				    bits);
	build->layout->pa_bits = (unsigned int)bits;
	return NULL;
}

/* PAGE_END without KASAN: from 5.11 on it goes by the smallest VA width the kernel runs with. */
static uint64_t page_end(const struct hr_layout *layout)
{
	const struct hr_geometry *geo = &layout->geo;
	unsigned int bits = hr_geometry_va_bits_min(geo->page_shift, geo->va_bits);

	if (layout->version.known && hr_release_is_before(&layout->version, 5, 11))
		bits = geo->va_bits_actual;
	return -(UINT64_C(1) << (bits - 1));
}

/* PHYS_OFFSET is DRAM's start, rounded down to at least what a leaf or section needs. */
static struct hr_error *check_phys_offset(const struct builder *build)
{
	uint64_t phys_offset = build->layout->phys_offset;

	if (build->overrides->set[HR_OVERRIDE_PHYS_OFFSET] || !(phys_offset % PHYS_OFFSET_ALIGN))
		return NULL;
	return hr_error_new(HR_ERROR_INPUT,
			    "VMCOREINFO says PHYS_OFFSET=0x%" PRIx64
			    ", which no arm64 kernel has: it is no multiple of 512 MiB",
			    phys_offset);
}

static struct hr_error *find_linear_map(const struct builder *build)
{
	struct hr_layout *layout = build->layout;
	struct hr_error *error;

	layout->page_offset = -(UINT64_C(1) << layout->geo.va_bits);
	layout->linear_end = page_end(layout);
	error = required(build, HR_OVERRIDE_PHYS_OFFSET, &layout->phys_offset);
	return error ? error : check_phys_offset(build);
}

static bool is_page(const struct hr_layout *layout, uint64_t pa)
{
	return !(pa >> PA_BITS_MAX) && !(pa & (hr_page_size(&layout->geo) - 1));
}

static struct hr_error *find_swapper(const struct builder *build)
{
	struct hr_layout *layout = build->layout;
	enum hr_override_key key = HR_OVERRIDE_SWAPPER_PA;
	struct hr_error *error = optional(build, HR_OVERRIDE_KIMAGE_VOFFSET,
					  &layout->has_kimage_voffset, &layout->kimage_voffset);

	if (error)
		return error;
	error = required(build, key, &layout->swapper_pa);
	if (error)
		return error;
	if (!build->overrides->set[key]) {
		error = required(build, HR_OVERRIDE_KIMAGE_VOFFSET, &layout->kimage_voffset);
		if (error)
			return error;
		layout->swapper_pa -= layout->kimage_voffset;
	}
	if (is_page(layout, layout->swapper_pa))
		return NULL;
	if (build->overrides->set[key])
		return hr_error_new(HR_ERROR_INPUT, "--swapper-pa=0x%" PRIx64 " is no page",
				    layout->swapper_pa);
	return hr_error_new(HR_ERROR_INPUT,
			    "VMCOREINFO contradicts itself: swapper_pg_dir less "
			    "kimage_voffset is 0x%" PRIx64 ", which is no page",
			    layout->swapper_pa);
}

static bool is_struct_page_size(uint64_t size)
{
	return size >= STRUCT_PAGE_MIN && size <= STRUCT_PAGE_MAX && size % 8 == 0;
}

static struct hr_error *find_struct_page(const struct builder *build)
{
	uint64_t *size = &build->layout->struct_page_size;
	struct hr_error *error = required(build, HR_OVERRIDE_STRUCT_PAGE_SIZE, size);

	if (error)
		return error;
	if (!is_struct_page_size(*size))
		return hr_error_new(HR_ERROR_INPUT, "a struct page of %" PRIu64 " bytes cannot be",
				    *size);
	return NULL;
}

/* Each of @keys into the value beside it; *@ret_found only if all are there. */
static struct hr_error *find_all(const struct hr_vmcoreinfo *note, size_t count,
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

/* What tells the size of the array of section roots. */
static const char *const array_keys[] = { "LENGTH(mem_section)", "SIZE(mem_section)" };

/* log2 of a section that the kernel's version has: 1 GiB up to 5.11, then 128 and 512 MiB. */
static bool section_bits_of_version(const struct hr_layout *layout, uint64_t *ret)
{
	if (!layout->version.known)
		return false;
	if (hr_release_is_before(&layout->version, 5, 12))
		*ret = 30;
	else
		*ret = layout->geo.page_shift == 16 ? 29 : 27;
	return true;
}

/*
 * Vendors gave older kernels the smaller sections of 5.12, and nobody newer ones the larger: an array
 * that says so is damaged.
 */
static bool may_have_bits(const struct hr_layout *layout, uint64_t bits)
{
	uint64_t usual;

	return !section_bits_of_version(layout, &usual) || bits <= usual;
}

/* The array of section roots tells the size; @ret_found is false if the note lacks it. */
static struct hr_error *section_bits_of_array(const struct builder *build, bool *ret_found,
					      uint64_t *ret)
{
	struct hr_section_array array = { .page_size = hr_page_size(&build->layout->geo) };
	const struct hr_release *version = &build->layout->version;
	uint64_t *const values[] = { &array.roots, &array.struct_size };
	struct hr_error *error = find_all(build->note, 2, array_keys, values, ret_found);

	if (error || !*ret_found)
		return error;
	/* From 6.9 on the note has the width in use, and the array is made for the widest. */
	array.pa_bits = build->layout->pa_bits;
	array.is_exact =
		build->layout->has_pa_bits && version->known && hr_release_is_before(version, 6, 9);
	if (hr_section_array_bits(&array, ret) && may_have_bits(build->layout, *ret))
		return NULL;
	return hr_error_new(HR_ERROR_INPUT,
			    "VMCOREINFO contradicts itself: %" PRIu64
			    " roots of sections, a struct "
			    "mem_section of %" PRIu64
			    " bytes and %u physical address bits do not make a size of sections: "
			    "give it with --section-size-bits",
			    array.roots, array.struct_size, array.pa_bits);
}

static struct hr_error *find_section_size(const struct builder *build)
{
	enum hr_override_key key = HR_OVERRIDE_SECTION_SIZE_BITS;
	struct hr_layout *layout = build->layout;
	uint64_t bits;
	bool found;
	struct hr_error *error = optional(build, key, &found, &bits);

	if (!error && !found)
		error = section_bits_of_array(build, &found, &bits);
	if (!error && !found && !section_bits_of_version(layout, &bits))
		error = required(build, key, &bits);
	if (error)
		return error;
	if (bits < HR_SECTION_BITS_MIN || bits > HR_SECTION_BITS_MAX)
		return hr_error_new(HR_ERROR_INPUT,
				    "sections of 2^%" PRIu64
				    " bytes are not of a size that a kernel has: 2^%d to 2^%d are "
				    "possible",
				    bits, HR_SECTION_BITS_MIN, HR_SECTION_BITS_MAX);
	layout->section_size_bits = (unsigned int)bits;
	return NULL;
}

static unsigned int ceil_log2(uint64_t value)
{
	unsigned int bits = 0;

	while (UINT64_C(1) << bits < value)
		bits++;
	return bits;
}

void hr_vmemmap_place(const struct hr_geometry *geo, uint64_t struct_page_size,
		      enum hr_vmemmap_form form, uint64_t *ret_start, uint64_t *ret_end)
{
	unsigned int min_bits = hr_geometry_va_bits_min(geo->page_shift, geo->va_bits);
	/* The linear map's size as the smallest VA width has it. */
	uint64_t size = (UINT64_C(1) << geo->va_bits) - (UINT64_C(1) << (min_bits - 1));
	unsigned int shift = geo->page_shift - ceil_log2(struct_page_size);

	switch (form) {
	case HR_VMEMMAP_BELOW_2M:
		*ret_end = -UINT64_C(0x200000);
		*ret_start = *ret_end - (size >> shift);
		break;
	case HR_VMEMMAP_POWER_OF_TWO:
		*ret_start = -(UINT64_C(1) << (geo->va_bits - shift));
		*ret_end = *ret_start + (size >> shift);
		break;
	case HR_VMEMMAP_BELOW_1G:
	case HR_VMEMMAP_FORMS:
		*ret_end = -UINT64_C(0x40000000);
		*ret_start = *ret_end - (size >> geo->page_shift) * struct_page_size;
		break;
	}
}

enum hr_vmemmap_form hr_vmemmap_form_of(const struct hr_release *version)
{
	if (hr_release_is_before(version, 5, 11))
		return HR_VMEMMAP_BELOW_2M;
	if (hr_release_is_before(version, 6, 9))
		return HR_VMEMMAP_POWER_OF_TWO;
	return HR_VMEMMAP_BELOW_1G;
}

/* The vmemmap's place where the note does not tell it (before 5.19), by the kernel's version. */
static void derive_vmemmap(struct hr_layout *layout)
{
	layout->vmemmap_is_derived = true;
	hr_vmemmap_place(&layout->geo, layout->struct_page_size,
			 hr_vmemmap_form_of(&layout->version), &layout->vmemmap_start,
			 &layout->vmemmap_end);
}

/* SYMBOL(vmemmap), in the note from 6.12 on, is what pfn_to_page(0) would be. */
static struct hr_error *check_vmemmap(const struct builder *build)
{
	const struct hr_layout *layout = build->layout;
	const bool *set = build->overrides->set;
	uint64_t base;
	bool found;
	struct hr_error *error;

	if (layout->vmemmap_start < layout->linear_end)
		return hr_error_new(HR_ERROR_INPUT,
				    "VMEMMAP_START at 0x%" PRIx64
				    " lies below the end of the linear "
				    "map at 0x%" PRIx64,
				    layout->vmemmap_start, layout->linear_end);
	error = hr_vmcoreinfo_number(build->note, "SYMBOL(vmemmap)", &found, &base);
	if (error || !found)
		return error;
	if (set[HR_OVERRIDE_VMEMMAP_START] || set[HR_OVERRIDE_PHYS_OFFSET] ||
	    set[HR_OVERRIDE_STRUCT_PAGE_SIZE] || set[HR_OVERRIDE_PAGE_SIZE])
		return NULL;
	if (base != hr_layout_page_va(layout, 0))
		return hr_error_new(HR_ERROR_INPUT,
				    "VMCOREINFO contradicts itself: SYMBOL(vmemmap) is 0x%" PRIx64
				    ", but VMEMMAP_START and PHYS_OFFSET make it 0x%" PRIx64,
				    base, hr_layout_page_va(layout, 0));
	return NULL;
}

/* Is VMEMMAP_START where one of the forms puts it for struct pages of @size bytes? */
static bool has_vmemmap_form(const struct hr_layout *layout, uint64_t size)
{
	uint64_t start, end;

	for (enum hr_vmemmap_form form = 0; form < HR_VMEMMAP_FORMS; form++) {
		hr_vmemmap_place(&layout->geo, size, form, &start, &end);
		if (start == layout->vmemmap_start)
			return true;
	}
	return false;
}

/*
 * VMEMMAP_START follows from the size of a struct page. One that is right for another size than
 * the note's shows that this is wrong; one that is right for none may be of a later kernel.
 */
static struct hr_error *check_vmemmap_form(const struct builder *build)
{
	const struct hr_layout *layout = build->layout;
	const bool *set = build->overrides->set;

	if (set[HR_OVERRIDE_VMEMMAP_START] || set[HR_OVERRIDE_STRUCT_PAGE_SIZE] ||
	    set[HR_OVERRIDE_PAGE_SIZE] || set[HR_OVERRIDE_VA_BITS] ||
	    has_vmemmap_form(layout, layout->struct_page_size))
		return NULL;
	for (uint64_t size = STRUCT_PAGE_MIN; size <= STRUCT_PAGE_MAX; size += 8)
		if (has_vmemmap_form(layout, size))
			return hr_error_new(HR_ERROR_INPUT,
					    "VMCOREINFO contradicts itself: VMEMMAP_START is that "
					    "of a kernel with struct pages of %" PRIu64
					    " bytes, but they have %" PRIu64,
					    size, layout->struct_page_size);
	return NULL;
}

static struct hr_error *find_vmemmap(const struct builder *build)
{
	enum hr_override_key key = HR_OVERRIDE_VMEMMAP_START;
	struct hr_layout *layout = build->layout;
	bool found, found_end;
	uint64_t end;
	struct hr_error *error = optional(build, key, &found, &layout->vmemmap_start);

	if (error)
		return error;
	if (!found && !layout->version.known)
		return required(build, key, &layout->vmemmap_start);
	if (!found) {
		derive_vmemmap(layout);
		return check_vmemmap(build);
	}
	error = hr_vmcoreinfo_number(build->note, "NUMBER(VMEMMAP_END)", &found_end, &end);
	if (error)
		return error;
	layout->vmemmap_end = found_end && end > layout->vmemmap_start ? end : -UINT64_C(0x200000);
	error = check_vmemmap_form(build);
	return error ? error : check_vmemmap(build);
}

/*
 * The array of roots is as long as the widest physical address that the kernel was built for needs.
 * With sections of another size than the array's, the flags of one would be taken for another's.
 */
static struct hr_error *check_section_count(const struct builder *build)
{
	const struct hr_layout *layout = build->layout;
	const bool *set = build->overrides->set;
	uint64_t per_root = hr_page_size(&layout->geo) / layout->section_struct_size;
	uint64_t roots_48 = (UINT64_C(1) << (48 - layout->section_size_bits)) / per_root;
	uint64_t roots_52 = (UINT64_C(1) << (52 - layout->section_size_bits)) / per_root;

	if (set[HR_OVERRIDE_PAGE_SIZE] || set[HR_OVERRIDE_SECTION_SIZE_BITS] ||
	    layout->section_roots == roots_48 || layout->section_roots == roots_52)
		return NULL;
	return hr_error_new(HR_ERROR_INPUT,
			    "VMCOREINFO contradicts itself: %" PRIu64
			    " roots of sections of 2^%u bytes do not make 48 or 52 physical "
			    "address bits: give the size of sections with --section-size-bits",
			    layout->section_roots, layout->section_size_bits);
}

/* The roots are an array of pointers in the linear map: SPARSEMEM_EXTREME, arm64's standard. */
static struct hr_error *find_mem_section(const struct builder *build)
{
	static const char *const keys[] = { "SYMBOL(mem_section)", "LENGTH(mem_section)",
					    "SIZE(mem_section)" };
	struct hr_layout *layout = build->layout;
	uint64_t *const values[] = { &layout->mem_section_va, &layout->section_roots,
				     &layout->section_struct_size };
	struct hr_error *error = find_all(build->note, 3, keys, values, &layout->has_mem_section);

	if (error || !layout->has_mem_section)
		return error;
	if (layout->section_struct_size != SECTION_STRUCT_SMALL &&
	    layout->section_struct_size != SECTION_STRUCT_LARGE)
		return hr_error_new(HR_ERROR_INPUT,
				    "a struct mem_section of %" PRIu64 " bytes cannot be",
				    layout->section_struct_size);
	if (layout->mem_section_va < layout->page_offset ||
	    layout->mem_section_va >= layout->linear_end)
		layout->has_mem_section = false;
	return check_section_count(build);
}

static struct hr_error *find_uts(const struct builder *build)
{
	static const char *const keys[] = { "SYMBOL(init_uts_ns)", "OFFSET(uts_namespace.name)" };
	uint64_t offset = 0;
	uint64_t *const values[] = { &build->layout->uts_va, &offset };
	struct hr_error *error = find_all(build->note, 2, keys, values, &build->layout->has_uts);

	build->layout->uts_va += offset;
	return error;
}

static struct hr_error *find_release(const struct builder *build)
{
	struct hr_layout *layout = build->layout;
	const char *release = build->overrides->release;

	if (!release)
		release = hr_vmcoreinfo_get(build->note, "OSRELEASE");
	hr_release_sanitize(layout->release, sizeof(layout->release), release ? release : "");
	layout->version = hr_release_parse(layout->release, NULL);
	if (layout->version.known && hr_release_is_before(&layout->version, 5, 4))
		return hr_error_new(HR_ERROR_INPUT,
				    "kernel %s is older than 5.4, whose address space layout this "
				    "program does not know",
				    layout->release);
	return NULL;
}

struct hr_error *hr_layout_init(const struct hr_vmcoreinfo *note,
				const struct hr_overrides *overrides, struct hr_layout *ret)
{
	static struct hr_error *(*const steps[])(const struct builder *) = {
		find_release,	  find_geometry,     find_pa_bits, find_linear_map,  find_swapper,
		find_struct_page, find_section_size, find_vmemmap, find_mem_section, find_uts,
	};
	struct hr_layout layout = { 0 };
	const struct builder build = { note, overrides, &layout };

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct hr_error *error = steps[i](&build);

		if (error)
			return error;
	}
	*ret = layout;
	return NULL;
}

static bool is_va_width(uint64_t bits)
{
	static const unsigned char widths[] = { 36, 39, 42, 47, 48, 52 };

	for (size_t i = 0; i < sizeof(widths); i++)
		if (widths[i] == bits)
			return true;
	return false;
}

bool hr_override_is_possible(enum hr_override_key key, uint64_t value)
{
	switch (key) {
	case HR_OVERRIDE_PAGE_SIZE:
		return value == 4096 || value == 16384 || value == 65536;
	case HR_OVERRIDE_VA_BITS:
	case HR_OVERRIDE_VA_BITS_ACTUAL:
		return is_va_width(value);
	case HR_OVERRIDE_STRUCT_PAGE_SIZE:
		return is_struct_page_size(value);
	case HR_OVERRIDE_PHYS_OFFSET:
		return !(value % PHYS_OFFSET_ALIGN);
	case HR_OVERRIDE_SECTION_SIZE_BITS:
		return value >= HR_SECTION_BITS_MIN && value <= HR_SECTION_BITS_MAX;
	default:
		return true;
	}
}

bool hr_layout_has_linear(const struct hr_layout *layout, uint64_t pa)
{
	uint64_t offset = pa - layout->phys_offset;
	uint64_t unusable =
		(UINT64_C(1) << layout->geo.va_bits) - (UINT64_C(1) << layout->geo.va_bits_actual);

	return offset >= unusable && offset < layout->linear_end - layout->page_offset;
}

uint64_t hr_layout_linear_va(const struct hr_layout *layout, uint64_t pa)
{
	return (pa - layout->phys_offset) | layout->page_offset;
}

uint64_t hr_layout_linear_pa(const struct hr_layout *layout, uint64_t va)
{
	return va - layout->page_offset + layout->phys_offset;
}

uint64_t hr_layout_vmemmap_used(const struct hr_layout *layout)
{
	uint64_t unused = hr_half_base(&layout->geo) - layout->page_offset;

	return layout->vmemmap_start +
	       (unused >> layout->geo.page_shift) * layout->struct_page_size;
}

bool hr_layout_pa_of_va(const struct hr_layout *layout, uint64_t va, uint64_t *ret_pa)
{
	if (va < layout->page_offset)
		return false;
	if (va < layout->linear_end) {
		*ret_pa = hr_layout_linear_pa(layout, va);
		return true;
	}
	if (!layout->has_kimage_voffset || va >= hr_layout_vmemmap_used(layout) ||
	    (va - layout->kimage_voffset) >> PA_BITS_MAX)
		return false;
	*ret_pa = va - layout->kimage_voffset;
	return true;
}

uint64_t hr_layout_page_va(const struct hr_layout *layout, uint64_t pfn)
{
	unsigned int shift = layout->geo.page_shift;
	uint64_t base_pfn = (uint64_t)((int64_t)layout->phys_offset >> shift);

	return layout->vmemmap_start + (pfn - base_pfn) * layout->struct_page_size;
}
