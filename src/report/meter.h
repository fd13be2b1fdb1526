/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The progress of long work: one line on standard error, only on a terminal, after the first
 * second, rewritten in place and cleared before anything else is written.
 */
#ifndef HR_REPORT_METER_H
#define HR_REPORT_METER_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"

/*
 * Determines how much of the work is done, in any unit, when a question has reached @pa. Returns
 * false if that is unknown.
 */
typedef bool hr_position_fn(void *context, uint64_t pa, uint64_t *ret_done, uint64_t *ret_total);

struct hr_meter {
	bool wanted, shown;
	uint64_t next;		  /* when to show the line again; times are in ms */
	uint64_t start;		  /* start of the work whose end is estimated */
	uint64_t bytes;		  /* bytes of memory read */
	uint64_t pa;		  /* that a question has reached */
	struct hr_memory memory;  /* the memory that is read through the meter */
	hr_position_fn *position; /* NULL: nothing is known about the work */
	void *context;
};

/*
 * Start, or start again, with nothing shown; @wanted if the user might want to see it. @meter must
 * be all zeros before its first use.
 */
void hr_meter_begin(struct hr_meter *meter, bool wanted);

/*
 * Count what is read from @memory, and show it now and then. @meter, which keeps the original
 * @memory, must outlive it.
 */
void hr_meter_attach(void *meter, struct hr_memory *memory);

/* Remember that a question has reached the physical address @pa. For struct hr_config. */
void hr_meter_on_progress(void *meter, uint64_t pa);

/* Use @position to determine the progress. */
void hr_meter_follow(struct hr_meter *meter, hr_position_fn *position, void *context);

/* An hr_progress_fn whose context is a meter, for the rearrangement of a flattened dump. */
void hr_meter_on_rearranged(void *context, uint64_t done, uint64_t total);

/* The same for the search of a dump's memory for VMCOREINFO. */
void hr_meter_on_searched(void *context, uint64_t done, uint64_t total);

/* Clear the line if one is shown. */
void hr_meter_clear(struct hr_meter *meter);

/* The text after @elapsed ms, at @done of @total (0: unknown). */
struct hr_meter_text {
	char text[96];
};
struct hr_meter_text hr_meter_text(const char *what, uint64_t elapsed, uint64_t done,
				   uint64_t total);

#endif
