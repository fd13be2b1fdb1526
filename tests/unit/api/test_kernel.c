// SPDX-License-Identifier: GPL-2.0-or-later
#include "api_fixture.h"

#include <string.h>

#include "ptdump_text.h"

/* Take the text in the place of memory and note; the caller destroys it behind the kernel. */
static struct hr_ptdump *use_text(struct fixture *fixture)
{
	struct hr_ptdump *ptdump = NULL;

	assert_success(hr_ptdump_parse(ptdump_text, strlen(ptdump_text), &ptdump));
	fixture->config.memory = NULL;
	fixture->config.ptdump = ptdump;
	fixture->config.vmcoreinfo = NULL;
	fixture->config.maps_only = true;
	return ptdump;
}

static void end_text(struct fixture *fixture, struct hr_ptdump *ptdump)
{
	hr_kernel_destroy(fixture->kernel);
	fixture->kernel = NULL;
	hr_ptdump_destroy(ptdump);
}

static void kernel_is_made_of_its_note_and_memory(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_kernel *kernel = make_kernel(fixture);

	assert_string_equal(kernel->layout.release, "7.2.12");
	assert_int_equal(kernel->layout.swapper_pa, fixture->fake.tables.root_pa);
	assert_non_null(kernel->walker);
	assert_non_null(kernel->sections);
	assert_int_equal(kernel->models.guard, HR_GUARD_REQUESTED);
}

static void errors_begin_with_the_name_of_the_source_if_it_has_one(void **state)
{
	struct fixture *fixture = *state;
	struct hr_error *named, *nameless;

	fake_note_drop(&fixture->note, "SIZE(page)");
	named = create_kernel(fixture);
	fixture->config.name = NULL;
	nameless = create_kernel(fixture);
	assert_non_null(named);
	assert_non_null(nameless);
	assert_int_equal(strncmp(named->message, "a core: ", 8), 0);
	assert_string_equal(named->message + 8, nameless->message);
	hr_error_destroy(named);
	assert_failure(nameless, HR_ERROR_INPUT, "{struct_page_size}");
}

static void errors_of_a_given_note_name_its_file(void **state)
{
	struct fixture *fixture = *state;

	fixture->config.vmcoreinfo_of = "note.txt";
	fake_note_add(&fixture->note, "PAGESIZE", "8192");
	assert_failure(create_kernel(fixture), HR_ERROR_INPUT, "note.txt: ");
}

static void kernel_without_a_note_lacks_what_it_tells(void **state)
{
	struct fixture *fixture = *state;

	fixture->config.vmcoreinfo = NULL;
	assert_failure(create_kernel(fixture), HR_ERROR_INPUT, "a core: ");
}

static void kernel_needs_memory_that_can_be_read(void **state)
{
	const struct hr_memory nothing = { .size = GIB(1) };
	struct fixture *fixture = *state;

	fixture->config.memory = &nothing;
	assert_failure(create_kernel(fixture), HR_ERROR_USAGE, "memory that can be read");
	fixture->config.memory = NULL;
	assert_failure(create_kernel(fixture), HR_ERROR_USAGE, "memory that can be read");
	fixture->config = (struct hr_config){ .name = NULL };
	assert_failure(create_kernel(fixture), HR_ERROR_USAGE, "memory that can be read");
}

static void memory_needs_a_size(void **state)
{
	struct fixture *fixture = *state;
	struct hr_memory memory = fixture->fake.fake.memory;

	memory.size = 0;
	fixture->config.memory = &memory;
	assert_failure(create_kernel(fixture), HR_ERROR_USAGE, "memory that can be read");
}

static void memory_of_hardly_any_size_proves_no_block_removable(void **state)
{
	struct fixture *fixture = *state;
	struct hr_memory memory = fixture->fake.fake.memory;
	struct hr_suggestions found;

	fake_add_memory(&fixture->fake, HOT, GIB(1), FAKE_PTE, FAKE_PMD);
	memory.size = 1;
	fixture->config.memory = &memory;
	make_kernel(fixture);
	assert_success(hr_kernel_suggest(fixture->kernel, BLOCK, &found));
	assert_int_equal(found.count, 0);
	assert_true(found.unread);
	hr_suggestions_release(&found);
}

/* A way to spoil a configuration. */
struct spoilt {
	void (*spoil)(struct hr_config *config);
};

static void spoil_teardown(struct hr_config *config)
{
	config->teardown = HR_TEARDOWN_BATCHED + 1;
}

static void spoil_flush(struct hr_config *config)
{
	config->flush = HR_FLUSH_RANGE_OPS + 1;
}

static void spoil_guard(struct hr_config *config)
{
	config->guard = (enum hr_guard) - 1;
}

static void spoil_calls(struct hr_config *config)
{
	config->calls = HR_CALLS_BLOCK + 1;
}

static void spoil_features(struct hr_config *config)
{
	config->tlbi_range = HR_GIVEN_YES + 1;
}

static void spoil_erratum(struct hr_config *config)
{
	config->repeat_tlbi = HR_GIVEN_YES + 1;
}

static void spoil_ignored(struct hr_config *config)
{
	config->ignored = 1u << HR_REASON_COUNT;
}

static void spoil_overrides(struct hr_config *config)
{
	config->overrides.set[HR_OVERRIDE_COUNT] = true;
}

static void spoil_room(struct hr_config *config)
{
	config->reserved[0] = 1;
}

static void spoil_memory(struct hr_config *config)
{
	static struct hr_memory memory;

	memory = *config->memory;
	memory.reserved[3] = &memory;
	config->memory = &memory;
}

static void spoil_host(struct hr_config *config)
{
	static struct hr_host host;

	host.reserved[0] = &host;
	config->host = &host;
}

static void value_that_is_not_known_is_refused(void **state)
{
	static const struct spoilt rows[] = {
		{ spoil_teardown }, { spoil_flush },   { spoil_guard },	  { spoil_calls },
		{ spoil_features }, { spoil_erratum }, { spoil_ignored }, { spoil_overrides },
		{ spoil_room },	    { spoil_memory },  { spoil_host },
	};
	struct fixture *fixture = *state;
	const struct hr_config good = fixture->config;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		fixture->config = good;
		rows[i].spoil(&fixture->config);
		assert_failure(create_kernel(fixture), HR_ERROR_USAGE, "does not know");
	}
}

static void kernel_without_mem_section_has_no_sections(void **state)
{
	struct fixture *fixture = *state;

	fake_note_drop(&fixture->note, "SYMBOL(mem_section)");
	assert_null(make_kernel(fixture)->sections);
	assert_null(fixture->kernel->no_sections);
}

static void memory_block_has_at_least_a_section(void **state)
{
	static const struct {
		uint64_t given, used;
	} rows[] = {
		{ 0, MIB(128) },
		{ MIB(64), MIB(128) },
		{ MIB(128), MIB(128) },
		{ GIB(1), GIB(1) },
		{ MIB(384), MIB(128) },
		{ MIB(256), MIB(256) },
		{ UINT64_C(1) << 63, MIB(128) },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		fixture->config.memory_block_size = rows[i].given;
		assert_int_equal(make_kernel(fixture)->memory_block_size, rows[i].used);
	}
}

static void vmemmap_is_learned_where_memory_is_asked_about(void **state)
{
	struct fixture *fixture = *state;

	assert_non_null(make_kernel(fixture)->layout.vmemmap_index);
	fixture->config.maps_only = true;
	assert_null(make_kernel(fixture)->layout.vmemmap_index);
}

static void warnings_are_listed(void **state)
{
	struct fixture *fixture = *state;
	const char *const *warnings;
	size_t before, count;

	hr_kernel_warnings(make_kernel(fixture), &before);
	hr_kernel_warn(fixture->kernel, "mind the gap");
	warnings = hr_kernel_warnings(fixture->kernel, &count);
	assert_int_equal(count, before + 1);
	assert_string_equal(warnings[before], "mind the gap");
}

static void nobody_is_warned_twice(void **state)
{
	struct hr_kernel kernel = { .warning_count = 0 };
	const char same[] = "mind the gap";

	(void)state;
	hr_kernel_warn(&kernel, "mind the gap");
	hr_kernel_warn(&kernel, "mind the step");
	hr_kernel_warn(&kernel, same);
	assert_int_equal(kernel.warning_count, 2);
}

static void more_warnings_than_there_is_room_for_are_dropped(void **state)
{
	char texts[HR_WARNINGS_MAX + 1][2] = { "" };
	struct hr_kernel kernel = { .warning_count = 0 };

	(void)state;
	for (size_t i = 0; i <= HR_WARNINGS_MAX; i++) {
		texts[i][0] = (char)('0' + i);
		hr_kernel_warn(&kernel, texts[i]);
	}
	assert_int_equal(kernel.warning_count, HR_WARNINGS_MAX);
	assert_string_equal(kernel.warnings[HR_WARNINGS_MAX - 1], texts[HR_WARNINGS_MAX - 1]);
}

static void memory_tells_the_physical_addresses_of_both_maps(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_kernel *kernel = make_kernel(fixture);

	assert_true(hr_kernel_has_pa(kernel, HR_MAP_LINEAR));
	assert_true(hr_kernel_has_pa(kernel, HR_MAP_VMEMMAP));
}

static void text_tells_no_physical_addresses(void **state)
{
	struct fixture *fixture = *state;
	struct hr_ptdump *ptdump = use_text(fixture);

	make_kernel(fixture);
	assert_false(hr_kernel_has_pa(fixture->kernel, HR_MAP_LINEAR));
	assert_false(hr_kernel_has_pa(fixture->kernel, HR_MAP_VMEMMAP));
	end_text(fixture, ptdump);
}

static void phys_offset_tells_those_of_the_linear_map_alone(void **state)
{
	struct fixture *fixture = *state;
	struct hr_ptdump *ptdump = use_text(fixture);

	fixture->config.overrides.set[HR_OVERRIDE_PHYS_OFFSET] = true;
	fixture->config.overrides.value[HR_OVERRIDE_PHYS_OFFSET] = GIB(2);
	make_kernel(fixture);
	assert_true(hr_kernel_has_pa(fixture->kernel, HR_MAP_LINEAR));
	assert_false(hr_kernel_has_pa(fixture->kernel, HR_MAP_VMEMMAP));
	end_text(fixture, ptdump);
}

static void text_cannot_be_asked_about_places_without_phys_offset(void **state)
{
	struct fixture *fixture = *state;
	struct hr_ptdump *ptdump = use_text(fixture);

	fixture->config.maps_only = false;
	assert_failure(create_kernel(fixture), HR_ERROR_INPUT, "give {phys_offset}");
	end_text(fixture, ptdump);
}

static void what_is_assumed_of_a_text_is_warned_of(void **state)
{
	struct fixture *fixture = *state;
	struct hr_ptdump *ptdump = use_text(fixture);

	make_kernel(fixture);
	assert_true(warns_of(fixture, "a struct page is taken to have 64 bytes"));
	assert_true(warns_of(fixture, "memory blocks are taken to be online"));
	end_text(fixture, ptdump);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(kernel_is_made_of_its_note_and_memory),
		test_of_kernel(errors_begin_with_the_name_of_the_source_if_it_has_one),
		test_of_kernel(errors_of_a_given_note_name_its_file),
		test_of_kernel(kernel_without_a_note_lacks_what_it_tells),
		test_of_kernel(kernel_needs_memory_that_can_be_read),
		test_of_kernel(memory_needs_a_size),
		test_of_kernel(memory_of_hardly_any_size_proves_no_block_removable),
		test_of_kernel(value_that_is_not_known_is_refused),
		test_of_kernel(kernel_without_mem_section_has_no_sections),
		test_of_kernel(memory_block_has_at_least_a_section),
		test_of_kernel(vmemmap_is_learned_where_memory_is_asked_about),
		test_of_kernel(warnings_are_listed),
		cmocka_unit_test(nobody_is_warned_twice),
		cmocka_unit_test(more_warnings_than_there_is_room_for_are_dropped),
		test_of_kernel(memory_tells_the_physical_addresses_of_both_maps),
		test_of_kernel(text_tells_no_physical_addresses),
		test_of_kernel(phys_offset_tells_those_of_the_linear_map_alone),
		test_of_kernel(text_cannot_be_asked_about_places_without_phys_offset),
		test_of_kernel(what_is_assumed_of_a_text_is_warned_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
