// SPDX-License-Identifier: GPL-2.0-or-later
#include "kdump_file.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/kdump_orders.h"

/*
 * Replaces the process that runs libkdumpfile: fills each piece with the low byte of its frame
 * number, and answers as the test says.
 */
struct play {
	uint32_t slot_off, count_off; /* added to the answer's fields */
	size_t failed;		      /* a piece that it cannot unpack */
};

static void act(void *context, const struct hr_link *link, char *shared)
{
	const struct play *play = context;
	struct hr_kdump_request request;

	while (hr_link_receive(link, &request, sizeof(request)) == HR_LINK_RECEIVED) {
		char *at = shared + (size_t)request.slot * HR_KDUMP_SLOT_SIZE;
		struct hr_kdump_reply reply = {
			.magic = HR_KDUMP_MAGIC,
			.op = HR_KDUMP_READ,
			.slot = (request.slot + play->slot_off) % HR_KDUMP_SLOTS,
			.count = request.count + play->count_off,
			.message = "not today",
		};

		for (size_t i = 0; i < request.count; i++, at += request.size)
			memset(at, (int)(request.pas[i] / KDUMP_BLOCK), request.size);
		if (play->failed < request.count)
			reply.pieces[play->failed] = HR_KDUMP_FAILED;
		hr_link_send(link, &reply, sizeof(reply));
	}
	_exit(0);
}

enum {
	NONE = HR_KDUMP_PIECES
};

/* A dump that two such processes read, and what these do. */
static struct core_file file;
static struct hr_kdump_readers readers;
static struct play play;

static void end(void)
{
	for (size_t i = 0; i < readers.count; i++)
		hr_kdump_process_end(&readers.readers[i].process);
	readers.count = 0;
	hr_kdump_set_forget(&readers.set);
	core_file_release(&file);
}

/* Start processes that do as @how says, in the place of those before if there are any. */
static void start(const struct play *how)
{
	uint64_t bitmaps, pages;

	end();
	play = *how;
	memset(&readers, 0, sizeof(readers));
	kdump_file_init(&file);
	hr_kdump_set_init(&readers.set, &file.fd, 1);
	assert_success(hr_kdump_set_read_headers(&readers.set, &bitmaps));
	assert_success(hr_kdump_set_index(&readers.set, &pages));
	for (; readers.count < 2; readers.count++)
		assert_success(hr_kdump_process_start(NULL, 0, act, &play,
						      &readers.readers[readers.count].process));
	readers.usable = readers.in_use = readers.count;
}

static int set_up(void **state)
{
	(void)state;
	start(&(struct play){ .failed = NONE });
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	end();
	return 0;
}

static uint64_t pa_of(size_t i)
{
	return kdump_file_pfn(i) * KDUMP_BLOCK;
}

static void assert_filled(const unsigned char *bytes, size_t len, size_t i)
{
	for (size_t at = 0; at < len; at++)
		assert_int_equal(bytes[at], kdump_file_pfn(i) & 0xff);
}

static void pieces_come_from_the_shared_memory(void **state)
{
	unsigned char page[KDUMP_BLOCK];

	(void)state;
	for (size_t i = 0; i < KDUMP_PAGES; i += 13) {
		assert_success(hr_kdump_read_piece(&readers, pa_of(i), page, sizeof(page)));
		assert_filled(page, sizeof(page), i);
	}
}

static void a_piece_that_cannot_be_unpacked_says_why(void **state)
{
	char byte;

	(void)state;
	start(&(struct play){ .failed = 0 });
	assert_failure(hr_kdump_read_piece(&readers, pa_of(0), &byte, 1), HR_ERROR_UNREADABLE,
		       "(libkdumpfile: not today)");
}

/* An answer with the bytes of another order would be taken for the requested ones. */
static void answers_to_other_orders_are_refused(void **state)
{
	static const struct play plays[] = {
		{ .slot_off = 1, .failed = NONE },
		{ .count_off = 1, .failed = NONE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(plays); i++) {
		char byte;

		start(&plays[i]);
		assert_failure(hr_kdump_read_piece(&readers, pa_of(0), &byte, 1),
			       HR_ERROR_UNREADABLE, "sent an unexpected reply");
		/* And it is not asked again. */
		assert_failure(hr_kdump_read_piece(&readers, pa_of(1), &byte, 1),
			       HR_ERROR_UNREADABLE, "sent an unexpected reply");
	}
}

/* Read the @count pieces at @pas. The caller frees the bytes. */
static unsigned char *read_batch(const uint64_t *pas, size_t count, size_t len, bool *ok)
{
	unsigned char *buffer = calloc(count, len ? len : 1);
	struct hr_batch batch = {
		.pas = pas,
		.count = count,
		.len = len,
		.buffer = buffer,
		.ok = ok,
	};

	assert_non_null(buffer);
	hr_kdump_read_batch(&readers, &batch);
	return buffer;
}

/* More pieces than fit in slots, for both processes, in no particular order. */
static void batches_come_whole_and_in_place(void **state)
{
	enum {
		COUNT = 5 * HR_KDUMP_PIECES
	};
	unsigned char *buffer;
	uint64_t pas[COUNT];
	bool ok[COUNT];

	(void)state;
	for (size_t i = 0; i < COUNT; i++)
		pas[i] = pa_of(i * 37 % KDUMP_PAGES);
	buffer = read_batch(pas, COUNT, KDUMP_BLOCK, ok);
	for (size_t i = 0; i < COUNT; i++) {
		assert_true(ok[i]);
		assert_filled(buffer + i * KDUMP_BLOCK, KDUMP_BLOCK, i * 37 % KDUMP_PAGES);
	}
	free(buffer);
}

/* Even if the order of the other slot has as many pieces. */
static void answers_in_another_slot_are_refused(void **state)
{
	enum {
		COUNT = 2 * HR_KDUMP_PIECES
	};
	uint64_t pas[COUNT];
	bool ok[COUNT];

	(void)state;
	start(&(struct play){ .slot_off = 1, .failed = NONE });
	for (size_t i = 0; i < COUNT; i++)
		pas[i] = pa_of(0);
	free(read_batch(pas, COUNT, KDUMP_BLOCK, ok));
	for (size_t i = 0; i < COUNT; i++)
		assert_false(ok[i]);
}

/* The dump has no page there, whatever the process would say. */
static void pieces_that_the_dump_lacks_are_not_asked_for(void **state)
{
	uint64_t pas[] = { pa_of(0), pa_of(3) + KDUMP_BLOCK, pa_of(4), UINT64_MAX - 1 };
	bool ok[COUNT_OF(pas)];

	(void)state;
	free(read_batch(pas, COUNT_OF(pas), 8, ok));
	for (size_t i = 0; i < COUNT_OF(pas); i++)
		assert_int_equal(ok[i], i % 2 == 0);
}

/* The other pieces of its batch are read. */
static void a_piece_that_fails_fails_alone(void **state)
{
	uint64_t pas[4];
	bool ok[COUNT_OF(pas)];

	(void)state;
	start(&(struct play){ .failed = 2 });
	for (size_t i = 0; i < COUNT_OF(pas); i++)
		pas[i] = pa_of(i);
	free(read_batch(pas, COUNT_OF(pas), KDUMP_BLOCK, ok));
	for (size_t i = 0; i < COUNT_OF(pas); i++)
		assert_int_equal(ok[i], i != 2);
}

static void what_the_dead_were_asked_for_does_not_come(void **state)
{
	uint64_t pas[KDUMP_PAGES];
	bool ok[COUNT_OF(pas)];

	(void)state;
	assert_int_equal(kill(readers.readers[1].process.pid, SIGKILL), 0);
	for (size_t i = 0; i < COUNT_OF(pas); i++)
		pas[i] = pa_of(i);
	free(read_batch(pas, COUNT_OF(pas), KDUMP_BLOCK, ok));
	for (size_t i = 0; i < COUNT_OF(pas); i++)
		assert_int_equal(ok[i],
				 hr_kdump_reader_of(&readers, pas[i]) == &readers.readers[0]);
}

static void pieces_that_no_slot_takes_do_not_come(void **state)
{
	const uint64_t pa = pa_of(0);
	bool ok;

	(void)state;
	ok = true;
	free(read_batch(&pa, 1, 0, &ok));
	assert_false(ok);
	ok = true;
	free(read_batch(&pa, 1, HR_KDUMP_SLOT_SIZE + 1, &ok));
	assert_false(ok);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(pieces_come_from_the_shared_memory),
		ROW(a_piece_that_cannot_be_unpacked_says_why),
		ROW(answers_to_other_orders_are_refused),
		ROW(batches_come_whole_and_in_place),
		ROW(answers_in_another_slot_are_refused),
		ROW(pieces_that_the_dump_lacks_are_not_asked_for),
		ROW(a_piece_that_fails_fails_alone),
		ROW(what_the_dead_were_asked_for_does_not_come),
		ROW(pieces_that_no_slot_takes_do_not_come),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
