// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Predicted maps against a model that only knows which leaf maps each place. A place is what one
 * PMD maps; memory blocks are never smaller.
 *
 * HOTREMOVE_TEST_SEED repeats a run, a tenth of HOTREMOVE_TEST_ROUNDS is its length.
 */
#include "fake.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "environment.h"
#include "kernel/address.h"
#include "predict/prediction.h"
#include "walk/lookup.h"

enum {
	PLACES_MAX = 4096,
	CHANGES = 6,
	ROUNDS_SHARE = 10,
};

/* What maps a place. */
enum state {
	NOTHING,
	PUD,
	CONT_PMD,
	LOST_CONT_PMD, /* a member of a group that has lost others */
	PMD,
	PTE,
};

struct model {
	struct fake_kernel kernel;
	uint64_t random;
	uint64_t base; /* PA of the first place */
	uint64_t place, block;
	size_t count; /* of places */
	enum state states[PLACES_MAX];
	struct hr_prediction *prediction;
	struct hr_memory memory;
	struct hr_walker *walker;
};

static uint64_t next_random(struct model *model)
{
	model->random = model->random * UINT64_C(6364136223846793005) + 1442695040888963407;
	return model->random >> 33;
}

static uint64_t below(struct model *model, uint64_t limit)
{
	return next_random(model) % limit;
}

/* Places that the leaf or group of @kind maps. */
static size_t places_of(const struct model *model, enum fake_kind kind)
{
	return fake_kind_size(&model->kernel.layout.geo, kind) / model->place;
}

static bool has_puds(const struct model *model)
{
	return model->kernel.layout.geo.leaf_level == HR_LEVEL_PUD;
}

/* Entries of the root are mapped one by one. */
static bool has_groups(const struct model *model)
{
	return model->kernel.layout.geo.root_level < HR_LEVEL_PMD;
}

/* Does the aligned group of @size places around @at lie in [@first, @end)? */
static bool is_inside(size_t at, size_t size, size_t first, size_t end)
{
	return at / size * size >= first && at / size * size + size <= end;
}

static enum state state_added(const struct model *model, size_t at, size_t first, size_t end,
			      bool blocks, size_t call)
{
	size_t pud = has_puds(model) ? places_of(model, FAKE_PUD) : SIZE_MAX;
	size_t group = has_groups(model) ? places_of(model, FAKE_CONT_PMD) : SIZE_MAX;

	if (!blocks)
		return PTE;
	if (pud <= call && is_inside(at, pud, first, end))
		return PUD;
	return group <= call && is_inside(at, group, first, end) ? CONT_PMD : PMD;
}

static void model_add(struct model *model, size_t first, size_t end, bool blocks, size_t call)
{
	for (size_t at = first; at < end; at++)
		model->states[at] = state_added(model, at, first, end, blocks, call);
}

/* A leaf goes as a whole, and a group loses members. */
static void model_remove(struct model *model, size_t first, size_t end)
{
	size_t pud = has_puds(model) ? places_of(model, FAKE_PUD) : 1;
	size_t group = places_of(model, FAKE_CONT_PMD);

	for (size_t at = first / pud * pud; at < end; at += pud)
		if (model->states[at] == PUD)
			memset(&model->states[at], 0, pud * sizeof(*model->states));
	for (size_t at = first; at < end; at++) {
		size_t start = at / group * group;

		for (size_t i = start; i < start + group && model->states[at] == CONT_PMD; i++)
			if (i < first || i >= end)
				model->states[i] = LOST_CONT_PMD;
		model->states[at] = NOTHING;
	}
}

static void walk_anew(struct model *model)
{
	hr_walker_destroy(model->walker);
	model->memory = hr_prediction_memory(model->prediction);
	assert_success(hr_walker_create(&model->kernel.layout.geo, &model->memory,
					hr_prediction_root_pa(model->prediction), &model->walker));
}

static void set_up(struct model *model, size_t shape, uint64_t seed)
{
	const struct fake_shape *form = &fake_shapes[shape];

	memset(model, 0, sizeof(*model));
	model->random = seed;
	model->base = GIB(64);
	fake_kernel_init(&model->kernel, form, model->base);
	hr_geometry_allow_predicted(&model->kernel.layout.geo);
	model->place = fake_kind_size(&model->kernel.layout.geo, FAKE_PMD);
	model->block = form->page_shift == 16 ? MIB(512) : MIB(128);
	model->count = (form->page_shift == 16 ? GIB(32) : GIB(4)) / model->place;
	assert_success(hr_prediction_create(&model->kernel.layout, &model->kernel.fake.memory,
					    &model->prediction));
	walk_anew(model);
}

static void tear_down(struct model *model)
{
	hr_walker_destroy(model->walker);
	hr_prediction_destroy(model->prediction);
	fake_kernel_release(&model->kernel);
}

/* Memory that the kernel has already, by leaves of one kind, in the first half. */
static void map_some(struct model *model)
{
	static const enum state states[] = { PUD, CONT_PMD, PMD, PTE };
	static const enum fake_kind kinds[] = { FAKE_PUD, FAKE_CONT_PMD, FAKE_PMD, FAKE_PTE };
	size_t i = below(model, 4);
	size_t unit = kinds[i] == FAKE_PTE ? 1 : places_of(model, kinds[i]);
	size_t block = model->block / model->place;

	if (kinds[i] == FAKE_PUD && !has_puds(model))
		return;
	unit = unit > block ? unit : block;
	for (size_t at = 0; at < model->count / 2; at += unit) {
		uint64_t pa = model->base + at * model->place;

		if (below(model, 2))
			continue;
		fake_add_memory(&model->kernel, pa, unit * model->place, kinds[i], FAKE_PTE);
		for (size_t k = 0; k < unit; k++)
			model->states[at + k] = states[i];
	}
}

/* What the walk of the prediction has at a place. */
static enum state state_seen(struct model *model, size_t at)
{
	struct hr_lookup found;

	hr_walk_lookup(model->walker, fake_linear(&model->kernel, model->base + at * model->place),
		       &found);
	if (found.state == HR_MAP_UNREADABLE)
		print_error("%s\n", found.why);
	assert_int_not_equal(found.state, HR_MAP_UNREADABLE);
	if (found.state == HR_MAP_UNMAPPED)
		return NOTHING;
	assert_int_equal(found.leaf.pa, hr_layout_linear_pa(&model->kernel.layout, found.leaf.va));
	if (found.in_broken_group)
		return LOST_CONT_PMD;
	if (found.leaf.level == HR_LEVEL_PUD)
		return PUD;
	if (found.leaf.level == HR_LEVEL_PMD)
		return found.leaf.cont ? CONT_PMD : PMD;
	assert_int_equal(found.leaf.cont, false);
	return PTE;
}

/* All entries of a group that has lost members may be cached as one. */
static enum state state_expected(const struct model *model, size_t at)
{
	size_t group = places_of(model, FAKE_CONT_PMD), start = at / group * group;

	for (size_t i = start; model->states[at] != NOTHING && i < start + group; i++)
		if (model->states[i] == LOST_CONT_PMD)
			return LOST_CONT_PMD;
	return model->states[at];
}

/* Struct pages exist for each place that was added, and for no other. */
static void check_struct_pages(struct model *model, size_t at)
{
	uint64_t va = fake_vmemmap(&model->kernel, model->base + at * model->place);
	struct hr_lookup found;

	hr_walk_lookup(model->walker, va, &found);
	assert_int_not_equal(found.state, HR_MAP_UNREADABLE);
	/* What a removal tears from a neighbour are not its struct pages. */
	if (model->states[at] != NOTHING)
		assert_int_equal(found.state, HR_MAP_MAPPED);
}

static void check_all(struct model *model)
{
	walk_anew(model);
	for (size_t at = 0; at < model->count; at++) {
		assert_int_equal(state_seen(model, at), state_expected(model, at));
		check_struct_pages(model, at);
	}
}

/* Is there nothing in [@first, @end)? */
static bool is_free(const struct model *model, size_t first, size_t end)
{
	for (size_t at = first; at < end; at++)
		if (model->states[at] != NOTHING)
			return false;
	return true;
}

static void add(struct model *model, size_t first, size_t end)
{
	bool by_block = below(model, 4) == 0;
	struct hr_add how = {
		.range = { model->base + first * model->place, model->base + end * model->place },
		.blocks = below(model, 2),
		.standing = HR_STANDING_FILLED,
		.call_size = by_block ? model->block : 0,
	};
	uint64_t left_out;

	assert_success(hr_prediction_add(model->prediction, &how, &left_out));
	assert_int_equal(left_out, 0);
	model_add(model, first, end, how.blocks, by_block ? model->block / model->place : SIZE_MAX);
}

static void drop(struct model *model, size_t first, size_t end)
{
	const struct hr_pa_range range = { model->base + first * model->place,
					   model->base + end * model->place };
	struct hr_torn torn[HR_MAP_COUNT];

	assert_success(hr_prediction_remove(model->prediction, &range, torn));
	model_remove(model, first, end);
}

/* One change at a random place, and what the maps are then like. */
static void change(struct model *model)
{
	size_t block = model->block / model->place, blocks = model->count / block;
	size_t first = below(model, blocks), last = first + below(model, blocks - first);

	if (is_free(model, first * block, (last + 1) * block))
		add(model, first * block, (last + 1) * block);
	else
		drop(model, first * block, (last + 1) * block);
	check_all(model);
}

static void predictions_equal_a_model_of_places(void **state)
{
	uint64_t seed = number_from("HOTREMOVE_TEST_SEED", (uint64_t)time(NULL));
	uint64_t rounds = rounds_of(ROUNDS_SHARE);
	static struct model model;

	(void)state;
	print_message("HOTREMOVE_TEST_SEED=%" PRIu64 "\n", seed);
	for (size_t i = 0; i < rounds * FAKE_SHAPES; i++) {
		set_up(&model, i % FAKE_SHAPES, seed + i);
		map_some(&model);
		hr_prediction_destroy(model.prediction);
		assert_success(hr_prediction_create(&model.kernel.layout, &model.kernel.fake.memory,
						    &model.prediction));
		for (size_t k = 0; k < CHANGES; k++)
			change(&model);
		tear_down(&model);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(predictions_equal_a_model_of_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
