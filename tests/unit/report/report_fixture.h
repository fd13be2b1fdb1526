/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An answer about a fake kernel, what is printed of it, and the JSON that is made of it. */
#ifndef HR_TEST_REPORT_FIXTURE_H
#define HR_TEST_REPORT_FIXTURE_H

#include "screen.h"
#include "told.h"

struct json_object;

enum {
	NARROW = 60 /* columns of the terminal */
};

/*
 * Each test begins with a kernel of which little is known, and an answer that is empty but for its
 * range, [5 GiB, 6 GiB), and its plan, of one call.
 */
extern struct told told;
extern struct hr_facts *facts; /* of the kernel */
extern struct hr_answer answer;
extern struct hr_plan plan; /* of the answer */
/* What a test makes; destroyed with it. */
extern struct json_object *document;

/* Add a reason of @code to the answer. */
struct hr_reason *give_reason(enum hr_reason_code code);

/* Tests whose standard output is a file, or a terminal of NARROW columns. */
#define test_of_report(name) cmocka_unit_test_setup_teardown(name, report_set_up, report_tear_down)
#define test_on_terminal(name)                                                                     \
	cmocka_unit_test_setup_teardown(name, report_set_up_terminal, report_tear_down)

int report_set_up(void **state);
int report_set_up_terminal(void **state);
int report_tear_down(void **state);

#endif
