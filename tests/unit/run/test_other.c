// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/other.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "asked.h"
#include "core_file.h"
#include "ptdump_text.h"

/* A session about a snapshot of a machine, and another snapshot of it as the file of --diff. */
struct files {
	struct asked *asked;
	char before[64], after[64];
	struct core_file text;
	struct hr_options options;
	struct hr_inputs inputs;
	struct hr_session session;
	struct hr_other other;
};

/* Save the machine as it is now at @path. */
static void save(struct asked *asked, const char *path)
{
	struct hr_source source = { .kind = HR_SOURCE_VMCORE, .format = "elf" };
	struct hr_inputs inputs = { .saved = HR_SAVED_FILE_NONE };
	struct hr_system system = { .is_there = false };
	struct hr_session *session = &asked->session;

	ask_begin(asked);
	session->system = &system;
	source.memory = *asked->machine->config.memory;
	session->source = &source;
	session->inputs = &inputs;
	session->memory = source.memory;
	session->config = asked->machine->config;
	asked->options.save_path = path;
	assert_success(hr_saved_file_open(path, &inputs.saved));
	assert_success(hr_round_save(&asked->round));
	hr_saved_file_close(&inputs.saved);
}

static void name_file(char path[64])
{
	int fd;

	strcpy(path, "/tmp/other.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
}

static int begin(void **state)
{
	struct files *files = test_calloc(1, sizeof(*files));
	void *asked;

	ask_set_up(&asked);
	files->asked = asked;
	name_file(files->before);
	name_file(files->after);
	files->options = (struct hr_options){
		.kind = HR_SOURCE_VMCORE,
		.paths = { files->after },
		.path_count = 1,
		.diff_path = files->before,
		.no_sandbox = "there is none here",
		.output = &files->asked->output,
	};
	*state = files;
	return 0;
}

static int end(void **state)
{
	struct files *files = *state;
	void *asked = files->asked;

	hr_session_close(&files->session);
	hr_other_close(&files->other);
	hr_inputs_close(&files->inputs);
	ask_tear_down(&asked);
	unlink(files->before);
	unlink(files->after);
	if (files->text.fd)
		core_file_release(&files->text);
	test_free(files);
	return 0;
}

static void attach_nothing(void *context, struct hr_memory *memory)
{
	(void)context;
	(void)memory;
}

/* Save what has not been saved, and open the session. */
static void open_session(struct files *files)
{
	static const struct hr_observer nobody = { .attach = attach_nothing };

	save(files->asked, files->after);
	assert_success(hr_inputs_open(&files->options, &HR_LINK_CLOSED, &files->inputs));
	assert_success(hr_session_open(&files->options, &files->inputs, &nobody, &files->session));
}

static struct hr_error *open_other(struct files *files)
{
	open_session(files);
	return hr_other_open(&files->session, &files->other);
}

static void the_file_has_a_kernel_of_its_own(void **state)
{
	struct files *files = *state;
	struct asked *asked = files->asked;
	struct hr_inventory_changes changes = { .block = NULL };
	struct hr_inventory *inventory = NULL;

	save(asked, files->before);
	fake_add_memory(&asked->machine->fake, HOT, BLOCK, FAKE_PMD, FAKE_PMD);
	assert_success(open_other(files));
	assert_true(files->other.is_open);
	assert_ptr_not_equal(files->other.session.kernel, files->session.kernel);
	assert_success(hr_inventory_create(files->session.kernel, true, &inventory));
	assert_success(hr_inventory_compare(files->other.inventory, inventory, &changes));
	assert_true(changes.differs);
	assert_false(changes.incomplete);
	hr_inventory_destroy(inventory);
}

/* Files of the source are read by its session, and those of the other one by no one else. */
static void the_file_is_taken_over(void **state)
{
	struct files *files = *state;

	save(files->asked, files->before);
	assert_success(open_other(files));
	assert_int_equal(files->inputs.other.count, 0);
	assert_int_equal(files->inputs.source.count, 1);
	assert_int_equal(files->other.inputs.source.count, 1);
	assert_string_equal(files->other.inputs.source.paths[0], files->before);
}

static void what_is_assumed_applies_to_both(void **state)
{
	struct files *files = *state;
	struct hr_options *options = &files->options;
	const struct hr_config *config;

	save(files->asked, files->before);
	options->teardown = HR_TEARDOWN_PER_LEAF;
	options->flush = HR_FLUSH_PAGE_LOOP;
	options->guard = HR_GUARD_NEXT_RANGE;
	options->mapping = HR_MAPPING_PAGES;
	options->calls = HR_CALLS_BLOCK;
	options->tlbi_range = HR_GIVEN_NO;
	options->repeat_tlbi = HR_GIVEN_YES;
	options->ignored = 1u << HR_REASON_BOOT_MEMORY;
	assert_success(open_other(files));
	config = &files->other.session.config;
	assert_int_equal(config->teardown, HR_TEARDOWN_PER_LEAF);
	assert_int_equal(config->flush, HR_FLUSH_PAGE_LOOP);
	assert_int_equal(config->guard, HR_GUARD_NEXT_RANGE);
	assert_int_equal(config->mapping, HR_MAPPING_PAGES);
	assert_int_equal(config->calls, HR_CALLS_BLOCK);
	assert_int_equal(config->tlbi_range, HR_GIVEN_NO);
	assert_int_equal(config->repeat_tlbi, HR_GIVEN_YES);
	assert_int_equal(config->ignored, 1u << HR_REASON_BOOT_MEMORY);
}

static void what_replaces_facts_applies_to_the_source_alone(void **state)
{
	struct files *files = *state;

	save(files->asked, files->before);
	files->options.overrides.release = "6.12.90";
	assert_success(open_other(files));
	assert_string_equal(hr_kernel_facts(files->session.kernel)->release, "6.12.90");
	assert_string_equal(hr_kernel_facts(files->other.session.kernel)->release, "7.2.12");
}

static bool warns(const struct files *files, const char *text)
{
	size_t count;
	const char *const *told = hr_kernel_warnings(files->session.kernel, &count);

	for (size_t i = 0; i < count; i++)
		if (!strcmp(told[i], text))
			return true;
	return false;
}

static void its_warnings_are_repeated_with_its_name(void **state)
{
	struct files *files = *state;
	struct fake_kernel *fake = &files->asked->machine->fake;
	const uint64_t table = fake_table_of(&fake->tables, HR_LEVEL_PMD, fake_linear(fake, BASE));

	fake_exclude(&fake->fake, table);
	save(files->asked, files->before);
	fake_page(&fake->fake, table)->excluded = false;
	assert_success(open_other(files));
	assert_true(warns(files, "--diff: parts of the linear map could not be read: the map lacks "
				 "them"));
	assert_false(warns(files, "parts of the linear map could not be read: the map lacks them"));
}

static void what_it_lacks_is_told_too(void **state)
{
	struct files *files = *state;
	const char *lack = "--diff: the dump is incomplete: ";
	const char *const *told;
	size_t count;

	save(files->asked, files->before);
	assert_int_equal(truncate(files->before, 0x8000), 0);
	assert_success(open_other(files));
	told = hr_kernel_warnings(files->session.kernel, &count);
	for (size_t i = 0; i < count; i++)
		if (!strncmp(told[i], lack, strlen(lack)))
			return;
	fail_msg("no warning says what is missing");
}

static void a_file_that_cannot_be_read_is_named(void **state)
{
	struct files *files = *state;

	save(files->asked, files->before);
	assert_int_equal(truncate(files->before, 70), 0);
	assert_failure(open_other(files), HR_ERROR_INPUT, "--diff: /tmp/other.");
	assert_null(files->other.inventory);
}

/* As where it is compressed, and shows this late. */
static void a_text_is_refused_even_if_it_shows_late(void **state)
{
	struct files *files = *state;

	save(files->asked, files->before);
	open_session(files);
	core_file_raw(&files->text, ptdump_text, strlen(ptdump_text));
	hr_source_files_close(&files->inputs.other);
	files->options.diff_path = files->text.path;
	assert_success(hr_source_files_open(HR_SOURCE_PTDUMP, &files->options.diff_path, 1, false,
					    &files->inputs.other));
	assert_failure(hr_other_open(&files->session, &files->other), HR_ERROR_USAGE,
		       "--diff: a text of page tables does not say where memory is");
}

static void what_is_not_open_can_be_closed(void **state)
{
	struct hr_other other = { .is_open = false };

	(void)state;
	hr_other_close(&other);
	assert_false(other.is_open);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, begin, end)
		ROW(the_file_has_a_kernel_of_its_own),
		ROW(the_file_is_taken_over),
		ROW(what_is_assumed_applies_to_both),
		ROW(what_replaces_facts_applies_to_the_source_alone),
		ROW(its_warnings_are_repeated_with_its_name),
		ROW(what_it_lacks_is_told_too),
		ROW(a_file_that_cannot_be_read_is_named),
		ROW(a_text_is_refused_even_if_it_shows_late),
		cmocka_unit_test(what_is_not_open_can_be_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
