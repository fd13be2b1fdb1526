// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"
#include "tree_files.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/tree.h"

/* A tree, and both sides of a link: one asks, one serves. */
struct fixture {
	struct tree_files files;
	struct hr_tree tree; /* answers by itself */
	struct hr_link asker, server;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	*state = fixture;
	tree_files_create(&fixture->files);
	fixture->tree.root = fixture->files.root;
	assert_success(hr_link_create(&fixture->asker, &fixture->server));
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	hr_link_close(&fixture->asker);
	hr_link_close(&fixture->server);
	tree_files_destroy(&fixture->files);
	free(fixture);
	return 0;
}

static const char *asked(const struct fixture *fixture, enum hr_tree_file file, const char *name)
{
	static char text[HR_TREE_TEXT + 1];
	struct hr_tree_question question = { .file = file };

	strcpy(question.name, name);
	text[hr_tree_ask(&fixture->tree, &question, text)] = '\0';
	return text;
}

static void a_block_is_its_files_and_what_it_links_to(void **state)
{
	struct fixture *fixture = *state;
	struct hr_block_text block;

	tree_files_block(&fixture->files, 40, "online\n", "Movable\n", 1, "PNP0C80:01");
	hr_tree_ask_block(&fixture->tree, 40, &block);
	assert_string_equal(block.state, "online\n");
	assert_string_equal(block.zones, "Movable\n");
	assert_string_equal(block.node, "node1");
	assert_string_equal(block.device, "PNP0C80:01");
}

static void of_a_block_that_is_not_there_nothing_is_said(void **state)
{
	struct fixture *fixture = *state;
	struct hr_block_text block, none = { .state = "" };

	hr_tree_ask_block(&fixture->tree, UINT64_MAX, &block);
	assert_memory_equal(&block, &none, sizeof(block));
}

/* A longer text is cut where its room ends, and a longer name does not count. */
static void what_is_too_long_does_not_run_over(void **state)
{
	static const char long_name[] = "PNP0C80:0123456789012345678901234567890123456789012345";
	struct fixture *fixture = *state;
	struct hr_block_text block;

	tree_files_block(&fixture->files, 7, "online-and-much-more-than-that\n", "Normal\n", 0,
			 long_name);
	hr_tree_ask_block(&fixture->tree, 7, &block);
	assert_string_equal(block.state, "online-and-much");
	assert_string_equal(block.device, "");
}

static void a_list_has_the_names_of_its_kind(void **state)
{
	struct fixture *fixture = *state;

	tree_files_put(&fixture->files, "sys/bus/acpi/devices/PNP0C80:00", "");
	tree_files_put(&fixture->files, "sys/bus/acpi/devices/PNP0A08:00", "");
	tree_files_put(&fixture->files, "sys/bus/dax/devices/dax0.0", "");
	tree_files_put(&fixture->files, "sys/bus/virtio/drivers/virtio_mem/virtio1", "");
	tree_files_put(&fixture->files, "sys/bus/virtio/drivers/virtio_mem/bind", "");
	assert_string_equal(asked(fixture, HR_TREE_DIMMS, ""), "PNP0C80:00\n");
	assert_string_equal(asked(fixture, HR_TREE_DAXES, ""), "dax0.0\n");
	assert_string_equal(asked(fixture, HR_TREE_VIRTIO_MEMS, ""), "virtio1\n");
}

/* All names come, however many answers they take. */
static void a_long_list_comes_in_parts(void **state)
{
	struct fixture *fixture = *state;
	struct hr_tree_question question = { .file = HR_TREE_DAXES };
	char text[HR_TREE_TEXT + 1], path[64];
	unsigned int parts = 0, names = 0;
	size_t len;

	for (unsigned int i = 0; i < 1000; i++) {
		snprintf(path, sizeof(path), "sys/bus/dax/devices/dax%u.0", i);
		tree_files_put(&fixture->files, path, "");
	}
	for (; (len = hr_tree_ask(&fixture->tree, &question, text)); parts++) {
		text[len] = '\0';
		for (const char *at = text; (at = strchr(at, '\n')); at++, names++)
			question.first++;
	}
	assert_int_equal(names, 1000);
	assert_true(parts > 1);
}

static void a_link_is_the_name_that_it_leads_to(void **state)
{
	struct fixture *fixture = *state;

	tree_files_link(&fixture->files, "sys/bus/dax/devices/dax0.0/driver", "../../drivers/kmem");
	assert_string_equal(asked(fixture, HR_TREE_DAX_DRIVER, "dax0.0"), "kmem");
}

/* They would be parts of paths. */
static void names_of_other_characters_are_not_asked_for(void **state)
{
	static const char *const names[] = { "..", ".x", "a/b", "a b", "<b>", "a\n" };
	struct fixture *fixture = *state;

	tree_files_put(&fixture->files, "sys/bus/acpi/devices/a b/status", "15\n");
	for (size_t i = 0; i < COUNT_OF(names); i++)
		assert_string_equal(asked(fixture, HR_TREE_DIMM_STATUS, names[i]), "");
}

/* Opening it would wait for a writer. */
static void a_pipe_is_not_waited_for(void **state)
{
	struct fixture *fixture = *state;
	struct hr_block_text block;
	char path[128];

	tree_files_block(&fixture->files, 1, "online\n", "Normal\n", 0, NULL);
	snprintf(path, sizeof(path), "%s/sys/devices/system/memory/memory1/state",
		 fixture->files.root);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	hr_tree_ask_block(&fixture->tree, 1, &block);
	assert_string_equal(block.state, "");
}

static void a_server_answers_as_if_it_had_been_asked_here(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_tree_question question = { .file = HR_TREE_BLOCK, .number = 3 };
	struct hr_block_text block;
	uint32_t len;

	tree_files_block(&fixture->files, 3, "offline\n", "Normal Movable\n", 2, NULL);
	assert_true(hr_link_send(&fixture->asker, &question, sizeof(question)));
	assert_true(hr_tree_serve(fixture->files.root, &fixture->server));
	assert_int_equal(hr_link_receive(&fixture->asker, &len, sizeof(len)), HR_LINK_RECEIVED);
	assert_int_equal(len, sizeof(block));
	assert_int_equal(hr_link_receive(&fixture->asker, &block, len), HR_LINK_RECEIVED);
	assert_string_equal(block.node, "node2");
}

static void questions_that_make_no_sense_end_the_service(void **state)
{
	static const struct hr_tree_question questions[] = {
		{ .file = HR_TREE_FILES },
		{ .file = UINT32_MAX },
		{ .file = HR_TREE_DIMM_STATUS, .name = "../../x" },
	};
	struct fixture *fixture = *state;
	struct hr_tree_question endless = { .file = HR_TREE_DIMM_STATUS };

	for (size_t i = 0; i < COUNT_OF(questions); i++) {
		assert_true(hr_link_send(&fixture->asker, &questions[i], sizeof(questions[i])));
		assert_false(hr_tree_serve(fixture->files.root, &fixture->server));
	}
	memset(endless.name, 'x', sizeof(endless.name));
	assert_true(hr_link_send(&fixture->asker, &endless, sizeof(endless)));
	assert_false(hr_tree_serve(fixture->files.root, &fixture->server));
	hr_link_close(&fixture->asker);
	assert_false(hr_tree_serve(fixture->files.root, &fixture->server));
}

/* The process that answers is trusted, but a bug there must not become one here. */
static void an_answer_that_is_too_long_does_not_count(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_tree tree = { "", &fixture->asker };
	const uint32_t len = UINT32_MAX;
	struct hr_block_text block;

	assert_true(hr_link_send(&fixture->server, &len, sizeof(len)));
	hr_tree_ask_block(&tree, 0, &block);
	assert_string_equal(block.state, "");
	hr_link_close(&fixture->server);
	hr_tree_ask_block(&tree, 0, &block);
	assert_string_equal(block.state, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_block_is_its_files_and_what_it_links_to),
		TEST(of_a_block_that_is_not_there_nothing_is_said),
		TEST(what_is_too_long_does_not_run_over),
		TEST(a_list_has_the_names_of_its_kind),
		TEST(a_long_list_comes_in_parts),
		TEST(a_link_is_the_name_that_it_leads_to),
		TEST(names_of_other_characters_are_not_asked_for),
		TEST(a_pipe_is_not_waited_for),
		TEST(a_server_answers_as_if_it_had_been_asked_here),
		TEST(questions_that_make_no_sense_end_the_service),
		TEST(an_answer_that_is_too_long_does_not_count),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
