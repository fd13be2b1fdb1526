// SPDX-License-Identifier: GPL-2.0-or-later
#include "check_fixture.h"

#include <string.h>

#include "leaf_check.h"
#include "walk/walker.h"

static void build(struct fixture *fixture, size_t shape)
{
	struct fake_kernel *kernel = &fixture->kernel;

	fake_kernel_init(kernel, &fake_shapes[shape], BASE);
	fake_sections(kernel, BASE, GIB(1), 15);
	fake_map_linear(kernel, BASE, MIB(64), FAKE_CONT_PTE);
	fake_map_vmemmap(kernel, BASE, GIB(1), FAKE_PTE);
	assert_success(hr_walker_create(&kernel->layout.geo, &kernel->fake.memory,
					kernel->layout.swapper_pa, &fixture->walker));
	assert_success(
		hr_sections_create(&kernel->layout, &kernel->fake.memory, &fixture->sections));
	fixture->check = (struct hr_check){
		.machine.layout = &kernel->layout,
		.machine.walker = fixture->walker,
		.machine.sections = fixture->sections,
		.machine.block_size = hr_section_size(&kernel->layout),
	};
	fixture->result.count = 0;
}

static void release(struct fixture *fixture)
{
	hr_sections_destroy(fixture->sections);
	hr_walker_destroy(fixture->walker);
	fake_kernel_release(&fixture->kernel);
}

int set_up(void **state)
{
	struct fixture *fixture = test_malloc(sizeof(*fixture));

	build(fixture, SHAPE_4K);
	*state = fixture;
	return 0;
}

int tear_down(void **state)
{
	release(*state);
	test_free(*state);
	return 0;
}

void start_over(struct fixture *fixture, size_t shape)
{
	release(fixture);
	build(fixture, shape);
}

struct hr_pa_range begin_check(struct fixture *fixture, uint64_t pa, uint64_t size)
{
	fixture->result.count = 0;
	return (struct hr_pa_range){ pa, pa + size };
}

enum hr_verdict verdict_of(const struct fixture *fixture)
{
	return hr_check_verdict(&fixture->check, &fixture->result);
}

const struct hr_reason *find_reason(const struct fixture *fixture, enum hr_reason_code code)
{
	for (size_t i = 0; i < fixture->result.count; i++)
		if (fixture->result.reasons[i].code == code)
			return &fixture->result.reasons[i];
	return NULL;
}

void assert_reason(const struct fixture *fixture, enum hr_reason_code code, const char *part)
{
	const struct hr_reason *reason = find_reason(fixture, code);

	if (!reason)
		fail_msg("no reason is %s", hr_reason_name(code));
	else if (!strstr(reason->message, part))
		fail_msg("\"%s\" does not say \"%s\"", reason->message, part);
}

void assert_only(const struct fixture *fixture, enum hr_reason_code code, const char *part)
{
	for (size_t i = 0; i < fixture->result.count; i++)
		if (fixture->result.reasons[i].code != code)
			fail_msg("unexpected reason: %s", fixture->result.reasons[i].message);
	assert_int_equal(fixture->result.count, 1);
	assert_reason(fixture, code, part);
}

void assert_nothing(const struct fixture *fixture)
{
	if (fixture->result.count)
		fail_msg("unexpected reason: %s", fixture->result.reasons[0].message);
}
