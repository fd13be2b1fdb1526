// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_file.h"

#include <string.h>

#include "api/kernel.h"
#include "cli/session.h"
#include "ptdump_text.h"

/* A text as the source, whose map is asked about. */
struct fixture {
	struct core_file source, note;
	struct hr_options options;
	struct hr_inputs inputs;
	struct hr_session session;
};

static int set_up(void **state)
{
	struct fixture *fixture = test_calloc(1, sizeof(*fixture));

	core_file_raw(&fixture->source, ptdump_text, strlen(ptdump_text));
	fixture->options.kind = HR_SOURCE_PTDUMP;
	fixture->options.paths[0] = fixture->source.path;
	fixture->options.path_count = 1;
	fixture->options.map = true;
	fixture->options.no_sandbox = "there is none here";
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	hr_session_close(&fixture->session);
	hr_inputs_close(&fixture->inputs);
	if (fixture->note.fd)
		core_file_release(&fixture->note);
	core_file_release(&fixture->source);
	test_free(fixture);
	return 0;
}

static void give_note(struct fixture *fixture, const char *bytes, size_t len)
{
	core_file_raw(&fixture->note, bytes, len);
	fixture->options.vmcoreinfo_path = fixture->note.path;
}

static void attach_nothing(void *context, struct hr_memory *memory)
{
	(void)context;
	(void)memory;
}

static struct hr_error *open_session(struct fixture *fixture)
{
	static const struct hr_observer nobody = { .attach = attach_nothing };

	assert_success(hr_inputs_open(&fixture->options, &HR_LINK_CLOSED, &fixture->inputs));
	return hr_session_open(&fixture->options, &fixture->inputs, &nobody, &fixture->session);
}

static void session_has_the_kernel_of_its_source(void **state)
{
	struct fixture *fixture = *state;

	assert_success(open_session(fixture));
	assert_int_equal(fixture->session.source->kind, HR_SOURCE_PTDUMP);
	assert_int_equal(hr_kernel_facts(fixture->session.kernel)->page_size, KIB(4));
}

static void limits_of_ranges_are_those_of_the_kernel(void **state)
{
	struct fixture *fixture = *state;
	struct hr_range_limits limits;

	assert_success(open_session(fixture));
	limits = hr_session_limits(&fixture->session);
	assert_int_equal(limits.page_size, KIB(4));
	assert_int_equal(limits.memory_block_size, MIB(128));
	assert_int_equal(limits.pa_bits, fixture->session.kernel->layout.pa_bits);
}

static void options_are_the_users_word(void **state)
{
	struct fixture *fixture = *state;
	struct hr_options *options = &fixture->options;
	const struct hr_config *config;

	options->tlbi_range = HR_GIVEN_NO;
	options->repeat_tlbi = HR_GIVEN_YES;
	options->teardown = HR_TEARDOWN_PER_LEAF;
	options->flush = HR_FLUSH_PAGE_LOOP;
	options->guard = HR_GUARD_NEXT_RANGE;
	options->calls = HR_CALLS_BLOCK;
	options->ignored = 1u << HR_REASON_UNREADABLE;
	options->overrides.release = "7.2.12";
	options->overrides.set[HR_OVERRIDE_VMEMMAP_START] = true;
	options->overrides.value[HR_OVERRIDE_VMEMMAP_START] = UINT64_C(0xfffffdffc0000000);
	assert_success(open_session(fixture));
	config = &fixture->session.kernel->config;
	assert_string_equal(config->name, fixture->source.path);
	assert_int_equal(config->tlbi_range, HR_GIVEN_NO);
	assert_int_equal(config->repeat_tlbi, HR_GIVEN_YES);
	assert_int_equal(config->teardown, HR_TEARDOWN_PER_LEAF);
	assert_int_equal(config->flush, HR_FLUSH_PAGE_LOOP);
	assert_int_equal(config->guard, HR_GUARD_NEXT_RANGE);
	assert_int_equal(config->calls, HR_CALLS_BLOCK);
	assert_int_equal(config->ignored, 1u << HR_REASON_UNREADABLE);
	assert_string_equal(config->overrides.release, "7.2.12");
}

static void what_is_asked_goes_by_the_options(void **state)
{
	static const struct {
		bool blocks;
		uint64_t suggest;
		bool maps_only, no_plans;
	} rows[] = {
		{ false, 0, true, true },
		{ true, 0, false, true },
		{ false, MIB(128), false, false },
	};
	struct fixture *fixture = *state;

	fixture->options.overrides.set[HR_OVERRIDE_PHYS_OFFSET] = true;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct hr_config *config;

		fixture->options.blocks = rows[i].blocks;
		fixture->options.suggest = rows[i].suggest;
		assert_success(open_session(fixture));
		config = &fixture->session.kernel->config;
		assert_int_equal(config->maps_only, rows[i].maps_only);
		assert_int_equal(config->no_plans, rows[i].no_plans);
		hr_session_close(&fixture->session);
		hr_inputs_close(&fixture->inputs);
	}
}

/* What /proc and /sys say holds for the running kernel. */
static void kernel_that_does_not_run_has_no_host(void **state)
{
	struct fixture *fixture = *state;

	assert_success(open_session(fixture));
	assert_null(fixture->session.kernel->config.host);
}

/* A core without a note in the place of the text. */
static void use_core(struct fixture *fixture)
{
	core_file_release(&fixture->source);
	core_file_init(&fixture->source);
	core_file_load(&fixture->source, 0x40000000, 0x1000, 0);
	core_file_finish(&fixture->source);
	fixture->options.kind = HR_SOURCE_VMCORE;
	fixture->options.paths[0] = fixture->source.path;
}

static struct hr_error *refuse(void *context, uint64_t pa, void *buffer, size_t len)
{
	(void)pa;
	(void)buffer;
	(void)len;
	++*(size_t *)context;
	return hr_error_new(HR_ERROR_UNREADABLE, "refused");
}

static void put_between(void *context, struct hr_memory *memory)
{
	memory->read = refuse;
	memory->context = context;
}

/* A core whose kernel is known by its note, and whose tables are read through the observer. */
static void kernel_is_read_through_its_observer(void **state)
{
	static const char note[] = "PAGESIZE=4096\nNUMBER(VA_BITS)=48\n"
				   "NUMBER(TCR_EL1_T1SZ)=0x10\nNUMBER(PHYS_OFFSET)=0x40000000\n"
				   "NUMBER(kimage_voffset)=0xffff800040000000\nSIZE(page)=64\n"
				   "SYMBOL(swapper_pg_dir)=ffff800080000000\n"
				   "OSRELEASE=7.2.12\n";
	struct fixture *fixture = *state;
	size_t reads = 0;
	const struct hr_observer observer = { .attach = put_between, .context = &reads };

	use_core(fixture);
	fixture->options.blocks = true;
	give_note(fixture, note, sizeof(note) - 1);
	assert_success(hr_inputs_open(&fixture->options, &HR_LINK_CLOSED, &fixture->inputs));
	assert_success(
		hr_session_open(&fixture->options, &fixture->inputs, &observer, &fixture->session));
	assert_true(reads > 0);
}

/* The library names the field that is missing, and a user needs the option. */
static void errors_name_options(void **state)
{
	struct fixture *fixture = *state;

	fixture->options.blocks = true;
	assert_failure(open_session(fixture), HR_ERROR_INPUT, "give --phys-offset or --vmcoreinfo");
}

static void given_note_is_used(void **state)
{
	static const char note[] = "NUMBER(PHYS_OFFSET)=0x80000000\n";
	struct fixture *fixture = *state;

	give_note(fixture, note, sizeof(note) - 1);
	assert_success(open_session(fixture));
	assert_int_equal(fixture->session.kernel->layout.phys_offset, GIB(2));
}

static void given_note_may_have_come_by_mail(void **state)
{
	static const char note[] = "SIZE(page)=64\r\nNUMBER(PHYS_OFFSET)=0x80000000\r\n";
	struct fixture *fixture = *state;

	give_note(fixture, note, sizeof(note) - 1);
	assert_success(open_session(fixture));
	assert_int_equal(fixture->session.kernel->layout.phys_offset, GIB(2));
}

static void given_note_has_its_name_in_errors(void **state)
{
	static const char note[] = "SIZE(page)=64\nSIZE(page)=56\n";
	struct fixture *fixture = *state;

	give_note(fixture, note, sizeof(note) - 1);
	assert_failure(open_session(fixture), HR_ERROR_INPUT, fixture->note.path);
}

static void given_note_is_read_anew_by_each_session(void **state)
{
	static const char note[] = "NUMBER(PHYS_OFFSET)=0x80000000\n";
	static const struct hr_observer nobody = { .attach = attach_nothing };
	struct fixture *fixture = *state;

	give_note(fixture, note, sizeof(note) - 1);
	assert_success(open_session(fixture));
	hr_session_close(&fixture->session);
	assert_success(
		hr_session_open(&fixture->options, &fixture->inputs, &nobody, &fixture->session));
	assert_int_equal(fixture->session.kernel->layout.phys_offset, GIB(2));
}

static void note_beyond_the_limit_is_refused(void **state)
{
	struct fixture *fixture = *state;
	char *note = test_malloc(HR_VMCOREINFO_MAX + 2);

	memset(note, '\n', HR_VMCOREINFO_MAX + 2);
	give_note(fixture, note, HR_VMCOREINFO_MAX + 2);
	test_free(note);
	assert_failure(open_session(fixture), HR_ERROR_INPUT, fixture->note.path);
}

/* A dump's own note is in it, or it was not written. */
static void dump_without_a_note_wants_one(void **state)
{
	struct fixture *fixture = *state;

	use_core(fixture);
	assert_failure(open_session(fixture), HR_ERROR_INPUT, "has no VMCOREINFO");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(session_has_the_kernel_of_its_source),
		ROW(limits_of_ranges_are_those_of_the_kernel),
		ROW(options_are_the_users_word),
		ROW(what_is_asked_goes_by_the_options),
		ROW(kernel_that_does_not_run_has_no_host),
		ROW(kernel_is_read_through_its_observer),
		ROW(errors_name_options),
		ROW(given_note_is_used),
		ROW(given_note_may_have_come_by_mail),
		ROW(given_note_has_its_name_in_errors),
		ROW(given_note_is_read_anew_by_each_session),
		ROW(note_beyond_the_limit_is_refused),
		ROW(dump_without_a_note_wants_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
