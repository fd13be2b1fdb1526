// SPDX-License-Identifier: GPL-2.0-or-later
#include "asked.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

static struct asked *asked_of(struct hr_sink *sink)
{
	const struct hr_options *options = sink->session->options;

	return (struct asked *)((char *)options - offsetof(struct asked, options));
}

__attribute__((format(printf, 2, 3))) static void say(struct hr_sink *sink, const char *format, ...)
{
	struct asked *asked = asked_of(sink);
	size_t len = strlen(asked->said);
	va_list args;

	va_start(args, format);
	vsnprintf(asked->said + len, sizeof(asked->said) - len, format, args);
	va_end(args);
}

static struct hr_error *failure_of(struct hr_sink *sink)
{
	return hr_take(asked_of(sink)->failure);
}

static struct hr_error *range(struct hr_sink *sink, const struct hr_answer *answer)
{
	say(sink, "range %#llx %s%s\n", (unsigned long long)answer->range.start,
	    hr_verdict_name(answer->verdict), answer->plan ? " with a plan" : "");
	return failure_of(sink);
}

static struct hr_error *device(struct hr_sink *sink, const struct hr_told_device *device)
{
	const struct hr_device_sum sum = hr_device_sum(device);

	say(sink, "device %s %llu of %llu online, %s\n", device->name,
	    (unsigned long long)sum.online, (unsigned long long)sum.blocks,
	    hr_verdict_name(sum.verdict));
	return failure_of(sink);
}

static struct hr_error *block(struct hr_sink *sink, const struct hr_listed_block *block)
{
	say(sink, "block %#llx\n", (unsigned long long)block->answer->range.start);
	return failure_of(sink);
}

static struct hr_error *begin_map(struct hr_sink *sink, enum hr_map map)
{
	say(sink, "begin %s\n", hr_map_name(map));
	return NULL;
}

static struct hr_error *run(struct hr_sink *sink, enum hr_map map, const struct hr_run *run)
{
	say(sink, "%s %s %llu\n", hr_map_name(map),
	    run->state == HR_MAP_MAPPED ? "mapped" : "unread", (unsigned long long)run->count);
	return failure_of(sink);
}

static struct hr_error *end_map(struct hr_sink *sink, enum hr_map map)
{
	say(sink, "end %s\n", hr_map_name(map));
	return NULL;
}

static struct hr_error *suggestions(struct hr_sink *sink, const struct hr_suggestions *found)
{
	say(sink, "suggestions %zu\n", found->count);
	return failure_of(sink);
}

static struct hr_error *difference(struct hr_sink *sink, enum hr_map map,
				   const struct hr_difference *found)
{
	say(sink, "%s: %s, %s\n", hr_map_name(map), found->walk, found->text);
	return failure_of(sink);
}

static struct hr_error *compared(struct hr_sink *sink, uint64_t leaves, uint64_t differences)
{
	say(sink, "compared %llu, %llu differ\n", (unsigned long long)leaves,
	    (unsigned long long)differences);
	return failure_of(sink);
}

static struct hr_error *begin_part(struct hr_sink *sink, enum hr_diff_part part)
{
	static const char *const names[] = { "kernel", "ranges", "blocks", "leaves" };

	say(sink, "%s:\n", names[part]);
	return NULL;
}

static struct hr_error *fact_change(struct hr_sink *sink, const struct hr_fact_change *change)
{
	say(sink, "%s: %s -> %s\n", change->key, change->before, change->after);
	return failure_of(sink);
}

static struct hr_error *block_change(struct hr_sink *sink, const struct hr_block_change *change)
{
	say(sink, "%#llx-%#llx %s\n", (unsigned long long)change->range.start,
	    (unsigned long long)change->range.end, hr_change_name(change->change));
	return failure_of(sink);
}

static struct hr_error *leaf_change(struct hr_sink *sink, const struct hr_leaf_change *change)
{
	say(sink, "%s %#llx-%#llx %s\n", hr_map_name(change->map),
	    (unsigned long long)change->range.start, (unsigned long long)change->range.end,
	    hr_change_name(change->change));
	return failure_of(sink);
}

static struct hr_error *diff_result(struct hr_sink *sink, const struct hr_summary *summary)
{
	say(sink, "changes %llu, uncertain %llu\n", (unsigned long long)summary->changes,
	    (unsigned long long)summary->uncertain);
	return failure_of(sink);
}

static const struct hr_sink_ops ops = {
	.depth = HR_DEPTH_PLAN,
	.size = sizeof(struct hr_sink),
	.range = range,
	.device = device,
	.block = block,
	.begin_map = begin_map,
	.run = run,
	.end_map = end_map,
	.suggestions = suggestions,
	.difference = difference,
	.compared = compared,
	.begin_part = begin_part,
	.fact_change = fact_change,
	.range_change = block_change,
	.block_change = block_change,
	.leaf_change = leaf_change,
	.diff_result = diff_result,
};

int ask_set_up(void **state)
{
	struct asked *asked = test_calloc(1, sizeof(*asked));
	void *machine;

	set_up(&machine);
	asked->machine = machine;
	asked->output.ops = &ops;
	asked->options.output = &asked->output;
	asked->session.options = &asked->options;
	assert_success(hr_sink_create(&asked->output, &asked->session, &asked->sink));
	*state = asked;
	return 0;
}

int ask_tear_down(void **state)
{
	struct asked *asked = *state;
	void *machine = asked->machine;

	hr_error_destroy(asked->failure);
	hr_round_release(&asked->round);
	hr_watch_destroy(asked->round.watch);
	hr_sink_destroy(asked->sink);
	tear_down(&machine);
	test_free(asked);
	return 0;
}

void ask_begin(struct asked *asked)
{
	struct hr_kernel *kernel = make_kernel(asked->machine);

	asked->session.kernel = kernel;
	asked->round = (struct hr_round){
		.session = &asked->session,
		.kernel = kernel,
		.sink = asked->sink,
		.meter = &asked->meter,
	};
	hr_work_begin(&asked->round.work, kernel, 0, 0);
}

static void on_change(void *context, const char *key, const char *before, const char *after)
{
	struct asked *asked = context;
	size_t len = strlen(asked->watched);

	assert_null(before);
	snprintf(asked->watched + len, sizeof(asked->watched) - len, "%s = %s\n", key, after);
}

static void on_any_change(void *context, const char *key, const char *before, const char *after)
{
	struct asked *asked = context;
	size_t len = strlen(asked->watched);

	snprintf(asked->watched + len, sizeof(asked->watched) - len, "%s = %s -> %s\n", key,
		 before ? before : "nothing", after ? after : "nothing");
}

void ask_end_watched(struct asked *asked)
{
	hr_watch_end_round(asked->round.watch, on_any_change, asked);
}

/* Begin a watch that has seen a round of nothing, so that everything is new. */
static void begin_watch(struct asked *asked)
{
	assert_success(hr_watch_create(&asked->round.watch));
	hr_watch_end_round(asked->round.watch, NULL, NULL);
}

void ask_watched(struct asked *asked, struct hr_error *(*query)(struct hr_round *round))
{
	begin_watch(asked);
	assert_success(query(&asked->round));
	hr_watch_end_round(asked->round.watch, on_change, asked);
}

void ask_watched_fails(struct asked *asked, struct hr_error *(*query)(struct hr_round *round))
{
	begin_watch(asked);
	ask_fail(asked);
	assert_failure(query(&asked->round), HR_ERROR_OUTPUT, "has gone");
	hr_watch_end_round(asked->round.watch, on_change, asked);
	assert_string_equal(asked->watched, "");
}

void ask_fail(struct asked *asked)
{
	asked->failure = hr_error_new(HR_ERROR_OUTPUT, "the reader has gone");
}
