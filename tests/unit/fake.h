/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fake kernel: sparse physical memory, with translation tables and mem_section in it, and the
 * matching layout. Nothing here uses the code under test except for its types and the arithmetic of
 * geometry.h.
 */
#ifndef HR_TEST_FAKE_H
#define HR_TEST_FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/memory.h"
#include "kernel/layout.h"

#define KIB(n) (UINT64_C(n) << 10)
#define MIB(n) (UINT64_C(n) << 20)
#define GIB(n) (UINT64_C(n) << 30)

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Physical memory, made of pages that exist once something was written to them. */

struct fake_page {
	uint64_t pa;
	unsigned char *bytes;
	bool excluded; /* reads fail as in a filtered dump */
	unsigned int reads;
};

/* A word that reads differently each time: values[0], values[1], ..., then always the last one. */
struct fake_script {
	uint64_t pa;
	const uint64_t *values;
	size_t count;
	bool cycle; /* start again after the last value instead */
	size_t next;
};

enum {
	FAKE_SCRIPTS_MAX = 4
};

struct fake {
	struct hr_memory memory; /* for the code under test; its size grows with the pages */
	unsigned int page_shift;
	struct fake_page *pages; /* in ascending order */
	size_t count;
	struct fake_script scripts[FAKE_SCRIPTS_MAX];
	size_t script_count;
	uint64_t reads;
	uint64_t batches;	  /* number of batches read */
	uint64_t begun, finished; /* of the batches of fake_reads_meanwhile() */
};

void fake_init(struct fake *fake, unsigned int page_shift);
void fake_release(struct fake *fake);
/* Let the memory be read in batches. Initially it cannot be. */
void fake_reads_ahead(struct fake *fake);
/* Let it be read in batches that are begun before they are finished. */
void fake_reads_meanwhile(struct fake *fake);

/* The page around @pa. Creates it, full of zeros, if it does not exist. */
struct fake_page *fake_page(struct fake *fake, uint64_t pa);
void fake_write64(struct fake *fake, uint64_t pa, uint64_t value);
uint64_t fake_read64(struct fake *fake, uint64_t pa);
void fake_exclude(struct fake *fake, uint64_t pa);
void fake_remove(struct fake *fake, uint64_t pa);
/* How often the page around @pa was read. */
unsigned int fake_reads_of(struct fake *fake, uint64_t pa);
void fake_forget_reads(struct fake *fake);
/* Make the memory live, and make the word at @pa read as @values say. */
void fake_change(struct fake *fake, uint64_t pa, const uint64_t *values, size_t count, bool cycle);

/* Translation tables. */

enum fake_kind {
	FAKE_PUD,
	FAKE_CONT_PMD,
	FAKE_PMD,
	FAKE_CONT_PTE,
	FAKE_PTE,
	FAKE_KINDS,
};

struct fake_tables {
	struct fake *fake;
	struct hr_geometry geo;
	uint64_t root_pa;
	uint64_t tables; /* created so far; each at its own PA, far from the one before */
};

/* Start with an empty root; @geo is copied. */
void fake_tables_init(struct fake_tables *tables, struct fake *fake, const struct hr_geometry *geo);

/* Descriptors in the architecture's format. A leaf has its access flag and, with CONT, bit 52. */
uint64_t fake_table_desc(const struct hr_geometry *geo, uint64_t pa);
uint64_t fake_leaf_desc(const struct hr_geometry *geo, int level, uint64_t pa);
#define FAKE_CONT (UINT64_C(1) << 52)

/* The physical address of a page that no table has used yet. */
uint64_t fake_new_table(struct fake_tables *tables);

/* The address of the descriptor of @level for @va. Creates the tables on the path. */
uint64_t fake_entry(struct fake_tables *tables, int level, uint64_t va);
/* Write that descriptor. */
void fake_set(struct fake_tables *tables, int level, uint64_t va, uint64_t desc);
/* The table of @level around @va, which must exist. */
uint64_t fake_table_of(struct fake_tables *tables, int level, uint64_t va);

/* Map one leaf or CONT group of @kind at @va to @pa. */
void fake_map(struct fake_tables *tables, uint64_t va, uint64_t pa, enum fake_kind kind);
/* Like fake_map() but with the valid bits clear, as the kernel leaves invalidated leaves. */
void fake_map_invalid(struct fake_tables *tables, uint64_t va, uint64_t pa, enum fake_kind kind);
/* Map [@va, @va + @size) to PAs from @pa on with leaves of @kind. */
void fake_map_range(struct fake_tables *tables, uint64_t va, uint64_t pa, uint64_t size,
		    enum fake_kind kind);

int fake_kind_level(enum fake_kind kind);
bool fake_kind_cont(enum fake_kind kind);
uint64_t fake_kind_size(const struct hr_geometry *geo, enum fake_kind kind);

/* Kernels. */

/* The geometries that arm64 kernels have. */
struct fake_shape {
	unsigned int page_shift, va_bits, va_bits_actual;
	int root_level;
	unsigned int root_bits;
	unsigned int levels;
};

enum {
	FAKE_SHAPES = 13
};
extern const struct fake_shape fake_shapes[FAKE_SHAPES];

/* The geometry of @shape, written down here and not computed by the code under test. */
struct hr_geometry fake_geometry(const struct fake_shape *shape);

struct fake_kernel {
	struct fake fake;
	struct fake_tables tables;
	struct hr_layout layout;
};

/*
 * A kernel of @shape with memory from PA @base on (aligned to 1 GiB). The linear map and the
 * vmemmap are empty, and all sections are absent. Something outside both maps is mapped, as in any
 * kernel.
 */
void fake_kernel_init(struct fake_kernel *kernel, const struct fake_shape *shape, uint64_t base);
void fake_kernel_release(struct fake_kernel *kernel);

/* Set section_mem_map of the section around @pa to @flags and the correct address. */
void fake_section(struct fake_kernel *kernel, uint64_t pa, uint64_t flags);
/*
 * Remove the section at @pa and its struct pages, if these are mapped by PMD leaves that serve no
 * other section.
 */
void fake_section_gone(struct fake_kernel *kernel, uint64_t pa);
void fake_section_raw(struct fake_kernel *kernel, uint64_t pa, uint64_t value);
/* Add sections as memory hot-add leaves them, for all of [@pa, @pa + @size). */
void fake_sections(struct fake_kernel *kernel, uint64_t pa, uint64_t size, uint64_t flags);
/* The address of the page of mem_section structures that has the section around @pa. */
uint64_t fake_section_root(struct fake_kernel *kernel, uint64_t pa);

uint64_t fake_linear(const struct fake_kernel *kernel, uint64_t pa);
uint64_t fake_vmemmap(const struct fake_kernel *kernel, uint64_t pa);

/* Map [@pa, @pa + @size) in the linear map with leaves of @kind. */
void fake_map_linear(struct fake_kernel *kernel, uint64_t pa, uint64_t size, enum fake_kind kind);
/* Map the struct pages of [@pa, @pa + @size) with leaves of @kind. */
void fake_map_vmemmap(struct fake_kernel *kernel, uint64_t pa, uint64_t size, enum fake_kind kind);
/* Add memory in the state after hot-add: present sections, linear map and vmemmap. */
void fake_add_memory(struct fake_kernel *kernel, uint64_t pa, uint64_t size, enum fake_kind linear,
		     enum fake_kind vmemmap);

/* VMCOREINFO text. */

struct fake_note {
	char text[4096];
	size_t len;
};

/* Append "@key=" and the text formatted by @format. */
void fake_note_add(struct fake_note *note, const char *key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Remove the line of @key. */
void fake_note_drop(struct fake_note *note, const char *key);
/* The note of a kernel with 4K pages and 48 bits, 6.12, without VMEMMAP_START. */
void fake_note_init(struct fake_note *note);

/* Errors. */

/* The call succeeded. */
void assert_success(struct hr_error *error);
/* The call failed with @code, and its message contains @part. Destroys the error. */
void assert_failure(struct hr_error *error, enum hr_error_code code, const char *part);

#endif
