// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <stdlib.h>
#include <string.h>

#include "base/little_endian.h"
#include "kernel/btf_data.h"
#include "kernel/btf_source.h"

#define BASE GIB(2)
#define TEXT (BASE + MIB(64)) /* PA of the kernel's text, in its linear map */

enum {
	HEADER = 24,
	LENGTH = 300000, /* of the types, with the header */
	MODULE = 5000
};

struct fixture {
	struct fake_kernel kernel;
	struct hr_symbol start, stop;
	struct hr_btf_source source;
	unsigned char *buffer;
};

static void set_up(struct fixture *fixture)
{
	memset(fixture, 0, sizeof(*fixture));
	fake_kernel_init(&fixture->kernel, &fake_shapes[1], BASE);
	fixture->source = (struct hr_btf_source){
		.layout = &fixture->kernel.layout,
		.memory = &fixture->kernel.fake.memory,
		.start = &fixture->start,
		.stop = &fixture->stop,
		.text = fake_linear(&fixture->kernel, TEXT),
	};
	fixture->buffer = test_malloc(HR_BTF_MAX);
}

static void tear_down(struct fixture *fixture)
{
	test_free(fixture->buffer);
	fake_kernel_release(&fixture->kernel);
}

static size_t read_types(struct fixture *fixture)
{
	return hr_btf_read(&fixture->source, fixture->buffer, HR_BTF_MAX);
}

/* Pages of the image, so that a search goes on up to @size bytes behind the text. */
static void put_image(struct fixture *fixture, uint64_t size)
{
	for (uint64_t at = 0; at < size; at += KIB(4))
		fake_page(&fixture->kernel.fake, TEXT + at);
}

static void put_byte(struct fixture *fixture, uint64_t pa, unsigned char value)
{
	fake_page(&fixture->kernel.fake, pa)->bytes[pa % KIB(4)] = value;
}

/* A header at @pa of types with @length bytes, of which the last is 7. */
static void put_header(struct fixture *fixture, uint64_t pa, uint32_t length)
{
	unsigned char header[HEADER] = { 0x9f, 0xeb, 1, 0, HEADER };

	hr_put_le32(header + 12, 1000);
	hr_put_le32(header + 16, 1000);
	hr_put_le32(header + 20, length - HEADER - 1000);
	for (size_t i = 0; i < sizeof(header); i++)
		put_byte(fixture, pa + i, header[i]);
	put_byte(fixture, pa + length - 1, 7);
}

static void types_are_found_behind_the_text(void **state)
{
	/* Also where the pieces of the search meet. */
	static const uint64_t places[] = { 0, MIB(1) + 4, 65536 - 4, 65536 - 24, 2 * 65536 - 60 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		struct fixture fixture;

		set_up(&fixture);
		put_image(&fixture, MIB(3));
		put_header(&fixture, TEXT + places[i], LENGTH);
		assert_int_equal(read_types(&fixture), LENGTH);
		assert_int_equal(fixture.buffer[0], 0x9f);
		assert_int_equal(fixture.buffer[LENGTH - 1], 7);
		tear_down(&fixture);
	}
}

/* The types of modules are like those of the kernel, but need them. */
static void types_of_a_module_are_passed(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	put_image(&fixture, MIB(3));
	put_header(&fixture, TEXT + KIB(8), MODULE);
	put_header(&fixture, TEXT + MIB(1), LENGTH);
	assert_int_equal(read_types(&fixture), LENGTH);
	tear_down(&fixture);
}

static void search_goes_on_behind_a_hole(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	put_image(&fixture, KIB(64));
	put_header(&fixture, TEXT + MIB(8), LENGTH);
	for (uint64_t at = 0; at < MIB(2); at += KIB(4))
		fake_page(&fixture.kernel.fake, TEXT + MIB(8) + at);
	/* A piece of the search begins before the header, where there must be memory, too. */
	for (uint64_t at = KIB(4); at <= KIB(64); at += KIB(4))
		fake_page(&fixture.kernel.fake, TEXT + MIB(8) - at);
	assert_int_equal(read_types(&fixture), LENGTH);
	tear_down(&fixture);
}

static void types_that_cannot_be_read_whole_are_none(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	put_image(&fixture, MIB(1));
	put_header(&fixture, TEXT + KIB(4), LENGTH);
	fake_exclude(&fixture.kernel.fake, TEXT + KIB(128));
	assert_int_equal(read_types(&fixture), 0);
	tear_down(&fixture);
}

/* As many headers as there is room for, none of whose types can be read. */
static void search_tries_few_headers(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	put_image(&fixture, KIB(64));
	for (uint64_t at = 0; at + HEADER < KIB(64); at += 24) {
		unsigned char header[HEADER] = { 0x9f, 0xeb, 1, 0, HEADER };

		hr_put_le32(header + 20, LENGTH);
		for (size_t i = 0; i < sizeof(header); i++)
			put_byte(&fixture, TEXT + at + i, header[i]);
	}
	fake_forget_reads(&fixture.kernel.fake);
	assert_int_equal(read_types(&fixture), 0);
	assert_true(fake_reads_of(&fixture.kernel.fake, TEXT) < 40);
	tear_down(&fixture);
}

static void nothing_is_searched_without_the_text(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	put_image(&fixture, MIB(1));
	put_header(&fixture, TEXT, LENGTH);
	fixture.source.text = 0;
	assert_int_equal(read_types(&fixture), 0);
	tear_down(&fixture);
}

static void symbols_save_the_search(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	put_image(&fixture, MIB(1));
	put_header(&fixture, TEXT, LENGTH);
	fixture.start = (struct hr_symbol){ "__start_BTF", true,
					    fake_linear(&fixture.kernel, TEXT + KIB(4)) };
	fixture.stop = (struct hr_symbol){ "__stop_BTF", true, fixture.start.va + 100 };
	assert_int_equal(read_types(&fixture), 100);
	/* Symbols that cannot be true lead nowhere. */
	fixture.stop.va = fixture.start.va - 1;
	assert_int_equal(read_types(&fixture), LENGTH);
	tear_down(&fixture);
}

static size_t read_nothing(void *context, void *buffer, size_t size)
{
	(void)context;
	(void)buffer;
	(void)size;
	return 0;
}

static size_t read_eight(void *context, void *buffer, size_t size)
{
	(void)context;
	assert_true(size >= 8);
	memset(buffer, 8, 8);
	return 8;
}

static void running_kernel_is_asked_first(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	put_image(&fixture, MIB(1));
	put_header(&fixture, TEXT, LENGTH);
	fixture.source.read = read_eight;
	assert_int_equal(read_types(&fixture), 8);
	fixture.source.read = read_nothing;
	assert_int_equal(read_types(&fixture), LENGTH);
	tear_down(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_are_found_behind_the_text),
		cmocka_unit_test(types_of_a_module_are_passed),
		cmocka_unit_test(search_goes_on_behind_a_hole),
		cmocka_unit_test(types_that_cannot_be_read_whole_are_none),
		cmocka_unit_test(search_tries_few_headers),
		cmocka_unit_test(nothing_is_searched_without_the_text),
		cmocka_unit_test(symbols_save_the_search),
		cmocka_unit_test(running_kernel_is_asked_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
