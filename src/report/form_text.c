// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/form_text.h"

#include <stdio.h>

#include "base/units.h"
#include "report/block_text.h"

void hr_leaf_form_text(const struct hr_leaf_form *form, char text[HR_FORM_TEXT_SIZE])
{
	if (form->state == HR_MAP_MAPPED)
		snprintf(text, HR_FORM_TEXT_SIZE, "%s %s%s%s%s",
			 hr_level_name(form->level, form->cont), hr_size_text(form->size).text,
			 form->valid ? "" : ", not valid",
			 form->malformed ? ", in a malformed CONT group" : "",
			 form->expected ? "" : ", made by no kernel");
	else
		snprintf(text, HR_FORM_TEXT_SIZE, "%s",
			 form->state == HR_MAP_UNMAPPED ? "unmapped" : "unreadable");
}

void hr_range_form_text(const struct hr_block_form *form, char text[HR_FORM_TEXT_SIZE])
{
	char reasons[HR_BLOCK_TEXT_SIZE];

	hr_reasons_text(form->reasons, reasons);
	snprintf(text, HR_FORM_TEXT_SIZE, "%s, check %s%s%s", hr_verdict_name(form->verdict),
		 hr_guard_outcome_name(form->guard), reasons[0] ? ", " : "", reasons);
}

void hr_block_form_text(const struct hr_block_form *form, char text[HR_FORM_TEXT_SIZE])
{
	static const char *const states[] = { "state not known", "offline", "online" };
	static const char *const origins[] = { "", "hot-added, ", "from boot, " };
	char rest[HR_FORM_TEXT_SIZE];

	if (!form->exists) {
		snprintf(text, HR_FORM_TEXT_SIZE, "no memory block");
		return;
	}
	hr_range_form_text(form, rest);
	snprintf(text, HR_FORM_TEXT_SIZE, "%s, %s%.200s", states[form->online - HR_UNKNOWN],
		 origins[form->boot - HR_UNKNOWN], rest);
}

const char *hr_diff_words(const struct hr_summary *summary)
{
	if (summary->changed)
		return "CHANGED since then";
	return summary->unsure ? "nothing known has changed since then, but not everything is known"
			       : "nothing has changed since then";
}
