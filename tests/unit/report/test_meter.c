// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report/meter.h"

static void assert_text(uint64_t elapsed, uint64_t done, uint64_t total, const char *expected)
{
	struct hr_meter_text text = hr_meter_text("tables read: 812 MiB", elapsed, done, total);

	assert_string_equal(text.text, expected);
}

static void texts(void **state)
{
	(void)state;
	assert_text(2000, 0, 0, "tables read: 812 MiB");
	assert_text(2000, 0, 1000, "tables read: 812 MiB, 0%");
	assert_text(2000, 9, 1000, "tables read: 812 MiB, 0%");
	assert_text(2000, 410, 1000, "tables read: 812 MiB, 41%, about 3 s left");
	assert_text(2000, 419, 1000, "tables read: 812 MiB, 41%, about 3 s left");
	assert_text(1000, 500, 1000, "tables read: 812 MiB, 50%, about 1 s left");
	assert_text(119000, 500, 1000, "tables read: 812 MiB, 50%, about 119 s left");
	assert_text(120000, 500, 1000, "tables read: 812 MiB, 50%, about 2 min left");
	assert_text(7199000, 500, 1000, "tables read: 812 MiB, 50%, about 119 min left");
	assert_text(7200000, 500, 1000, "tables read: 812 MiB, 50%, about 2 h left");
	assert_text(2000, 999, 1000, "tables read: 812 MiB, 99%, about 1 s left");
	assert_text(2000, 1000, 1000, "tables read: 812 MiB, 100%");
	assert_text(2000, 1001, 1000, "tables read: 812 MiB, 100%");
}

/* Nothing overflows, however much there is to walk. */
static void large_numbers(void **state)
{
	uint64_t total = UINT64_MAX;

	(void)state;
	assert_text(1000, total / 2 + 1, total, "tables read: 812 MiB, 50%, about 1 s left");
	assert_text(1000, total, total, "tables read: 812 MiB, 100%");
	assert_text(1000, UINT64_C(1) << 52, UINT64_C(1) << 53,
		    "tables read: 812 MiB, 50%, about 1 s left");
	assert_text(1000, 1, 3, "tables read: 812 MiB, 33%, about 3 s left");
}

static void long_names_are_cut(void **state)
{
	struct hr_meter_text text = hr_meter_text(
		"0123456789012345678901234567890123456789 and more", UINT64_MAX / 1000, 500, 1000);

	(void)state;
	assert_string_equal(
		text.text,
		"0123456789012345678901234567890123456789, 50%, about 5124095576 h left");
}

static struct hr_error *read_nothing(void *context, uint64_t pa, void *buffer, size_t len)
{
	size_t *reads = context;

	(void)pa;
	(void)buffer;
	(void)len;
	++*reads;
	return NULL;
}

/* If nothing is shown, reads do not go through the meter. */
static void not_wanted(void **state)
{
	size_t reads = 0;
	struct hr_memory memory = { .read = read_nothing, .context = &reads };
	struct hr_meter meter = { .wanted = true };

	(void)state;
	hr_meter_begin(&meter, false);
	hr_meter_attach(&meter, &memory);
	assert_ptr_equal(memory.context, &reads);
	assert_ptr_equal(meter.memory.context, &reads);
	hr_meter_clear(&meter);
}

static void counts_bytes(void **state)
{
	size_t reads = 0;
	struct hr_memory memory = { .read = read_nothing, .context = &reads };
	struct hr_meter meter = { .shown = false };
	char buffer[64];

	(void)state;
	hr_meter_begin(&meter, false);
	meter.wanted = true;
	hr_meter_attach(&meter, &memory);
	assert_null(memory.finish);
	assert_null(memory.begin);
	assert_success(hr_memory_read(&memory, 0, buffer, sizeof(buffer)));
	assert_success(hr_memory_read(&memory, 0, buffer, 8));
	assert_int_equal(reads, 2);
	assert_int_equal(meter.bytes, 72);
	assert_false(meter.shown);
}

static void begin_nothing(void *context, struct hr_batch *batch)
{
	batch->job = context;
}

static void finish_nothing(void *context, struct hr_batch *batch)
{
	size_t *reads = context;

	assert_ptr_equal(batch->job, context);
	*reads += batch->count;
}

/* Batches reach the source behind the meter, and count when they begin. */
static void counts_batches(void **state)
{
	size_t reads = 0;
	struct hr_memory memory = { .begin = begin_nothing,
				    .finish = finish_nothing,
				    .context = &reads };
	struct hr_batch batch = { .count = 3, .len = 4096 };
	struct hr_meter meter = { .shown = false };

	(void)state;
	hr_meter_begin(&meter, false);
	meter.wanted = true;
	hr_meter_attach(&meter, &memory);
	hr_memory_begin(&memory, &batch);
	assert_int_equal(meter.bytes, UINT64_C(3) * 4096);
	hr_memory_finish(&memory, &batch);
	assert_int_equal(reads, 3);
}

/* The same, each once, if the source cannot begin them. */
static void counts_batches_that_are_not_begun(void **state)
{
	size_t reads = 0;
	struct hr_memory memory = { .finish = finish_nothing, .context = &reads };
	struct hr_batch batch = { .count = 3, .len = 4096, .job = &reads };
	struct hr_meter meter = { .shown = false };

	(void)state;
	hr_meter_begin(&meter, false);
	meter.wanted = true;
	hr_meter_attach(&meter, &memory);
	assert_null(memory.begin);
	hr_memory_begin(&memory, &batch);
	hr_memory_finish(&memory, &batch);
	assert_int_equal(meter.bytes, UINT64_C(3) * 4096);
	assert_int_equal(reads, 3);
}

/* Check what a process that calls @work shows on a terminal of its own with @columns columns. */
static void assert_shown(void (*work)(void), unsigned short columns, const char *term,
			 const char *expected)
{
	const struct winsize size = { .ws_row = 24, .ws_col = columns };
	char text[1024] = "";
	size_t len = 0;
	ssize_t done;
	int terminal, status;
	pid_t pid = forkpty(&terminal, NULL, NULL, &size);

	assert_true(pid >= 0);
	if (!pid) {
		setenv("TERM", term, 1);
		work();
		_exit(0);
	}
	/* The end of a terminal is an error. */
	while ((done = read(terminal, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)done;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(terminal);
	assert_string_equal(text, expected);
}

/* The first line is due after a second, and further ones not immediately. */
static void rearrange(void)
{
	struct hr_meter meter = { .shown = false };

	hr_meter_begin(&meter, true);
	hr_meter_on_rearranged(&meter, 1, 1000);
	hr_meter_clear(&meter);
	meter.next = 0;
	hr_meter_on_rearranged(&meter, 5, 1000);
	hr_meter_on_rearranged(&meter, 6, 1000);
	meter.next = 0;
	hr_meter_on_rearranged(&meter, 1000, 1000);
	hr_meter_clear(&meter);
	hr_meter_clear(&meter);
}

static void search(void)
{
	struct hr_meter meter = { .shown = false };

	hr_meter_begin(&meter, true);
	meter.next = 0;
	hr_meter_on_searched(&meter, 5, 1000);
	hr_meter_clear(&meter);
}

static void each_preparation_has_its_name(void **state)
{
	(void)state;
	assert_shown(search, 80, "xterm", "\rsearching memory for VMCOREINFO, 0%\033[K\r\033[K");
}

static void on_a_terminal(void **state)
{
	(void)state;
	assert_shown(rearrange, 80, "xterm",
		     "\rrearranging the flattened dump, 0%\033[K"
		     "\rrearranging the flattened dump, 100%\033[K\r\033[K");
	assert_shown(rearrange, 12, "xterm", "\rrearranging\033[K\rrearranging\033[K\r\033[K");
	assert_shown(rearrange, 80, "dumb", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(large_numbers),
		cmocka_unit_test(long_names_are_cut),
		cmocka_unit_test(not_wanted),
		cmocka_unit_test(counts_bytes),
		cmocka_unit_test(counts_batches),
		cmocka_unit_test(counts_batches_that_are_not_begun),
		cmocka_unit_test(on_a_terminal),
		cmocka_unit_test(each_preparation_has_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
