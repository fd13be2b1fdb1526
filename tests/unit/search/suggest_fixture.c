// SPDX-License-Identifier: GPL-2.0-or-later
#include "suggest_fixture.h"

#include <string.h>

#include "map/block.h"
#include "walk/walker.h"

void set_up(struct fixture *fixture, size_t shape)
{
	struct fake_kernel *kernel = &fixture->kernel;
	struct hr_layout *layout = &kernel->layout;

	memset(fixture, 0, sizeof(*fixture));
	fake_kernel_init(kernel, &fake_shapes[shape], BASE);
	fixture->block = hr_section_size(layout);
	fake_section(kernel, BASE, 15);
	fake_map_linear(kernel, BASE, fixture->block, FAKE_PMD);
	fake_map_vmemmap(kernel, BASE, fixture->block, FAKE_PTE);
	fixture->check = (struct hr_check){
		.machine.layout = layout,
		.machine.block_size = fixture->block,
	};
	fixture->tlbi = (struct hr_tlbi_config){
		.page_shift = layout->geo.page_shift,
		.lpa2 = layout->geo.lpa2,
		.range_ops = true,
		.flush = HR_FLUSH_RANGE_OPS,
	};
	fixture->form = (struct hr_teardown_form){
		.tlbi = &fixture->tlbi,
		.teardown = HR_TEARDOWN_BATCHED,
		.memory_block_size = fixture->block,
	};
	fixture->guard.model = HR_GUARD_NONE;
}

void start_reading(struct fixture *fixture)
{
	const struct hr_layout *layout = &fixture->kernel.layout;
	struct hr_check *check = &fixture->check;

	assert_success(hr_walker_create(&layout->geo, &fixture->kernel.fake.memory,
					layout->swapper_pa, &check->machine.walker));
	assert_success(
		hr_sections_create(layout, &fixture->kernel.fake.memory, &check->machine.sections));
	fixture->guard = (struct hr_guard_check){
		.machine.layout = layout,
		.machine.walker = check->machine.walker,
		.machine.sections = check->machine.sections,
		.machine.block_size = fixture->block,
		.model = fixture->guard.model,
	};
}

void tear_down(struct fixture *fixture)
{
	hr_suggestions_release(&fixture->found);
	hr_sections_destroy(fixture->check.machine.sections);
	hr_walker_destroy(fixture->check.machine.walker);
	fake_kernel_release(&fixture->kernel);
}

static uint64_t next_block(void *context, uint64_t start, bool *ret_unread)
{
	struct fixture *fixture = context;

	fixture->calls++;
	*ret_unread |= fixture->unread_blocks;
	return hr_block_next(&fixture->check.machine, start, UINT64_C(1) << 48, ret_unread);
}

struct hr_suggest_query query_of(struct fixture *fixture, uint64_t size)
{
	return (struct hr_suggest_query){
		.check = &fixture->check,
		.guard = &fixture->guard,
		.form = &fixture->form,
		.size = size,
		.next_block = next_block,
		.context = fixture,
	};
}
