// SPDX-License-Identifier: GPL-2.0-or-later
#include "kdump_file.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "source/kdump_child.h"
#include "source/kdump_library.h"
#include "source/kdump_process.h"

static struct hr_kdump_library *library;

static void run_child(void *context, const struct hr_link *link, char *shared)
{
	const struct hr_kdump_child child = {
		.library = library,
		.fds = context,
		.count = 1,
		.view = -1,
		.link = link,
		.shared = shared,
		.sandbox = true,
	};

	hr_kdump_child_run(&child);
}

/* A dump, and the process that reads it. */
static struct core_file file;
static struct hr_kdump_process process = { .link = HR_LINK_CLOSED };

/* Start it, in the place of the one before it if there is one. */
static void start(void)
{
	hr_kdump_process_end(&process);
	assert_success(hr_kdump_process_start(&file.fd, 1, run_child, &file.fd, &process));
}

static int set_up(void **state)
{
	(void)state;
	assert_success(hr_kdump_library_load(&library));
	kdump_file_init(&file);
	start();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hr_kdump_process_end(&process);
	hr_library_release(library);
	core_file_release(&file);
	return 0;
}

static struct hr_kdump_request open_request(void)
{
	return (struct hr_kdump_request){
		.magic = HR_KDUMP_MAGIC,
		.op = HR_KDUMP_OPEN,
		.size = KDUMP_BLOCK,
		.limit = MIB(512),
	};
}

static struct hr_kdump_request read_request(void)
{
	struct hr_kdump_request request = {
		.magic = HR_KDUMP_MAGIC,
		.op = HR_KDUMP_READ,
		.slot = 1,
		.count = HR_KDUMP_PIECES,
		.size = KDUMP_BLOCK,
	};

	for (size_t i = 0; i < HR_KDUMP_PIECES; i++)
		request.pas[i] = kdump_file_pfn(i) * KDUMP_BLOCK;
	return request;
}

static void open_dump(void)
{
	const struct hr_kdump_request request = open_request();
	struct hr_kdump_reply reply;

	assert_success(hr_kdump_process_send(&process, &request));
	assert_success(hr_kdump_process_receive(&process, HR_KDUMP_OPEN, &reply));
	assert_int_equal(reply.status, HR_KDUMP_DONE);
}

/* A page that is not in the dump leaves its neighbours unchanged, in this order and the next. */
static void pages_go_where_they_were_asked_for(void **state)
{
	struct hr_kdump_request request = read_request();
	struct hr_kdump_reply reply;

	(void)state;
	open_dump();
	request.pas[5] = 0;
	for (int round = 0; round < 3; round++) {
		assert_success(hr_kdump_process_send(&process, &request));
		assert_success(hr_kdump_process_receive(&process, HR_KDUMP_READ, &reply));
		assert_int_equal(reply.slot, 1);
		assert_int_equal(reply.count, HR_KDUMP_PIECES);
		assert_true(reply.message[0]);
		for (size_t i = 0; i < HR_KDUMP_PIECES; i++) {
			const char *page = process.shared + HR_KDUMP_SLOT_SIZE + i * KDUMP_BLOCK;

			assert_int_equal(reply.pieces[i] == HR_KDUMP_DONE, i != 5);
			if (i != 5)
				assert_int_equal((unsigned char)page[KDUMP_BLOCK - 1],
						 kdump_file_fill(i));
		}
	}
}

static void assert_gives_up(const struct hr_kdump_request *request)
{
	struct hr_kdump_reply reply;

	assert_success(hr_kdump_process_send(&process, request));
	assert_failure(hr_kdump_process_receive(&process, HR_KDUMP_READ, &reply),
		       HR_ERROR_UNREADABLE, "ended unexpectedly");
}

static void impossible_requests_end_it(void **state)
{
	struct hr_kdump_request requests[10];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(requests); i++)
		requests[i] = read_request();
	requests[0].magic = 0;
	requests[1].op = HR_KDUMP_OPEN;
	requests[2].op = 7;
	requests[3].slot = HR_KDUMP_SLOTS;
	requests[4].slot = UINT32_MAX;
	requests[5].count = 0;
	requests[6].count = HR_KDUMP_PIECES + 1;
	requests[7].size = 0;
	requests[8].size = HR_KDUMP_SLOT_SIZE / HR_KDUMP_PIECES + 1;
	requests[9].size = UINT64_MAX;
	for (size_t i = 0; i < COUNT_OF(requests); i++) {
		start();
		open_dump();
		assert_gives_up(&requests[i]);
	}
}

static void nothing_is_read_before_the_dump_is_opened(void **state)
{
	const struct hr_kdump_request request = read_request();

	(void)state;
	assert_gives_up(&request);
}

static void requests_of_another_size_end_it(void **state)
{
	const struct hr_kdump_request request = open_request();
	struct hr_kdump_reply reply;

	(void)state;
	assert_true(hr_link_send(&process.link, &request, sizeof(request) - 1));
	assert_failure(hr_kdump_process_receive(&process, HR_KDUMP_OPEN, &reply),
		       HR_ERROR_UNREADABLE, "ended unexpectedly");
}

static void what_is_no_dump_is_said_by_the_library(void **state)
{
	const struct hr_kdump_request request = open_request();
	struct hr_kdump_reply reply;

	(void)state;
	assert_int_equal(ftruncate(file.fd, 0), 0);
	core_file_write(&file, "no dump", 7, 0);
	assert_success(hr_kdump_process_send(&process, &request));
	assert_success(hr_kdump_process_receive(&process, HR_KDUMP_OPEN, &reply));
	assert_int_equal(reply.status, HR_KDUMP_FAILED);
	assert_true(strlen(reply.message) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(pages_go_where_they_were_asked_for),
		ROW(impossible_requests_end_it),
		ROW(nothing_is_read_before_the_dump_is_opened),
		ROW(requests_of_another_size_end_it),
		ROW(what_is_no_dump_is_said_by_the_library),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
