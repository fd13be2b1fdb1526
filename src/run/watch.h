/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes between two rounds of the same query. */
#ifndef HR_WATCH_H
#define HR_WATCH_H

#include <hotremove/hotremove.h>

struct hr_watch;

/* Create a watch that knows no round yet. Error HR_ERROR_NO_MEMORY. */
struct hr_error *hr_watch_create(struct hr_watch **ret);
void hr_watch_destroy(struct hr_watch *watch);

/*
 * Record that in this round the thing called @key ("memory40") has this @value ("online,
 * removable"). Both are one line of text. If a thing is put twice, the later value counts. Errors:
 * HR_ERROR_NO_MEMORY; HR_ERROR_INPUT beyond a million things in a round.
 */
struct hr_error *hr_watch_put(struct hr_watch *watch, const char *key, const char *value);

/* Record what maps the memory in this round. @inventory belongs to @watch then. */
void hr_watch_put_maps(struct hr_watch *watch, struct hr_inventory *inventory);

/* A thing whose value changed; @before is NULL if it is new, @after is NULL if it is gone. */
typedef void hr_watch_fn(void *context, const char *key, const char *before, const char *after);

/*
 * End this round: report everything that differs from the previous round to @changed, which may be
 * NULL, in the order of this round, and things that are gone last. The first round has no previous
 * one. Memory that is mapped in another way is a thing of its own, called by its map and place
 * ("linear 0x140000000-0x147ffffff"), and comes after the others.
 */
void hr_watch_end_round(struct hr_watch *watch, hr_watch_fn *changed, void *context);

#endif
