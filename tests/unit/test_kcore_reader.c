// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_file.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kcore_reader.h"
#include "os/parallel.h"

static struct core_file core;
static struct hr_source source;

static void release(void)
{
	if (source.ops)
		source.ops->destroy(source.context);
	free(source.vmcoreinfo);
	hr_snapshot_destroy(source.snapshot);
	memset(&source, 0, sizeof(source));
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

/* The core is complete: make the source from it. */
static void attach(bool live)
{
	core_file_finish(&core);
	assert_success(hr_elf_core_attach(core.fd, live, &source));
}

static struct hr_error *read_pa(uint64_t pa, void *buffer, size_t len)
{
	return source.ops->read(source.context, pa, buffer, len);
}

/* All @len bytes at @pa read as @fill. */
static void assert_reads(uint64_t pa, size_t len, int fill)
{
	unsigned char *buffer = malloc(len);

	assert_non_null(buffer);
	memset(buffer, ~fill, len);
	assert_success(read_pa(pa, buffer, len));
	for (size_t i = 0; i < len; i++)
		assert_int_equal(buffer[i], fill);
	free(buffer);
}

static void memory_is_found_by_physical_address(void **state)
{
	(void)state;
	core_file_load(&core, 0x90000000, 0x1000, 9);
	core_file_load(&core, 0x80000000, 0x1000, 8);
	core_file_load(&core, 0x40000000, 0x2000, 4);
	attach(false);
	assert_reads(0x40000000, 0x2000, 4);
	assert_reads(0x80000000, 0x1000, 8);
	assert_reads(0x90000ff8, 8, 9);
}

static void holes_are_unreadable_never_zeros(void **state)
{
	static const uint64_t holes[] = { 0, 0x3ffff000, 0x40001000, 0x80001000, UINT64_MAX - 7 };
	char buffer[8];

	(void)state;
	core_file_load(&core, 0x40000000, 0x1000, 4);
	core_file_load(&core, 0x80000000, 0x1000, 8);
	attach(false);
	for (size_t i = 0; i < COUNT_OF(holes); i++)
		assert_failure(read_pa(holes[i], buffer, sizeof(buffer)), HR_ERROR_UNREADABLE,
			       "not in the source");
}

static void reads_that_run_out_of_a_segment_are_unreadable(void **state)
{
	char buffer[16];

	(void)state;
	core_file_load(&core, 0x40000000, 0x1000, 4);
	attach(false);
	assert_failure(read_pa(0x40000ff8, buffer, sizeof(buffer)), HR_ERROR_UNREADABLE,
		       "0x40001000");
}

static void reads_cross_into_the_next_segment(void **state)
{
	unsigned char buffer[0x2000];

	(void)state;
	core_file_load(&core, 0x40001000, 0x1000, 5);
	core_file_load(&core, 0x40000000, 0x1000, 4);
	attach(false);
	assert_success(read_pa(0x40000000, buffer, sizeof(buffer)));
	assert_int_equal(buffer[0xfff], 4);
	assert_int_equal(buffer[0x1000], 5);
}

static void segments_may_lie_within_others(void **state)
{
	(void)state;
	core_file_load(&core, 0x90000000, 0x1000, 9);
	core_file_load(&core, 0x40000000, 0x10000, 4);
	core_file_load(&core, 0x40004000, 0x1000, 4);
	attach(false);
	assert_reads(0x40000000, 0x4000, 4);
	assert_reads(0x40004000, 0x1000, 4);
	assert_reads(0x40005000, 0xb000, 4);
}

/*
 * The image first, as the kernel writes it, and the RAM around it. In a live core, each of the two
 * can read as zeros where its mapping is gone, so what one lacks comes from the other.
 */
static void live_image_and_ram_complete_each_other(void **state)
{
	static const struct {
		int image, ram, read;
	} rows[] = { { 1, 2, 2 }, { 1, 0, 1 }, { 0, 2, 2 }, { 0, 0, 0 } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		begin();
		core_file_load(&core, 0x40004000, 0x2000, rows[i].image);
		core_file_load(&core, 0x40000000, 0x10000, rows[i].ram);
		attach(true);
		assert_reads(0x40004000, 0x2000, rows[i].read);
		assert_reads(0x40000000, 0x4000, rows[i].ram);
		assert_reads(0x40006000, 0x1000, rows[i].ram);
	}
}

/* Page by page: half of a 64 KiB table page may be in memory that only one mapping has. */
static void live_pages_are_completed_one_by_one(void **state)
{
	unsigned char buffer[0x3000];
	Elf64_Phdr *ram;

	(void)state;
	core_file_load(&core, 0x40000000, 0x3000, 1);
	ram = core_file_load(&core, 0x40000000, 0x3000, 0);
	core_file_write(&core, "\2", 1, ram->p_offset + 0x1000);
	attach(true);
	assert_success(read_pa(0x40000000, buffer, sizeof(buffer)));
	assert_int_equal(buffer[0], 1);
	assert_int_equal(buffer[0x1000], 2);
	assert_int_equal(buffer[0x1001], 0);
	assert_int_equal(buffer[0x2000], 1);
}

static void image_alone_is_read_where_no_ram_is(void **state)
{
	(void)state;
	core_file_load(&core, 0x40004000, 0x2000, 1);
	core_file_load(&core, 0x40000000, 0x5000, 2);
	attach(true);
	assert_reads(0x40005000, 0x1000, 1);
}

static void note_and_size_are_handed_on(void **state)
{
	(void)state;
	core_file_note(&core, "VMCOREINFO", 0, "PAGESIZE=4096\n", 4);
	core_file_load(&core, 0x40000000, 0x1000, 4);
	core_file_load(&core, 0x80000000, 0x2000, 8);
	attach(false);
	assert_int_equal(source.vmcoreinfo_len, 14);
	assert_memory_equal(source.vmcoreinfo, "PAGESIZE=4096\n", 14);
	assert_int_equal(source.memory.size, 0x3000);
	assert_false(source.memory.live);
}

static void live_cores_say_so(void **state)
{
	(void)state;
	core_file_load(&core, 0x40000000, 0x1000, 4);
	attach(true);
	assert_true(source.memory.live);
}

static void cores_without_memory_are_refused(void **state)
{
	(void)state;
	core_file_load(&core, UINT64_MAX, 0x1000, 4);
	core_file_finish(&core);
	assert_failure(hr_elf_core_attach(core.fd, false, &source), HR_ERROR_INPUT, "no memory");
}

static void what_a_core_lacks_is_unreadable_and_told(void **state)
{
	char buffer[8];

	(void)state;
	core_file_load(&core, 0x40000000, 0x1000, 4);
	core_file_load(&core, 0x50000000, 0x1000, 5);
	core.ehdr.e_flags = 1;
	assert_int_equal(ftruncate(core.fd, (off_t)core.phdrs[1].p_offset + 0x800), 0);
	attach(false);
	assert_reads(0x40000000, 0x1000, 4);
	assert_reads(0x50000000, 0x800, 5);
	assert_failure(read_pa(0x50000800, buffer, sizeof(buffer)), HR_ERROR_UNREADABLE,
		       "not in the source");
	assert_true(source.incomplete.is_set);
	assert_int_equal(source.incomplete.bytes, 0x800);
	assert_string_equal(source.incomplete.what, "its last 2048 bytes are missing");
	assert_string_equal(source.incomplete.why, HR_INCOMPLETE_NO_SPACE);
}

static void a_whole_core_is_not_incomplete(void **state)
{
	(void)state;
	core_file_load(&core, 0x40000000, 0x1000, 4);
	attach(false);
	assert_false(source.incomplete.is_set);
}

/* makedumpfile does not write live cores. */
static void a_flag_in_a_live_core_is_not_makedumpfiles(void **state)
{
	(void)state;
	core_file_load(&core, 0x40000000, 0x1000, 4);
	core.ehdr.e_flags = 1;
	attach(true);
	assert_false(source.incomplete.is_set);
}

static void cores_cut_before_their_memory_are_refused(void **state)
{
	(void)state;
	core_file_load(&core, 0x40000000, 0x1000, 4);
	core_file_finish(&core);
	assert_int_equal(ftruncate(core.fd, (off_t)core.phdrs[0].p_offset), 0);
	assert_failure(hr_elf_core_attach(core.fd, false, &source), HR_ERROR_INPUT,
		       "truncated before its first memory");
}

static void files_that_shrink_are_unreadable_not_fatal(void **state)
{
	char buffer[8];

	(void)state;
	core_file_load(&core, 0x40000000, 0x1000, 4);
	attach(false);
	assert_int_equal(ftruncate(core.fd, 4096), 0);
	assert_failure(read_pa(0x40000000, buffer, sizeof(buffer)), HR_ERROR_UNREADABLE, "ends");
}

static void dumps_are_one_file_that_is_told_by_its_magic(void **state)
{
	int fds[2];

	(void)state;
	assert_true(hr_elf_core_probe("\177ELF", 4));
	assert_false(hr_elf_core_probe("\177EL", 3));
	assert_false(hr_elf_core_probe("KDUMP   ", 8));
	core_file_load(&core, 0x40000000, 0x1000, 4);
	core_file_finish(&core);
	fds[0] = fds[1] = core.fd;
	assert_failure(hr_elf_core_open(fds, 2, NULL, &source), HR_ERROR_INPUT, "a single file");
	assert_success(hr_elf_core_open(fds, 1, NULL, &source));
	assert_false(source.memory.live);
	assert_reads(0x40000000, 0x1000, 4);
}

/* Threads that the reader has asked for; a count of those in /proc has some that just end. */
static size_t threads_made;

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
			  void *(*start)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
			  void *(*start)(void *), void *argument);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
			  void *(*start)(void *), void *argument)
{
	threads_made++;
	return __real_pthread_create(thread, attributes, start, argument);
}

/*
 * Neighbours, unrelated pieces, holes, and more of them than one thread reads: each as if read
 * alone. A live core is read by one thread, because the kernel may mix up concurrent reads.
 */
static void many_pieces_are_what_each_is_alone(void **state)
{
	enum {
		PIECES = 300
	};
	static uint64_t pas[PIECES];
	static bool ok[PIECES];
	unsigned char *buffer = malloc(PIECES * 0x1000);
	struct hr_batch batches[2];

	(void)state;
	assert_non_null(buffer);
	for (int live = 0; live < 2; live++) {
		threads_made = 0;
		begin();
		core_file_load(&core, 0x40000000, 0x80000, 4);
		core_file_load(&core, 0x80000000, 0x80000, 8);
		attach(live);
		for (size_t i = 0; i < PIECES; i++)
			pas[i] = (i % 7 == 3 ? 0x80000000 : 0x40000000) + i % 140 * 0x1000;
		for (size_t i = 0; i < 2; i++) {
			size_t first = i * PIECES / 2;

			batches[i] = (struct hr_batch){
				.pas = pas + first,
				.count = PIECES / 2,
				.len = 0x1000,
				.buffer = buffer + first * 0x1000,
				.ok = ok + first,
			};
			source.ops->begin(source.context, &batches[i]);
		}
		for (size_t i = 0; i < 2; i++)
			source.ops->finish(source.context, &batches[i]);
		assert_int_equal(threads_made, live ? 0 : hr_cpu_count(HR_PARALLEL_MAX) - 1);
		for (size_t i = 0; i < PIECES; i++) {
			unsigned char wanted = pas[i] < 0x80000000 ? 4 : 8;

			assert_int_equal(ok[i], i % 140 < 0x80);
			if (ok[i]) {
				assert_int_equal(buffer[i * 0x1000], wanted);
				assert_int_equal(buffer[i * 0x1000 + 0xfff], wanted);
			}
		}
	}
	free(buffer);
}

/* What follows a segment in the file is not what follows it in memory. */
static void pieces_end_with_their_segment_or_cross_into_the_next(void **state)
{
	const uint64_t pas[] = { 0x40000800, 0x40001800 };
	unsigned char buffer[2][0x1000];
	bool ok[2];
	struct hr_batch batch = {
		.pas = pas,
		.count = 2,
		.len = sizeof(buffer[0]),
		.buffer = buffer,
		.ok = ok,
	};

	(void)state;
	core_file_load(&core, 0x40001000, 0x1000, 5);
	core_file_load(&core, 0x40000000, 0x1000, 4);
	core_file_load(&core, 0x80000000, 0x1000, 8);
	attach(false);
	source.ops->begin(source.context, &batch);
	source.ops->finish(source.context, &batch);
	assert_true(ok[0]);
	assert_int_equal(buffer[0][0x7ff], 4);
	assert_int_equal(buffer[0][0x800], 5);
	assert_false(ok[1]);
}

/* Stretches as the source says them; none begins before the end of the last one. */
static void assert_stretches(const uint64_t (*expected)[2], size_t count)
{
	uint64_t pa = 0, start, end;

	for (size_t i = 0; i < count; i++) {
		assert_true(source.ops->next(source.context, pa, &start, &end));
		assert_int_equal(start, expected[i][0]);
		assert_int_equal(end, expected[i][1]);
		pa = end;
	}
	assert_false(source.ops->next(source.context, pa, &start, &end));
}

static void the_source_says_what_it_has(void **state)
{
	static const uint64_t all[][2] = {
		{ MIB(1), MIB(1) + 4096 },
		{ MIB(2), MIB(2) + 8192 },
		{ MIB(2) + 8192, MIB(2) + 12288 },
		{ GIB(1), GIB(1) + 4096 },
	};

	(void)state;
	core_file_load(&core, MIB(2), 8192, 1);
	core_file_load(&core, GIB(1), 4096, 2);
	core_file_load(&core, MIB(1), 4096, 3);
	core_file_load(&core, MIB(2) + 8192, 4096, 4);
	attach(false);
	assert_stretches(all, COUNT_OF(all));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(memory_is_found_by_physical_address),
		ROW(holes_are_unreadable_never_zeros),
		ROW(reads_that_run_out_of_a_segment_are_unreadable),
		ROW(reads_cross_into_the_next_segment),
		ROW(segments_may_lie_within_others),
		ROW(live_image_and_ram_complete_each_other),
		ROW(live_pages_are_completed_one_by_one),
		ROW(image_alone_is_read_where_no_ram_is),
		ROW(note_and_size_are_handed_on),
		ROW(live_cores_say_so),
		ROW(cores_without_memory_are_refused),
		ROW(what_a_core_lacks_is_unreadable_and_told),
		ROW(a_whole_core_is_not_incomplete),
		ROW(a_flag_in_a_live_core_is_not_makedumpfiles),
		ROW(cores_cut_before_their_memory_are_refused),
		ROW(files_that_shrink_are_unreadable_not_fatal),
		ROW(dumps_are_one_file_that_is_told_by_its_magic),
		ROW(many_pieces_are_what_each_is_alone),
		ROW(pieces_end_with_their_segment_or_cross_into_the_next),
		ROW(the_source_says_what_it_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
