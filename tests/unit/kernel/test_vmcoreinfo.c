// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/vmcoreinfo.h"

static struct hr_vmcoreinfo *parse(const char *text)
{
	struct hr_vmcoreinfo *info = NULL;

	assert_success(hr_vmcoreinfo_create(text, strlen(text), &info));
	return info;
}

static void each_key_has_its_own_radix(void **state)
{
	static const struct {
		const char *key, *value;
		uint64_t number;
	} rows[] = {
		{ "SYMBOL(swapper_pg_dir)", "ffff800081a2b000", 0xffff800081a2b000 },
		{ "SYMBOL(_stext)", "10", 0x10 },
		{ "SYMBOL(vmemmap)", "0", 0 },
		{ "SYMBOL(mem_section)", "f4ff000005ef2380", 0xffff000005ef2380 },
		{ "KERNELOFFSET", "31200000", 0x31200000 },
		{ "PAGESIZE", "4096", 4096 },
		{ "OFFSET(page.flags)", "10", 10 },
		{ "SIZE(page)", "64", 64 },
		{ "LENGTH(mem_section)", "8192", 8192 },
		{ "NUMBER(VA_BITS)", "48", 48 },
		{ "NUMBER(TCR_EL1_T1SZ)", "0x10", 16 },
		{ "NUMBER(PHYS_OFFSET)", "0xfff1000080000000", 0xfff1000080000000 },
		{ "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", "-129", (uint64_t)-129 },
		{ "NUMBER(x)", "18446744073709551615", UINT64_MAX },
		{ "NUMBER(y)", "-9223372036854775808", UINT64_C(1) << 63 },
		{ "NUMBER(z)", "010", 10 }, /* decimal: there are no octal numbers here */
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		_cleanup_(hr_cleanup_vmcoreinfo) struct hr_vmcoreinfo *info = NULL;
		struct fake_note note = { .len = 0 };
		uint64_t number = 0;
		bool found = false;

		fake_note_add(&note, rows[i].key, "%s", rows[i].value);
		assert_success(hr_vmcoreinfo_create(note.text, note.len, &info));
		assert_success(hr_vmcoreinfo_number(info, rows[i].key, &found, &number));
		assert_true(found);
		assert_int_equal(number, rows[i].number);
	}
}

static void symbols_have_no_sign(void **state)
{
	static const char *const values[] = { "-5", "-ffff", "+5", " 5" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(values); i++) {
		_cleanup_(hr_cleanup_vmcoreinfo) struct hr_vmcoreinfo *info = NULL;
		struct fake_note note = { .len = 0 };
		uint64_t number;
		bool found;

		fake_note_add(&note, "SYMBOL(_stext)", "%s", values[i]);
		assert_success(hr_vmcoreinfo_create(note.text, note.len, &info));
		assert_failure(hr_vmcoreinfo_number(info, "SYMBOL(_stext)", &found, &number),
			       HR_ERROR_INPUT, "not a number");
	}
}

static void what_is_no_number_is_an_error(void **state)
{
	static const char *const values[] = {
		"",	 "x",	"0x",	"12 ",	" 12", "\t12",
		"+12",	 "1.5", "0x1g", "ffff", "--1", "18446744073709551616",
		"-0x10", "-",	"12\r",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(values); i++) {
		_cleanup_(hr_cleanup_vmcoreinfo) struct hr_vmcoreinfo *info = NULL;
		struct fake_note note = { .len = 0 };
		struct hr_error *error;
		uint64_t number;
		bool found;

		fake_note_add(&note, "NUMBER(VA_BITS)", "%s", values[i]);
		assert_success(hr_vmcoreinfo_create(note.text, note.len, &info));
		error = hr_vmcoreinfo_number(info, "NUMBER(VA_BITS)", &found, &number);
		if (!error)
			fail_msg("\"%s\" was taken for %#lx", values[i], (unsigned long)number);
		assert_failure(error, HR_ERROR_INPUT, "NUMBER(VA_BITS)");
	}
}

static void absent_keys_are_no_error(void **state)
{
	_cleanup_(hr_cleanup_vmcoreinfo) struct hr_vmcoreinfo *info = parse("PAGESIZE=4096\n");
	uint64_t number;
	bool found = true;

	(void)state;
	assert_success(hr_vmcoreinfo_number(info, "PAGE", &found, &number));
	assert_false(found);
	assert_null(hr_vmcoreinfo_get(info, "PAGESIZ"));
	assert_null(hr_vmcoreinfo_get(NULL, "PAGESIZE"));
}

static void values_may_be_any_text(void **state)
{
	_cleanup_(hr_cleanup_vmcoreinfo) struct hr_vmcoreinfo *info =
		parse("OSRELEASE=6.12.107\nA=b=c\nEMPTY=\nLAST=1");

	(void)state;
	assert_string_equal(hr_vmcoreinfo_get(info, "OSRELEASE"), "6.12.107");
	assert_string_equal(hr_vmcoreinfo_get(info, "A"), "b=c");
	assert_string_equal(hr_vmcoreinfo_get(info, "EMPTY"), "");
	assert_string_equal(hr_vmcoreinfo_get(info, "LAST"), "1");
}

static void garbage_between_the_lines_is_passed_over(void **state)
{
	_cleanup_(hr_cleanup_vmcoreinfo) struct hr_vmcoreinfo *info =
		parse("\n\nno equals sign\n\x01\xff\x80\nPAGESIZE=4096\n=\n");

	(void)state;
	assert_string_equal(hr_vmcoreinfo_get(info, "PAGESIZE"), "4096");
	assert_null(hr_vmcoreinfo_get(info, "no equals sign"));
}

static void empty_notes_have_no_keys(void **state)
{
	_cleanup_(hr_cleanup_vmcoreinfo) struct hr_vmcoreinfo *info = parse("");

	(void)state;
	assert_null(hr_vmcoreinfo_get(info, "PAGESIZE"));
}

static void nul_ends_the_text(void **state)
{
	static const char text[] = "PAGESIZE=4096\0\nSIZE(page)=64\n";
	_cleanup_(hr_cleanup_vmcoreinfo) struct hr_vmcoreinfo *info = NULL;

	(void)state;
	assert_success(hr_vmcoreinfo_create(text, sizeof(text), &info));
	assert_string_equal(hr_vmcoreinfo_get(info, "PAGESIZE"), "4096");
	assert_null(hr_vmcoreinfo_get(info, "SIZE(page)"));
}

static void length_ends_the_text_without_a_nul(void **state)
{
	_cleanup_(hr_cleanup_vmcoreinfo) struct hr_vmcoreinfo *info = NULL;

	(void)state;
	assert_success(hr_vmcoreinfo_create("PAGESIZE=40960", 13, &info));
	assert_string_equal(hr_vmcoreinfo_get(info, "PAGESIZE"), "4096");
}

static void contradictions_are_refused(void **state)
{
	static const char text[] = "PAGESIZE=4096\nSIZE(page)=64\nPAGESIZE=16384\n";
	struct hr_vmcoreinfo *info;

	(void)state;
	assert_failure(hr_vmcoreinfo_create(text, strlen(text), &info), HR_ERROR_INPUT, "PAGESIZE");
}

static void saying_the_same_twice_is_fine(void **state)
{
	_cleanup_(hr_cleanup_vmcoreinfo) struct hr_vmcoreinfo *info =
		parse("PAGESIZE=4096\nPAGESIZE=4096\n");

	(void)state;
	assert_string_equal(hr_vmcoreinfo_get(info, "PAGESIZE"), "4096");
}

static void size_is_limited(void **state)
{
	_cleanup_(hr_cleanup_vmcoreinfo) struct hr_vmcoreinfo *info = NULL;
	_cleanup_free_ char *text = malloc(HR_VMCOREINFO_MAX + 1);

	(void)state;
	assert_non_null(text);
	memset(text, '\n', HR_VMCOREINFO_MAX + 1);
	memcpy(text, "A=1", 3);
	assert_failure(hr_vmcoreinfo_create(text, HR_VMCOREINFO_MAX + 1, &info), HR_ERROR_INPUT,
		       "limit");
	assert_success(hr_vmcoreinfo_create(text, HR_VMCOREINFO_MAX, &info));
	assert_string_equal(hr_vmcoreinfo_get(info, "A"), "1");
}

static void what_a_note_does_not_say_its_fallback_may(void **state)
{
	_cleanup_(hr_cleanup_vmcoreinfo) struct hr_vmcoreinfo *info = parse("PAGESIZE=4096\n");

	(void)state;
	hr_vmcoreinfo_set_fallback(info, parse("PAGESIZE=16384\nOSRELEASE=6.12.0\n"));
	assert_string_equal(hr_vmcoreinfo_get(info, "PAGESIZE"), "4096");
	assert_string_equal(hr_vmcoreinfo_get(info, "OSRELEASE"), "6.12.0");
	assert_null(hr_vmcoreinfo_get(info, "NUMBER(VA_BITS)"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_has_its_own_radix),
		cmocka_unit_test(symbols_have_no_sign),
		cmocka_unit_test(what_is_no_number_is_an_error),
		cmocka_unit_test(absent_keys_are_no_error),
		cmocka_unit_test(values_may_be_any_text),
		cmocka_unit_test(garbage_between_the_lines_is_passed_over),
		cmocka_unit_test(empty_notes_have_no_keys),
		cmocka_unit_test(nul_ends_the_text),
		cmocka_unit_test(length_ends_the_text_without_a_nul),
		cmocka_unit_test(contradictions_are_refused),
		cmocka_unit_test(saying_the_same_twice_is_fine),
		cmocka_unit_test(size_is_limited),
		cmocka_unit_test(what_a_note_does_not_say_its_fallback_may),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
