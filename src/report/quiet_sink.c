// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/outputs.h"

/* --quiet: the exit status, which follows from the verdicts, is the whole answer. */
const struct hr_sink_ops hr_quiet_sink = {
	.depth = HR_DEPTH_VERDICT,
	.size = sizeof(struct hr_sink),
};
