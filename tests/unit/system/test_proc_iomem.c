// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/proc_iomem.h"

/* As kernels print it for a user who may see addresses. */
static const char iomem[] = "09000000-09000fff : pl011@9000000\n"
			    "40000000-bfffffff : System RAM\n"
			    "  40210000-4132ffff : Kernel code\n"
			    "100000000-17fffffff : Persistent Memory\n"
			    "  108000000-17fffffff : dax0.0\n"
			    "    108000000-17fffffff : System RAM (kmem)\n"
			    "180000000-1ffffffff : dax1.0\n"
			    "  180000000-1ffffffff : System RAM (kmem)\n"
			    "240000000-33fffffff : virtio1\n"
			    "  240000000-257ffffff : System RAM (virtio_mem)\n"
			    "  260000000-267ffffff : System RAM (virtio_mem)\n"
			    "400000000-47fffffff : System RAM\n";

static struct hr_error *read_text(const char *text, struct hr_areas *ret)
{
	struct hr_error *error;
	struct core_file file;

	core_file_raw(&file, text, strlen(text));
	error = hr_areas_read(file.fd, ret);
	core_file_release(&file);
	return error;
}

static void owner_is_who_has_added_the_memory(void **state)
{
	static const struct {
		uint64_t start, end;
		enum hr_owner owner;
	} rows[] = {
		{ 0x108000000, 0x180000000, HR_OWNER_KMEM },
		{ 0x108000000, 0x110000000, HR_OWNER_KMEM },
		{ 0x180000000, 0x200000000, HR_OWNER_KMEM },
		/* Two devices, and more than one device has. */
		{ 0x178000000, 0x188000000, HR_OWNER_UNKNOWN },
		{ 0x1f8000000, 0x208000000, HR_OWNER_UNKNOWN },
		{ 0x100000000, 0x110000000, HR_OWNER_UNKNOWN },
		{ 0x240000000, 0x258000000, HR_OWNER_VIRTIO_MEM },
		{ 0x250000000, 0x270000000, HR_OWNER_VIRTIO_MEM },
		{ 0x238000000, 0x240000001, HR_OWNER_VIRTIO_MEM },
		/* The device's region, where nothing is added; DIMMs; boot memory. */
		{ 0x258000000, 0x260000000, HR_OWNER_UNKNOWN },
		{ 0x400000000, 0x480000000, HR_OWNER_UNKNOWN },
		{ 0x40000000, 0x48000000, HR_OWNER_UNKNOWN },
		{ 0x238000000, 0x240000000, HR_OWNER_UNKNOWN },
		{ 0, UINT64_MAX, HR_OWNER_VIRTIO_MEM },
	};
	struct hr_areas areas;

	(void)state;
	assert_success(read_text(iomem, &areas));
	assert_int_equal(areas.count, 4);
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (hr_areas_owner(&areas, rows[i].start, rows[i].end) != rows[i].owner)
			fail_msg("row %zu", i);
	hr_areas_release(&areas);
	assert_int_equal(hr_areas_owner(&areas, 0x108000000, 0x110000000), HR_OWNER_UNKNOWN);
}

static void odd_lines_own_nothing(void **state)
{
	static const char *const rows[] = {
		/* As an unprivileged reader sees it. */
		"00000000-00000000 : System RAM (kmem)\n",
		"108000000-17fffffff : System RAM (kmem\n",
		"108000000-17fffffff : System RAM (kmem) \n",
		"108000000-17fffffff: System RAM (kmem)\n",
		"108000000 17fffffff : System RAM (kmem)\n",
		"17fffffff-108000000 : System RAM (kmem)\n",
		"108000000-17fffffff0000000000000 : System RAM (kmem)\n",
		"ffffffffffffffffff-17fffffff : System RAM (kmem)\n",
		"-17fffffff : System RAM (kmem)\n",
		"108000000- : System RAM (kmem)\n",
		" : System RAM (kmem)\n",
		"System RAM (kmem)\n",
		"108000000-17fffffff : System RAM (kmem)", /* truncated */
		"\n",
		"",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_areas areas;

		assert_success(read_text(rows[i], &areas));
		if (areas.count)
			fail_msg("row %zu", i);
		hr_areas_release(&areas);
	}
}

static void number_of_pieces_is_limited(void **state)
{
	static const char line[] = "108000000-17fffffff : System RAM (kmem)\n";
	char *text = malloc((HR_AREAS_MAX + 1) * strlen(line) + 1);
	struct hr_areas areas;
	size_t len = 0;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < HR_AREAS_MAX; i++, len += strlen(line))
		memcpy(text + len, line, sizeof(line));
	assert_success(read_text(text, &areas));
	assert_int_equal(areas.count, HR_AREAS_MAX);
	hr_areas_release(&areas);
	memcpy(text + len, line, sizeof(line));
	assert_failure(read_text(text, &areas), HR_ERROR_INPUT, "65536");
	hr_areas_release(&areas);
	free(text);
}

static void file_that_is_not_there_is_an_error(void **state)
{
	struct hr_areas areas;

	(void)state;
	assert_failure(hr_areas_read(-1, &areas), HR_ERROR_OS, HR_PROC_IOMEM);
	assert_int_equal(areas.count, 0);
	hr_areas_release(&areas);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(owner_is_who_has_added_the_memory),
		cmocka_unit_test(odd_lines_own_nothing),
		cmocka_unit_test(number_of_pieces_is_limited),
		cmocka_unit_test(file_that_is_not_there_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
