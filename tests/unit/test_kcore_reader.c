// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_file.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kcore_reader.h"
#include "os/parallel.h"

/* A source on a complete core file. */
static void attach(struct core_file *core, bool live, struct hr_source *source)
{
	memset(source, 0, sizeof(*source));
	core_file_finish(core);
	assert_success(hr_elf_core_attach(core->fd, live, source));
}

static void release(struct core_file *core, struct hr_source *source)
{
	source->ops->destroy(source->context);
	free(source->vmcoreinfo);
	core_file_release(core);
}

static struct hr_error *read_pa(const struct hr_source *source, uint64_t pa, void *buffer,
				size_t len)
{
	return source->ops->read(source->context, pa, buffer, len);
}

/* All @len bytes at @pa read as @fill. */
static void assert_reads(const struct hr_source *source, uint64_t pa, size_t len, int fill)
{
	unsigned char *buffer = malloc(len);

	assert_non_null(buffer);
	memset(buffer, ~fill, len);
	assert_success(read_pa(source, pa, buffer, len));
	for (size_t i = 0; i < len; i++)
		assert_int_equal(buffer[i], fill);
	free(buffer);
}

static void memory_is_found_by_physical_address(void **state)
{
	struct hr_source source;
	struct core_file core;

	(void)state;
	core_file_init(&core);
	core_file_load(&core, 0x90000000, 0x1000, 9);
	core_file_load(&core, 0x80000000, 0x1000, 8);
	core_file_load(&core, 0x40000000, 0x2000, 4);
	attach(&core, false, &source);
	assert_reads(&source, 0x40000000, 0x2000, 4);
	assert_reads(&source, 0x80000000, 0x1000, 8);
	assert_reads(&source, 0x90000ff8, 8, 9);
	release(&core, &source);
}

static void holes_are_unreadable_never_zeros(void **state)
{
	static const uint64_t holes[] = { 0, 0x3ffff000, 0x40001000, 0x80001000, UINT64_MAX - 7 };
	struct hr_source source;
	struct core_file core;
	char buffer[8];

	(void)state;
	core_file_init(&core);
	core_file_load(&core, 0x40000000, 0x1000, 4);
	core_file_load(&core, 0x80000000, 0x1000, 8);
	attach(&core, false, &source);
	for (size_t i = 0; i < COUNT_OF(holes); i++)
		assert_failure(read_pa(&source, holes[i], buffer, sizeof(buffer)),
			       HR_ERROR_UNREADABLE, "not in the source");
	release(&core, &source);
}

static void reads_that_run_out_of_a_segment_are_unreadable(void **state)
{
	struct hr_source source;
	struct core_file core;
	char buffer[16];

	(void)state;
	core_file_init(&core);
	core_file_load(&core, 0x40000000, 0x1000, 4);
	attach(&core, false, &source);
	assert_failure(read_pa(&source, 0x40000ff8, buffer, sizeof(buffer)), HR_ERROR_UNREADABLE,
		       "0x40001000");
	release(&core, &source);
}

static void reads_cross_into_the_next_segment(void **state)
{
	unsigned char buffer[0x2000];
	struct hr_source source;
	struct core_file core;

	(void)state;
	core_file_init(&core);
	core_file_load(&core, 0x40001000, 0x1000, 5);
	core_file_load(&core, 0x40000000, 0x1000, 4);
	attach(&core, false, &source);
	assert_success(read_pa(&source, 0x40000000, buffer, sizeof(buffer)));
	assert_int_equal(buffer[0xfff], 4);
	assert_int_equal(buffer[0x1000], 5);
	release(&core, &source);
}

static void segments_may_lie_within_others(void **state)
{
	struct hr_source source;
	struct core_file core;

	(void)state;
	core_file_init(&core);
	core_file_load(&core, 0x90000000, 0x1000, 9);
	core_file_load(&core, 0x40000000, 0x10000, 4);
	core_file_load(&core, 0x40004000, 0x1000, 4);
	attach(&core, false, &source);
	assert_reads(&source, 0x40000000, 0x4000, 4);
	assert_reads(&source, 0x40004000, 0x1000, 4);
	assert_reads(&source, 0x40005000, 0xb000, 4);
	release(&core, &source);
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
		struct hr_source source;
		struct core_file core;

		core_file_init(&core);
		core_file_load(&core, 0x40004000, 0x2000, rows[i].image);
		core_file_load(&core, 0x40000000, 0x10000, rows[i].ram);
		attach(&core, true, &source);
		assert_reads(&source, 0x40004000, 0x2000, rows[i].read);
		assert_reads(&source, 0x40000000, 0x4000, rows[i].ram);
		assert_reads(&source, 0x40006000, 0x1000, rows[i].ram);
		release(&core, &source);
	}
}

/* Page by page: half of a 64 KiB table page may be in memory that only one mapping has. */
static void live_pages_are_completed_one_by_one(void **state)
{
	unsigned char buffer[0x3000];
	struct hr_source source;
	struct core_file core;
	Elf64_Phdr *ram;

	(void)state;
	core_file_init(&core);
	core_file_load(&core, 0x40000000, 0x3000, 1);
	ram = core_file_load(&core, 0x40000000, 0x3000, 0);
	core_file_write(&core, "\2", 1, ram->p_offset + 0x1000);
	attach(&core, true, &source);
	assert_success(read_pa(&source, 0x40000000, buffer, sizeof(buffer)));
	assert_int_equal(buffer[0], 1);
	assert_int_equal(buffer[0x1000], 2);
	assert_int_equal(buffer[0x1001], 0);
	assert_int_equal(buffer[0x2000], 1);
	release(&core, &source);
}

static void image_alone_is_read_where_no_ram_is(void **state)
{
	struct hr_source source;
	struct core_file core;

	(void)state;
	core_file_init(&core);
	core_file_load(&core, 0x40004000, 0x2000, 1);
	core_file_load(&core, 0x40000000, 0x5000, 2);
	attach(&core, true, &source);
	assert_reads(&source, 0x40005000, 0x1000, 1);
	release(&core, &source);
}

static void note_and_size_are_handed_on(void **state)
{
	struct hr_source source;
	struct core_file core;

	(void)state;
	core_file_init(&core);
	core_file_note(&core, "VMCOREINFO", 0, "PAGESIZE=4096\n", 4);
	core_file_load(&core, 0x40000000, 0x1000, 4);
	core_file_load(&core, 0x80000000, 0x2000, 8);
	attach(&core, false, &source);
	assert_int_equal(source.vmcoreinfo_len, 14);
	assert_memory_equal(source.vmcoreinfo, "PAGESIZE=4096\n", 14);
	assert_int_equal(source.memory.size, 0x3000);
	assert_false(source.memory.live);
	release(&core, &source);
}

static void live_cores_say_so(void **state)
{
	struct hr_source source;
	struct core_file core;

	(void)state;
	core_file_init(&core);
	core_file_load(&core, 0x40000000, 0x1000, 4);
	attach(&core, true, &source);
	assert_true(source.memory.live);
	release(&core, &source);
}

static void cores_without_memory_are_refused(void **state)
{
	struct hr_source source = { .vmcoreinfo = NULL };
	struct core_file core;

	(void)state;
	core_file_init(&core);
	core_file_load(&core, UINT64_MAX, 0x1000, 4);
	core_file_finish(&core);
	assert_failure(hr_elf_core_attach(core.fd, false, &source), HR_ERROR_INPUT, "no memory");
	core_file_release(&core);
}

static void files_that_shrink_are_unreadable_not_fatal(void **state)
{
	struct hr_source source;
	struct core_file core;
	char buffer[8];

	(void)state;
	core_file_init(&core);
	core_file_load(&core, 0x40000000, 0x1000, 4);
	attach(&core, false, &source);
	assert_int_equal(ftruncate(core.fd, 4096), 0);
	assert_failure(read_pa(&source, 0x40000000, buffer, sizeof(buffer)), HR_ERROR_UNREADABLE,
		       "ends");
	release(&core, &source);
}

static void dumps_are_one_file_that_is_told_by_its_magic(void **state)
{
	struct hr_source source = { .format = "" };
	struct core_file core;
	int fds[2];

	(void)state;
	assert_true(hr_elf_core_probe("\177ELF", 4));
	assert_false(hr_elf_core_probe("\177EL", 3));
	assert_false(hr_elf_core_probe("KDUMP   ", 8));
	core_file_init(&core);
	core_file_load(&core, 0x40000000, 0x1000, 4);
	core_file_finish(&core);
	fds[0] = fds[1] = core.fd;
	assert_failure(hr_elf_core_open(fds, 2, NULL, &source), HR_ERROR_INPUT, "one file");
	assert_success(hr_elf_core_open(fds, 1, NULL, &source));
	assert_false(source.memory.live);
	assert_reads(&source, 0x40000000, 0x1000, 4);
	release(&core, &source);
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
		struct hr_source source;
		struct core_file core;

		threads_made = 0;
		core_file_init(&core);
		core_file_load(&core, 0x40000000, 0x80000, 4);
		core_file_load(&core, 0x80000000, 0x80000, 8);
		attach(&core, live, &source);
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
		release(&core, &source);
	}
	free(buffer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_found_by_physical_address),
		cmocka_unit_test(holes_are_unreadable_never_zeros),
		cmocka_unit_test(reads_that_run_out_of_a_segment_are_unreadable),
		cmocka_unit_test(reads_cross_into_the_next_segment),
		cmocka_unit_test(segments_may_lie_within_others),
		cmocka_unit_test(live_image_and_ram_complete_each_other),
		cmocka_unit_test(live_pages_are_completed_one_by_one),
		cmocka_unit_test(image_alone_is_read_where_no_ram_is),
		cmocka_unit_test(note_and_size_are_handed_on),
		cmocka_unit_test(live_cores_say_so),
		cmocka_unit_test(cores_without_memory_are_refused),
		cmocka_unit_test(files_that_shrink_are_unreadable_not_fatal),
		cmocka_unit_test(dumps_are_one_file_that_is_told_by_its_magic),
		cmocka_unit_test(many_pieces_are_what_each_is_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
