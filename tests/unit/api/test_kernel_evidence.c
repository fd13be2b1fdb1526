// SPDX-License-Identifier: GPL-2.0-or-later
#include "api_fixture.h"

#include <string.h>

#include "kernel/btf.h"

#define STEXT	 UINT64_C(0xffff800080010000)
#define WRITABLE (UINT64_C(1) << 51) /* DBM of a descriptor, without AP[2] */

/* What the running kernel says when it is asked for symbols. */
struct kallsyms {
	uint64_t stext;
	bool fails;
	unsigned int asked;
};

static struct hr_error *find_symbols(void *context, struct hr_symbol *symbols, size_t count)
{
	struct kallsyms *kallsyms = context;

	kallsyms->asked++;
	if (kallsyms->fails)
		return hr_error_new(HR_ERROR_UNREADABLE, "hidden");
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(symbols[i].name, "_stext"))
			symbols[i].va = kallsyms->stext;
		else if (!strcmp(symbols[i].name, "remove_memory"))
			symbols[i].va = kallsyms->stext + KIB(4);
		else
			continue;
		symbols[i].found = true;
	}
	return NULL;
}

/* Make a kernel that runs, with @kallsyms, and whose note has _stext. */
static struct hr_kernel *make_running(struct fixture *fixture, struct kallsyms *kallsyms)
{
	const struct hr_host host = { .context = kallsyms, .find_symbols = find_symbols };
	struct hr_kernel *kernel;

	fake_note_add(&fixture->note, "SYMBOL(_stext)", "%lx", (unsigned long)STEXT);
	fixture->config.host = &host;
	kernel = make_kernel(fixture);
	fixture->config.host = NULL;
	kernel->config.host = NULL;
	return kernel;
}

static void nothing_is_known_without_symbols(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_features *features = &make_kernel(fixture)->features;

	assert_int_equal(features->leaf_check, HR_UNKNOWN);
	assert_int_equal(features->tlbi_range, HR_UNKNOWN);
	assert_int_equal(features->hotremove, HR_UNKNOWN);
	assert_int_equal(features->repeat_tlbi, HR_UNKNOWN);
}

static void running_kernel_is_asked_where_memory_does_not_tell(void **state)
{
	struct fixture *fixture = *state;
	struct kallsyms kallsyms = { .stext = STEXT };

	assert_int_equal(make_running(fixture, &kallsyms)->features.hotremove, HR_YES);
	assert_int_equal(kallsyms.asked, 1);
}

static void symbols_are_told_with_those_that_were_not_found(void **state)
{
	struct fixture *fixture = *state;
	struct kallsyms kallsyms = { .stext = STEXT };
	const struct hr_symbol *symbols;
	size_t count, found = 0;

	symbols = hr_kernel_symbols(make_running(fixture, &kallsyms), &count);
	assert_int_equal(count, HR_EVIDENCE_SYMBOLS);
	for (size_t i = 0; i < count; i++)
		found += symbols[i].found;
	assert_int_equal(found, 2);
}

static void no_symbols_are_told_if_nothing_is_known(void **state)
{
	struct fixture *fixture = *state;
	size_t count;

	hr_kernel_symbols(make_kernel(fixture), &count);
	assert_int_equal(count, 0);
}

static void types_that_were_not_needed_are_not_told(void **state)
{
	struct fixture *fixture = *state;
	char buffer[HR_SECTION_BTF_MAX];

	assert_int_equal(hr_kernel_section_btf(make_kernel(fixture), buffer, sizeof(buffer)), 0);
}

static size_t read_types(void *context, void *buffer, size_t size)
{
	static const struct hr_section_flags flags = { 1, 2, 4, 8 };

	(void)context;
	return hr_btf_of_flags(&flags, buffer, size);
}

/* A kernel on the way to the next release needs them. */
static void types_that_were_needed_are_told(void **state)
{
	static const struct hr_host host = { .read_btf = read_types };
	struct fixture *fixture = *state;
	char buffer[HR_SECTION_BTF_MAX], wanted[HR_SECTION_BTF_MAX];
	size_t len = read_types(NULL, wanted, sizeof(wanted));

	set_note(fixture, "OSRELEASE", "7.9.0");
	fixture->config.host = &host;
	assert_int_equal(hr_kernel_section_btf(make_kernel(fixture), buffer, sizeof(buffer)), len);
	assert_memory_equal(buffer, wanted, len);
}

/* With addresses of another kernel, or zeros for those who may not see them. */
static void symbols_that_contradict_the_note_tell_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct kallsyms kallsyms = { .stext = STEXT + KIB(64) };

	assert_int_equal(make_running(fixture, &kallsyms)->features.hotremove, HR_UNKNOWN);
	assert_int_equal(kallsyms.asked, 1);
}

static void symbols_that_cannot_be_read_are_not_an_error(void **state)
{
	struct fixture *fixture = *state;
	struct kallsyms kallsyms = { .fails = true };

	assert_int_equal(make_running(fixture, &kallsyms)->features.hotremove, HR_UNKNOWN);
	assert_int_equal(kallsyms.asked, 1);
}

/* The tables tell this one. */
static void root_is_looked_up_where_the_image_maps_it(void **state)
{
	struct fixture *fixture = *state;
	struct fake_kernel *fake = &fixture->fake;
	uint64_t va = fake->layout.swapper_pa + UINT64_C(0xffff800080000000);

	assert_int_equal(make_kernel(fixture)->features.root_writable, HR_UNKNOWN);
	fake_set(&fake->tables, HR_LEVEL_PTE, va,
		 fake_leaf_desc(&fake->layout.geo, HR_LEVEL_PTE, fake->layout.swapper_pa) |
			 WRITABLE);
	assert_int_equal(make_kernel(fixture)->features.root_writable, HR_YES);
}

static void section_of_the_root_shows_the_flags(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(hr_sections_flags(make_kernel(fixture)->sections)->early, 1 << 3);
}

static void sections_whose_flags_are_not_known_are_let_go_of(void **state)
{
	struct fixture *fixture = *state;

	fake_section(&fixture->fake, fixture->fake.tables.root_pa, 3);
	assert_null(make_kernel(fixture)->sections);
	assert_non_null(strstr(fixture->kernel->no_sections->message,
			       "the flags of mem_section are not known"));
}

/* The form without SECTION_MARKED_PRESENT is not known of any release. */
static void users_release_proves_no_flags(void **state)
{
	struct fixture *fixture = *state;

	fake_section(&fixture->fake, fixture->fake.tables.root_pa, 7);
	fixture->config.overrides.release = "7.2.12";
	set_note(fixture, "OSRELEASE", "7.4.0");
	assert_int_equal(hr_sections_flags(make_kernel(fixture)->sections)->early, 1 << 2);
	fixture->config.overrides.release = NULL;
	set_note(fixture, "OSRELEASE", "7.2.12");
	assert_null(make_kernel(fixture)->sections);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(nothing_is_known_without_symbols),
		test_of_kernel(running_kernel_is_asked_where_memory_does_not_tell),
		test_of_kernel(symbols_are_told_with_those_that_were_not_found),
		test_of_kernel(no_symbols_are_told_if_nothing_is_known),
		test_of_kernel(types_that_were_not_needed_are_not_told),
		test_of_kernel(types_that_were_needed_are_told),
		test_of_kernel(symbols_that_contradict_the_note_tell_nothing),
		test_of_kernel(symbols_that_cannot_be_read_are_not_an_error),
		test_of_kernel(root_is_looked_up_where_the_image_maps_it),
		test_of_kernel(section_of_the_root_shows_the_flags),
		test_of_kernel(sections_whose_flags_are_not_known_are_let_go_of),
		test_of_kernel(users_release_proves_no_flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
