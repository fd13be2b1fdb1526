// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/text_range.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/fields.h"
#include "report_fixture.h"

#define INDENT "                  "

static struct hr_asked asked = { .node = HR_NO_NODE };

static void print(void)
{
	hr_text_range(&told.session, &answer, &asked, false);
}

static void print_with_rules(void)
{
	hr_text_range(&told.session, &answer, &asked, true);
}

/* A leaf of 1 GiB of the linear map is in the way. */
static struct hr_reason *give_leaf(void)
{
	struct hr_reason *reason = give_reason(HR_REASON_SPLITS_LEAF);

	reason->has_leaf = true;
	reason->map = HR_MAP_LINEAR;
	reason->leaf = (struct hr_leaf){
		.level = HR_LEVEL_PUD,
		.va = UINT64_C(0xffff000040000000),
		.pa = GIB(3),
		.size = GIB(1),
	};
	return reason;
}

static void the_verdict_is_the_first_thing_said(void **state)
{
	static const struct {
		enum hr_verdict verdict;
		const char *text;
	} rows[] = {
		{ HR_VERDICT_REMOVABLE, "0x140000000-0x17fffffff (1 GiB): REMOVABLE\n" },
		{ HR_VERDICT_NOT_REMOVABLE, "0x140000000-0x17fffffff (1 GiB): NOT REMOVABLE\n" },
		{ HR_VERDICT_UNKNOWN, "0x140000000-0x17fffffff (1 GiB): UNKNOWN\n" },
	};
	const char *text;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		answer.verdict = rows[i].verdict;
		print();
		text = told_text(&told);
		assert_ptr_equal(strstr(text, rows[i].text), text);
		told_forget(&told);
	}
}

static void a_terminal_shows_the_verdict_in_colour(void **state)
{
	(void)state;
	answer.verdict = HR_VERDICT_NOT_REMOVABLE;
	print();
	assert_text(&told, ": \033[1;31mNOT REMOVABLE\033[0m\n");
}

static void a_terminal_without_colour_gets_none(void **state)
{
	(void)state;
	setenv("NO_COLOR", "1", true);
	print();
	assert_no_text(&told, "\033");
}

static void a_reason_has_its_code_and_its_message(void **state)
{
	(void)state;
	strcpy(give_reason(HR_REASON_BOOT_MEMORY)->message, "it was there at boot");
	print();
	assert_line(&told, "  boot-memory     it was there at boot");
}

static void a_reason_that_is_ignored_is_still_told(void **state)
{
	(void)state;
	told.options.ignored = 1u << HR_REASON_BOOT_MEMORY;
	strcpy(give_reason(HR_REASON_BOOT_MEMORY)->message, "it was there at boot");
	strcpy(give_reason(HR_REASON_UNREADABLE)->message, "a table is missing");
	print();
	assert_line(&told, "  boot-memory     it was there at boot (ignored)");
	assert_line(&told, "  unreadable      a table is missing");
}

/* A message may name what a dump holds. */
static void a_message_cannot_drive_the_terminal(void **state)
{
	(void)state;
	strcpy(give_reason(HR_REASON_NO_HOTREMOVE)->message, "release \033[2J\r\x7f");
	print();
	assert_line(&told, "  no-hotremove    release ?[2J??");
}

static void a_message_names_options(void **state)
{
	(void)state;
	strcpy(give_reason(HR_REASON_UNREADABLE)->message, "it is not known ({guard} tells)");
	print();
	assert_line(&told, "  unreadable      it is not known (--assume=guard=... tells)");
}

static void a_rule_names_options(void **state)
{
	(void)state;
	give_reason(HR_REASON_NO_HOTREMOVE);
	print_with_rules();
	assert_text(&told, "--ignore=no-hotremove");
	assert_no_text(&told, "{");
}

static void the_leaf_in_the_way_has_both_addresses(void **state)
{
	(void)state;
	give_leaf();
	print();
	assert_line(&told, INDENT "PUD at VA 0xffff000040000000-0xffff00007fffffff, "
				  "PA 0xc0000000-0xffffffff");
}

static void a_physical_address_that_is_not_known_is_left_out(void **state)
{
	(void)state;
	told.kernel.has_phys_offset = false;
	give_leaf();
	print();
	assert_line(&told, INDENT "PUD at VA 0xffff000040000000-0xffff00007fffffff");
}

static void a_group_has_the_name_of_a_group(void **state)
{
	struct hr_leaf *leaf = &give_leaf()->leaf;

	(void)state;
	leaf->level = HR_LEVEL_PTE;
	leaf->cont = true;
	print();
	assert_text(&told, INDENT "CONT_PTE at VA ");
}

static void a_reason_without_a_leaf_has_no_line_for_one(void **state)
{
	(void)state;
	give_reason(HR_REASON_BOOT_MEMORY);
	print();
	assert_no_text(&told, " at VA ");
}

static void rules_are_told_if_they_are_wanted(void **state)
{
	(void)state;
	give_reason(HR_REASON_BOOT_MEMORY);
	print();
	assert_no_text(&told, "why boot-memory");
	print_with_rules();
	assert_line(&told, "  why boot-memory");
}

static void each_rule_is_told_once(void **state)
{
	const char *first;

	(void)state;
	give_reason(HR_REASON_SPLITS_LEAF);
	give_reason(HR_REASON_BOOT_MEMORY);
	give_reason(HR_REASON_SPLITS_LEAF);
	print_with_rules();
	first = strstr(told_text(&told), "  why splits-leaf\n");
	assert_non_null(first);
	assert_null(strstr(first + 1, "  why splits-leaf\n"));
	assert_line(&told, "  why boot-memory");
}

/* The text of a rule, its lines joined by blanks, as it stands behind @heading. */
static void read_rule(const char *heading, char *text, size_t size)
{
	const char *at = strstr(told_text(&told), heading) + strlen(heading);
	size_t used = 0;

	while (!strncmp(at, "      ", 6) && at[6] != ' ') {
		size_t len = strcspn(at, "\n");

		assert_true(len <= 80);
		used += (size_t)snprintf(text + used, size - used, "%s%.*s", used ? " " : "",
					 (int)len - 6, at + 6);
		at += len + 1;
	}
}

static void a_rule_is_wrapped_between_words(void **state)
{
	(void)state;
	for (enum hr_reason_code code = 0; code < HR_REASON_COUNT; code++) {
		char heading[64], text[2048] = "";
		_cleanup_free_ char *named = NULL;

		answer.check.count = 0;
		give_reason(code);
		print_with_rules();
		snprintf(heading, sizeof(heading), "  why %s\n", hr_reason_name(code));
		read_rule(heading, text, sizeof(text));
		named = hr_fields_to_options(hr_explain_reason(code));
		assert_string_equal(text, named);
		told_forget(&told);
	}
}

static void nearest_ranges_are_not_told_if_there_are_none(void **state)
{
	(void)state;
	print();
	assert_no_text(&told, "inside it");
	assert_no_text(&told, "around it");
}

static void a_removable_range_inside_is_told(void **state)
{
	(void)state;
	answer.nearest.has_inside = true;
	answer.nearest.inside = (struct hr_pa_range){ GIB(5), GIB(5) + MIB(512) };
	print();
	assert_line(&told, "  removable       inside it: 0x140000000-0x15fffffff (512 MiB)");
	assert_no_text(&told, "around it");
}

static void a_removable_range_around_has_its_label_if_it_is_alone(void **state)
{
	(void)state;
	answer.nearest.has_around = true;
	answer.nearest.around = (struct hr_pa_range){ GIB(4), GIB(8) };
	print();
	assert_line(&told, "  removable       around it: 0x100000000-0x1ffffffff (4 GiB)");
	told_forget(&told);
	answer.nearest.has_inside = true;
	print();
	assert_line(&told, INDENT "around it: 0x100000000-0x1ffffffff (4 GiB)");
}

static void advice_is_told_before_the_check(void **state)
{
	const char *advice;

	(void)state;
	answer.advice = (struct hr_advice){ .found = true, .range = answer.range };
	print();
	advice = strstr(told_text(&told), "\n  advice          added, ");
	assert_non_null(advice);
	assert_non_null(strstr(advice, "\n  kernel's check  "));
}

static void the_check_and_the_plan_follow(void **state)
{
	const char *check, *plan_text;

	(void)state;
	print();
	check = strstr(told_text(&told), "\n  kernel's check  ");
	plan_text = strstr(told.text, "\n  teardown        ");
	assert_non_null(check);
	assert_non_null(plan_text);
	assert_true(check < plan_text);
}

static void each_map_has_its_own_line_of_leaves(void **state)
{
	(void)state;
	answer.contents[HR_MAP_LINEAR] = (struct hr_contents){
		.mapped = MIB(896),
		.unmapped = MIB(64),
		.unreadable = KIB(4),
		.leaves = { 1, 28, 3, 4, 5 },
	};
	answer.contents[HR_MAP_VMEMMAP].mapped = MIB(14);
	print();
	assert_line(&told, "  leaves          MAP      MAPPED UNMAPPED UNREADABLE PUD CONT_PMD PMD "
			   "CONT_PTE PTE");
	assert_line(&told,
		    INDENT "linear  896 MiB   64 MiB      4 KiB   1       28   3        4   5");
	assert_line(&told,
		    INDENT "vmemmap  14 MiB      0 B        0 B   0        0   0        0   0");
}

static void an_empty_line_ends_the_answer(void **state)
{
	const char *text;

	(void)state;
	print();
	text = told_text(&told);
	assert_string_equal(text + strlen(text) - 4, " 0\n\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_report(the_verdict_is_the_first_thing_said),
		test_on_terminal(a_terminal_shows_the_verdict_in_colour),
		test_on_terminal(a_terminal_without_colour_gets_none),
		test_of_report(a_reason_has_its_code_and_its_message),
		test_of_report(a_reason_that_is_ignored_is_still_told),
		test_of_report(a_message_cannot_drive_the_terminal),
		test_of_report(a_message_names_options),
		test_of_report(a_rule_names_options),
		test_of_report(the_leaf_in_the_way_has_both_addresses),
		test_of_report(a_physical_address_that_is_not_known_is_left_out),
		test_of_report(a_group_has_the_name_of_a_group),
		test_of_report(a_reason_without_a_leaf_has_no_line_for_one),
		test_of_report(rules_are_told_if_they_are_wanted),
		test_of_report(each_rule_is_told_once),
		test_of_report(a_rule_is_wrapped_between_words),
		test_of_report(nearest_ranges_are_not_told_if_there_are_none),
		test_of_report(a_removable_range_inside_is_told),
		test_of_report(a_removable_range_around_has_its_label_if_it_is_alone),
		test_of_report(advice_is_told_before_the_check),
		test_of_report(the_check_and_the_plan_follow),
		test_of_report(each_map_has_its_own_line_of_leaves),
		test_of_report(an_empty_line_ends_the_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
