/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The overall result of a round's answers. */
#ifndef HR_SUMMARY_H
#define HR_SUMMARY_H

#include <hotremove/hotremove.h>

struct hr_summary {
	uint64_t ranges;
	uint64_t verdicts[3]; /* by enum hr_verdict */
	bool incomplete;      /* part of what was asked for could not be read */
	bool differs;	      /* the walk and the kernel's text differ */
	bool changed;	      /* the source certainly differs from the file of --diff */
	bool nothing_found;   /* no range to suggest, although everything could be read */
	uint64_t wanted;      /* least size of a suggestion in bytes; 0: none was asked for */
	uint64_t suggestions;
	struct hr_pa_range best;     /* the best suggestion */
	uint64_t differences;	     /* between walk and text */
	uint64_t leaves;	     /* leaves compared */
	uint64_t changes, uncertain; /* since that file; those that may be none */
	bool unsure;		     /* not everything that --diff compares is known */
	uint64_t blocks, removable_blocks;
	uint64_t block_size;	       /* bytes */
	uint64_t mapped[HR_MAP_COUNT]; /* bytes, from --map */
};

#endif
