// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/temporary.h"
#include "source/compressed.h"
#include "source/packer.h"

enum {
	SIZE = 300000
};

static unsigned char content[SIZE];
static int fd;

static int set_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < SIZE; i++)
		content[i] = (unsigned char)(i * i >> 7);
	assert_success(hr_packer_prepare());
	assert_success(hr_temporary_open("to test in", &fd));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	close(fd);
	return 0;
}

/* Put the content in pieces that grow, and zeros up to SIZE + 5000; returns the file's size. */
static uint64_t put_all(bool compressed)
{
	struct hr_packer *packer;
	uint64_t size;

	assert_success(hr_packer_create(fd, compressed, &packer));
	for (size_t at = 0, len = 1; at < SIZE; at += len, len = 2 * len + 1) {
		if (len > SIZE - at)
			len = SIZE - at;
		assert_success(hr_packer_put(packer, content + at, len));
		if (at + len == SIZE)
			break;
	}
	assert_success(hr_packer_pad(packer, SIZE + 5000));
	assert_success(hr_packer_end(packer, &size));
	hr_packer_destroy(packer);
	assert_int_equal(lseek(fd, 0, SEEK_END), size);
	return size;
}

static void assert_content(int file)
{
	unsigned char *read = test_malloc(SIZE + 5001);

	assert_int_equal(pread(file, read, SIZE + 5001, 0), SIZE + 5000);
	assert_memory_equal(read, content, SIZE);
	for (size_t i = SIZE; i < SIZE + 5000; i++)
		assert_int_equal(read[i], 0);
	test_free(read);
}

static void what_was_put_is_in_the_file(void **state)
{
	(void)state;
	assert_int_equal(put_all(false), SIZE + 5000);
	assert_content(fd);
}

static void compressed_files_have_it_too(void **state)
{
	static const struct hr_progress silent = { NULL, NULL };
	struct hr_unwrapped unwrapped;
	char head[HR_FORMAT_HEAD];
	int out;

	(void)state;
	assert_true(put_all(true) < SIZE);
	assert_int_equal(pread(fd, head, sizeof(head), 0), sizeof(head));
	assert_success(hr_compressed_prepare(head, sizeof(head)));
	assert_success(hr_temporary_open("to test in", &out));
	assert_success(hr_compressed_unwrap(fd, &silent, out, &unwrapped));
	assert_false(unwrapped.is_cut);
	hr_stretches_release(&unwrapped.stored);
	assert_content(out);
	close(out);
}

static void the_end_of_the_name_decides(void **state)
{
	(void)state;
	assert_true(hr_packer_is_for("a.elf.zst"));
	assert_true(hr_packer_is_for(".zst"));
	assert_false(hr_packer_is_for("zst"));
	assert_false(hr_packer_is_for("a.zst.elf"));
	assert_false(hr_packer_is_for(""));
}

static void a_full_disk_is_an_error(void **state)
{
	struct hr_packer *packer;
	uint64_t size;
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	if (full < 0)
		skip();
	assert_success(hr_packer_create(full, false, &packer));
	assert_failure(hr_packer_put(packer, content, SIZE), HR_ERROR_OS, "No space left");
	hr_packer_destroy(packer);
	assert_success(hr_packer_create(full, true, &packer));
	assert_success(hr_packer_put(packer, content, 10));
	assert_failure(hr_packer_end(packer, &size), HR_ERROR_OS, "No space left");
	hr_packer_destroy(packer);
	close(full);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(what_was_put_is_in_the_file),
		test(compressed_files_have_it_too),
		test(the_end_of_the_name_decides),
		test(a_full_disk_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
