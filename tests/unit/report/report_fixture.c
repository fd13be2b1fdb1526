// SPDX-License-Identifier: GPL-2.0-or-later
#include "report_fixture.h"

#include <json-c/json.h>

#include "report/outputs.h"

struct told told;
struct hr_facts *facts;
struct hr_answer answer;
struct hr_plan plan;
struct json_object *document;

static int begin(bool has_screen)
{
	if (!has_screen)
		return -1;
	told_begin(&told, &hr_text_sink);
	facts = &told.kernel.facts;
	plan = (struct hr_plan){ .calls = HR_CALLS_RANGE, .call_count = 1 };
	answer = (struct hr_answer){
		.verdict = HR_VERDICT_REMOVABLE,
		.range = { GIB(5), GIB(6) },
		.plan = &plan,
		.calls_from = "assumed",
	};
	return 0;
}

int report_set_up(void **state)
{
	(void)state;
	return begin(screen_begin_file(false));
}

int report_set_up_terminal(void **state)
{
	(void)state;
	return begin(screen_begin(NARROW, false));
}

int report_tear_down(void **state)
{
	(void)state;
	json_object_put(document);
	document = NULL;
	told_end(&told);
	screen_end();
	return 0;
}

struct hr_reason *give_reason(enum hr_reason_code code)
{
	struct hr_reason *reason = &answer.check.reasons[answer.check.count++];

	reason->code = code;
	return reason;
}
