/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far long work is: one line on standard error, on a terminal only, from the second second on,
 * rewritten in place and cleared in front of whatever else is written.
 */
#ifndef HR_REPORT_METER_H
#define HR_REPORT_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"

/* Tells how much of the work is done, in any unit; false if that is not known. */
typedef bool hr_position_fn(void *context, uint64_t *ret_done, uint64_t *ret_total);

struct hr_meter {
	bool wanted, shown;
	uint64_t next;		  /* when to show the line again; times are in ms */
	uint64_t start;		  /* of what is left to estimate */
	uint64_t bytes;		  /* of memory that were read */
	struct hr_memory memory;  /* that is read through the meter */
	hr_position_fn *position; /* NULL: nothing is known of the work */
	void *context;
};

/*
 * Begin, or begin anew, with nothing shown; @wanted if somebody could want to see it. @meter was
 * all zeros before its first time.
 */
void hr_meter_begin(struct hr_meter *meter, bool wanted);

/*
 * Count what is read of @memory, and show it now and then. @meter, in which @memory stays as it
 * was, must outlive it.
 */
void hr_meter_attach(struct hr_meter *meter, struct hr_memory *memory);

/* How far the work is will be told by @position. */
void hr_meter_follow(struct hr_meter *meter, hr_position_fn *position, void *context);

/* An hr_progress_fn whose context is a meter: the rearranging of a flattened dump. */
void hr_meter_on_rearranged(void *context, uint64_t done, uint64_t total);

/* Clear the line if one is shown. */
void hr_meter_clear(struct hr_meter *meter);

/* What there is to say after @elapsed ms, at @done of @total (0: not known). */
struct hr_meter_text {
	char text[96];
};
struct hr_meter_text hr_meter_text(const char *what, uint64_t elapsed, uint64_t done,
				   uint64_t total);

#endif
