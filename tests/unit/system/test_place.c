// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/block_service.h"

/* Both sides: one asks, one serves. */
struct fixture {
	struct hr_link asker, server;
};

static int set_up(void **state)
{
	struct fixture *fixture = malloc(sizeof(*fixture));

	assert_non_null(fixture);
	*state = fixture;
	assert_success(hr_link_create(&fixture->asker, &fixture->server));
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	hr_link_close(&fixture->asker);
	hr_link_close(&fixture->server);
	free(fixture);
	return 0;
}

/* No machine has this block. */
static void a_block_that_is_not_there_is_unknown(void **state)
{
	(void)state;
	assert_int_equal(hr_block_state_read(UINT64_MAX), HR_UNKNOWN);
}

/* Compared with the sysfs folder of one of this machine's blocks, if there is any. */
static void the_state_is_what_sysfs_says(void **state)
{
	DIR *folder = opendir(HR_SYSFS_MEMORY);
	struct dirent *entry;
	size_t found = 0;

	(void)state;
	while (folder && (entry = readdir(folder))) {
		char path[512], text[32] = "";
		uint64_t number;
		FILE *file;

		if (sscanf(entry->d_name, "memory%lu", &number) != 1)
			continue;
		snprintf(path, sizeof(path), "%s/%s/state", HR_SYSFS_MEMORY, entry->d_name);
		file = fopen(path, "re");
		if (!file || !fgets(text, sizeof(text), file))
			text[0] = '\0';
		if (file)
			fclose(file);
		assert_int_equal(hr_block_state_read(number), !strcmp(text, "online\n") ? HR_YES
							      : !strcmp(text, "offline\n")
								      ? HR_NO
								      : HR_UNKNOWN);
		found++;
	}
	if (folder)
		closedir(folder);
	if (!found)
		skip();
}

static void a_question_is_a_number_and_an_answer_a_state(void **state)
{
	static const enum hr_tristate states[] = { HR_YES, HR_NO };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT_OF(states); i++) {
		uint8_t answer = (uint8_t)states[i];
		uint64_t number = 0;

		assert_true(hr_link_send(&fixture->server, &answer, sizeof(answer)));
		assert_int_equal(hr_block_state_ask(&fixture->asker, 77 + i), states[i]);
		assert_int_equal(hr_link_receive(&fixture->server, &number, sizeof(number)),
				 HR_LINK_RECEIVED);
		assert_int_equal(number, 77 + i);
	}
}

/* No other byte counts as a state. */
static void other_answers_are_unknown(void **state)
{
	static const uint8_t answers[] = { 2, 77, 254, 255 };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT_OF(answers); i++) {
		assert_true(hr_link_send(&fixture->server, &answers[i], 1));
		assert_int_equal(hr_block_state_ask(&fixture->asker, 0), HR_UNKNOWN);
	}
}

static void without_a_server_all_is_unknown(void **state)
{
	struct fixture *fixture = *state;

	hr_link_close(&fixture->server);
	assert_int_equal(hr_block_state_ask(&fixture->asker, 0), HR_UNKNOWN);
}

static void questions_are_answered_one_by_one(void **state)
{
	static const uint64_t numbers[] = { 0, UINT64_MAX };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		assert_true(hr_link_send(&fixture->asker, &numbers[i], sizeof(numbers[i])));
	for (size_t i = 0; i < COUNT_OF(numbers); i++) {
		uint8_t answer;

		assert_true(hr_block_state_serve(&fixture->server));
		assert_int_equal(hr_link_receive(&fixture->asker, &answer, sizeof(answer)),
				 HR_LINK_RECEIVED);
		assert_int_equal(answer, (uint8_t)hr_block_state_read(numbers[i]));
	}
}

static void serving_ends_with_the_questions(void **state)
{
	struct fixture *fixture = *state;

	assert_true(hr_link_send(&fixture->asker, "short", 5));
	hr_link_close(&fixture->asker);
	assert_false(hr_block_state_serve(&fixture->server));
	assert_false(hr_block_state_serve(&fixture->server));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_block_that_is_not_there_is_unknown),
		cmocka_unit_test(the_state_is_what_sysfs_says),
		cmocka_unit_test_setup_teardown(a_question_is_a_number_and_an_answer_a_state,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(other_answers_are_unknown, set_up, tear_down),
		cmocka_unit_test_setup_teardown(without_a_server_all_is_unknown, set_up, tear_down),
		cmocka_unit_test_setup_teardown(questions_are_answered_one_by_one, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(serving_ends_with_the_questions, set_up, tear_down),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
