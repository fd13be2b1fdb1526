// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/source_kind.h"

#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cli/options.h"
#include "core_file.h"
#include "source/kcore_open.h"

static struct core_file core;
static struct hr_found_kind found;

static int tear_down(void **state)
{
	(void)state;
	core_file_release(&core);
	core = (struct core_file){ .fd = 0 };
	return 0;
}

/* Find the kind of a file of these bytes. */
static struct hr_error *find(const void *bytes, size_t len)
{
	core_file_release(&core);
	core_file_raw(&core, bytes, len);
	return hr_source_kind_find(core.path, &found);
}

static void kind_follows_from_the_first_bytes(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum hr_source_kind kind;
		bool is_packed;
	} rows[] = {
#define BYTES(text) text, sizeof(text) - 1
		{ BYTES("\177ELF\2\1\1\0"), HR_SOURCE_VMCORE, false },
		{ BYTES("KDUMP   \6\0"), HR_SOURCE_VMCORE, false },
		{ BYTES("makedumpfile\0\0"), HR_SOURCE_VMCORE, false },
		{ BYTES("EMiL\1\0\0\0"), HR_SOURCE_VMCORE, false },
		{ BYTES("\x1f\x8b\x08\0"), HR_SOURCE_VMCORE, true },
		{ BYTES("BZh91AY"), HR_SOURCE_VMCORE, true },
		{ BYTES("0xffff000000000000-0xffff000000200000 2M PMD"), HR_SOURCE_PTDUMP, false },
		{ BYTES("From: a user\nSubject: a text\n"), HR_SOURCE_PTDUMP, false },
		{ BYTES("\a\x1b[0mbeeps\n"), HR_SOURCE_PTDUMP, false },
		{ BYTES("\xff\xfe-\0-\0-\0"), HR_SOURCE_PTDUMP, false },
		{ BYTES("\0<\0h"), HR_SOURCE_PTDUMP, false },
		{ BYTES("OSRELEASE=6.1.0\n\0\0\0"), HR_SOURCE_PTDUMP, false },
#undef BYTES
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_success(find(rows[i].bytes, rows[i].len));
		assert_int_equal(found.kind, rows[i].kind);
		assert_int_equal(found.is_packed, rows[i].is_packed);
	}
}

/* In procfs, any file whose content this process can choose does for a core. */
static void core_in_procfs_is_live(void **state)
{
	char name[16];

	(void)state;
	assert_int_equal(prctl(PR_GET_NAME, name), 0);
	assert_int_equal(prctl(PR_SET_NAME, "\177ELF"), 0);
	assert_success(hr_source_kind_find("/proc/self/comm", &found));
	assert_int_equal(prctl(PR_SET_NAME, name), 0);
	assert_int_equal(found.kind, HR_SOURCE_KCORE);
	assert_success(hr_source_kind_find("/proc/self/comm", &found));
	assert_int_equal(found.kind, HR_SOURCE_PTDUMP);
}

static void streams_are_texts_and_not_read(void **state)
{
	(void)state;
	assert_success(hr_source_kind_find("-", &found));
	assert_int_equal(found.kind, HR_SOURCE_PTDUMP);
	core_file_raw(&core, "", 0);
	unlink(core.path);
	assert_int_equal(mkfifo(core.path, 0600), 0);
	assert_success(hr_source_kind_find(core.path, &found));
	assert_int_equal(found.kind, HR_SOURCE_PTDUMP);
}

/* Whatever is in it. */
static void file_with_an_address_is_a_dump(void **state)
{
	char path[96];

	(void)state;
	core_file_raw(&core, "memory", 6);
	snprintf(path, sizeof(path), "%s@0x40000000", core.path);
	assert_success(hr_source_kind_find(path, &found));
	assert_int_equal(found.kind, HR_SOURCE_VMCORE);
	assert_false(found.is_packed);
}

static void other_content_is_refused_by_name(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *part;
	} rows[] = {
		{ "", 0, "the file is empty" },
		{ "\0\0\0\0", 4, "bzip2, nor text; raw memory is given as FILE@PA" },
		{ "SQLite format 3\0\x10", 17, "nor text" },
		{ "text\0text", 9, "nor text" },
		{ "QFI\xfb", 4, "it is a qcow2 disk image" },
		{ "LRZI", 4, "it is compressed with lrzip" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_error *error = find(rows[i].bytes, rows[i].len);

		assert_non_null(error);
		assert_non_null(strstr(error->message, core.path));
		assert_failure(error, HR_ERROR_INPUT, rows[i].part);
	}
}

static void what_is_no_file_is_refused_by_name(void **state)
{
	(void)state;
	assert_failure(hr_source_kind_find("/nonexistent", &found), HR_ERROR_OS,
		       "/nonexistent: cannot open the file: No such file");
	assert_failure(hr_source_kind_find("/tmp", &found), HR_ERROR_INPUT,
		       "/tmp: it is a directory");
	assert_failure(hr_source_kind_find("/dev/null", &found), HR_ERROR_INPUT,
		       "/dev/null: it is not a regular file");
}

/* Whether there is such a file here and may be read or not. */
static void core_of_the_running_kernel_has_its_own_explanations(void **state)
{
	int fd = -1;
	struct hr_error *wanted = hr_kcore_open(HR_KCORE_USUAL, &fd);
	struct hr_error *error = hr_source_kind_find(HR_KCORE_USUAL, &found);

	(void)state;
	hr_cleanup_close(&fd);
	assert_int_equal(!error, !wanted);
	if (wanted)
		assert_string_equal(error->message, wanted->message);
	else
		assert_int_equal(found.kind, HR_SOURCE_KCORE);
	hr_error_destroy(wanted);
	hr_error_destroy(error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_teardown(name, tear_down)
		ROW(kind_follows_from_the_first_bytes),
		ROW(core_in_procfs_is_live),
		ROW(streams_are_texts_and_not_read),
		ROW(file_with_an_address_is_a_dump),
		ROW(core_of_the_running_kernel_has_its_own_explanations),
		ROW(other_content_is_refused_by_name),
		ROW(what_is_no_file_is_refused_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
