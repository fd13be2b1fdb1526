/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One round: everything that the command line asks is asked of the kernel once, and each answer is
 * told at once to whoever prints it, so that memory does not grow with the machine.
 */
#ifndef HR_ROUND_H
#define HR_ROUND_H

#include "cli/session.h"
#include "report/meter.h"
#include "report/sink.h"
#include "run/verify_text.h"
#include "run/watch.h"
#include "run/work.h"

struct hr_round {
	const struct hr_session *session;
	struct hr_kernel *kernel;	  /* the session's */
	const struct hr_pa_range *ranges; /* as many as the options have */
	struct hr_sink *sink;		  /* who is told; NULL: nobody but @watch */
	struct hr_watch *watch;		  /* NULL: nobody asks what has changed */
	struct hr_meter *meter;		  /* shows how far the round is */
	struct hr_work work;
	struct hr_summary summary;
	/* What was found before anything is told, as it may fail. */
	struct hr_verify_text *text;
	struct hr_suggestions suggestions;
};

/*
 * Answer all queries. What the input can make fail fails before anything is told; an error of
 * memory, of output, or of a limit in --watch, may come in the midst of it.
 */
struct hr_error *hr_round_answer(struct hr_round *round);

/* Free what @round holds of its own. */
void hr_round_release(struct hr_round *round);

/* The same for one query each, between its beginning and its end. */
struct hr_error *hr_round_ranges(struct hr_round *round);
struct hr_error *hr_round_blocks(struct hr_round *round);
struct hr_error *hr_round_map(struct hr_round *round);
struct hr_error *hr_round_suggestions(struct hr_round *round);
struct hr_error *hr_round_verify(struct hr_round *round);

#endif
