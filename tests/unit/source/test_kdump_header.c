// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_file.h"

#include <endian.h>
#include <string.h>
#include <unistd.h>

#include "source/kdump_pages.h"

static const struct hr_stretches all_stored;

/*
 * A dump of four pages in blocks of 4 KiB: header, sub header, two blocks for each of the two
 * bitmaps, page descriptors, data.
 */
enum {
	BLOCK = 4096,
	OFF_MACHINE = 272,
	OFF_STATUS = 424,
	OFF_BLOCK_SIZE = 428,
	OFF_SUB_BLOCKS = 432,
	OFF_BITMAP_BLOCKS = 436,
	SUB = BLOCK,
	SUB_SPLIT = SUB + 12,
	SUB_START_PFN = SUB + 16,
	SUB_END_PFN = SUB + 24,
	SUB_VMCOREINFO = SUB + 32,
	SUB_NOTES = SUB + 48,
	SUB_ERASEINFO = SUB + 64,
	SUB_START_PFN_64 = SUB + 80,
	SUB_END_PFN_64 = SUB + 88,
	BITMAP_2 = 4 * BLOCK,
	DESCS = 6 * BLOCK,
	DESC_SIZE = 24,
	DATA = DESCS + 4 * DESC_SIZE,
	PAGE_BYTES = 100, /* compressed */
	END = DATA + 4 * PAGE_BYTES,
};

struct dump {
	unsigned char bytes[END];
	size_t len;
};

static void put32(struct dump *dump, size_t offset, uint32_t value)
{
	value = htole32(value);
	memcpy(dump->bytes + offset, &value, sizeof(value));
}

static void put64(struct dump *dump, size_t offset, uint64_t value)
{
	value = htole64(value);
	memcpy(dump->bytes + offset, &value, sizeof(value));
}

static void make(struct dump *dump)
{
	memset(dump, 0, sizeof(*dump));
	dump->len = END;
	memcpy(dump->bytes, HR_KDUMP_SIGNATURE, HR_KDUMP_SIGNATURE_LEN);
	strcpy((char *)dump->bytes + OFF_MACHINE, "aarch64");
	put32(dump, OFF_BLOCK_SIZE, BLOCK);
	put32(dump, OFF_SUB_BLOCKS, 1);
	put32(dump, OFF_BITMAP_BLOCKS, 4);
	put64(dump, SUB_VMCOREINFO, 512);
	put64(dump, SUB_VMCOREINFO + 8, 64);
	dump->bytes[BITMAP_2] = 0x81;
	dump->bytes[BITMAP_2 + 2 * BLOCK - 1] = 0x81;
	for (size_t i = 0; i < 4; i++) {
		put64(dump, DESCS + i * DESC_SIZE, DATA + i * PAGE_BYTES);
		put32(dump, DESCS + i * DESC_SIZE + 8, PAGE_BYTES);
	}
}

/* The number of pages that the last dump should have. */
static uint64_t page_count;

static struct hr_error *check(const struct dump *dump, struct hr_kdump_header *ret)
{
	struct hr_kdump_pages *pages = NULL;
	struct hr_error *error;
	struct core_file file;

	core_file_raw(&file, dump->bytes, dump->len);
	error = hr_kdump_header_read(file.fd, dump->len, ret);
	if (!error)
		error = hr_kdump_pages_create(file.fd, dump->len, ret, &all_stored, &pages);
	page_count = error ? 0 : hr_kdump_pages_count(pages);
	hr_kdump_pages_destroy(pages);
	core_file_release(&file);
	return error;
}

static void assert_refused(const struct dump *dump, const char *part)
{
	struct hr_kdump_header header;

	assert_failure(check(dump, &header), HR_ERROR_INPUT, part);
}

static void good_dumps_tell_their_block_size_and_note(void **state)
{
	struct hr_kdump_header header;
	struct dump dump;

	(void)state;
	make(&dump);
	assert_success(check(&dump, &header));
	assert_int_equal(header.block_size, BLOCK);
	assert_int_equal(header.vmcoreinfo_offset, 512);
	assert_int_equal(header.vmcoreinfo_size, 64);
}

/* QEMU does not know the machine of its guest's kernel. */
static void dumps_of_big_endian_kernels_are_refused_by_name(void **state)
{
	struct dump dump;

	(void)state;
	make(&dump);
	strcpy((char *)dump.bytes + OFF_MACHINE, "aarch64_be");
	put32(&dump, OFF_BLOCK_SIZE, __builtin_bswap32(BLOCK));
	assert_refused(&dump, "of a big-endian kernel");
}

static void machine_may_be_unknown_but_not_another(void **state)
{
	static const struct {
		const char *machine;
		bool good;
	} rows[] = {
		{ "aarch64", true }, { "arm64", true },	      { "Unknown", true }, { "", true },
		{ "x86_64", false }, { "aarch64_be", false }, { "arm", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_kdump_header header;
		struct dump dump;

		make(&dump);
		memset(dump.bytes + OFF_MACHINE, 0, 65);
		strcpy((char *)dump.bytes + OFF_MACHINE, rows[i].machine);
		if (rows[i].good)
			assert_success(check(&dump, &header));
		else
			assert_refused(&dump, "another architecture");
	}
}

static void impossible_block_sizes_are_refused(void **state)
{
	static const uint32_t sizes[] = { 0, 1, 2048, 4097, 12288, 131072, 0x80000000 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct dump dump;

		make(&dump);
		put32(&dump, OFF_BLOCK_SIZE, sizes[i]);
		assert_refused(&dump, "not a power of two from 4096 to 65536");
	}
}

static void cuts_before_the_first_descriptor_are_refused(void **state)
{
	static const size_t sizes[] = {
		8, 100, 463, 464, BLOCK + 50, 2 * BLOCK, BITMAP_2, DESCS - 1
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct hr_kdump_header header;
		struct hr_error *error;
		struct dump dump;

		make(&dump);
		dump.len = sizes[i];
		error = check(&dump, &header);
		if (!error)
			fail_msg("%zu bytes of %d were taken for all", sizes[i], END);
		assert_true(error->code == HR_ERROR_INPUT || error->code == HR_ERROR_UNREADABLE);
		hr_error_destroy(error);
	}
}

/* The contract with the caller has one error code for all of this. */
static void cuts_are_input_errors(void **state)
{
	struct dump dump;

	(void)state;
	make(&dump);
	dump.len = 100;
	assert_refused(&dump, "");
}

static void notes_must_lie_in_the_file(void **state)
{
	static const size_t blobs[] = { SUB_VMCOREINFO, SUB_NOTES };
	static const uint64_t extents[][2] = {
		{ END, 1 },
		{ 0, END + 1 },
		{ UINT64_MAX, 1 },
		{ 1, UINT64_MAX },
		{ UINT64_C(1) << 63, UINT64_C(1) << 63 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(blobs); i++) {
		for (size_t j = 0; j < COUNT_OF(extents); j++) {
			struct dump dump;

			make(&dump);
			put64(&dump, blobs[i], extents[j][0]);
			put64(&dump, blobs[i] + 8, extents[j][1]);
			assert_refused(&dump, "truncated");
		}
	}
}

/* What was erased is described at the end of the file. */
static void what_is_behind_the_pages_may_be_missing(void **state)
{
	struct hr_kdump_header header;
	struct dump dump;

	(void)state;
	make(&dump);
	assert_success(check(&dump, &header));
	assert_false(header.is_cut);
	put64(&dump, SUB_ERASEINFO, END);
	put64(&dump, SUB_ERASEINFO + 8, 1);
	assert_success(check(&dump, &header));
	assert_true(header.is_cut);
}

static void a_dump_may_say_that_it_is_incomplete(void **state)
{
	static const uint32_t statuses[] = { 0, 1, 0x37, 0x8, 0x9 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(statuses); i++) {
		struct hr_kdump_header header;
		struct dump dump;

		make(&dump);
		put32(&dump, OFF_STATUS, statuses[i]);
		assert_success(check(&dump, &header));
		assert_int_equal(header.is_flagged, (statuses[i] & 8) != 0);
	}
}

static void block_counts_beyond_the_file_are_refused(void **state)
{
	static const size_t fields[] = { OFF_SUB_BLOCKS, OFF_BITMAP_BLOCKS };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(fields); i++) {
		struct dump dump;

		make(&dump);
		put32(&dump, fields[i], UINT32_MAX);
		assert_refused(&dump, "truncated");
	}
}

/* One bit for each frame of a 52-bit physical address, however little is stored. */
static void bitmaps_beyond_physical_addresses_are_refused(void **state)
{
	static const struct {
		uint32_t block, blocks; /* of two bitmaps */
		const char *part;
	} rows[] = {
		{ 4096, UINT32_C(1) << 26, NULL },
		{ 4096, (UINT32_C(1) << 26) + 2, "exceeds the limit of 137438953472 bytes" },
		{ 65536, UINT32_C(1) << 18, NULL },
		{ 65536, (UINT32_C(1) << 18) + 2, "exceeds the limit of 8589934592 bytes" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const uint64_t size = UINT64_C(1) << 40;
		unsigned char sub[3 * BLOCK];
		struct hr_kdump_header header;
		struct hr_error *error;
		struct core_file file;
		struct dump dump;

		make(&dump);
		memcpy(sub, dump.bytes + BLOCK, sizeof(sub));
		put32(&dump, OFF_BLOCK_SIZE, rows[i].block);
		put32(&dump, OFF_BITMAP_BLOCKS, rows[i].blocks);
		core_file_raw(&file, dump.bytes, dump.len);
		core_file_write(&file, sub, sizeof(sub), rows[i].block);
		assert_int_equal(ftruncate(file.fd, (off_t)size), 0);
		error = hr_kdump_header_read(file.fd, size, &header);
		if (rows[i].part)
			assert_failure(error, HR_ERROR_INPUT, rows[i].part);
		else
			assert_success(error);
		core_file_release(&file);
	}
}

/* A part of a split set has the whole bitmap, but only the descriptors of its own pages. */
static void parts_of_a_split_set_count_their_own_pages(void **state)
{
	static const struct {
		size_t start, end;
	} rows[] = { { SUB_START_PFN_64, SUB_END_PFN_64 }, { SUB_START_PFN, SUB_END_PFN } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_kdump_header header;
		struct dump dump;

		make(&dump);
		memset(dump.bytes + BITMAP_2, 0xff, 2 * BLOCK);
		put32(&dump, SUB_SPLIT, 1);
		put64(&dump, rows[i].start, 1003);
		put64(&dump, rows[i].end, 1007);
		assert_success(check(&dump, &header));
		assert_int_equal(page_count, 4);
	}
}

static void dumps_without_a_note_say_so(void **state)
{
	struct hr_kdump_header header;
	struct dump dump;

	(void)state;
	make(&dump);
	put64(&dump, SUB_VMCOREINFO, 0);
	put64(&dump, SUB_VMCOREINFO + 8, 0);
	assert_success(check(&dump, &header));
	assert_int_equal(header.vmcoreinfo_offset, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_dumps_tell_their_block_size_and_note),
		cmocka_unit_test(dumps_of_big_endian_kernels_are_refused_by_name),
		cmocka_unit_test(machine_may_be_unknown_but_not_another),
		cmocka_unit_test(impossible_block_sizes_are_refused),
		cmocka_unit_test(cuts_before_the_first_descriptor_are_refused),
		cmocka_unit_test(cuts_are_input_errors),
		cmocka_unit_test(notes_must_lie_in_the_file),
		cmocka_unit_test(what_is_behind_the_pages_may_be_missing),
		cmocka_unit_test(a_dump_may_say_that_it_is_incomplete),
		cmocka_unit_test(block_counts_beyond_the_file_are_refused),
		cmocka_unit_test(bitmaps_beyond_physical_addresses_are_refused),
		cmocka_unit_test(parts_of_a_split_set_count_their_own_pages),
		cmocka_unit_test(dumps_without_a_note_say_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
