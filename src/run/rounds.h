/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All rounds of a program run: one, or with --watch one after another until it ends. */
#ifndef HR_ROUNDS_H
#define HR_ROUNDS_H

#include <hotremove/hotremove.h>

#include "os/outlet.h"
#include "run/round.h"
#include "run/status.h"

struct hr_rounds {
	struct hr_options *options; /* --ranges-from adds to them */
	struct hr_link states;	    /* as for hr_inputs_open() */
	struct hr_outlet *outlet;   /* wraps standard output */
	struct hr_meter *meter;
	/* The remaining fields are internal. */
	struct hr_inputs inputs;
	struct hr_session session;
	struct hr_other other; /* for --diff */
	struct hr_asked_list asked;
	struct hr_sink *sink; /* NULL in a round for the watch only */
	struct hr_watch *watch;
	struct hr_round round;
	uint64_t changes; /* changes shown in the current round */
	struct hr_error *change_error;
};

/*
 * Open what the options name, drop all other privileges, and answer. Without --watch, *@ret_status
 * is the overall result. With it, the program continues until a signal ends it, which is not a
 * failure once a round is complete, or until nobody reads the output any more. Returns the errors
 * of all steps. Release @rounds in any case.
 */
struct hr_error *hr_rounds_run(struct hr_rounds *rounds, int *ret_status);
void hr_rounds_release(struct hr_rounds *rounds);

#endif
