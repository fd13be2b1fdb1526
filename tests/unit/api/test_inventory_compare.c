// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/block_form.h"
#include "api/inventory.h"
#include "api_fixture.h"
#include "map/leaf_form.h"

/* Two inventories of nothing, to which tests add, and what was told about them. */
struct pair {
	struct hr_inventory before, after;
	struct hr_inventory_changes changes;
	struct hr_block_change blocks[8];
	struct hr_leaf_change leaves[8];
	size_t block_count, leaf_count;
};

static const struct hr_leaf_form pmd = {
	.state = HR_MAP_MAPPED,
	.level = HR_LEVEL_PMD,
	.valid = true,
	.expected = true,
	.size = MIB(2),
};

static const struct hr_block_form online = {
	.exists = true,
	.online = HR_YES,
	.boot = HR_NO,
	.verdict = HR_VERDICT_REMOVABLE,
	.guard = HR_GUARD_ACCEPTS,
};

static struct hr_error *on_block(void *context, const struct hr_block_change *change)
{
	struct pair *pair = context;

	assert_true(pair->block_count < COUNT_OF(pair->blocks));
	assert_int_equal(pair->leaf_count, 0);
	pair->blocks[pair->block_count++] = *change;
	return NULL;
}

static struct hr_error *on_leaf(void *context, const struct hr_leaf_change *change)
{
	struct pair *pair = context;

	assert_true(pair->leaf_count < COUNT_OF(pair->leaves));
	pair->leaves[pair->leaf_count++] = *change;
	return NULL;
}

static int set_up_pair(void **state)
{
	struct pair *pair = test_calloc(1, sizeof(*pair));

	pair->before.page_size = pair->after.page_size = KIB(4);
	pair->before.struct_page_size = pair->after.struct_page_size = 64;
	pair->changes = (struct hr_inventory_changes){
		.block = on_block,
		.leaf = on_leaf,
		.context = pair,
		.differs = true,
		.incomplete = true,
	};
	*state = pair;
	return 0;
}

static void release(struct hr_inventory *inventory)
{
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		hr_parts_release(&inventory->leaves[map]);
	hr_parts_release(&inventory->blocks);
}

static int tear_down_pair(void **state)
{
	struct pair *pair = *state;

	release(&pair->before);
	release(&pair->after);
	test_free(pair);
	return 0;
}

static void put_leaf(struct hr_inventory *inventory, enum hr_map map, uint64_t start, uint64_t size,
		     struct hr_leaf_form form)
{
	assert_success(hr_parts_add(&inventory->leaves[map], start, start + size - 1,
				    hr_leaf_form_pack(&form)));
}

static void put_block(struct hr_inventory *inventory, uint64_t start, uint64_t size,
		      struct hr_block_form form)
{
	assert_success(hr_parts_add(&inventory->blocks, start, start + size - 1,
				    hr_block_form_pack(&form)));
}

static void compare(struct pair *pair)
{
	assert_success(hr_inventory_compare(&pair->before, &pair->after, &pair->changes));
}

/* -- what a leaf or a block has become -------------------------------------------------------- */

static void changes_have_names(void **state)
{
	static const char *const names[] = { "unknown", "added",	"removed",    "split",
					     "joined",	"made-invalid", "made-valid", "changed" };

	(void)state;
	assert_int_equal(COUNT_OF(names), HR_CHANGE_KINDS);
	for (enum hr_change change = 0; change < HR_CHANGE_KINDS; change++)
		assert_string_equal(hr_change_name(change), names[change]);
}

static struct hr_leaf_form like_pmd(uint64_t size, bool valid)
{
	struct hr_leaf_form form = pmd;

	form.size = size;
	form.valid = valid;
	return form;
}

static void leaves_change_in_one_way(void **state)
{
	const struct hr_leaf_form unmapped = { .state = HR_MAP_UNMAPPED };
	const struct hr_leaf_form unreadable = { .state = HR_MAP_UNREADABLE };
	struct hr_leaf_form malformed = pmd, strange = pmd;
	const struct {
		struct hr_leaf_form before, after;
		enum hr_change change;
	} rows[] = {
		{ unmapped, pmd, HR_CHANGE_ADDED },
		{ pmd, unmapped, HR_CHANGE_REMOVED },
		{ pmd, like_pmd(KIB(4), true), HR_CHANGE_SPLIT },
		{ pmd, like_pmd(GIB(1), true), HR_CHANGE_JOINED },
		{ pmd, like_pmd(MIB(2), false), HR_CHANGE_INVALIDATED },
		{ like_pmd(MIB(2), false), pmd, HR_CHANGE_VALIDATED },
		/* Whether memory can be reached matters more than by what. */
		{ pmd, like_pmd(KIB(4), false), HR_CHANGE_INVALIDATED },
		{ pmd, malformed, HR_CHANGE_OTHER },
		{ strange, pmd, HR_CHANGE_OTHER },
		{ unreadable, pmd, HR_CHANGE_UNKNOWN },
		{ pmd, unreadable, HR_CHANGE_UNKNOWN },
		{ unreadable, unmapped, HR_CHANGE_UNKNOWN },
		{ unmapped, unreadable, HR_CHANGE_UNKNOWN },
	};

	(void)state;
	malformed.malformed = true;
	strange.expected = false;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_int_equal(hr_leaf_change_of(&rows[i].before, &rows[i].after),
				 rows[i].change);
}

static void blocks_are_added_and_removed(void **state)
{
	const struct hr_block_form none = { .exists = false };

	(void)state;
	assert_int_equal(hr_block_change_of(&none, &online), HR_CHANGE_ADDED);
	assert_int_equal(hr_block_change_of(&online, &none), HR_CHANGE_REMOVED);
}

/* Each member by itself, and what makes its difference uncertain. */
static void what_is_not_known_of_a_block_may_be_the_same(void **state)
{
	const uint32_t splits = 1u << HR_REASON_SPLITS_LEAF, unread = 1u << HR_REASON_UNREADABLE;
	const struct {
		enum hr_tristate online, boot;
		enum hr_verdict verdict;
		enum hr_guard_outcome guard;
		uint32_t reasons;
		enum hr_change change;
	} rows[] = {
		{ HR_NO, HR_NO, HR_VERDICT_REMOVABLE, HR_GUARD_ACCEPTS, 0, HR_CHANGE_OTHER },
		{ HR_UNKNOWN, HR_NO, HR_VERDICT_REMOVABLE, HR_GUARD_ACCEPTS, 0, HR_CHANGE_UNKNOWN },
		{ HR_YES, HR_YES, HR_VERDICT_REMOVABLE, HR_GUARD_ACCEPTS, 0, HR_CHANGE_OTHER },
		{ HR_YES, HR_UNKNOWN, HR_VERDICT_REMOVABLE, HR_GUARD_ACCEPTS, 0,
		  HR_CHANGE_UNKNOWN },
		{ HR_YES, HR_NO, HR_VERDICT_NOT_REMOVABLE, HR_GUARD_ACCEPTS, 0, HR_CHANGE_OTHER },
		{ HR_YES, HR_NO, HR_VERDICT_UNKNOWN, HR_GUARD_ACCEPTS, 0, HR_CHANGE_UNKNOWN },
		{ HR_YES, HR_NO, HR_VERDICT_REMOVABLE, HR_GUARD_REFUSES, 0, HR_CHANGE_OTHER },
		{ HR_YES, HR_NO, HR_VERDICT_REMOVABLE, HR_GUARD_CANNOT_TELL, 0, HR_CHANGE_UNKNOWN },
		{ HR_YES, HR_NO, HR_VERDICT_REMOVABLE, HR_GUARD_ACCEPTS, splits, HR_CHANGE_OTHER },
		{ HR_YES, HR_NO, HR_VERDICT_REMOVABLE, HR_GUARD_ACCEPTS, splits | unread,
		  HR_CHANGE_UNKNOWN },
		/* One certain difference is enough. */
		{ HR_UNKNOWN, HR_UNKNOWN, HR_VERDICT_UNKNOWN, HR_GUARD_REFUSES, unread,
		  HR_CHANGE_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct hr_block_form other = {
			.exists = true,
			.online = rows[i].online,
			.boot = rows[i].boot,
			.verdict = rows[i].verdict,
			.guard = rows[i].guard,
			.reasons = rows[i].reasons,
		};

		assert_int_equal(hr_block_change_of(&online, &other), rows[i].change);
		assert_int_equal(hr_block_change_of(&other, &online), rows[i].change);
	}
}

/* -- comparisons ------------------------------------------------------------------------------ */

static void equal_inventories_do_not_differ(void **state)
{
	struct pair *pair = *state;

	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		put_leaf(&pair->before, map, BASE, GIB(1), pmd);
		put_leaf(&pair->after, map, BASE, GIB(1), pmd);
	}
	put_block(&pair->before, BASE, GIB(1), online);
	put_block(&pair->after, BASE, GIB(1), online);
	compare(pair);
	assert_int_equal(pair->block_count + pair->leaf_count, 0);
	assert_false(pair->changes.differs);
	assert_false(pair->changes.incomplete);
}

static void blocks_come_first_and_leaves_by_map(void **state)
{
	struct pair *pair = *state;

	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		put_leaf(&pair->before, map, BASE, GIB(1), pmd);
		put_leaf(&pair->after, map, BASE, GIB(1), pmd);
		put_leaf(&pair->after, map, HOT, BLOCK, pmd);
	}
	put_block(&pair->after, HOT, BLOCK, online);
	compare(pair);
	assert_int_equal(pair->block_count, 1);
	assert_int_equal(pair->blocks[0].change, HR_CHANGE_ADDED);
	assert_int_equal(pair->blocks[0].range.start, HOT);
	assert_int_equal(pair->blocks[0].range.end, HOT + BLOCK);
	assert_false(pair->blocks[0].before.exists);
	assert_int_equal(pair->leaf_count, HR_MAP_COUNT);
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		assert_int_equal(pair->leaves[map].map, map);
		assert_int_equal(pair->leaves[map].change, HR_CHANGE_ADDED);
		assert_int_equal(pair->leaves[map].range.start, HOT);
		assert_int_equal(pair->leaves[map].range.end, HOT + BLOCK);
		assert_int_equal(pair->leaves[map].after.size, MIB(2));
	}
	assert_true(pair->changes.differs);
	assert_false(pair->changes.incomplete);
}

static void neighbours_that_have_changed_alike_are_one_change(void **state)
{
	struct pair *pair = *state;

	put_leaf(&pair->before, HR_MAP_LINEAR, HOT, GIB(2), pmd);
	put_leaf(&pair->after, HR_MAP_LINEAR, HOT, MIB(512), like_pmd(KIB(4), true));
	put_leaf(&pair->after, HR_MAP_LINEAR, HOT + MIB(512), MIB(512), like_pmd(KIB(4), true));
	put_leaf(&pair->after, HR_MAP_LINEAR, HOT + GIB(1), GIB(1), like_pmd(KIB(64), true));
	compare(pair);
	assert_int_equal(pair->leaf_count, 2);
	assert_int_equal(pair->leaves[0].range.end, HOT + GIB(1));
	assert_int_equal(pair->leaves[0].change, HR_CHANGE_SPLIT);
	assert_int_equal(pair->leaves[1].after.size, KIB(64));
}

static void a_group_that_is_malformed_in_one_of_them_has_changed(void **state)
{
	struct pair *pair = *state;
	struct hr_leaf_form malformed = pmd;

	malformed.malformed = true;
	put_leaf(&pair->before, HR_MAP_LINEAR, BASE, GIB(1), pmd);
	put_leaf(&pair->after, HR_MAP_LINEAR, BASE, MIB(32), malformed);
	put_leaf(&pair->after, HR_MAP_LINEAR, BASE + MIB(32), GIB(1) - MIB(32), pmd);
	compare(pair);
	assert_int_equal(pair->leaf_count, 1);
	assert_int_equal(pair->leaves[0].change, HR_CHANGE_OTHER);
	assert_int_equal(pair->leaves[0].range.end, BASE + MIB(32));
	assert_true(pair->leaves[0].after.malformed);
}

static void what_is_unreadable_in_both_is_no_change_but_unknown(void **state)
{
	const struct hr_leaf_form unreadable = { .state = HR_MAP_UNREADABLE };
	struct pair *pair = *state;

	put_leaf(&pair->before, HR_MAP_LINEAR, BASE, GIB(1), unreadable);
	put_leaf(&pair->after, HR_MAP_LINEAR, BASE, GIB(1), unreadable);
	pair->before.lacks_leaves[HR_MAP_LINEAR] = pair->after.lacks_leaves[HR_MAP_LINEAR] = true;
	compare(pair);
	assert_int_equal(pair->leaf_count, 0);
	assert_false(pair->changes.differs);
	assert_true(pair->changes.incomplete);
}

static void what_is_unreadable_in_one_may_be_the_same(void **state)
{
	const struct hr_leaf_form unreadable = { .state = HR_MAP_UNREADABLE };
	struct pair *pair = *state;

	put_leaf(&pair->before, HR_MAP_LINEAR, BASE, GIB(1), pmd);
	put_leaf(&pair->after, HR_MAP_LINEAR, BASE, GIB(2), unreadable);
	compare(pair);
	/* What was mapped, and what was not. */
	assert_int_equal(pair->leaf_count, 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(pair->leaves[i].change, HR_CHANGE_UNKNOWN);
	assert_false(pair->changes.differs);
	assert_true(pair->changes.incomplete);
}

/* A root of zeros, or another kernel's: no kernel has removed all of its memory. */
static void an_empty_map_was_not_found(void **state)
{
	struct pair *pair = *state;

	put_leaf(&pair->before, HR_MAP_LINEAR, BASE, GIB(1), pmd);
	put_leaf(&pair->after, HR_MAP_VMEMMAP, BASE, GIB(1), pmd);
	compare(pair);
	assert_int_equal(pair->leaf_count, 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(pair->leaves[i].change, HR_CHANGE_UNKNOWN);
	assert_false(pair->changes.differs);
	assert_true(pair->changes.incomplete);
}

static void block_that_a_list_with_gaps_lacks_may_exist(void **state)
{
	struct pair *pair = *state;

	put_block(&pair->before, BASE, BLOCK, online);
	put_block(&pair->after, HOT, BLOCK, online);
	pair->after.lacks_blocks = true;
	compare(pair);
	assert_int_equal(pair->block_count, 2);
	assert_int_equal(pair->blocks[0].change, HR_CHANGE_UNKNOWN);
	assert_int_equal(pair->blocks[1].change, HR_CHANGE_ADDED);
	assert_true(pair->changes.differs);
	assert_true(pair->changes.incomplete);
}

static void block_that_the_list_before_lacks_may_have_been_there(void **state)
{
	struct pair *pair = *state;

	put_block(&pair->after, HOT, BLOCK, online);
	pair->before.lacks_blocks = true;
	compare(pair);
	assert_int_equal(pair->blocks[0].change, HR_CHANGE_UNKNOWN);
	assert_false(pair->changes.differs);
	assert_true(pair->changes.incomplete);
}

/* The linear maps are, by the sizes of their leaves. */
static void vmemmaps_of_other_struct_pages_are_not_compared(void **state)
{
	struct pair *pair = *state;

	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		put_leaf(&pair->before, map, BASE, GIB(1), pmd);
		put_leaf(&pair->after, map, BASE, GIB(1), like_pmd(KIB(16), true));
	}
	pair->after.page_size = KIB(16);
	compare(pair);
	assert_int_equal(pair->leaf_count, 1);
	assert_int_equal(pair->leaves[0].map, HR_MAP_LINEAR);
	assert_true(pair->changes.incomplete);
	pair->after.page_size = KIB(4);
	pair->after.struct_page_size = 72;
	pair->leaf_count = 0;
	compare(pair);
	assert_int_equal(pair->leaf_count, 1);
	assert_true(pair->changes.incomplete);
}

static void a_comparison_does_not_need_functions(void **state)
{
	struct pair *pair = *state;

	put_leaf(&pair->before, HR_MAP_LINEAR, BASE, GIB(1), pmd);
	put_leaf(&pair->after, HR_MAP_LINEAR, BASE, GIB(2), pmd);
	put_block(&pair->after, HOT, BLOCK, online);
	pair->changes.block = NULL;
	pair->changes.leaf = NULL;
	compare(pair);
	assert_true(pair->changes.differs);
}

static struct hr_error *refuse_block(void *context, const struct hr_block_change *change)
{
	(void)context;
	(void)change;
	return hr_error_new(HR_ERROR_OUTPUT, "enough of blocks");
}

static struct hr_error *refuse_leaf(void *context, const struct hr_leaf_change *change)
{
	++*(size_t *)context;
	assert_int_equal(change->map, HR_MAP_LINEAR);
	return hr_error_new(HR_ERROR_OUTPUT, "enough of leaves");
}

static void errors_of_the_functions_end_it(void **state)
{
	struct pair *pair = *state;
	size_t count = 0;

	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		put_leaf(&pair->before, map, BASE, GIB(1), pmd);
		put_leaf(&pair->after, map, BASE, GIB(2), pmd);
	}
	put_block(&pair->after, HOT, BLOCK, online);
	pair->changes.block = refuse_block;
	assert_failure(hr_inventory_compare(&pair->before, &pair->after, &pair->changes),
		       HR_ERROR_OUTPUT, "of blocks");
	assert_int_equal(pair->leaf_count, 0);
	pair->changes.block = NULL;
	pair->changes.leaf = refuse_leaf;
	pair->changes.context = &count;
	assert_failure(hr_inventory_compare(&pair->before, &pair->after, &pair->changes),
		       HR_ERROR_OUTPUT, "of leaves");
	assert_int_equal(count, 1);
}

/* -- of kernels ------------------------------------------------------------------------------- */

/* The memory of two boots is the same, and everything is elsewhere in virtual memory. */
static void kernels_that_have_other_places_in_virtual_memory_are_equal(void **state)
{
	static const uint64_t memstarts[] = { 0, GIB(8), -GIB(1), -GIB(200) };
	struct hr_inventory *before = NULL, *after = NULL;
	struct hr_inventory_changes changes = { .block = NULL };
	void *one;

	(void)state;
	set_up_shape(&one, SHAPE_4K);
	assert_success(hr_inventory_create(add_memory(one, FAKE_CONT_PMD), true, &before));
	for (size_t i = 0; i < COUNT_OF(memstarts); i++) {
		void *other;

		set_up_at(&other, SHAPE_4K, memstarts[i], 64);
		assert_success(hr_inventory_create(add_memory(other, FAKE_CONT_PMD), true, &after));
		assert_success(hr_inventory_compare(before, after, &changes));
		assert_false(changes.differs);
		assert_false(changes.incomplete);
		hr_inventory_destroy(after);
		tear_down(&other);
	}
	hr_inventory_destroy(before);
	tear_down(&one);
}

/* As where KASLR has put the start of both maps below address 0, where there is no memory. */
static void what_a_lost_table_may_map_is_not_removed(void **state)
{
	struct hr_inventory *before = NULL, *after = NULL;
	struct hr_inventory_changes changes = { .block = NULL };
	struct fixture *fixture;
	void *made;

	(void)state;
	set_up_at(&made, SHAPE_4K, -GIB(1), 64);
	fixture = made;
	/* Its struct pages are in another table, so that the map is not empty. */
	fake_add_memory(&fixture->fake, GIB(40960), BLOCK, FAKE_PMD, FAKE_PMD);
	assert_success(hr_inventory_create(add_memory(fixture, FAKE_PMD), false, &before));
	fake_exclude(&fixture->fake.fake, fake_table_of(&fixture->fake.tables, HR_LEVEL_PUD,
							fake_vmemmap(&fixture->fake, BASE)));
	assert_success(hr_inventory_create(make_kernel(fixture), false, &after));
	assert_success(hr_inventory_compare(before, after, &changes));
	assert_false(changes.differs);
	assert_true(changes.incomplete);
	hr_inventory_destroy(before);
	hr_inventory_destroy(after);
	tear_down(&made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up_pair, tear_down_pair)
		cmocka_unit_test(changes_have_names),
		cmocka_unit_test(leaves_change_in_one_way),
		cmocka_unit_test(blocks_are_added_and_removed),
		cmocka_unit_test(what_is_not_known_of_a_block_may_be_the_same),
		ROW(equal_inventories_do_not_differ),
		ROW(blocks_come_first_and_leaves_by_map),
		ROW(neighbours_that_have_changed_alike_are_one_change),
		ROW(a_group_that_is_malformed_in_one_of_them_has_changed),
		ROW(what_is_unreadable_in_both_is_no_change_but_unknown),
		ROW(what_is_unreadable_in_one_may_be_the_same),
		ROW(an_empty_map_was_not_found),
		ROW(block_that_a_list_with_gaps_lacks_may_exist),
		ROW(block_that_the_list_before_lacks_may_have_been_there),
		ROW(vmemmaps_of_other_struct_pages_are_not_compared),
		ROW(a_comparison_does_not_need_functions),
		ROW(errors_of_the_functions_end_it),
		cmocka_unit_test(kernels_that_have_other_places_in_virtual_memory_are_equal),
		cmocka_unit_test(what_a_lost_table_may_map_is_not_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
