// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/meter.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "os/interrupt.h"
#include "report/terminal.h"

/* Milliseconds. */
enum {
	BEFORE_FIRST = 1000,
	BETWEEN = 200
};

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

void hr_meter_begin(struct hr_meter *meter, bool wanted)
{
	uint64_t start = now();

	hr_meter_clear(meter);
	*meter = (struct hr_meter){
		.wanted = wanted && hr_terminal_can_rewrite(),
		.next = start + BEFORE_FIRST,
		.start = start,
	};
}

/* Thousandths of @total, which is not 0. */
static uint64_t thousandths(uint64_t done, uint64_t total)
{
	if (done >= total)
		return 1000;
	return total < UINT64_MAX / 1000 ? done * 1000 / total : done / (total / 1000);
}

/* Print the remaining time in a suitable unit. */
static int print_left(char *text, size_t size, uint64_t seconds)
{
	if (seconds < 120)
		return snprintf(text, size, ", about %" PRIu64 " s left", seconds);
	if (seconds < UINT64_C(120) * 60)
		return snprintf(text, size, ", about %" PRIu64 " min left", seconds / 60);
	return snprintf(text, size, ", about %" PRIu64 " h left", seconds / 3600);
}

struct hr_meter_text hr_meter_text(const char *what, uint64_t elapsed, uint64_t done,
				   uint64_t total)
{
	struct hr_meter_text ret;
	int len = snprintf(ret.text, sizeof(ret.text), "%.40s", what);
	uint64_t part;

	if (!total)
		return ret;
	part = thousandths(done, total);
	len += snprintf(ret.text + len, sizeof(ret.text) - (size_t)len, ", %" PRIu64 "%%",
			part / 10);
	if (part >= 10 && part < 1000)
		print_left(ret.text + len, sizeof(ret.text) - (size_t)len,
			   (elapsed * (1000 - part) / part + 999) / 1000);
	return ret;
}

/* Is it time to show a line? Not while the program is in the background of its terminal. */
static bool is_due(struct hr_meter *meter, uint64_t time)
{
	if (!meter->wanted || time < meter->next)
		return false;
	meter->next = time + BETWEEN;
	return tcgetpgrp(STDERR_FILENO) == getpgrp();
}

static void show(struct hr_meter *meter, const struct hr_meter_text *line)
{
	meter->shown = true;
	hr_interrupt_shows_line(true);
	fprintf(stderr, "\r%.*s\033[K", hr_terminal_line_length(), line->text);
}

static void show_read(struct hr_meter *meter)
{
	uint64_t time = now(), done = 0, total = 0;
	struct hr_meter_text line;
	char what[40];

	if (!is_due(meter, time))
		return;
	if (!meter->position || !meter->position(meter->context, meter->pa, &done, &total))
		total = 0;
	snprintf(what, sizeof(what), "tables read: %" PRIu64 " MiB", meter->bytes >> 20);
	line = hr_meter_text(what, time - meter->start, done, total);
	show(meter, &line);
}

static struct hr_error *read_one(void *context, uint64_t pa, void *buffer, size_t len)
{
	struct hr_meter *meter = context;

	meter->bytes += len;
	show_read(meter);
	return meter->memory.read(meter->memory.context, pa, buffer, len);
}

static void count_batch(struct hr_meter *meter, const struct hr_batch *batch)
{
	meter->bytes += batch->count * batch->len;
	show_read(meter);
}

static void begin(void *context, struct hr_batch *batch)
{
	struct hr_meter *meter = context;

	count_batch(meter, batch);
	hr_memory_begin(&meter->memory, batch);
}

/* A batch is counted once: here if the source cannot begin it. */
static void finish(void *context, struct hr_batch *batch)
{
	struct hr_meter *meter = context;

	if (!meter->memory.begin)
		count_batch(meter, batch);
	hr_memory_finish(&meter->memory, batch);
}

void hr_meter_attach(void *context, struct hr_memory *memory)
{
	struct hr_meter *meter = context;

	meter->memory = *memory;
	if (!meter->wanted)
		return;
	memory->read = read_one;
	memory->begin = memory->begin ? begin : NULL;
	memory->finish = memory->finish ? finish : NULL;
	memory->context = meter;
}

void hr_meter_on_progress(void *context, uint64_t pa)
{
	struct hr_meter *meter = context;

	meter->pa = pa;
}

void hr_meter_follow(struct hr_meter *meter, hr_position_fn *position, void *context)
{
	meter->position = position;
	meter->context = context;
	meter->start = now();
}

static void show_preparation(struct hr_meter *meter, const char *what, uint64_t done,
			     uint64_t total)
{
	uint64_t time = now();
	struct hr_meter_text line;

	if (!is_due(meter, time))
		return;
	line = hr_meter_text(what, time - meter->start, done, total);
	show(meter, &line);
}

void hr_meter_on_rearranged(void *context, uint64_t done, uint64_t total)
{
	show_preparation(context, "rearranging the flattened dump", done, total);
}

void hr_meter_on_searched(void *context, uint64_t done, uint64_t total)
{
	show_preparation(context, "searching memory for VMCOREINFO", done, total);
}

void hr_meter_clear(struct hr_meter *meter)
{
	if (!meter->shown)
		return;
	fputs("\r\033[K", stderr);
	meter->shown = false;
	hr_interrupt_shows_line(false);
}
