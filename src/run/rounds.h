/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All rounds of a run of the program: one, or with --watch one after the other until it ends. */
#ifndef HR_ROUNDS_H
#define HR_ROUNDS_H

#include "os/outlet.h"
#include "run/round.h"
#include "run/status.h"

struct hr_rounds {
	struct hr_options *options; /* --ranges-from adds to them */
	struct hr_link states;	    /* as for hr_inputs_open() */
	struct hr_outlet *outlet;   /* of standard output */
	struct hr_meter *meter;
	/* The rest is filled in. */
	struct hr_inputs inputs;
	struct hr_session session;
	struct hr_pa_range *ranges;
	struct hr_sink *sink; /* NULL in a round that only the watch is told of */
	struct hr_watch *watch;
	struct hr_round round;
	uint64_t changes; /* that the round in hand has shown */
	struct hr_error *change_error;
};

/*
 * Open what the options name, give up all other rights, and answer. Without --watch *@ret_status is
 * what the answers amount to; with it the program goes on until a signal ends it, which is no
 * failure once a round is whole, or until nobody reads any more. Errors are those of all that is
 * done; after one, too, @rounds is to be released.
 */
struct hr_error *hr_rounds_run(struct hr_rounds *rounds, int *ret_status);
void hr_rounds_release(struct hr_rounds *rounds);

#endif
