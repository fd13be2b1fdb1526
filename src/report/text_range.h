/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HR_TEXT_RANGE_H
#define HR_TEXT_RANGE_H

#include <hotremove/hotremove.h>

#include "cli/asked.h"
#include "cli/session.h"

/* Print everything about one range, the verdict first; with @explains also the rules. */
void hr_text_range(const struct hr_session *session, const struct hr_answer *answer,
		   const struct hr_asked *asked, bool explains);

#endif
