/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What has changed between two rounds of the same query. */
#ifndef HR_WATCH_H
#define HR_WATCH_H

#include "base/error.h"

struct hr_watch;

/* Nothing is known of any round yet. Error HR_ERROR_NO_MEMORY. */
struct hr_error *hr_watch_create(struct hr_watch **ret);
void hr_watch_destroy(struct hr_watch *watch);

/*
 * In this round the thing called @key ("memory40") has this @value ("online, removable"), both one
 * line of text. A thing that is put twice has the later value. Errors: HR_ERROR_NO_MEMORY;
 * HR_ERROR_INPUT beyond a million things a round.
 */
struct hr_error *hr_watch_put(struct hr_watch *watch, const char *key, const char *value);

/* A thing whose value changed; @before is NULL if it is new, @after if it is gone. */
typedef void hr_watch_fn(void *context, const char *key, const char *before, const char *after);

/*
 * End this round: tell @changed, which may be NULL, of all that differs from the round before, in
 * the order of this round, those that are gone last. The first round has nothing to differ from.
 */
void hr_watch_end_round(struct hr_watch *watch, hr_watch_fn *changed, void *context);

#endif
