// SPDX-License-Identifier: GPL-2.0-or-later
#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"

/* Flags of a section that have never moved between releases. */
enum {
	SECTION_PRESENT = 1,
	SECTION_HAS_MEM_MAP = 2,
	SECTION_ONLINE = 4,
	SECTION_EARLY = 8,
	UTS_FIELD = 65,
};

static void write_utsname(struct machine *m)
{
	const char *names[] = { "Linux", "bench", m->release, "#1 SMP bench", "aarch64", "(none)" };
	char *at = (char *)at_pa(m, m->uts_pa) + UTS_OFFSET;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++, at += UTS_FIELD)
		strncpy(at, names[i], UTS_FIELD - 1);
}

/* The address of the root array's entry for the page with section @nr. */
static uint64_t *section_root(struct machine *m, uint64_t nr)
{
	uint64_t per_root = page_size(m) / SECTION_STRUCT;

	return (uint64_t *)at_pa(m, m->sections_pa) + nr / per_root;
}

static void write_section(struct machine *m, uint64_t nr, uint64_t flags)
{
	uint64_t *root = section_root(m, nr);
	uint64_t slot = nr % (page_size(m) / SECTION_STRUCT);
	uint64_t *section;

	if (!*root)
		*root = linear_va(m, take_page(m));
	section = at_pa(m, *root - page_offset() + m->boot_pa + slot * SECTION_STRUCT);
	section[0] = (vmemmap_start(m) - (m->boot_pa >> m->geo.page_shift) * STRUCT_PAGE) | flags;
	section[1] = linear_va(m, m->image_pa);
}

static void write_sections(struct machine *m, uint64_t pa, uint64_t size, uint64_t flags)
{
	uint64_t end = (pa + size) >> m->section_shift;

	for (uint64_t nr = pa >> m->section_shift; nr < end; nr++)
		write_section(m, nr,
			      flags | SECTION_PRESENT | SECTION_HAS_MEM_MAP | SECTION_ONLINE);
}

/* In real kernels, the root array is not page aligned either. */
void reserve_sections(struct machine *m)
{
	uint64_t size = ROOT_ARRAY_OFFSET + m->section_roots * sizeof(uint64_t);

	m->sections_pa =
		take_pages(m, (size + page_size(m) - 1) / page_size(m)) + ROOT_ARRAY_OFFSET;
}

void build_contents(struct machine *m)
{
	write_utsname(m);
	write_sections(m, m->boot_pa, m->boot_size, SECTION_EARLY);
	write_sections(m, m->hot_pa, m->size, 0);
}

static void note_symbols(const struct machine *m, FILE *out)
{
	uint64_t image = image_va();

	fprintf(out, "SYMBOL(init_uts_ns)=%" PRIx64 "\n",
		image + m->uts_pa - m->image_pa + UTS_OFFSET - 0x10);
	fprintf(out, "OFFSET(uts_namespace.name)=16\n");
	fprintf(out, "SYMBOL(swapper_pg_dir)=%" PRIx64 "\n", image + m->root_pa - m->image_pa);
	fprintf(out, "SYMBOL(_stext)=%" PRIx64 "\n", image);
	fprintf(out, "SYMBOL(vmemmap)=%" PRIx64 "\n",
		vmemmap_start(m) - (m->boot_pa >> m->geo.page_shift) * STRUCT_PAGE);
	fprintf(out, "SYMBOL(mem_section)=%" PRIx64 "\n", linear_va(m, m->sections_pa));
	fprintf(out, "LENGTH(mem_section)=%" PRIu64 "\n", m->section_roots);
	fprintf(out, "SIZE(mem_section)=%d\n", SECTION_STRUCT);
	fprintf(out, "OFFSET(mem_section.section_mem_map)=0\n");
}

static void note_numbers(const struct machine *m, FILE *out)
{
	fprintf(out, "NUMBER(SECTION_SIZE_BITS)=%u\n", m->section_shift);
	fprintf(out, "NUMBER(MAX_PHYSMEM_BITS)=%u\n", m->pa_bits);
	fprintf(out, "SIZE(page)=%d\n", STRUCT_PAGE);
	fprintf(out, "OFFSET(page.flags)=0\n");
	fprintf(out, "NUMBER(VA_BITS)=%d\n", VA_BITS);
	fprintf(out, "NUMBER(MODULES_VADDR)=0x%" PRIx64 "\n", linear_end());
	fprintf(out, "NUMBER(MODULES_END)=0x%" PRIx64 "\n", image_va());
	fprintf(out, "NUMBER(VMALLOC_START)=0x%" PRIx64 "\n", image_va());
	fprintf(out, "NUMBER(VMALLOC_END)=0x%" PRIx64 "\n", vmemmap_start(m) - 256 * MIB);
	fprintf(out, "NUMBER(VMEMMAP_START)=0x%" PRIx64 "\n", vmemmap_start(m));
	fprintf(out, "NUMBER(VMEMMAP_END)=0x%" PRIx64 "\n", -GIB);
	fprintf(out, "NUMBER(kimage_voffset)=0x%" PRIx64 "\n", image_va() - m->image_pa);
	fprintf(out, "NUMBER(PHYS_OFFSET)=0x%" PRIx64 "\n", m->boot_pa);
	fprintf(out, "NUMBER(TCR_EL1_T1SZ)=0x%x\n", 64 - VA_BITS);
	fprintf(out, "KERNELOFFSET=80000\n");
}

/* The VMCOREINFO text, without kallsyms, so that features stay unknown. The caller frees it. */
char *make_note(const struct machine *m, size_t *ret_size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, ret_size);

	if (!out)
		err(EXIT_FAILURE, "open_memstream");
	fprintf(out, "OSRELEASE=%s\n", m->release);
	fprintf(out, "PAGESIZE=%" PRIu64 "\n", page_size(m));
	note_symbols(m, out);
	note_numbers(m, out);
	if (fclose(out))
		err(EXIT_FAILURE, "the note");
	return text;
}
