// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/temporary.h"
#include "kcore_reader.h"
#include "source/elf_headers.h"
#include "source/snapshot_file.h"

#define VMCOREINFO "OSRELEASE=7.2.12\n"

/* A snapshot of some fake memory, and what reads it. */
struct fixture {
	struct fake fake;
	struct hr_snapshot snapshot;
	struct hr_snapshot_content content;
	int fd;
	uint64_t size, sum;
	struct hr_source *source;
};

static int set_up(void **state)
{
	struct fixture *fixture = test_calloc(1, sizeof(*fixture));

	fake_init(&fixture->fake, 12);
	for (uint64_t pa = GIB(1); pa < GIB(1) + KIB(64); pa += 8)
		fake_write64(&fixture->fake, pa, pa);
	fixture->snapshot.room = MIB(7);
	fixture->content = (struct hr_snapshot_content){
		.snapshot = &fixture->snapshot,
		.vmcoreinfo = VMCOREINFO,
		.vmcoreinfo_len = strlen(VMCOREINFO),
		.memory = &fixture->fake.memory,
		.va_offset = UINT64_C(0xffff000000000000),
	};
	assert_success(hr_temporary_open("to test in", &fixture->fd));
	fixture->source = calloc(1, sizeof(*fixture->source));
	assert_non_null(fixture->source);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	hr_source_destroy(fixture->source);
	hr_snapshot_release(&fixture->snapshot);
	close(fixture->fd);
	fake_release(&fixture->fake);
	test_free(fixture);
	return 0;
}

static struct hr_error *write_ranges(struct fixture *fixture, const struct hr_read_range *ranges,
				     size_t count)
{
	struct hr_packer *packer;
	struct hr_error *error;

	fixture->content.ranges = ranges;
	fixture->content.count = count;
	assert_success(hr_packer_create(fixture->fd, false, &packer));
	error = hr_snapshot_write(&fixture->content, packer, &fixture->sum);
	if (!error)
		error = hr_packer_end(packer, &fixture->size);
	hr_packer_destroy(packer);
	return error;
}

static const struct hr_read_range usual[] = {
	{ GIB(1) + 3, GIB(1) + 10 },
	{ GIB(1) + KIB(4), GIB(1) + KIB(16) },
	{ GIB(1) + KIB(20) + 8, GIB(1) + KIB(30) },
};

static void a_core_has_exactly_the_ranges(void **state)
{
	struct fixture *fixture = *state;
	struct hr_source *source = fixture->source;
	unsigned char buffer[KIB(12)];

	assert_success(write_ranges(fixture, usual, COUNT_OF(usual)));
	assert_success(hr_elf_core_attach(fixture->fd, false, source));
	assert_string_equal(source->format, "snapshot");
	assert_int_equal(source->vmcoreinfo_len, strlen(VMCOREINFO));
	assert_memory_equal(source->vmcoreinfo, VMCOREINFO, strlen(VMCOREINFO));
	for (size_t i = 0; i < COUNT_OF(usual); i++) {
		size_t len = (size_t)(usual[i].end - usual[i].start);
		unsigned char wanted[KIB(12)];

		assert_success(hr_memory_read(&source->memory, usual[i].start, buffer, len));
		assert_success(hr_memory_read(&fixture->fake.memory, usual[i].start, wanted, len));
		assert_memory_equal(buffer, wanted, len);
		assert_failure(hr_memory_read(&source->memory, usual[i].start - 1, buffer, 1),
			       HR_ERROR_UNREADABLE, "not in the source");
		assert_failure(hr_memory_read(&source->memory, usual[i].end, buffer, 1),
			       HR_ERROR_UNREADABLE, "not in the source");
	}
}

static void a_core_has_the_room_of_its_source(void **state)
{
	struct fixture *fixture = *state;

	assert_success(write_ranges(fixture, usual, COUNT_OF(usual)));
	assert_success(hr_elf_core_attach(fixture->fd, false, fixture->source));
	assert_int_equal(fixture->source->memory.size, MIB(7));
}

static void the_room_of_a_small_file_is_limited(void **state)
{
	struct fixture *fixture = *state;
	uint64_t size = 0;

	fixture->snapshot.room = UINT64_C(1) << 50;
	assert_success(write_ranges(fixture, usual, COUNT_OF(usual)));
	assert_success(hr_elf_core_attach(fixture->fd, false, fixture->source));
	for (size_t i = 0; i < COUNT_OF(usual); i++)
		size += usual[i].end - usual[i].start;
	assert_int_equal(fixture->source->memory.size, MIB(16) + 64 * size);
}

static void a_live_core_is_not_a_snapshot(void **state)
{
	struct fixture *fixture = *state;

	assert_success(write_ranges(fixture, usual, COUNT_OF(usual)));
	assert_success(hr_elf_core_attach(fixture->fd, true, fixture->source));
	assert_null(fixture->source->snapshot);
}

static void reasons_are_those_of_the_source(void **state)
{
	struct fixture *fixture = *state;
	char byte;

	assert_success(hr_snapshot_add_unread(&fixture->snapshot, GIB(2), "it was lost"));
	assert_success(write_ranges(fixture, usual, COUNT_OF(usual)));
	assert_success(hr_elf_core_attach(fixture->fd, false, fixture->source));
	assert_failure(hr_memory_read(&fixture->source->memory, GIB(2), &byte, 1),
		       HR_ERROR_UNREADABLE, "it was lost");
}

static void segments_have_addresses_of_the_linear_map(void **state)
{
	struct fixture *fixture = *state;
	Elf64_Phdr phdrs[4];

	assert_success(write_ranges(fixture, usual, COUNT_OF(usual)));
	assert_int_equal(pread(fixture->fd, phdrs, sizeof(phdrs), sizeof(Elf64_Ehdr)),
			 sizeof(phdrs));
	assert_int_equal(phdrs[0].p_type, PT_NOTE);
	for (size_t i = 0; i < COUNT_OF(usual); i++) {
		assert_int_equal(phdrs[i + 1].p_paddr, usual[i].start);
		assert_true(phdrs[i + 1].p_vaddr == usual[i].start + fixture->content.va_offset);
	}
	/* A page can be mapped. */
	assert_int_equal(phdrs[2].p_offset % 4096, 0);
}

static void many_segments_are_read_again(void **state)
{
	struct fixture *fixture = *state;
	size_t count = 70000;
	struct hr_read_range *ranges = test_calloc(count, sizeof(*ranges));
	uint64_t value;

	for (size_t i = 0; i < count; i++) {
		ranges[i] = (struct hr_read_range){ GIB(4) + i * 16, GIB(4) + i * 16 + 8 };
		fake_write64(&fixture->fake, ranges[i].start, i);
	}
	assert_success(write_ranges(fixture, ranges, count));
	assert_success(hr_elf_core_attach(fixture->fd, false, fixture->source));
	assert_success(hr_memory_read(&fixture->source->memory, GIB(4) + 69999 * 16, &value, 8));
	assert_int_equal(value, 69999);
	test_free(ranges);
}

static void more_segments_than_can_be_read_are_not_written(void **state)
{
	struct fixture *fixture = *state;

	assert_failure(write_ranges(fixture, usual, HR_SEGMENTS_MAX), HR_ERROR_INPUT,
		       "separate pieces of memory");
	assert_failure(write_ranges(fixture, usual, 0), HR_ERROR_INPUT, "nothing of");
}

static void memory_that_has_changed_has_another_sum(void **state)
{
	struct fixture *fixture = *state;
	uint64_t sum;

	assert_success(write_ranges(fixture, usual, COUNT_OF(usual)));
	assert_success(hr_snapshot_sum(&fixture->content, &sum));
	assert_true(sum == fixture->sum);
	/* Outside, and inside. */
	fake_write64(&fixture->fake, GIB(1) + KIB(40), 1);
	assert_success(hr_snapshot_sum(&fixture->content, &sum));
	assert_true(sum == fixture->sum);
	fake_write64(&fixture->fake, GIB(1) + KIB(8), 1);
	assert_success(hr_snapshot_sum(&fixture->content, &sum));
	assert_false(sum == fixture->sum);
}

static void memory_that_is_gone_is_an_error(void **state)
{
	struct fixture *fixture = *state;

	fake_exclude(&fixture->fake, GIB(1) + KIB(8));
	assert_failure(write_ranges(fixture, usual, COUNT_OF(usual)), HR_ERROR_UNREADABLE, "");
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_core_has_exactly_the_ranges),
		test(a_core_has_the_room_of_its_source),
		test(the_room_of_a_small_file_is_limited),
		test(a_live_core_is_not_a_snapshot),
		test(reasons_are_those_of_the_source),
		test(segments_have_addresses_of_the_linear_map),
		test(many_segments_are_read_again),
		test(more_segments_than_can_be_read_are_not_written),
		test(memory_that_has_changed_has_another_sum),
		test(memory_that_is_gone_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
