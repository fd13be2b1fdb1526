// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <stdlib.h>
#include <string.h>

#include "source/source.h"

static struct hr_error *read_address(void *context, uint64_t pa, void *buffer, size_t len)
{
	assert_ptr_equal(context, &read_address);
	assert_int_equal(len, sizeof(pa));
	memcpy(buffer, &pa, sizeof(pa));
	return NULL;
}

static void begin_batch(void *context, struct hr_batch *batch)
{
	batch->job = context;
}

static void finish_batch(void *context, struct hr_batch *batch)
{
	assert_ptr_equal(batch->job, context);
}

static size_t destroyed;

static void destroy(void *context)
{
	assert_ptr_equal(context, &read_address);
	destroyed++;
}

/* The memory is exactly what the reader of a format provides. */
static void memory_is_the_readers(void **state)
{
	static const struct hr_source_ops all = {
		.read = read_address,
		.begin = begin_batch,
		.finish = finish_batch,
		.destroy = destroy,
	};
	static const struct hr_source_ops least = { .read = read_address, .destroy = destroy };
	struct hr_source source = { .kind = HR_SOURCE_VMCORE };
	uint64_t word = 0;

	(void)state;
	hr_source_attach(&source, &all, (void *)(uintptr_t)&read_address, 4096, true);
	assert_success(hr_memory_read(&source.memory, 0x1234, &word, sizeof(word)));
	assert_int_equal(word, 0x1234);
	assert_int_equal(source.memory.size, 4096);
	assert_true(source.memory.live);
	assert_ptr_equal(source.memory.begin, begin_batch);
	assert_ptr_equal(source.memory.finish, finish_batch);
	hr_source_attach(&source, &least, (void *)(uintptr_t)&read_address, 8192, false);
	assert_null(source.memory.begin);
	assert_null(source.memory.finish);
	assert_int_equal(source.memory.size, 8192);
	assert_false(source.memory.live);
}

static void the_reader_ends_with_its_source(void **state)
{
	static const struct hr_source_ops ops = { .read = read_address, .destroy = destroy };
	struct hr_source *source = calloc(1, sizeof(*source));

	(void)state;
	assert_non_null(source);
	source->vmcoreinfo = strdup("PAGESIZE=4096\n");
	hr_source_attach(source, &ops, (void *)(uintptr_t)&read_address, 4096, false);
	destroyed = 0;
	hr_source_destroy(source);
	assert_int_equal(destroyed, 1);
}

/* A source whose headers could not be read, or an empty one. */
static void a_source_without_a_reader_can_end(void **state)
{
	struct hr_source *source = calloc(1, sizeof(*source));

	(void)state;
	assert_non_null(source);
	destroyed = 0;
	hr_source_destroy(source);
	hr_source_destroy(NULL);
	assert_int_equal(destroyed, 0);
}

static void kinds_have_names(void **state)
{
	(void)state;
	assert_string_equal(hr_source_kind_name(HR_SOURCE_KCORE), "kcore");
	assert_string_equal(hr_source_kind_name(HR_SOURCE_VMCORE), "vmcore");
	assert_string_equal(hr_source_kind_name(HR_SOURCE_PTDUMP), "ptdump");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_the_readers),
		cmocka_unit_test(the_reader_ends_with_its_source),
		cmocka_unit_test(a_source_without_a_reader_can_end),
		cmocka_unit_test(kinds_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
