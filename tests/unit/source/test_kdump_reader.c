// SPDX-License-Identifier: GPL-2.0-or-later
#include "kdump_file.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/kdump_reader.h"

/* A dump, the processes that read it, and the source made from them. */
static struct core_file file;
static struct hr_kdump_readers *readers;
static void *helpers; /* the same as a format has them */
static struct hr_source source;

static int set_up(void **state)
{
	(void)state;
	memset(&source, 0, sizeof(source));
	readers = helpers = NULL;
	kdump_file_init(&file);
	return 0;
}

static int set_up_readers(void **state)
{
	set_up(state);
	assert_success(hr_kdump_readers_start(&file.fd, 1, true, &readers));
	return 0;
}

static int set_up_source(void **state)
{
	set_up_readers(state);
	assert_success(hr_kdump_attach(readers, &source));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	if (source.ops)
		source.ops->destroy(source.context);
	hr_kdump_readers_destroy(readers);
	hr_kdump_helpers.end(helpers);
	core_file_release(&file);
	return 0;
}

static void assert_page(const unsigned char *page, size_t i)
{
	for (size_t at = 0; at < KDUMP_BLOCK; at++)
		assert_int_equal(page[at], kdump_file_fill(i));
}

static uint64_t pa_of(size_t i)
{
	return kdump_file_pfn(i) * KDUMP_BLOCK;
}

static void read_batch(const uint64_t *pas, size_t count, size_t len, void *buffer, bool *ok)
{
	struct hr_batch batch = {
		.pas = pas,
		.count = count,
		.len = len,
		.buffer = buffer,
		.ok = ok,
	};

	hr_memory_begin(&source.memory, &batch);
	hr_memory_finish(&source.memory, &batch);
}

static void pages_come_one_by_one(void **state)
{
	unsigned char page[KDUMP_BLOCK];

	(void)state;
	for (size_t i = 0; i < KDUMP_PAGES; i++) {
		assert_success(hr_memory_read(&source.memory, pa_of(i), page, sizeof(page)));
		assert_page(page, i);
	}
	assert_failure(hr_memory_read(&source.memory, pa_of(3) + KDUMP_BLOCK, page, 8),
		       HR_ERROR_UNREADABLE, "not in the dump");
	assert_failure(hr_memory_read(&source.memory, pa_of(3), page, KDUMP_BLOCK + 1),
		       HR_ERROR_UNREADABLE, "not in the dump");
}

/* Pieces of several sizes, some of them in gaps, and more than fit in a slot. */
static void batches_are_what_each_piece_is_alone(void **state)
{
	static const size_t lens[] = { 8, KDUMP_BLOCK / 2, KDUMP_BLOCK, 2 * KDUMP_BLOCK,
				       4 * KDUMP_BLOCK };
	enum {
		COUNT = 2 * KDUMP_PAGES
	};
	uint64_t pas[COUNT];
	bool ok[COUNT];

	(void)state;
	for (size_t i = 0; i < COUNT; i++)
		pas[i] = pa_of(0) + (i * 37 % COUNT) * KDUMP_BLOCK;
	for (size_t row = 0; row < COUNT_OF(lens); row++) {
		size_t len = lens[row];
		unsigned char *many = malloc(COUNT * len), *one = malloc(len);

		assert_non_null(many);
		assert_non_null(one);
		read_batch(pas, COUNT, len, many, ok);
		for (size_t i = 0; i < COUNT; i++) {
			struct hr_error *error = hr_memory_read(&source.memory, pas[i], one, len);

			assert_int_equal(ok[i], !error);
			if (ok[i])
				assert_memory_equal(many + i * len, one, len);
			hr_error_destroy(error);
		}
		free(many);
		free(one);
	}
}

static void the_source_says_what_it_has(void **state)
{
	uint64_t start, end;

	(void)state;
	assert_true(source.ops->next(source.context, 0, &start, &end));
	assert_int_equal(start, pa_of(0));
	assert_int_equal(end, pa_of(3) + KDUMP_BLOCK);
	assert_true(source.ops->next(source.context, pa_of(3) + 7, &start, &end));
	assert_int_equal(start, pa_of(3) + 7);
	assert_int_equal(end, pa_of(3) + KDUMP_BLOCK);
	assert_false(source.ops->next(source.context, pa_of(KDUMP_PAGES - 1) + KDUMP_BLOCK, &start,
				      &end));
}

/* A page may be a few bytes of the file, but its descriptor is there. */
static void search_is_limited_by_descriptors_and_data(void **state)
{
	(void)state;
	assert_int_equal(source.search_limit,
			 MIB(512) + 64 * (core_file_size(&file) - KDUMP_DESCS));
}

/* The library would read it as zeros. */
static void pages_behind_the_end_are_unreadable(void **state)
{
	unsigned char page[KDUMP_BLOCK];

	(void)state;
	kdump_file_describe(&file, 5, KDUMP_DATA + KDUMP_PAGES * KDUMP_BLOCK + 4096, KDUMP_BLOCK);
	assert_failure(hr_memory_read(&source.memory, pa_of(5), page, sizeof(page)),
		       HR_ERROR_UNREADABLE, "damaged");
}

/* Kill the children of this process by signal @number; returns their number. */
static size_t kill_children(int number)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	size_t count = 0;

	assert_non_null(proc);
	while ((entry = readdir(proc))) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
		char path[64], text[512] = "", *rest;
		FILE *stream;

		snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
		stream = pid > 0 ? fopen(path, "re") : NULL;
		rest = stream && fgets(text, sizeof(text), stream) ? strrchr(text, ')') : NULL;
		if (rest && strtol(rest + strcspn(rest, "0123456789"), NULL, 10) == getpid())
			count += !kill(pid, number);
		if (stream)
			fclose(stream);
	}
	closedir(proc);
	return count;
}

static void death_makes_unreadable(void **state)
{
	unsigned char page[KDUMP_BLOCK], many[64 * KDUMP_BLOCK];
	uint64_t pas[64];
	bool ok[64];

	(void)state;
	assert_success(hr_memory_read(&source.memory, pa_of(0), page, sizeof(page)));
	assert_true(kill_children(SIGKILL) > 0);
	assert_failure(hr_memory_read(&source.memory, pa_of(1), page, sizeof(page)),
		       HR_ERROR_UNREADABLE, "killed by signal 9");
	for (size_t i = 0; i < COUNT_OF(pas); i++)
		pas[i] = pa_of(i);
	read_batch(pas, COUNT_OF(pas), KDUMP_BLOCK, many, ok);
	for (size_t i = 0; i < COUNT_OF(pas); i++)
		assert_false(ok[i]);
}

static void death_at_the_start_is_an_error_of_the_input(void **state)
{
	(void)state;
	assert_true(kill_children(SIGKILL) > 0);
	assert_failure(hr_kdump_attach(readers, &source), HR_ERROR_INPUT, "killed by signal 9");
}

/* The path through the table of formats. */
static void the_format_opens_what_its_helpers_read(void **state)
{
	unsigned char page[KDUMP_BLOCK];

	(void)state;
	assert_true(hr_kdump_probe("KDUMP   ", 8));
	assert_false(hr_kdump_probe("KDUMP  ", 7));
	assert_false(hr_kdump_probe("DISKDUMP", 8));
	assert_success(hr_kdump_helpers.start(&file.fd, 1, true, &helpers));
	assert_success(hr_kdump_open(&file.fd, 1, helpers, &source));
	assert_success(hr_memory_read(&source.memory, pa_of(9), page, sizeof(page)));
	assert_page(page, 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up_source, tear_down)
		ROW(pages_come_one_by_one),
		ROW(batches_are_what_each_piece_is_alone),
		ROW(the_source_says_what_it_has),
		ROW(search_is_limited_by_descriptors_and_data),
		ROW(pages_behind_the_end_are_unreadable),
		ROW(death_makes_unreadable),
		cmocka_unit_test_setup_teardown(death_at_the_start_is_an_error_of_the_input,
						set_up_readers, tear_down),
		cmocka_unit_test_setup_teardown(the_format_opens_what_its_helpers_read, set_up,
						tear_down),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
