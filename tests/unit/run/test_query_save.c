// SPDX-License-Identifier: GPL-2.0-or-later
#include "asked.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kcore_reader.h"

/* A round that saves, with what a session has, and the snapshot that it saved. */
struct saved {
	struct hr_system system; /* which says nothing */
	struct asked *asked;
	struct hr_source source;
	struct hr_inputs inputs;
	char path[64];
	int fd;
	struct hr_source *snapshot;
};

static int begin(void **state)
{
	struct saved *saved = test_calloc(1, sizeof(*saved));
	void *asked;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	ask_set_up(&asked);
	saved->asked = asked;
	strcpy(saved->path, "/tmp/query-save.XXXXXX");
	fd = mkstemp(saved->path);
	assert_true(fd >= 0);
	close(fd);
	saved->fd = -1;
	saved->source.kind = HR_SOURCE_VMCORE;
	strcpy(saved->source.format, "elf");
	saved->inputs.saved = HR_SAVED_FILE_NONE;
	*state = saved;
	return 0;
}

static int end(void **state)
{
	struct saved *saved = *state;
	void *asked = saved->asked;

	hr_source_destroy(saved->snapshot);
	hr_saved_file_close(&saved->inputs.saved);
	hr_cleanup_close(&saved->fd);
	unlink(saved->path);
	ask_tear_down(&asked);
	test_free(saved);
	return 0;
}

/* Save the kernel as it is now. */
static struct hr_error *save(struct saved *saved)
{
	struct asked *asked = saved->asked;
	struct hr_session *session = &asked->session;

	ask_begin(asked);
	saved->source.memory = *asked->machine->config.memory;
	session->source = &saved->source;
	session->system = &saved->system;
	session->inputs = &saved->inputs;
	session->memory = saved->source.memory;
	session->config = asked->machine->config;
	asked->options.save_path = saved->path;
	assert_success(hr_saved_file_open(saved->path, &saved->inputs.saved));
	return hr_round_save(&asked->round);
}

/* Open what was saved. */
static const struct hr_snapshot *open_saved(struct saved *saved)
{
	saved->fd = open(saved->path, O_RDONLY | O_CLOEXEC);
	saved->snapshot = calloc(1, sizeof(*saved->snapshot));
	assert_non_null(saved->snapshot);
	assert_success(hr_elf_core_attach(saved->fd, false, saved->snapshot));
	assert_non_null(saved->snapshot->snapshot);
	return saved->snapshot->snapshot;
}

static void tables_and_sections_are_saved_and_no_other_memory(void **state)
{
	struct saved *saved = *state;
	struct fake_kernel *fake = &saved->asked->machine->fake;
	uint64_t other = BASE + MIB(512);
	char byte;

	fake_write64(&fake->fake, other, 1);
	assert_success(save(saved));
	open_saved(saved);
	assert_success(hr_memory_read(
		&saved->snapshot->memory,
		fake_table_of(&fake->tables, HR_LEVEL_PMD, fake_linear(fake, BASE)), &byte, 1));
	assert_success(
		hr_memory_read(&saved->snapshot->memory, fake_section_root(fake, BASE), &byte, 1));
	assert_failure(hr_memory_read(&saved->snapshot->memory, other, &byte, 1),
		       HR_ERROR_UNREADABLE, "not in the source");
}

static void what_is_known_of_the_source_is_saved(void **state)
{
	struct saved *saved = *state;
	struct asked *asked = saved->asked;
	const struct hr_snapshot *snapshot;

	asked->machine->config.vmcoreinfo_of = "a file";
	asked->session.note_remark = "a remark";
	hr_incomplete_add_end(&saved->source.incomplete, 7);
	assert_success(save(saved));
	snapshot = open_saved(saved);
	assert_string_equal(snapshot->source, "vmcore elf");
	assert_string_equal(snapshot->note_of, "a file");
	assert_string_equal(snapshot->remark, "a remark");
	assert_int_equal(snapshot->room, saved->source.memory.size);
	assert_int_equal(saved->snapshot->incomplete.bytes, 7);
	assert_false(snapshot->has_states);
}

static enum hr_tristate is_online(void *context, uint64_t number)
{
	(void)context;
	return number == BASE / BLOCK ? HR_NO : HR_YES;
}

static void states_of_all_blocks_are_saved(void **state)
{
	static const struct hr_host host = { .block_online = is_online };
	struct saved *saved = *state;
	const struct hr_snapshot *snapshot;

	saved->asked->machine->config.host = &host;
	assert_success(save(saved));
	snapshot = open_saved(saved);
	assert_true(snapshot->has_states);
	assert_true(snapshot->state_count >= 2);
	for (size_t i = 0; i < snapshot->state_count; i++)
		assert_int_equal(snapshot->states[i].online,
				 snapshot->states[i].first != BASE / BLOCK);
}

static void what_was_unreadable_is_saved_with_its_reason(void **state)
{
	struct saved *saved = *state;
	struct fake_kernel *fake = &saved->asked->machine->fake;
	const struct hr_snapshot *snapshot;
	uint64_t table;

	fake_add_memory(fake, HOT, BLOCK, FAKE_PMD, FAKE_PMD);
	table = fake_table_of(&fake->tables, HR_LEVEL_PMD, fake_linear(fake, HOT));
	fake_exclude(&fake->fake, table);
	assert_success(save(saved));
	snapshot = open_saved(saved);
	assert_int_equal(snapshot->unread_count, 1);
	assert_int_equal(snapshot->unread[0].first, table);
}

static void running_kernel_that_changes_once_is_saved(void **state)
{
	struct saved *saved = *state;
	struct fake_kernel *fake = &saved->asked->machine->fake;
	uint64_t at = fake_section_root(fake, BASE) + 8;
	static const uint64_t values[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2 };

	fake_change(&fake->fake, at, values, COUNT_OF(values), false);
	assert_success(save(saved));
	open_saved(saved);
}

static void running_kernel_that_always_changes_is_not_saved(void **state)
{
	struct saved *saved = *state;
	struct fake_kernel *fake = &saved->asked->machine->fake;
	uint64_t at = fake_section_root(fake, BASE) + 8;
	static uint64_t values[10000];

	for (size_t i = 0; i < COUNT_OF(values); i++)
		values[i] = i;
	fake_change(&fake->fake, at, values, COUNT_OF(values), true);
	assert_failure(save(saved), HR_ERROR_INPUT, "tables changed each time");
}

#define test(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(tables_and_sections_are_saved_and_no_other_memory),
		test(what_is_known_of_the_source_is_saved),
		test(states_of_all_blocks_are_saved),
		test(what_was_unreadable_is_saved_with_its_reason),
		test(running_kernel_that_changes_once_is_saved),
		test(running_kernel_that_always_changes_is_not_saved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
