// SPDX-License-Identifier: GPL-2.0-or-later
#include "kdump_file.h"

#include <endian.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "cli/source_files.h"

static const struct hr_progress no_progress;

/* The dump of a test, a second part of it, and the one open source with its files. */
static struct core_file core, other;
static struct hr_source_files files;
static struct hr_source *source;

static void close_source(void)
{
	hr_source_destroy(source);
	source = NULL;
	hr_source_files_close(&files);
}

static void release(void)
{
	close_source();
	core_file_release(&core);
	core_file_release(&other);
}

static int set_up(void **state)
{
	(void)state;
	core_file_init(&core);
	core_file_note(&core, "VMCOREINFO", 0, "PAGESIZE=4096\n", 4);
	core_file_load(&core, 0x40000000, 0x2000, 4);
	core_file_finish(&core);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	release();
	return 0;
}

static struct hr_error *open_paths(enum hr_source_kind kind, const char *const *paths, size_t count)
{
	struct hr_error *error = hr_source_files_open(kind, paths, count, false, &files);

	if (!error)
		error = hr_source_open(&files, &no_progress, &source);
	if (error)
		hr_source_files_close(&files);
	return error;
}

static struct hr_error *open_dump(const char *path)
{
	return open_paths(HR_SOURCE_VMCORE, &path, 1);
}

static void assert_reads(uint64_t pa, int fill)
{
	unsigned char byte = (unsigned char)~fill;

	assert_success(hr_memory_read(&source->memory, pa, &byte, 1));
	assert_int_equal(byte, fill);
}

static void elf_cores_are_told_by_their_content(void **state)
{
	(void)state;
	assert_success(open_dump(core.path));
	assert_string_equal(source->format, "elf");
	assert_int_equal(source->kind, HR_SOURCE_VMCORE);
	assert_false(source->memory.live);
	assert_memory_equal(source->vmcoreinfo, "PAGESIZE=4096\n", source->vmcoreinfo_len);
	assert_reads(0x40001fff, 4);
}

static void flattened_cores_are_rearranged(void **state)
{
	(void)state;
	core_file_flatten(&core);
	assert_success(open_dump(core.path));
	assert_string_equal(source->format, "flattened-elf");
	assert_reads(0x40001fff, 4);
}

/* The first and the third page of the memory, and nothing where the second one should be. */
static void what_a_flattened_core_lacks_is_unreadable(void **state)
{
	static char stream[5 * 4096];
	const uint64_t head[2] = { htobe64(1), htobe64(1) };
	const uint64_t places[] = { 0, 4096, 3 * 4096 };
	char core_bytes[4 * 4096], byte;
	size_t len = 4096;

	(void)state;
	release();
	core_file_init(&core);
	core_file_load(&core, 0x40000000, 0x3000, 4);
	core_file_finish(&core);
	assert_int_equal(pread(core.fd, core_bytes, sizeof(core_bytes), 0), sizeof(core_bytes));
	memcpy(stream, "makedumpfile", 12);
	memcpy(stream + 16, head, sizeof(head));
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		const uint64_t place[2] = { htobe64(places[i]), htobe64(4096) };

		memcpy(stream + len, place, sizeof(place));
		memcpy(stream + len + 16, core_bytes + places[i], 4096);
		len += 16 + 4096;
	}
	core_file_release(&core);
	core_file_raw(&core, stream, len);
	assert_success(open_dump(core.path));
	assert_true(source->incomplete.is_set);
	assert_string_equal(source->incomplete.what, "a flattened dump ends early");
	assert_false(source->incomplete.has_bytes);
	assert_reads(0x40000fff, 4);
	assert_reads(0x40002000, 4);
	assert_failure(hr_memory_read(&source->memory, 0x40001000, &byte, 1), HR_ERROR_UNREADABLE,
		       "is missing");
	assert_failure(hr_memory_read(&source->memory, 0x40001fff, &byte, 1), HR_ERROR_UNREADABLE,
		       "is missing");
}

#define GZIP_ENDS_EARLY "a file compressed with gzip, xz, zstd or bzip2 ends early"

static void what_a_compressed_core_lacks_is_unreadable(void **state)
{
	char byte;

	(void)state;
	core_file_gzip_cut(&core, core_file_size(&core) - 1);
	assert_success(open_dump(core.path));
	assert_string_equal(source->format, "elf");
	assert_string_equal(source->incomplete.what,
			    GZIP_ENDS_EARLY ", and its last 1 byte is missing");
	/* The content is, and how much of the file cannot be known. */
	assert_false(source->incomplete.has_bytes);
	assert_reads(0x40001ffe, 4);
	assert_failure(hr_memory_read(&source->memory, 0x40001fff, &byte, 1), HR_ERROR_UNREADABLE,
		       "not in the source");
}

/* The last 16 bytes of a flattened dump are its end mark. */
static void what_is_unwrapped_twice_may_end_early_once_or_twice(void **state)
{
	static const char *const whats[] = { GZIP_ENDS_EARLY,
					     GZIP_ENDS_EARLY ", and a flattened dump ends early" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(whats); i++) {
		release();
		core_file_init(&core);
		core_file_load(&core, 0x40000000, 0x20000, 4);
		core_file_finish(&core);
		core_file_flatten(&core);
		core_file_gzip_cut(&core, core_file_size(&core) - i);
		assert_success(open_dump(core.path));
		assert_string_equal(source->format, "flattened-elf");
		assert_string_equal(source->incomplete.what, whats[i]);
		assert_false(source->incomplete.has_bytes);
		assert_reads(0x4001ffff, 4);
	}
}

static void what_a_compressed_kdump_lacks_is_unreadable(void **state)
{
	char byte;

	(void)state;
	release();
	kdump_file_init(&core);
	core_file_gzip_cut(&core, KDUMP_DATA + 100 * KDUMP_BLOCK);
	assert_success(open_dump(core.path));
	assert_string_equal(source->format, "kdump");
	assert_string_equal(source->incomplete.what,
			    GZIP_ENDS_EARLY ", and 28 of its 128 pages are missing");
	assert_reads(kdump_file_pfn(99) * KDUMP_BLOCK, kdump_file_fill(99));
	assert_failure(hr_memory_read(&source->memory, kdump_file_pfn(100) * KDUMP_BLOCK, &byte, 1),
		       HR_ERROR_UNREADABLE, "incomplete");
}

static void what_compressed_raw_memory_lacks_is_unreadable(void **state)
{
	char path[96], byte;

	(void)state;
	release();
	core_file_raw(&core, "memory", 6);
	core_file_gzip_cut(&core, 4);
	snprintf(path, sizeof(path), "%s@2G", core.path);
	assert_success(open_dump(path));
	assert_string_equal(source->format, "raw");
	assert_string_equal(source->incomplete.what, GZIP_ENDS_EARLY);
	assert_reads(0x80000003, 'o');
	assert_failure(hr_memory_read(&source->memory, 0x80000004, &byte, 1), HR_ERROR_UNREADABLE,
		       "not in the source");
}

static void compressed_headers_that_end_early_are_refused(void **state)
{
	(void)state;
	core_file_gzip_cut(&core, 8);
	assert_failure(open_dump(core.path), HR_ERROR_INPUT, "the file ends at offset 0x8");
	release();
	core_file_raw(&core, "\177EL", 3);
	core_file_gzip_cut(&core, 3);
	assert_failure(open_dump(core.path), HR_ERROR_INPUT,
		       GZIP_ENDS_EARLY ", and what there is of it: it is not an ELF core");
}

/* Raw memory has nothing that says what or where it is. */
static void raw_memory_begins_at_the_address_behind_its_name(void **state)
{
	char path[96];

	(void)state;
	release();
	core_file_raw(&core, "memory", 6);
	snprintf(path, sizeof(path), "%s@2G", core.path);
	assert_success(open_dump(path));
	assert_string_equal(source->format, "raw");
	assert_reads(0x80000005, 'y');
	close_source();
	assert_failure(open_dump(core.path), HR_ERROR_INPUT, "it is not an ELF core");
}

static void a_file_may_have_an_address_in_its_name(void **state)
{
	char path[96];

	(void)state;
	snprintf(path, sizeof(path), "%s@0x80000000", core.path);
	assert_int_equal(rename(core.path, path), 0);
	assert_success(open_dump(path));
	assert_string_equal(source->format, "elf");
	assert_int_equal(rename(path, core.path), 0);
}

static void what_is_not_an_address_belongs_to_the_name(void **state)
{
	char path[96];

	(void)state;
	snprintf(path, sizeof(path), "%s@home", core.path);
	assert_failure(open_dump(path), HR_ERROR_OS, "@home: cannot open");
}

static void a_dump_has_no_address_behind_its_name(void **state)
{
	char path[96];

	(void)state;
	snprintf(path, sizeof(path), "%s@0", core.path);
	assert_failure(open_dump(path), HR_ERROR_INPUT,
		       "it is an ELF core, which says itself where its memory is");
}

static void raw_memory_and_dumps_are_not_combined(void **state)
{
	const char *paths[2];
	char path[96];

	(void)state;
	core_file_raw(&other, "memory", 6);
	snprintf(path, sizeof(path), "%s@0", other.path);
	paths[0] = path;
	paths[1] = core.path;
	assert_failure(open_paths(HR_SOURCE_VMCORE, paths, 2), HR_ERROR_INPUT,
		       "cannot be combined");
}

static void flattened_within_flattened_is_refused(void **state)
{
	(void)state;
	core_file_flatten(&core);
	core_file_flatten(&core);
	assert_failure(open_dump(core.path), HR_ERROR_INPUT, "inside another");
}

/* A flattened dump is read by processes that were started before it was known to be a kdump. */
static void kdumps_are_read_as_they_are_and_flattened(void **state)
{
	static const char *const formats[] = { "kdump", "flattened-kdump" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(formats); i++) {
		int fds[HR_SOURCE_WRITE_FDS_MAX];

		release();
		kdump_file_init(&core);
		if (i)
			core_file_flatten(&core);
		assert_success(open_dump(core.path));
		assert_string_equal(source->format, formats[i]);
		assert_reads(kdump_file_pfn(3) * KDUMP_BLOCK, kdump_file_fill(3));
		/* A pipe and a view for each process, and the file with the rearranged content. */
		assert_int_equal(hr_source_files_write_fds(&files, fds) % 2, i);
	}
}

static void cores_need_no_helpers(void **state)
{
	int fds[HR_SOURCE_WRITE_FDS_MAX];

	(void)state;
	assert_success(open_dump(core.path));
	assert_int_equal(hr_source_files_write_fds(&files, fds), 0);
}

/* Between its opening and its reading, which rounds repeat, anybody may write to a file. */
static void files_that_become_another_format_are_refused(void **state)
{
	const char *path;

	(void)state;
	path = core.path;
	assert_success(hr_source_files_open(HR_SOURCE_VMCORE, &path, 1, false, &files));
	core_file_write(&core, "KDUMP   ", 8, 0);
	assert_failure(hr_source_open(&files, &no_progress, &source), HR_ERROR_INPUT,
		       "being written to");
	core_file_write(&core, "makedumpfile", 12, 0);
	assert_failure(hr_source_open(&files, &no_progress, &source), HR_ERROR_INPUT,
		       "being written to");
	hr_source_files_close(&files);
}

static void live_cores_are_live(void **state)
{
	const char *path;

	(void)state;
	path = core.path;
	assert_success(open_paths(HR_SOURCE_KCORE, &path, 1));
	assert_true(source->memory.live);
	assert_int_equal(source->kind, HR_SOURCE_KCORE);
	assert_reads(0x40000000, 4);
}

#define LINE "0xffff000000000000-0xffff000000200000 2M PMD RW NX SHD AF BLK UXN MEM/NORMAL\n"

/* Make the file of the test one of these bytes, compressed. */
static void pack(const void *bytes, size_t len)
{
	gzFile packed;

	release();
	core_file_raw(&core, "", 0);
	packed = gzdopen(dup(core.fd), "w");
	assert_int_equal(gzwrite(packed, bytes, (unsigned int)len), len);
	assert_int_equal(gzclose(packed), Z_OK);
}

static struct hr_error *open_found(void)
{
	const char *path = core.path;

	return open_paths(HR_SOURCE_BY_CONTENT, &path, 1);
}

static void assert_is_text(void)
{
	assert_int_equal(source->kind, HR_SOURCE_PTDUMP);
	assert_string_equal(source->format, "ptdump");
	assert_non_null(source->ptdump);
}

static void kind_of_a_file_is_found(void **state)
{
	(void)state;
	assert_success(open_found());
	assert_int_equal(source->kind, HR_SOURCE_VMCORE);
	assert_string_equal(source->format, "elf");
	release();
	core_file_raw(&core, LINE, strlen(LINE));
	assert_success(open_found());
	assert_is_text();
	assert_int_equal(files.kind, HR_SOURCE_PTDUMP);
}

/* It shows only after the program has dropped its privileges. */
static void kind_of_a_compressed_file_is_found(void **state)
{
	char bytes[16384];
	ssize_t len = pread(core.fd, bytes, sizeof(bytes), 0);

	(void)state;
	pack(bytes, (size_t)len);
	assert_success(open_found());
	assert_int_equal(source->kind, HR_SOURCE_VMCORE);
	assert_string_equal(source->format, "elf");
	assert_reads(0x40001fff, 4);
	pack(LINE, strlen(LINE));
	assert_success(open_found());
	assert_is_text();
	assert_int_equal(files.kind, HR_SOURCE_VMCORE);
}

static void compressed_text_is_unpacked(void **state)
{
	const char *path;

	(void)state;
	pack(LINE, strlen(LINE));
	path = core.path;
	assert_success(open_paths(HR_SOURCE_PTDUMP, &path, 1));
	assert_is_text();
}

static void compressed_dump_is_not_a_text(void **state)
{
	const char *path;

	(void)state;
	pack("KDUMP   ", 8);
	path = core.path;
	assert_failure(open_paths(HR_SOURCE_PTDUMP, &path, 1), HR_ERROR_INPUT,
		       "it is a kdump-compressed dump: use --vmcore");
}

static void other_compressed_content_is_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *part;
	} rows[] = {
		{ "", 0, "empty" },
		{ "\0\0\0\0", 4, "nor text" },
		{ "text and then\0\0\0\0\1", 18, "nor text" },
		{ "QFI\xfb", 4, "it is a qcow2 disk image" },
		{ "no table\n", 9, "it has no line of kernel_page_tables" },
		{ "\x1f\x8b\x08", 3, "inside another one" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_error *error;

		pack(rows[i].bytes, rows[i].len);
		error = open_found();
		assert_non_null(error);
		assert_non_null(strstr(error->message, core.path));
		assert_failure(error, HR_ERROR_INPUT, rows[i].part);
	}
}

static void compressed_text_that_ends_early_is_refused(void **state)
{
	(void)state;
	pack(LINE, strlen(LINE));
	assert_int_equal(ftruncate(core.fd, (off_t)core_file_size(&core) - 4), 0);
	assert_failure(open_found(), HR_ERROR_INPUT, "the compressed text ends early");
}

static void what_is_no_dump_is_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *part;
	} rows[] = {
		{ "", 0, "empty" },
		{ "x", 1, "it is not an ELF core, " },
		{ "\177EL", 3, "it is not an ELF core, " },
		{ "KDUMP", 5, "it is not an ELF core, " },
		{ "makedumpfil", 11, "it is not an ELF core, " },
		{ "DISKDUMP", 8, "it is a diskdump" },
		{ "\177ELF", 4, "" },
		{ "makedumpfile", 12, "truncated" },
		{ "#!/bin/sh\necho no dump\n", 23, "it is not an ELF core, " },
		{ "---[ Linear Mapping start ]---\n", 31,
		  "kernel_page_tables is read with --ptdump" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_error *error;

		release();
		core_file_raw(&core, rows[i].bytes, rows[i].len);
		error = open_dump(core.path);
		assert_non_null(error);
		assert_non_null(strstr(error->message, core.path));
		assert_failure(error, HR_ERROR_INPUT, rows[i].part);
	}
}

static void what_is_no_file_is_refused(void **state)
{
	static const struct {
		const char *path;
		enum hr_error_code code;
		const char *part;
	} rows[] = {
		{ "/nonexistent", HR_ERROR_OS, "No such file" },
		{ "/tmp", HR_ERROR_INPUT, "directory" },
		{ "/dev/null", HR_ERROR_INPUT, "not a regular file" },
		{ "/dev/zero", HR_ERROR_INPUT, "not a regular file" },
		{ "-", HR_ERROR_INPUT, "cannot come from a pipe or from standard input" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_failure(open_dump(rows[i].path), rows[i].code, rows[i].part);
}

static void elf_cores_are_not_split(void **state)
{
	const char *paths[2];

	(void)state;
	paths[0] = paths[1] = core.path;
	assert_failure(open_paths(HR_SOURCE_VMCORE, paths, 2), HR_ERROR_INPUT, "a single file");
}

static void parts_are_of_one_format(void **state)
{
	const char *paths[2];

	(void)state;
	core_file_raw(&other, "KDUMP   ", 8);
	paths[0] = core.path;
	paths[1] = other.path;
	assert_failure(open_paths(HR_SOURCE_VMCORE, paths, 2), HR_ERROR_INPUT,
		       "differs from that of the previous file");
}

static void parts_are_limited(void **state)
{
	const char *paths[HR_SPLIT_MAX + 1];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(paths); i++)
		paths[i] = "/nonexistent";
	assert_failure(open_paths(HR_SOURCE_VMCORE, paths, COUNT_OF(paths)), HR_ERROR_INPUT,
		       "limit");
}

static size_t count_open_files(void)
{
	size_t count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += lseek(fd, 0, SEEK_CUR) >= 0;
	return count;
}

static void files_are_closed_on_every_way_out(void **state)
{
	size_t before = count_open_files();

	(void)state;
	assert_success(open_dump(core.path));
	close_source();
	core_file_flatten(&core);
	assert_success(open_dump(core.path));
	close_source();
	assert_int_equal(ftruncate(core.fd, 5000), 0);
	assert_failure(open_dump(core.path), HR_ERROR_INPUT, "ends early, and what there is of it");
	close_source();
	assert_int_equal(ftruncate(core.fd, 4100), 0);
	assert_failure(open_dump(core.path), HR_ERROR_INPUT, "truncated");
	assert_int_equal(ftruncate(core.fd, 8), 0);
	assert_failure(open_dump(core.path), HR_ERROR_INPUT, "");
	assert_int_equal(count_open_files(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(elf_cores_are_told_by_their_content),
		ROW(flattened_cores_are_rearranged),
		ROW(what_a_flattened_core_lacks_is_unreadable),
		ROW(what_a_compressed_core_lacks_is_unreadable),
		ROW(what_is_unwrapped_twice_may_end_early_once_or_twice),
		ROW(what_a_compressed_kdump_lacks_is_unreadable),
		ROW(what_compressed_raw_memory_lacks_is_unreadable),
		ROW(compressed_headers_that_end_early_are_refused),
		ROW(raw_memory_begins_at_the_address_behind_its_name),
		ROW(a_file_may_have_an_address_in_its_name),
		ROW(what_is_not_an_address_belongs_to_the_name),
		ROW(a_dump_has_no_address_behind_its_name),
		ROW(raw_memory_and_dumps_are_not_combined),
		ROW(flattened_within_flattened_is_refused),
		ROW(kdumps_are_read_as_they_are_and_flattened),
		ROW(cores_need_no_helpers),
		ROW(files_that_become_another_format_are_refused),
		ROW(live_cores_are_live),
		ROW(kind_of_a_file_is_found),
		ROW(kind_of_a_compressed_file_is_found),
		ROW(compressed_text_is_unpacked),
		ROW(compressed_dump_is_not_a_text),
		ROW(other_compressed_content_is_refused),
		ROW(compressed_text_that_ends_early_is_refused),
		ROW(what_is_no_dump_is_refused),
		ROW(what_is_no_file_is_refused),
		ROW(elf_cores_are_not_split),
		ROW(parts_are_of_one_format),
		ROW(parts_are_limited),
		ROW(files_are_closed_on_every_way_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
