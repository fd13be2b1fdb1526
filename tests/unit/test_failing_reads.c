// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each read of a question fails once, or all reads fail from some read on. What cannot be read
 * proves nothing: an answer may become "unknown", but never another one.
 */
#include "fake.h"

#include <string.h>

#include "api/inventory.h"
#include "api/kernel.h"
#include "environment.h"
#include "question.h"

#define BASE GIB(16)
#define HOT  GIB(32)

enum {
	SHAPE_4K = 1,
	SHAPE_16K = 5,
	SHAPE_64K_FOLDED = 12,
};

/* Memory whose read number @first_failure, counted from 0, fails; with @for_ever all later ones. */
struct failing {
	struct hr_memory memory;
	const struct hr_memory *inner;
	uint64_t reads, first_failure;
	bool for_ever;
};

static struct hr_error *failing_read(void *context, uint64_t pa, void *buffer, size_t len)
{
	struct failing *failing = context;
	uint64_t number = failing->reads++;

	if (number == failing->first_failure ||
	    (failing->for_ever && number > failing->first_failure))
		return hr_error_new(HR_ERROR_UNREADABLE, "read %lu fails", (unsigned long)number);
	return hr_memory_read(failing->inner, pa, buffer, len);
}

static void failing_begin(void *context, struct hr_batch *batch)
{
	(void)context;
	memset(batch->buffer, 0xff, batch->count * batch->len);
}

static void failing_finish(void *context, struct hr_batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		char *at = (char *)batch->buffer + i * batch->len;
		struct hr_error *error = failing_read(context, batch->pas[i], at, batch->len);

		batch->ok[i] = !error;
		hr_error_destroy(error);
	}
}

/* The ways in which memory can be read. */
enum form {
	FORM_PLAIN,
	FORM_BATCHES,
	FORM_BEGUN,
	FORM_LIVE,
	FORM_LIVE_BATCHES,
	FORMS,
};

static void failing_init(struct failing *failing, const struct hr_memory *inner, enum form form)
{
	*failing = (struct failing){ .inner = inner, .first_failure = UINT64_MAX };
	failing->memory = *inner;
	failing->memory.read = failing_read;
	failing->memory.context = failing;
	failing->memory.live = form == FORM_LIVE || form == FORM_LIVE_BATCHES;
	if (form != FORM_PLAIN && form != FORM_LIVE)
		failing->memory.finish = failing_finish;
	if (form == FORM_BEGUN)
		failing->memory.begin = failing_begin;
}

struct fixture {
	struct fake_kernel kernel;
	struct question question;
	uint64_t block; /* bytes */
	struct failing failing;
	struct said said;
};

/* Map the memory again by pages, which need tables that are read ahead. */
static void map_as_pages(struct fake_kernel *kernel, uint64_t pa, uint64_t size)
{
	for (uint64_t at = pa; at < pa + size; at += MIB(2))
		fake_set(&kernel->tables, HR_LEVEL_PMD, fake_linear(kernel, at), 0);
	fake_map_linear(kernel, pa, size, FAKE_PTE);
}

/* Six blocks of small leaves; the question is about the middle two. */
static void set_up(struct fixture *fixture, size_t shape)
{
	struct fake_kernel *kernel = &fixture->kernel;

	memset(fixture, 0, sizeof(*fixture));
	fake_kernel_init(kernel, &fake_shapes[shape], BASE);
	fixture->block = hr_section_size(&kernel->layout);
	fake_section(kernel, BASE, 15);
	fake_map_linear(kernel, BASE, fixture->block, FAKE_PMD);
	fake_map_vmemmap(kernel, BASE, fixture->block, FAKE_PTE);
	fake_add_memory(kernel, HOT, 6 * fixture->block, FAKE_PMD, FAKE_PTE);
	if (shape == SHAPE_4K)
		map_as_pages(kernel, HOT + 2 * fixture->block, MIB(16));
	fixture->question = (struct question){
		.layout = &kernel->layout,
		.memory = &fixture->failing.memory,
		.range = { HOT + 2 * fixture->block, HOT + 4 * fixture->block },
		.guard = HR_GUARD_REQUESTED,
	};
}

static void tear_down(struct fixture *fixture)
{
	fake_kernel_release(&fixture->kernel);
}

/* The smallest leaf or group of the linear map that is larger than a memory block. */
static enum fake_kind large_kind(const struct fixture *fixture)
{
	return fixture->kernel.layout.geo.page_shift == 12 ? FAKE_PUD : FAKE_CONT_PMD;
}

static void nothing_is_wrong(struct fixture *fixture)
{
	(void)fixture;
}

static void a_linear_leaf_reaches_beyond(struct fixture *fixture)
{
	struct fake_kernel *kernel = &fixture->kernel;

	fake_map(&kernel->tables, fake_linear(kernel, HOT), HOT, large_kind(fixture));
}

static void a_vmemmap_leaf_reaches_beyond(struct fixture *fixture)
{
	struct fake_kernel *kernel = &fixture->kernel;
	bool is_4k = kernel->layout.geo.page_shift == 12;
	enum fake_kind kind = is_4k ? FAKE_CONT_PMD : FAKE_PMD;
	uint64_t size = fake_kind_size(&kernel->layout.geo, kind);

	fake_map(&kernel->tables, fake_vmemmap(kernel, HOT) & -size, GIB(64), kind);
}

static void it_is_boot_memory(struct fixture *fixture)
{
	fake_section(&fixture->kernel, HOT + 3 * fixture->block, 15);
}

static void part_of_it_is_absent(struct fixture *fixture)
{
	fake_section_gone(&fixture->kernel, HOT + 3 * fixture->block);
}

/* All under one leaf, which goes as a whole; the kernel's check looks at single blocks. */
static void the_kernel_refuses(struct fixture *fixture)
{
	struct fake_kernel *kernel = &fixture->kernel;
	enum fake_kind kind = large_kind(fixture);
	uint64_t size = fake_kind_size(&kernel->layout.geo, kind);

	if (size > 6 * fixture->block) {
		fake_sections(kernel, HOT, size, 7);
		fake_map_vmemmap(kernel, HOT, size, FAKE_PTE);
	}
	fake_map(&kernel->tables, fake_linear(kernel, HOT), HOT, kind);
	fixture->question.range = (struct hr_pa_range){ HOT, HOT + size };
}

/* One member of a group in the middle of the range lacks the CONT bit. */
static void a_group_is_malformed(struct fixture *fixture)
{
	struct fake_kernel *kernel = &fixture->kernel;
	uint64_t pa = HOT + 3 * fixture->block - hr_level_size(&kernel->layout.geo, HR_LEVEL_PMD);
	uint64_t va = fake_linear(kernel, pa);

	fake_set(&kernel->tables, HR_LEVEL_PMD, va, 0);
	fake_map(&kernel->tables, va, pa, FAKE_CONT_PTE);
	fake_set(&kernel->tables, HR_LEVEL_PTE, va,
		 fake_leaf_desc(&kernel->layout.geo, HR_LEVEL_PTE, pa));
}

static void a_leaf_maps_something_else(struct fixture *fixture)
{
	struct fake_kernel *kernel = &fixture->kernel;

	fake_map(&kernel->tables, fake_linear(kernel, HOT + 3 * fixture->block), HOT, FAKE_PMD);
}

static const struct {
	void (*arrange)(struct fixture *fixture);
	enum hr_verdict truth;
} cases[] = {
	{ nothing_is_wrong, HR_VERDICT_REMOVABLE },
	{ a_linear_leaf_reaches_beyond, HR_VERDICT_NOT_REMOVABLE },
	{ a_vmemmap_leaf_reaches_beyond, HR_VERDICT_NOT_REMOVABLE },
	{ it_is_boot_memory, HR_VERDICT_NOT_REMOVABLE },
	{ part_of_it_is_absent, HR_VERDICT_NOT_REMOVABLE },
	{ the_kernel_refuses, HR_VERDICT_NOT_REMOVABLE },
	{ a_group_is_malformed, HR_VERDICT_NOT_REMOVABLE },
	{ a_leaf_maps_something_else, HR_VERDICT_UNKNOWN },
};

/* The verdict about @range with all memory readable. */
static enum hr_verdict true_verdict(const struct fixture *fixture, const struct hr_pa_range *range)
{
	struct question question = fixture->question;
	struct said said;

	question.memory = &fixture->kernel.fake.memory;
	question.range = *range;
	assert_success(question_ask(&question, &said));
	return said.verdict;
}

static void assert_nearest_is_removable(const struct fixture *fixture)
{
	const struct hr_nearest *nearest = &fixture->said.nearest;

	if (nearest->has_inside)
		assert_int_equal(true_verdict(fixture, &nearest->inside), HR_VERDICT_REMOVABLE);
	if (nearest->has_around)
		assert_int_equal(true_verdict(fixture, &nearest->around), HR_VERDICT_REMOVABLE);
}

/* Let every read fail in turn. */
static void ask_with_failures(struct fixture *fixture, enum form form, bool for_ever,
			      enum hr_verdict truth)
{
	struct failing *failing = &fixture->failing;
	uint64_t unknown = 0, reads;

	failing_init(failing, &fixture->kernel.fake.memory, form);
	assert_success(question_ask(&fixture->question, &fixture->said));
	assert_int_equal(fixture->said.verdict, truth);
	reads = failing->reads;
	for (uint64_t i = 0; i < reads; i += one_of()) {
		failing_init(failing, &fixture->kernel.fake.memory, form);
		failing->first_failure = i;
		failing->for_ever = for_ever;
		assert_success(question_ask(&fixture->question, &fixture->said));
		if (fixture->said.verdict != HR_VERDICT_UNKNOWN)
			assert_int_equal(fixture->said.verdict, truth);
		unknown += fixture->said.verdict == HR_VERDICT_UNKNOWN;
		if (i % 7 == 0)
			assert_nearest_is_removable(fixture);
	}
	/* If nothing can be read, nothing is known. */
	assert_true(unknown > 0 || !for_ever);
}

static void a_verdict_changes_to_unknown_alone(void **state)
{
	static const size_t shapes[] = { SHAPE_4K, SHAPE_16K, SHAPE_64K_FOLDED };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(shapes); i++) {
		/* Live memory takes many reads, whose size does not matter. */
		enum form forms = shapes[i] == SHAPE_4K ? FORMS : FORM_LIVE;

		for (size_t at = 0; at < COUNT_OF(cases); at++) {
			struct fixture fixture;

			set_up(&fixture, shapes[i]);
			cases[at].arrange(&fixture);
			for (enum form form = 0; form < forms; form++) {
				ask_with_failures(&fixture, form, false, cases[at].truth);
				ask_with_failures(&fixture, form, true, cases[at].truth);
			}
			tear_down(&fixture);
		}
	}
}

static void assert_suggestions_are_removable(const struct fixture *fixture,
					     const struct hr_suggestions *found)
{
	for (size_t i = 0; i < found->count; i++)
		assert_int_equal(true_verdict(fixture, &found->list[i].range),
				 HR_VERDICT_REMOVABLE);
	if (found->has_largest)
		assert_int_equal(true_verdict(fixture, &found->largest), HR_VERDICT_REMOVABLE);
}

/* Let every read fail in turn, or a sample of the many that live memory takes. */
static void suggest_with_failures(struct fixture *fixture, enum form form, bool for_ever)
{
	struct failing *failing = &fixture->failing;
	struct hr_suggestions whole, found;
	uint64_t step;

	failing_init(failing, &fixture->kernel.fake.memory, form);
	assert_success(question_suggest(&fixture->question, &whole));
	step = (failing->memory.live ? 13 : 1) * one_of();
	for (uint64_t i = 0, reads = failing->reads; i < reads; i += step) {
		failing_init(failing, &fixture->kernel.fake.memory, form);
		failing->first_failure = i;
		failing->for_ever = for_ever;
		assert_success(question_suggest(&fixture->question, &found));
		assert_suggestions_are_removable(fixture, &found);
		/* If fewer are found than exist, the result says that something may be missing. */
		if (found.count < whole.count)
			assert_true(found.unread);
		hr_suggestions_release(&found);
	}
	hr_suggestions_release(&whole);
}

static void what_is_suggested_is_removable(void **state)
{
	(void)state;
	for (size_t at = 0; at < COUNT_OF(cases); at++) {
		struct fixture fixture;

		set_up(&fixture, SHAPE_4K);
		cases[at].arrange(&fixture);
		fixture.question.range.end = fixture.question.range.start + 2 * fixture.block;
		for (enum form form = 0; form < FORMS; form += 2) {
			suggest_with_failures(&fixture, form, false);
			suggest_with_failures(&fixture, form, true);
		}
		tear_down(&fixture);
	}
}

/* What maps the memory, as far as it can be read. */
static struct hr_inventory *take_inventory(struct fixture *fixture)
{
	const struct hr_layout *layout = &fixture->kernel.layout;
	struct hr_kernel kernel = { .layout = *layout, .has_phys_offset = true };
	struct hr_inventory *inventory = NULL;

	assert_success(hr_walker_create(&layout->geo, &fixture->failing.memory, layout->swapper_pa,
					&kernel.walker));
	assert_success(hr_inventory_create(&kernel, false, &inventory));
	hr_walker_destroy(kernel.walker);
	return inventory;
}

/* Compare, both ways, with what can be read if every read fails in turn. */
static void compare_with_failures(struct fixture *fixture, enum form form, bool for_ever)
{
	struct failing *failing = &fixture->failing;
	struct hr_inventory *whole;

	failing_init(failing, &fixture->kernel.fake.memory, form);
	whole = take_inventory(fixture);
	for (uint64_t i = 0, reads = failing->reads; i < reads; i += one_of()) {
		struct hr_inventory_changes changes = { .block = NULL };
		struct hr_inventory *part;

		failing_init(failing, &fixture->kernel.fake.memory, form);
		failing->first_failure = i;
		failing->for_ever = for_ever;
		part = take_inventory(fixture);
		assert_success(hr_inventory_compare(whole, part, &changes));
		assert_false(changes.differs);
		/* Elsewhere, what could not be read in a batch is read again. */
		assert_true(changes.incomplete || form != FORM_PLAIN);
		assert_success(hr_inventory_compare(part, whole, &changes));
		assert_false(changes.differs);
		hr_inventory_destroy(part);
	}
	hr_inventory_destroy(whole);
}

static void memory_that_cannot_be_read_is_not_gone(void **state)
{
	static const size_t shapes[] = { SHAPE_4K, SHAPE_16K, SHAPE_64K_FOLDED };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(shapes); i++) {
		struct fixture fixture;

		set_up(&fixture, shapes[i]);
		for (enum form form = 0; form < FORMS; form++) {
			compare_with_failures(&fixture, form, false);
			compare_with_failures(&fixture, form, true);
		}
		tear_down(&fixture);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_verdict_changes_to_unknown_alone),
		cmocka_unit_test(what_is_suggested_is_removable),
		cmocka_unit_test(memory_that_cannot_be_read_is_not_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
