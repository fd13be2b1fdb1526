// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/api_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "run/redacted.h"

static void symbols_and_texts_are_shifted(void **state)
{
	struct fixture *fixture = *state;
	struct hr_redaction *redaction = NULL;
	struct hr_snapshot facts = { .symbol_count = 1, .symbols = { { NULL, 0 } } };
	uint64_t va = fake_linear(&fixture->fake, BASE);
	char before[64], after[64];

	fixture->config.vmcoreinfo_len = fixture->note.len;
	assert_success(hr_redaction_create(&fixture->config, 1, &redaction));
	snprintf(before, sizeof(before), "at 0x%016lx, PA 0x1234", (unsigned long)va);
	snprintf(after, sizeof(after), "at 0x%016lx, PA 0x1234",
		 (unsigned long)hr_redaction_va(redaction, va));
	facts.symbols[0].name = strdup("name");
	facts.symbols[0].va = va;
	facts.note_of = strdup("host/vmcoreinfo");
	facts.remark = strdup(before);
	facts.incomplete.why = before;
	assert_success(hr_snapshot_add_unread(&facts, 0, before));

	hr_redacted_symbols(redaction, &facts);
	assert_success(hr_redacted_texts(redaction, &facts));
	assert_int_equal(facts.symbols[0].va, hr_redaction_va(redaction, va));
	assert_string_equal(facts.note_of, "the VMCOREINFO given");
	assert_string_equal(facts.remark, after);
	assert_string_equal(facts.incomplete.why, after);
	assert_string_equal(facts.unread[0].why, after);
	hr_snapshot_release(&facts);
	hr_redaction_destroy(redaction);
}

static void what_is_not_there_stays_so(void **state)
{
	struct fixture *fixture = *state;
	struct hr_redaction *redaction = NULL;
	struct hr_snapshot facts = { .room = 1 };

	fixture->config.vmcoreinfo_len = fixture->note.len;
	assert_success(hr_redaction_create(&fixture->config, 1, &redaction));
	assert_success(hr_redacted_texts(redaction, &facts));
	assert_null(facts.note_of);
	assert_null(facts.remark);
	assert_null(facts.incomplete.why);
	hr_redaction_destroy(redaction);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(symbols_and_texts_are_shifted),
		test_of_kernel(what_is_not_there_stays_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
