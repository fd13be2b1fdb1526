/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A round of queries about a whole kernel, whose answers are written down. */
#ifndef HR_TEST_ASKED_H
#define HR_TEST_ASKED_H

#include "api/api_fixture.h"
#include "run/round.h"

struct asked {
	struct fixture *machine; /* whose kernel is that of the round */
	struct hr_options options;
	struct hr_output output;
	struct hr_session session;
	struct hr_meter meter;
	struct hr_sink *sink;
	struct hr_round round;
	char said[2048];	  /* what the sink received, a line each */
	struct hr_error *failure; /* what the sink returns for the next answer */
	char watched[8192];	  /* "key = value" for what the watch received, a line each */
};

/* A test that has a struct asked as its state. */
#define test_of_query(name) cmocka_unit_test_setup_teardown(name, ask_set_up, ask_tear_down)

int ask_set_up(void **state);
int ask_tear_down(void **state);

/* Make the kernel of the memory as it is now, and begin a round about it. */
void ask_begin(struct asked *asked);

/* The same, and answer @query for the watch too. Fills @watched. */
void ask_watched(struct asked *asked, struct hr_error *(*query)(struct hr_round *round));

/* End a round of a watch that has seen others. Fills @watched with "key = before -> after". */
void ask_end_watched(struct asked *asked);

/* Output fails while @query is answered for the watch too: an error, and nothing to watch. */
void ask_watched_fails(struct asked *asked, struct hr_error *(*query)(struct hr_round *round));

/* The output has failed: the next answer that the sink receives is its last. */
void ask_fail(struct asked *asked);

#endif
