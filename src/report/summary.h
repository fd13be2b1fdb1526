/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all the answers of a round amount to. */
#ifndef HR_SUMMARY_H
#define HR_SUMMARY_H

#include "base/range.h"
#include "check/reason.h"
#include "kernel/maps.h"

struct hr_summary {
	uint64_t ranges;
	uint64_t verdicts[3]; /* by enum hr_verdict */
	bool incomplete;      /* something that was asked for could not be read */
	bool differs;	      /* the walk and the kernel's text of it */
	bool nothing_found;   /* no range to suggest, though everything could be read */
	uint64_t wanted;      /* bytes that a suggestion has at least; 0: none was asked for */
	uint64_t suggestions;
	struct hr_pa_range best; /* of them */
	uint64_t differences;	 /* of walk and text */
	uint64_t leaves;	 /* that were compared */
	uint64_t blocks, removable_blocks;
	uint64_t block_size;	       /* bytes */
	uint64_t mapped[HR_MAP_COUNT]; /* bytes, by --map */
};

#endif
