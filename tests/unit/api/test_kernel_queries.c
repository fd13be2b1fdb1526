// SPDX-License-Identifier: GPL-2.0-or-later
#include "api_fixture.h"

#include <stdlib.h>
#include <string.h>

/* What the host of a running kernel says. */
struct host {
	enum hr_owner owner;
	enum hr_tristate online;
	uint64_t number; /* of the block that was asked about last */
};

static enum hr_owner owner(void *context, uint64_t start, uint64_t end)
{
	const struct host *host = context;

	return start == HOT && end == HOT + GIB(1) ? host->owner : HR_OWNER_UNKNOWN;
}

static enum hr_tristate block_online(void *context, uint64_t number)
{
	struct host *host = context;

	host->number = number;
	return host->online;
}

/* Ask about [@start, @start + @size); the answer has something to release. */
static struct hr_answer ask(struct fixture *fixture, uint64_t start, uint64_t size,
			    enum hr_depth depth)
{
	const struct hr_pa_range range = { start, start + size };
	struct hr_answer answer;

	assert_success(hr_kernel_ask(fixture->kernel, &range, depth, &answer));
	return answer;
}

static enum hr_verdict verdict(struct fixture *fixture, uint64_t start, uint64_t size,
			       enum hr_depth depth)
{
	struct hr_answer answer = ask(fixture, start, size, depth);

	hr_answer_release(&answer);
	return answer.verdict;
}

/* 1 GiB of hot-added memory by leaves of @kind, and the kernel of it all. */
static struct hr_kernel *add_memory(struct fixture *fixture, enum fake_kind kind)
{
	fake_add_memory(&fixture->fake, HOT, GIB(1), kind, FAKE_PMD);
	return make_kernel(fixture);
}

static void verdict_is_the_same_at_every_depth(void **state)
{
	struct fixture *fixture = *state;
	uint64_t table;

	fake_add_memory(&fixture->fake, HOT + GIB(1), GIB(1), FAKE_PUD, FAKE_PMD);
	fake_add_memory(&fixture->fake, HOT + GIB(2), GIB(1), FAKE_PTE, FAKE_PMD);
	table = fake_table_of(&fixture->fake.tables, HR_LEVEL_PTE,
			      fake_linear(&fixture->fake, HOT + GIB(2) + MIB(64)));
	fake_exclude(&fixture->fake.fake, table);
	add_memory(fixture, FAKE_PMD);
	for (enum hr_depth depth = HR_DEPTH_VERDICT; depth <= HR_DEPTH_PLAN; depth++) {
		assert_int_equal(verdict(fixture, HOT, GIB(1), depth), HR_VERDICT_REMOVABLE);
		assert_int_equal(verdict(fixture, HOT + GIB(1), BLOCK, depth),
				 HR_VERDICT_NOT_REMOVABLE);
		assert_int_equal(verdict(fixture, HOT + GIB(2), BLOCK, depth), HR_VERDICT_UNKNOWN);
	}
}

static void each_depth_has_what_it_asks_for(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer answer;

	add_memory(fixture, FAKE_PMD);
	for (enum hr_depth depth = HR_DEPTH_VERDICT; depth <= HR_DEPTH_PLAN; depth++) {
		answer = ask(fixture, HOT, GIB(1), depth);
		assert_true(answer.survey.maps[HR_MAP_LINEAR].done);
		assert_int_equal(answer.plan != NULL, depth == HR_DEPTH_PLAN);
		assert_int_equal(answer.calls_from != NULL, depth == HR_DEPTH_PLAN);
		hr_answer_release(&answer);
		assert_null(answer.plan);
	}
}

static void nothing_is_walked_once_a_verdict_is_final(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer answer;

	add_memory(fixture, FAKE_PUD);
	answer = ask(fixture, HOT, BLOCK, HR_DEPTH_VERDICT);
	assert_int_equal(answer.verdict, HR_VERDICT_NOT_REMOVABLE);
	assert_false(answer.survey.maps[HR_MAP_LINEAR].done);
	hr_answer_release(&answer);
}

static void more_than_a_verdict_is_answered_whole(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer answer;

	add_memory(fixture, FAKE_PUD);
	answer = ask(fixture, HOT, BLOCK, HR_DEPTH_LEAVES);
	assert_int_equal(answer.verdict, HR_VERDICT_NOT_REMOVABLE);
	assert_true(answer.survey.maps[HR_MAP_LINEAR].done);
	hr_answer_release(&answer);
}

static void reasons_that_are_ignored_do_not_make_it_final(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer answer;

	fixture->config.ignored = 1u << HR_REASON_SPLITS_LEAF;
	add_memory(fixture, FAKE_PUD);
	answer = ask(fixture, HOT, BLOCK, HR_DEPTH_VERDICT);
	assert_true(hr_check_has(&answer.check, HR_REASON_SPLITS_LEAF));
	assert_true(answer.survey.maps[HR_MAP_LINEAR].done);
	hr_answer_release(&answer);
}

static void range_that_cannot_go_has_the_nearest_that_can(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer answer;

	fixture->config.guard = HR_GUARD_NONE;
	add_memory(fixture, FAKE_PUD);
	answer = ask(fixture, HOT + BLOCK, BLOCK, HR_DEPTH_PLAN);
	assert_false(answer.nearest.has_inside);
	assert_true(answer.nearest.has_around);
	assert_int_equal(answer.nearest.around.start, HOT);
	assert_int_equal(answer.nearest.around.end, HOT + GIB(1));
	hr_answer_release(&answer);
}

static void range_that_can_go_needs_no_other(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer answer;

	add_memory(fixture, FAKE_PMD);
	answer = ask(fixture, HOT, GIB(1), HR_DEPTH_PLAN);
	assert_false(answer.nearest.has_inside);
	assert_false(answer.nearest.has_around);
	hr_answer_release(&answer);
}

/* 7.2 looks at the range of the request: it refuses the blocks inside a leaf of 1 GiB. */
static void kernels_own_check_is_a_reason_where_nothing_is_split(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer answer;

	add_memory(fixture, FAKE_PUD);
	answer = ask(fixture, HOT, GIB(1), HR_DEPTH_LEAVES);
	assert_true(hr_check_has(&answer.check, HR_REASON_GUARD_VETO));
	assert_int_equal(answer.guard.vetoed, 8);
	hr_answer_release(&answer);
}

static const char *calls_from(struct fixture *fixture)
{
	struct hr_answer answer = ask(fixture, HOT, GIB(1), HR_DEPTH_PLAN);

	hr_answer_release(&answer);
	return answer.calls_from;
}

static void calls_are_known_by_the_option_or_the_owner(void **state)
{
	struct fixture *fixture = *state;
	struct host said = { .owner = HR_OWNER_KMEM };
	const struct hr_host host = { .context = &said, .owner = owner };

	add_memory(fixture, FAKE_PMD);
	assert_string_equal(calls_from(fixture), "assumed");
	fixture->kernel->config.host = &host;
	assert_string_equal(calls_from(fixture), "owner");
	fixture->kernel->config.calls = HR_CALLS_BLOCK;
	assert_string_equal(calls_from(fixture), "option");
}

static void calls_of_virtio_mem_are_assumed_with_a_warning(void **state)
{
	struct fixture *fixture = *state;
	struct host said = { .owner = HR_OWNER_VIRTIO_MEM };
	const struct hr_host host = { .context = &said, .owner = owner };

	add_memory(fixture, FAKE_PMD);
	fixture->kernel->config.host = &host;
	assert_false(warns_of(fixture, "virtio-mem"));
	assert_string_equal(calls_from(fixture), "assumed");
	assert_true(warns_of(fixture, "virtio-mem"));
}

static void calls_for_each_block_are_asked_about(void **state)
{
	struct fixture *fixture = *state;

	fixture->config.guard = HR_GUARD_NONE;
	add_memory(fixture, FAKE_PUD);
	assert_int_equal(verdict(fixture, HOT, GIB(1), HR_DEPTH_PLAN), HR_VERDICT_REMOVABLE);
	fixture->kernel->config.calls = HR_CALLS_BLOCK;
	assert_int_equal(verdict(fixture, HOT, GIB(1), HR_DEPTH_PLAN), HR_VERDICT_NOT_REMOVABLE);
}

static void blocks_that_exist_are_found_in_their_order(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_kernel *kernel = add_memory(fixture, FAKE_PMD);
	bool unread = false;

	assert_int_equal(hr_kernel_next_block(kernel, 0, &unread), BASE);
	assert_int_equal(hr_kernel_next_block(kernel, BASE + GIB(1), &unread), HOT);
	assert_int_equal(hr_kernel_next_block(kernel, HOT + BLOCK, &unread), HOT + BLOCK);
	assert_false(unread);
}

static void suggestions_are_removable_with_the_figures_of_their_plan(void **state)
{
	struct fixture *fixture = *state;
	struct hr_suggestions found;
	struct hr_answer answer;

	add_memory(fixture, FAKE_PMD);
	assert_success(hr_kernel_suggest(fixture->kernel, MIB(256), &found));
	assert_true(found.count > 0);
	answer = ask(fixture, found.list[0].range.start,
		     found.list[0].range.end - found.list[0].range.start, HR_DEPTH_PLAN);
	assert_int_equal(answer.verdict, HR_VERDICT_REMOVABLE);
	assert_int_equal(found.list[0].tlbi,
			 hr_plan_of(answer.plan, fixture->kernel->models.teardown)->total.tlbi);
	hr_answer_release(&answer);
	hr_suggest_release(&found);
}

static void nothing_is_suggested_of_memory_from_boot(void **state)
{
	struct fixture *fixture = *state;
	struct hr_suggestions found;

	assert_success(hr_kernel_suggest(make_kernel(fixture), MIB(128), &found));
	assert_int_equal(found.count, 0);
	assert_false(found.has_largest);
	hr_suggest_release(&found);
}

static void running_kernel_says_which_blocks_are_online(void **state)
{
	struct fixture *fixture = *state;
	struct host said = { .online = HR_NO };
	const struct hr_host host = { .context = &said, .block_online = block_online };

	add_memory(fixture, FAKE_PMD);
	fixture->kernel->config.host = &host;
	assert_int_equal(hr_kernel_block_online(fixture->kernel, HOT), HR_NO);
	assert_int_equal(said.number, HOT / BLOCK);
}

static void sections_say_which_blocks_of_a_core_are_online(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->fake, HOT + GIB(1), BLOCK, FAKE_PMD, FAKE_PMD);
	fake_section(&fixture->fake, HOT + GIB(1), 3);
	add_memory(fixture, FAKE_PMD);
	assert_int_equal(hr_kernel_block_online(fixture->kernel, HOT), HR_YES);
	assert_int_equal(hr_kernel_block_online(fixture->kernel, HOT + GIB(1)), HR_NO);
}

static void without_sections_blocks_may_be_online_and_from_boot(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer answer;

	fake_note_drop(&fixture->note, "SYMBOL(mem_section)");
	fixture->config.ignored = 1u << HR_REASON_BOOT_MEMORY | 1u << HR_REASON_NOT_PRESENT;
	add_memory(fixture, FAKE_PMD);
	answer = ask(fixture, HOT, BLOCK, HR_DEPTH_LEAVES);
	assert_int_equal(hr_kernel_block_online(fixture->kernel, HOT), HR_UNKNOWN);
	assert_int_equal(hr_kernel_block_boot(fixture->kernel, &answer), HR_UNKNOWN);
	hr_answer_release(&answer);
}

static enum hr_tristate boot(struct fixture *fixture, uint64_t start)
{
	struct hr_answer answer = ask(fixture, start, BLOCK, HR_DEPTH_LEAVES);
	enum hr_tristate found = hr_kernel_block_boot(fixture->kernel, &answer);

	hr_answer_release(&answer);
	return found;
}

static void sections_say_which_blocks_are_from_boot(void **state)
{
	struct fixture *fixture = *state;

	add_memory(fixture, FAKE_PMD);
	assert_int_equal(boot(fixture, BASE), HR_YES);
	assert_int_equal(boot(fixture, HOT), HR_NO);
}

/* That of a table says nothing of the sections; that of a section does. */
static void what_cannot_be_read_may_be_from_boot_if_it_is_a_section(void **state)
{
	struct fixture *fixture = *state;
	struct fake_kernel *fake = &fixture->fake;

	fake_add_memory(fake, HOT + GIB(1), GIB(1), FAKE_PTE, FAKE_PMD);
	fake_exclude(&fake->fake,
		     fake_table_of(&fake->tables, HR_LEVEL_PTE, fake_linear(fake, HOT + GIB(1))));
	add_memory(fixture, FAKE_PMD);
	assert_int_equal(boot(fixture, HOT + GIB(1)), HR_NO);
	fake_section_raw(fake, HOT, 0x5a5a5005);
	make_kernel(fixture);
	assert_int_equal(boot(fixture, HOT), HR_UNKNOWN);
}

static void maps_extend_over_all_that_they_may_have(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_layout *layout = &make_kernel(fixture)->layout;
	uint64_t start, last;

	hr_kernel_map_extent(fixture->kernel, HR_MAP_LINEAR, &start, &last);
	assert_int_equal(start, UINT64_C(0xffff000000000000));
	assert_int_equal(last, UINT64_C(0xffff7fffffffffff));
	hr_kernel_map_extent(fixture->kernel, HR_MAP_VMEMMAP, &start, &last);
	assert_int_equal(start, layout->vmemmap_start);
	assert_int_equal(last, layout->vmemmap_end - 1);
}

/* The bytes of the runs that a walk has shown. */
struct bytes {
	uint64_t mapped, unread;
};

static struct hr_error *on_mapped(void *context, const struct hr_run *run)
{
	struct bytes *bytes = context;

	assert_int_equal(run->state, HR_MAP_MAPPED);
	bytes->mapped += run->count * run->leaf.size;
	return NULL;
}

static struct hr_error *on_unread(void *context, const struct hr_run *run)
{
	struct bytes *bytes = context;

	assert_int_equal(run->state, HR_MAP_UNREADABLE);
	bytes->unread += run->leaf.size;
	return NULL;
}

static struct hr_error *on_failing(void *context, const struct hr_run *run)
{
	(void)context;
	(void)run;
	return hr_error_new(HR_ERROR_INPUT, "enough");
}

static void walk_of_a_map_shows_what_is_mapped_and_what_is_unread(void **state)
{
	struct fixture *fixture = *state;
	struct bytes bytes = { 0 };
	struct hr_map_walk walk = { .run = on_mapped, .unread = on_unread, .context = &bytes };

	add_memory(fixture, FAKE_PTE);
	fake_exclude(&fixture->fake.fake, fake_table_of(&fixture->fake.tables, HR_LEVEL_PTE,
							fake_linear(&fixture->fake, HOT)));
	assert_success(hr_kernel_walk_map(make_kernel(fixture), HR_MAP_LINEAR, &walk));
	assert_int_equal(bytes.mapped, GIB(2) - MIB(2));
	assert_int_equal(bytes.unread, MIB(2));
	assert_int_equal(walk.unreadable, MIB(2));
}

static void what_is_unread_is_counted_for_those_who_do_not_look(void **state)
{
	struct fixture *fixture = *state;
	struct bytes bytes = { 0 };
	struct hr_map_walk walk = { .run = on_mapped, .context = &bytes, .unreadable = 1 };

	add_memory(fixture, FAKE_PTE);
	fake_exclude(&fixture->fake.fake, fake_table_of(&fixture->fake.tables, HR_LEVEL_PTE,
							fake_linear(&fixture->fake, HOT)));
	assert_success(hr_kernel_walk_map(make_kernel(fixture), HR_MAP_LINEAR, &walk));
	assert_int_equal(walk.unreadable, MIB(2));
}

static void walk_of_a_map_ends_with_the_error_of_its_function(void **state)
{
	struct fixture *fixture = *state;
	struct hr_map_walk walk = { .run = on_failing };

	assert_failure(hr_kernel_walk_map(make_kernel(fixture), HR_MAP_LINEAR, &walk),
		       HR_ERROR_INPUT, "enough");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(verdict_is_the_same_at_every_depth),
		test_of_kernel(each_depth_has_what_it_asks_for),
		test_of_kernel(nothing_is_walked_once_a_verdict_is_final),
		test_of_kernel(more_than_a_verdict_is_answered_whole),
		test_of_kernel(reasons_that_are_ignored_do_not_make_it_final),
		test_of_kernel(range_that_cannot_go_has_the_nearest_that_can),
		test_of_kernel(range_that_can_go_needs_no_other),
		test_of_kernel(kernels_own_check_is_a_reason_where_nothing_is_split),
		test_of_kernel(calls_are_known_by_the_option_or_the_owner),
		test_of_kernel(calls_of_virtio_mem_are_assumed_with_a_warning),
		test_of_kernel(calls_for_each_block_are_asked_about),
		test_of_kernel(blocks_that_exist_are_found_in_their_order),
		test_of_kernel(suggestions_are_removable_with_the_figures_of_their_plan),
		test_of_kernel(nothing_is_suggested_of_memory_from_boot),
		test_of_kernel(running_kernel_says_which_blocks_are_online),
		test_of_kernel(sections_say_which_blocks_of_a_core_are_online),
		test_of_kernel(without_sections_blocks_may_be_online_and_from_boot),
		test_of_kernel(sections_say_which_blocks_are_from_boot),
		test_of_kernel(what_cannot_be_read_may_be_from_boot_if_it_is_a_section),
		test_of_kernel(maps_extend_over_all_that_they_may_have),
		test_of_kernel(walk_of_a_map_shows_what_is_mapped_and_what_is_unread),
		test_of_kernel(what_is_unread_is_counted_for_those_who_do_not_look),
		test_of_kernel(walk_of_a_map_ends_with_the_error_of_its_function),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
