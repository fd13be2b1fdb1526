// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_file.h"

#include <string.h>
#include <unistd.h>

#include "source/elf_headers.h"

static struct core_file core;
static struct hr_elf_headers headers;

static void release(void)
{
	hr_elf_headers_release(&headers);
	core_file_release(&core);
}

/* Begin a core without segments, in the place of the one before it if there is one. */
static void begin(void)
{
	release();
	core_file_init(&core);
}

static int set_up(void **state)
{
	(void)state;
	begin();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	release();
	return 0;
}

static struct hr_error *read_headers(void)
{
	return hr_elf_headers_read(core.fd, core_file_size(&core), &headers);
}

static void assert_refused(const char *part)
{
	core_file_finish(&core);
	assert_failure(read_headers(), HR_ERROR_INPUT, part);
}

static void segments_come_in_file_order(void **state)
{
	(void)state;
	core_file_load(&core, 0x80000000, 0x2000, 1);
	core_file_load(&core, 0x40000000, 0x1000, 2);
	core_file_finish(&core);
	assert_success(read_headers());
	assert_int_equal(headers.count, 2);
	assert_int_equal(headers.segments[0].pa, 0x80000000);
	assert_int_equal(headers.segments[0].size, 0x2000);
	assert_int_equal(headers.segments[0].offset, core.phdrs[0].p_offset);
	assert_int_equal(headers.segments[1].pa, 0x40000000);
	assert_null(headers.vmcoreinfo);
}

/* /proc/kcore has all ones as the address of vmalloc memory; empty segments hold nothing. */
static void segments_without_address_or_content_are_left_out(void **state)
{
	(void)state;
	core_file_load(&core, UINT64_MAX, 0x1000, 1);
	core_file_load(&core, 0x40000000, 0x1000, 2);
	core_file_load(&core, 0x50000000, 0x1000, 3)->p_filesz = 0;
	core_file_load(&core, UINT64_MAX - 0x100, 0x1000, 4);
	core_file_finish(&core);
	assert_success(read_headers());
	assert_int_equal(headers.count, 1);
	assert_int_equal(headers.segments[0].pa, 0x40000000);
}

/* The part of a segment that is not in the file does not read as zeros. */
static void size_is_what_the_file_has(void **state)
{
	(void)state;
	core_file_load(&core, 0x40000000, 0x1000, 1)->p_memsz = 0x10000;
	core_file_finish(&core);
	assert_success(read_headers());
	assert_int_equal(headers.segments[0].size, 0x1000);
}

static void vmcoreinfo_is_found_among_other_notes(void **state)
{
	static const uint64_t aligns[] = { 4, 8 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(aligns); i++) {
		begin();
		core_file_note(&core, "CORE", 1, "registers", aligns[i]);
		core_file_note(&core, "VMCOREINFO", 0, "PAGESIZE=4096\n", aligns[i]);
		core_file_note(&core, "VMCOREINFO", 0, "PAGESIZE=16384\n", aligns[i]);
		core_file_load(&core, 0x40000000, 0x1000, 1);
		core_file_finish(&core);
		assert_success(read_headers());
		assert_int_equal(headers.vmcoreinfo_len, 14);
		assert_memory_equal(headers.vmcoreinfo, "PAGESIZE=4096\n", 14);
	}
}

static void note_of_a_snapshot_is_found_by_its_name_and_type(void **state)
{
	static const struct {
		const char *name;
		uint32_t type;
		bool found;
	} rows[] = {
		{ "HOTREMOVE", 1, true },
		{ "HOTREMOVE", 2, false },
		{ "HOTREMOVER", 1, false },
		{ "HOTREMOV", 1, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		begin();
		core_file_note(&core, rows[i].name, rows[i].type, "SNAPSHOT=0x1\n", 4);
		core_file_load(&core, 0x40000000, 0x1000, 1);
		core_file_finish(&core);
		assert_success(read_headers());
		assert_int_equal(headers.snapshot != NULL, rows[i].found);
		assert_int_equal(headers.snapshot_len, rows[i].found ? 13 : 0);
	}
}

/* Several notes in one segment, as the kernel writes them, padded to either alignment. */
static void vmcoreinfo_is_found_behind_a_note_of_the_same_segment(void **state)
{
	static const uint64_t aligns[] = { 4, 8 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(aligns); i++) {
		Elf64_Phdr *first;

		begin();
		first = core_file_note(&core, "CORE", 1, "registers", aligns[i]);
		core.data = first->p_offset + first->p_filesz;
		first->p_filesz +=
			core_file_note(&core, "VMCOREINFO", 0, "OSRELEASE=7.2\n", aligns[i])
				->p_filesz;
		core.ehdr.e_phnum--;
		core_file_load(&core, 0x40000000, 0x1000, 1);
		core_file_finish(&core);
		assert_success(read_headers());
		assert_non_null(headers.vmcoreinfo);
		assert_memory_equal(headers.vmcoreinfo, "OSRELEASE=7.2\n", 14);
	}
}

/* The kernel's note has type 0, but other writers use other types. */
static void vmcoreinfo_may_have_any_type(void **state)
{
	static const uint32_t types[] = { 0, 1, 6, UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		begin();
		core_file_note(&core, "VMCOREINFO", types[i], "PAGESIZE=4096\n", 4);
		core_file_load(&core, 0x40000000, 0x1000, 1);
		core_file_finish(&core);
		assert_success(read_headers());
		assert_int_equal(headers.vmcoreinfo_len, 14);
	}
}

static void notes_of_other_names_are_not_taken(void **state)
{
	static const char *const names[] = { "VMCOREINFO_XEN", "VMCOREINF", "CORE" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		begin();
		core_file_note(&core, names[i], 0, "PAGESIZE=4096\n", 4);
		core_file_load(&core, 0x40000000, 0x1000, 1);
		core_file_finish(&core);
		assert_success(read_headers());
		assert_null(headers.vmcoreinfo);
	}
}

static void program_headers_may_stand_anywhere(void **state)
{
	(void)state;
	core_file_load(&core, 0x40000000, 0x3000, 1);
	core.ehdr.e_phoff = core.data + 8;
	core_file_finish(&core);
	assert_success(read_headers());
	assert_int_equal(headers.count, 1);
}

/* Some writers have larger program headers, whose first bytes are the known ones. */
static void program_headers_may_be_larger(void **state)
{
	enum {
		STRIDE = 72
	};

	(void)state;
	core_file_load(&core, 0x40000000, 0x1000, 1);
	core_file_load(&core, 0x50000000, 0x2000, 2);
	core_file_finish(&core);
	core.ehdr.e_phentsize = STRIDE;
	core.ehdr.e_phoff = core.data;
	core_file_write(&core, &core.ehdr, sizeof(core.ehdr), 0);
	for (size_t i = 0; i < 2; i++)
		core_file_write(&core, &core.phdrs[i], sizeof(core.phdrs[i]),
				core.data + i * STRIDE);
	core_file_write(&core, "", 1, core.data + 2 * (uint64_t)STRIDE - 1);
	assert_success(read_headers());
	assert_int_equal(headers.count, 2);
	assert_int_equal(headers.segments[1].pa, 0x50000000);
	assert_int_equal(headers.segments[1].size, 0x2000);
}

static void program_headers_that_are_too_small_are_refused(void **state)
{
	(void)state;
	core_file_load(&core, 0x40000000, 0x1000, 1);
	core.ehdr.e_phentsize = sizeof(Elf64_Phdr) - 1;
	assert_refused("program headers of 55 bytes are too small");
}

static void version_may_be_left_out(void **state)
{
	(void)state;
	core_file_load(&core, 0x40000000, 0x1000, 1);
	core.ehdr.e_ident[EI_VERSION] = EV_NONE;
	core_file_finish(&core);
	assert_success(read_headers());
	assert_int_equal(headers.count, 1);
}

/* With 65535 segments or more, their number is in the first section header. */
static void extended_numbering_is_understood(void **state)
{
	Elf64_Shdr section = { .sh_info = 2 };

	(void)state;
	core_file_load(&core, 0x40000000, 0x1000, 1);
	core_file_load(&core, 0x50000000, 0x1000, 1);
	core_file_finish(&core);
	core.ehdr.e_phnum = PN_XNUM;
	core.ehdr.e_shoff = core.data;
	core.ehdr.e_shnum = 1;
	core.ehdr.e_shentsize = sizeof(section);
	core_file_write(&core, &core.ehdr, sizeof(core.ehdr), 0);
	core_file_write(&core, &section, sizeof(section), core.ehdr.e_shoff);
	assert_success(read_headers());
	assert_int_equal(headers.count, 2);
}

static void too_many_segments_are_refused(void **state)
{
	Elf64_Shdr section = { .sh_info = HR_SEGMENTS_MAX + 1 };

	(void)state;
	core.ehdr.e_phnum = PN_XNUM;
	core.ehdr.e_phoff = 8192;
	core.ehdr.e_phentsize = sizeof(Elf64_Phdr);
	core.ehdr.e_shoff = 4096;
	core.ehdr.e_shnum = 1;
	core.ehdr.e_shentsize = sizeof(section);
	core_file_write(&core, &core.ehdr, sizeof(core.ehdr), 0);
	core_file_write(&core, &section, sizeof(section), core.ehdr.e_shoff);
	assert_failure(read_headers(), HR_ERROR_INPUT,
		       "1048577 program headers: only 1 to 1048576 are supported");
}

static void cores_without_segments_are_refused(void **state)
{
	(void)state;
	core_file_write(&core, "", 1, 4096);
	assert_refused("program headers");
}

static void what_is_no_arm64_core_is_refused_by_name(void **state)
{
	static const struct {
		size_t offset; /* in the ELF header */
		unsigned char value;
		const char *part;
	} rows[] = {
		{ offsetof(Elf64_Ehdr, e_machine), EM_X86_64, "x86-64" },
		{ offsetof(Elf64_Ehdr, e_machine), EM_RISCV, "riscv" },
		{ offsetof(Elf64_Ehdr, e_machine), 0xfe, "arm64" },
		{ offsetof(Elf64_Ehdr, e_type), ET_EXEC, "core" },
		{ offsetof(Elf64_Ehdr, e_type), ET_DYN, "core" },
		{ EI_MAG0, 0, "not an ELF" },
		{ EI_CLASS, 7, "class 7" },
		{ EI_DATA, 7, "byte order 7" },
		{ EI_VERSION, 9, "version 9" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		begin();
		core_file_load(&core, 0x40000000, 0x1000, 1);
		((unsigned char *)&core.ehdr)[rows[i].offset] = rows[i].value;
		assert_refused(rows[i].part);
	}
}

static void cores_of_32_bits_are_refused(void **state)
{
	Elf32_Ehdr ehdr = {
		.e_type = ET_CORE,
		.e_machine = EM_ARM,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(ehdr),
	};

	(void)state;
	memcpy(ehdr.e_ident, ELFMAG, SELFMAG);
	ehdr.e_ident[EI_CLASS] = ELFCLASS32;
	ehdr.e_ident[EI_DATA] = ELFDATA2LSB;
	ehdr.e_ident[EI_VERSION] = EV_CURRENT;
	release();
	core_file_raw(&core, &ehdr, sizeof(ehdr));
	assert_failure(read_headers(), HR_ERROR_INPUT, "32-bit");
}

static void big_endian_cores_are_refused(void **state)
{
	(void)state;
	core.ehdr.e_ident[EI_DATA] = ELFDATA2MSB;
	core.ehdr.e_type = __builtin_bswap16(ET_CORE);
	core.ehdr.e_machine = __builtin_bswap16(EM_AARCH64);
	core.ehdr.e_version = __builtin_bswap32(EV_CURRENT);
	core_file_write(&core, &core.ehdr, sizeof(core.ehdr), 0);
	assert_failure(read_headers(), HR_ERROR_INPUT, "of a big-endian kernel");
}

static void cut(uint64_t size)
{
	core_file_finish(&core);
	assert_int_equal(ftruncate(core.fd, (off_t)size), 0);
}

static void a_segment_has_what_is_in_the_file(void **state)
{
	(void)state;
	core_file_load(&core, 0x40000000, 0x1000, 1);
	core_file_load(&core, 0x50000000, 0x1000, 2);
	cut(core.phdrs[1].p_offset + 0xfff);
	assert_success(read_headers());
	assert_int_equal(headers.count, 2);
	assert_int_equal(headers.segments[0].size, 0x1000);
	assert_int_equal(headers.segments[1].size, 0xfff);
	assert_int_equal(headers.missing, 1);
}

/* The note comes last here. */
static void segments_behind_the_end_of_the_file_have_nothing(void **state)
{
	(void)state;
	core_file_load(&core, 0x40000000, 0x1000, 1);
	core_file_load(&core, 0x50000000, 0x1000, 2);
	core_file_note(&core, "VMCOREINFO", 0, "PAGESIZE=4096\n", 4);
	cut(core.phdrs[1].p_offset);
	assert_success(read_headers());
	assert_int_equal(headers.count, 1);
	assert_int_equal(headers.missing,
			 core.phdrs[2].p_offset + core.phdrs[2].p_filesz - core.phdrs[1].p_offset);
	assert_null(headers.vmcoreinfo);
}

/* Half of a text could have another meaning. */
static void a_note_that_is_cut_does_not_count(void **state)
{
	(void)state;
	core_file_load(&core, 0x40000000, 0x1000, 1);
	core_file_note(&core, "VMCOREINFO", 0, "PAGESIZE=4096\n", 4);
	cut(core.phdrs[1].p_offset + core.phdrs[1].p_filesz - 4);
	assert_success(read_headers());
	assert_null(headers.vmcoreinfo);
	assert_int_equal(headers.missing, 4);
}

static void a_whole_core_lacks_nothing(void **state)
{
	(void)state;
	core_file_load(&core, 0x40000000, 0x1000, 1);
	core_file_finish(&core);
	assert_success(read_headers());
	assert_int_equal(headers.missing, 0);
	assert_false(headers.is_flagged);
}

static void a_core_may_say_that_it_is_incomplete(void **state)
{
	(void)state;
	core_file_load(&core, 0x40000000, 0x1000, 1);
	core.ehdr.e_flags = 1;
	core_file_finish(&core);
	assert_success(read_headers());
	assert_true(headers.is_flagged);
}

/* It would claim the content of others for its own addresses. */
static void a_segment_that_runs_over_others_and_the_end_is_refused(void **state)
{
	(void)state;
	for (size_t wrong = 0; wrong < 2; wrong++) {
		begin();
		for (size_t i = 0; i < 3; i++)
			core_file_load(&core, 0x40000000 + i * 0x10000000, 0x1000, 1);
		core.phdrs[wrong].p_filesz = 0x100000;
		assert_refused("runs over others and beyond the end");
	}
	begin();
	for (size_t i = 0; i < 2; i++)
		core_file_load(&core, 0x40000000 + i * 0x10000000, 0x1000, 1)->p_filesz = 0x100000;
	assert_refused("runs over others and beyond the end");
}

static void files_cut_within_their_headers_are_refused(void **state)
{
	static const off_t sizes[] = { 4, 16, 63, 64, 64 + 56, 64 + 56 + 55 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		begin();
		core_file_load(&core, 0x40000000, 0x1000, 1);
		core_file_load(&core, 0x50000000, 0x1000, 2);
		core_file_finish(&core);
		assert_int_equal(ftruncate(core.fd, sizes[i]), 0);
		assert_failure(read_headers(), HR_ERROR_INPUT, "");
	}
}

static void extents_that_overflow_are_refused(void **state)
{
	static const struct {
		uint64_t offset, size;
	} rows[] = { { UINT64_MAX - 0xfff, 0x2000 }, { 0x1000, UINT64_MAX }, { UINT64_MAX, 1 } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Elf64_Phdr *phdr;

		begin();
		phdr = core_file_load(&core, 0x40000000, 0x1000, 1);
		phdr->p_offset = rows[i].offset;
		phdr->p_filesz = rows[i].size;
		assert_refused("damaged");
	}
}

/* /proc/kcore's size says nothing about its content. */
static void extents_are_not_held_against_a_size_that_means_nothing(void **state)
{
	(void)state;
	core_file_load(&core, 0x40000000, 0x1000, 1)->p_offset = UINT64_C(1) << 46;
	core_file_finish(&core);
	assert_success(hr_elf_headers_read(core.fd, UINT64_MAX, &headers));
	assert_int_equal(headers.segments[0].offset, UINT64_C(1) << 46);
}

static void notes_beyond_the_limit_are_refused(void **state)
{
	Elf64_Phdr *phdr;

	(void)state;
	phdr = core_file_note(&core, "VMCOREINFO", 0, "PAGESIZE=4096\n", 4);
	core_file_load(&core, 0x40000000, 0x1000, 1);
	phdr->p_filesz = HR_NOTES_MAX + 1;
	core_file_write(&core, "", 1, phdr->p_offset + HR_NOTES_MAX + 1);
	assert_refused("limit");
}

/* A size inside a note that leads out of it ends the search, nothing more. */
static void damaged_notes_are_no_vmcoreinfo(void **state)
{
	static const Elf64_Nhdr damaged[] = {
		{ 0xffffffff, 14, 0 },
		{ 11, 0xffffffff, 0 },
		{ 11, 0x7fffffff, 0 },
		{ 0xfffffff0, 0xfffffff0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(damaged); i++) {
		Elf64_Phdr *phdr;

		begin();
		phdr = core_file_note(&core, "VMCOREINFO", 0, "PAGESIZE=4096\n", 4);
		core_file_write(&core, &damaged[i], sizeof(damaged[i]), phdr->p_offset);
		core_file_load(&core, 0x40000000, 0x1000, 1);
		core_file_finish(&core);
		assert_success(read_headers());
		assert_null(headers.vmcoreinfo);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(segments_come_in_file_order),
		ROW(segments_without_address_or_content_are_left_out),
		ROW(size_is_what_the_file_has),
		ROW(vmcoreinfo_is_found_among_other_notes),
		ROW(note_of_a_snapshot_is_found_by_its_name_and_type),
		ROW(vmcoreinfo_is_found_behind_a_note_of_the_same_segment),
		ROW(vmcoreinfo_may_have_any_type),
		ROW(notes_of_other_names_are_not_taken),
		ROW(program_headers_may_stand_anywhere),
		ROW(program_headers_may_be_larger),
		ROW(program_headers_that_are_too_small_are_refused),
		ROW(version_may_be_left_out),
		ROW(extended_numbering_is_understood),
		ROW(too_many_segments_are_refused),
		ROW(cores_without_segments_are_refused),
		ROW(what_is_no_arm64_core_is_refused_by_name),
		ROW(cores_of_32_bits_are_refused),
		ROW(big_endian_cores_are_refused),
		ROW(a_segment_has_what_is_in_the_file),
		ROW(segments_behind_the_end_of_the_file_have_nothing),
		ROW(a_note_that_is_cut_does_not_count),
		ROW(a_whole_core_lacks_nothing),
		ROW(a_core_may_say_that_it_is_incomplete),
		ROW(a_segment_that_runs_over_others_and_the_end_is_refused),
		ROW(files_cut_within_their_headers_are_refused),
		ROW(extents_that_overflow_are_refused),
		ROW(extents_are_not_held_against_a_size_that_means_nothing),
		ROW(notes_beyond_the_limit_are_refused),
		ROW(damaged_notes_are_no_vmcoreinfo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
