// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/kdump_readers.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "os/parallel.h"
#include "source/kdump_child.h"
#include "source/kdump_library.h"

/* Bytes of memory that one process unpacks before the next one takes over: whole blocks. */
enum {
	TURN = 2 * HR_KDUMP_BLOCK_MAX
};

/* The arguments of a new process. */
struct child {
	const struct hr_kdump_readers *readers;
	int view;
};

static void run_child(void *context, const struct hr_link *link, char *shared)
{
	const struct child *start = context;
	struct hr_kdump_child child = {
		.library = start->readers->library,
		.fds = start->readers->set.fds,
		.count = start->readers->set.count,
		.view = start->view,
		.link = link,
		.sandbox = start->readers->sandbox,
	};

	child.shared = shared;
	hr_kdump_child_run(&child);
}

static struct hr_error *start_reader(const struct hr_kdump_readers *readers,
				     struct hr_kdump_reader *reader)
{
	struct hr_error *error = hr_kdump_view_create(&reader->view);
	struct child child = { readers, reader->view.fd };
	int fds[HR_SPLIT_MAX + 1];

	if (error)
		return error;
	memcpy(fds, readers->set.fds, sizeof(readers->set.fds));
	fds[readers->set.count] = child.view;
	return hr_kdump_process_start(fds, readers->set.count + 1, run_child, &child,
				      &reader->process);
}

void hr_kdump_readers_destroy(struct hr_kdump_readers *readers)
{
	if (!readers)
		return;
	for (size_t i = 0; i < readers->count; i++) {
		hr_kdump_process_end(&readers->readers[i].process);
		hr_kdump_view_release(&readers->readers[i].view);
	}
	hr_kdump_set_forget(&readers->set);
	hr_library_release(readers->library);
	free(readers);
}

static void cleanup_readers(struct hr_kdump_readers **readers)
{
	hr_kdump_readers_destroy(*readers);
}

struct hr_error *hr_kdump_readers_start(const int *fds, size_t count, bool sandbox,
					struct hr_kdump_readers **ret)
{
	_cleanup_(cleanup_readers) struct hr_kdump_readers *readers = calloc(1, sizeof(*readers));
	size_t wanted = hr_cpu_count(HR_KDUMP_READERS_MAX);
	struct hr_error *error;

	if (!readers)
		return hr_error_no_memory();
	hr_kdump_set_init(&readers->set, fds, count);
	readers->sandbox = sandbox;
	error = hr_kdump_library_load(&readers->library);
	while (!error && readers->count < wanted) {
		struct hr_kdump_reader *reader = &readers->readers[readers->count++];

		reader->process.link = HR_LINK_CLOSED;
		error = start_reader(readers, reader);
	}
	if (error)
		return error;
	*ret = hr_take(readers);
	return NULL;
}

size_t hr_kdump_readers_write_fds(const struct hr_kdump_readers *readers, int *ret)
{
	size_t readers_count = readers ? readers->count : 0, count = 0;

	for (size_t i = 0; i < readers_count; i++) {
		ret[count++] = readers->readers[i].process.link.out;
		ret[count++] = readers->readers[i].view.fd;
	}
	return count;
}

/* Tell @reader to open the dump, or its view, without waiting. */
static void ask_to_open(const struct hr_kdump_readers *readers, struct hr_kdump_reader *reader)
{
	const struct hr_kdump_request request = {
		.magic = HR_KDUMP_MAGIC,
		.op = readers->through_views ? HR_KDUMP_OPEN_VIEW : HR_KDUMP_OPEN,
		.size = readers->set.block_size,
		.limit = readers->space,
	};

	if (reader->asked)
		return;
	reader->asked = true;
	if (readers->through_views) {
		struct hr_error *error =
			hr_kdump_view_begin(&reader->view, readers->set.block_size);

		if (error)
			hr_kdump_process_distrust(&reader->process, error->message);
		hr_error_destroy(error);
	}
	/* The code that receives the answer will get the error. */
	hr_error_destroy(hr_kdump_process_send(&reader->process, &request));
}

static struct hr_error *wait_for_open(const struct hr_kdump_readers *readers,
				      struct hr_kdump_reader *reader)
{
	enum hr_kdump_op op = readers->through_views ? HR_KDUMP_OPEN_VIEW : HR_KDUMP_OPEN;
	struct hr_kdump_reply reply;
	struct hr_error *error;

	if (reader->opened)
		return NULL;
	reader->opened = true;
	error = hr_kdump_process_receive(&reader->process, op, &reply);
	if (error || reply.status == HR_KDUMP_DONE)
		return error;
	error = hr_error_new(HR_ERROR_INPUT, "the dump cannot be opened (libkdumpfile: %s)",
			     reply.message);
	hr_kdump_process_distrust(&reader->process, error->message);
	return error;
}

struct hr_kdump_reader *hr_kdump_reader_of(struct hr_kdump_readers *readers, uint64_t pa)
{
	return &readers->readers[pa / TURN % readers->in_use];
}

void hr_kdump_readers_open(struct hr_kdump_readers *readers)
{
	readers->usable = readers->count;
	readers->in_use = 1;
	ask_to_open(readers, &readers->readers[0]);
}

struct hr_error *hr_kdump_readers_wait(struct hr_kdump_readers *readers)
{
	return wait_for_open(readers, &readers->readers[0]);
}

static bool has_answered(const struct hr_kdump_reader *reader)
{
	const struct hr_link *link = &reader->process.link;

	return reader->asked && (!hr_link_is_open(link) || hr_link_has_message(link));
}

void hr_kdump_readers_call_in(struct hr_kdump_readers *readers, bool much)
{
	for (size_t i = 1; much && i < readers->usable; i++)
		ask_to_open(readers, &readers->readers[i]);
	while (readers->in_use < readers->usable &&
	       has_answered(&readers->readers[readers->in_use])) {
		struct hr_error *error = wait_for_open(readers, &readers->readers[readers->in_use]);

		if (error)
			readers->usable = readers->in_use;
		else
			readers->in_use++;
		hr_error_destroy(error);
	}
}
