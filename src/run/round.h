/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One round: every query of the command line is asked of the kernel once, and each answer goes to
 * the sink at once, so that memory use does not grow with the machine.
 */
#ifndef HR_ROUND_H
#define HR_ROUND_H

#include <hotremove/hotremove.h>

#include "cli/asked.h"
#include "cli/session.h"
#include "report/meter.h"
#include "report/sink.h"
#include "run/other.h"
#include "run/watch.h"
#include "run/work.h"

struct hr_round {
	const struct hr_session *session;
	struct hr_kernel *kernel;	   /* the session's */
	const struct hr_asked_list *asked; /* the ranges */
	struct hr_sink *sink;		   /* receives the answers; NULL: only @watch does */
	struct hr_watch *watch;		   /* NULL: changes are not wanted */
	struct hr_meter *meter;		   /* shows the progress of the round */
	struct hr_work work;
	struct hr_summary summary;
	/* Prepared before anything is reported, because it may fail. */
	struct hr_ptdump *text;
	struct hr_comparison *comparison;
	struct hr_suggestions suggestions;
	struct hr_inventory *inventory; /* for --diff */
	struct hr_device_list *devices; /* for --list-devices */
	const struct hr_other *other;	/* with which it is compared; NULL: nothing is */
};

/*
 * Answer all queries. Input errors are found before anything is reported. An error of memory, of
 * output, or of a limit in --watch may occur midway.
 */
struct hr_error *hr_round_answer(struct hr_round *round);

/* Free what @round owns. */
void hr_round_release(struct hr_round *round);

/* Save the snapshot that the options ask for. */
struct hr_error *hr_round_save(struct hr_round *round);

/* Find the devices of --list-devices, which hr_round_release() frees. */
struct hr_error *hr_round_find_devices(struct hr_round *round);

/* NULL is fine. */
void hr_device_list_destroy(struct hr_device_list *list);

/* One function for each query, called between its begin and its end. */
struct hr_error *hr_round_ranges(struct hr_round *round);
struct hr_error *hr_round_devices(struct hr_round *round);
struct hr_error *hr_round_blocks(struct hr_round *round);
struct hr_error *hr_round_map(struct hr_round *round);
struct hr_error *hr_round_suggestions(struct hr_round *round);
struct hr_error *hr_round_verify(struct hr_round *round);
struct hr_error *hr_round_diff(struct hr_round *round);

#endif
