// SPDX-License-Identifier: GPL-2.0-or-later
#include "api_fixture.h"

#include <string.h>

#include "api/redaction.h"

static struct hr_redaction *redact(struct fixture *fixture)
{
	struct hr_redaction *redaction = NULL;

	fixture->config.vmcoreinfo_len = fixture->note.len;
	assert_success(hr_redaction_create(&fixture->config, 1, &redaction));
	return redaction;
}

static void table_is_read_whole_or_in_part(void **state)
{
	struct fixture *fixture = *state;
	struct hr_redaction *redaction = redact(fixture);
	uint64_t root = fixture->fake.layout.swapper_pa, page[512], word;

	assert_success(hr_memory_read(&redaction->memory, root, page, sizeof(page)));
	for (uint64_t i = 0; i < 512; i++) {
		assert_success(hr_memory_read(&redaction->memory, root + 8 * i, &word, 8));
		assert_int_equal(word, page[i]);
	}
	hr_redaction_destroy(redaction);
}

static void batch_has_the_same_content(void **state)
{
	struct fixture *fixture = *state;
	const uint64_t pas[] = { fixture->fake.layout.swapper_pa, HOT + GIB(1) };
	static uint64_t pages[1024], page[512];
	bool ok[2] = { false, false };
	struct hr_batch batch = { .pas = pas, .count = 2, .len = 4096, .buffer = pages, .ok = ok };
	struct hr_redaction *redaction;

	fake_write64(&fixture->fake.fake, pas[1], 7);
	fake_reads_meanwhile(&fixture->fake.fake);
	redaction = redact(fixture);
	hr_memory_begin(&redaction->memory, &batch);
	hr_memory_finish(&redaction->memory, &batch);
	assert_success(hr_memory_read(&redaction->memory, pas[0], page, sizeof(page)));
	assert_true(ok[0]);
	assert_memory_equal(pages, page, sizeof(page));
	/* It is not a table. */
	assert_false(ok[1]);
	hr_redaction_destroy(redaction);
}

static void other_memory_is_not_there(void **state)
{
	struct fixture *fixture = *state;
	struct hr_redaction *redaction;
	uint64_t word;

	fake_write64(&fixture->fake.fake, HOT + GIB(1), 7);
	redaction = redact(fixture);
	assert_failure(hr_memory_read(&redaction->memory, HOT + GIB(1), &word, 8),
		       HR_ERROR_UNREADABLE, "cannot be redacted");
	assert_true(redaction->is_unforeseen);
	hr_redaction_destroy(redaction);
}

/* The reason is that of the source, and nothing is wrong with that. */
static void what_the_source_lacks_is_unreadable(void **state)
{
	struct hr_redaction *redaction = redact(*state);
	uint64_t word;

	assert_failure(hr_memory_read(&redaction->memory, HOT + GIB(2), &word, 8),
		       HR_ERROR_UNREADABLE, "");
	assert_false(redaction->is_unforeseen);
	hr_redaction_destroy(redaction);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(table_is_read_whole_or_in_part),
		test_of_kernel(batch_has_the_same_content),
		test_of_kernel(other_memory_is_not_there),
		test_of_kernel(what_the_source_lacks_is_unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
