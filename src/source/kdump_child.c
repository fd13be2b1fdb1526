// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/kdump_child.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "os/sandbox.h"
#include "source/kdump_library.h"
#include "source/kdump_protocol.h"

/*
 * Pages that the library caches. Its default, 1024, is slower: pages that it evicts have already
 * left the CPU's cache.
 */
enum {
	CACHE_PAGES = 64
};

struct dump {
	const struct hr_kdump_library *library;
	const int *fds;
	size_t count;
	uint64_t block_size;
	kdump_ctx_t *ctx;
	kdump_num_t cache_pages;
};

static void say_why(const struct dump *dump, struct hr_kdump_reply *reply)
{
	const char *why = dump->library->get_err(dump->ctx);

	if (why && !reply->message[0])
		snprintf(reply->message, sizeof(reply->message), "%s", why);
}

static kdump_status set_number(const struct dump *dump, const char *key, kdump_num_t number)
{
	const kdump_attr_t value = { .type = KDUMP_NUMBER, .val.number = number };

	return dump->library->set_attr(dump->ctx, key, &value);
}

static kdump_status set_string(const struct dump *dump, const char *key, const char *text)
{
	const kdump_attr_t value = { .type = KDUMP_STRING, .val.string = text };

	return dump->library->set_attr(dump->ctx, key, &value);
}

/* Changing the size of the cache creates a new cache. */
static kdump_status renew_cache(struct dump *dump)
{
	dump->cache_pages ^= 1;
	return set_number(dump, "cache.size", dump->cache_pages);
}

/*
 * mmap(2) would turn a file that shrinks meanwhile into a signal. The architecture is set because
 * QEMU's dumps do not have it. The page size is set because libkdumpfile 0.5.1 takes the kernel's
 * page size for the dump's: QEMU writes arm64 dumps in units of 64 KiB whatever the kernel's page
 * size is, and frames would be looked up at the wrong place.
 */
static kdump_status open_library(struct dump *dump)
{
	kdump_status status = set_number(dump, KDUMP_ATTR_FILE_MMAP_POLICY, KDUMP_MMAP_NEVER);

	if (status == KDUMP_OK)
		status = set_string(dump, KDUMP_ATTR_ARCH_NAME, KDUMP_ARCH_AARCH64);
	if (status == KDUMP_OK)
		status = dump->library->open_fdset(dump->ctx, (unsigned int)dump->count, dump->fds);
	if (status == KDUMP_OK)
		status = set_number(dump, KDUMP_ATTR_PAGE_SIZE, dump->block_size);
	return status == KDUMP_OK ? renew_cache(dump) : status;
}

/*
 * Drop what was read from the file: the view has other pages now. Its headers come from this
 * program.
 */
static kdump_status reopen_library(struct dump *dump)
{
	dump->library->free_ctx(dump->ctx);
	dump->ctx = dump->library->new_ctx();
	if (!dump->ctx)
		_exit(EXIT_FAILURE);
	return open_library(dump);
}

/*
 * Only machine physical addresses are used, because the library's own translation has bugs with LPA
 * and LPA2. A failed read leaves an entry without a page in the cache of libkdumpfile 0.5.1, which
 * later returns it as if it had one, and crashes.
 */
static enum hr_kdump_status read_one(struct dump *dump, uint64_t pa, void *buffer, size_t len,
				     struct hr_kdump_reply *reply)
{
	size_t done = len;
	kdump_status status = dump->library->read(dump->ctx, KDUMP_MACHPHYSADDR, pa, buffer, &done);

	if (status == KDUMP_OK && done == len)
		return HR_KDUMP_DONE;
	say_why(dump, reply);
	dump->library->clear_err(dump->ctx);
	if (renew_cache(dump) != KDUMP_OK)
		dump->library->clear_err(dump->ctx);
	return status == KDUMP_ERR_NODATA ? HR_KDUMP_ABSENT : HR_KDUMP_FAILED;
}

/* Receive the next request. Returns false if there is none that is valid. */
static bool receive(const struct hr_kdump_child *child, struct hr_kdump_request *ret)
{
	return hr_link_receive(child->link, ret, sizeof(*ret)) == HR_LINK_RECEIVED &&
	       ret->magic == HR_KDUMP_MAGIC;
}

static bool is_possible(const struct hr_kdump_request *request)
{
	return request->op == HR_KDUMP_READ && request->slot < HR_KDUMP_SLOTS && request->count &&
	       request->count <= HR_KDUMP_PIECES && request->size &&
	       request->size <= HR_KDUMP_SLOT_SIZE / request->count;
}

static struct hr_kdump_reply reply_to(const struct hr_kdump_request *request)
{
	return (struct hr_kdump_reply){
		.magic = HR_KDUMP_MAGIC,
		.op = request->op,
		.slot = request->slot,
		.count = request->count,
	};
}

static void serve(const struct hr_kdump_child *child, struct dump *dump)
{
	struct hr_kdump_request request;

	while (receive(child, &request) && is_possible(&request)) {
		struct hr_kdump_reply reply = reply_to(&request);
		size_t len = (size_t)request.size;
		char *at = child->shared + (size_t)request.slot * HR_KDUMP_SLOT_SIZE;

		if (request.renew && reopen_library(dump) != KDUMP_OK)
			_exit(EXIT_FAILURE);
		for (size_t i = 0; i < request.count; i++, at += len)
			reply.pieces[i] = (uint8_t)read_one(dump, request.pas[i], at, len, &reply);
		if (!hr_link_send(child->link, &reply, sizeof(reply)))
			break;
	}
}

/* Whatever else is allowed, a process that has read a kernel's memory must not dump core. */
static bool give_up_rights(const struct hr_kdump_child *child, uint64_t address_space)
{
	const struct hr_sandbox sandbox = {
		.role = HR_SANDBOX_DUMP_READER,
		.write_fds = &child->link->out,
		.write_count = 1,
		.address_space = address_space,
		.cpu_seconds = HR_CPU_SECONDS,
	};
	const struct rlimit none = { 0, 0 };
	struct hr_error *error;
	bool filtered;

	setrlimit(RLIMIT_CORE, &none);
	error = child->sandbox ? hr_sandbox_enter(&sandbox, &filtered) : NULL;
	hr_error_destroy(error);
	return !error;
}

/* With a view, the dump itself is not accessible. */
static void choose_files(const struct hr_kdump_child *child, enum hr_kdump_op op, struct dump *dump)
{
	dump->fds = child->fds;
	dump->count = child->count;
	if (op != HR_KDUMP_OPEN_VIEW)
		return;
	for (size_t i = 0; i < child->count; i++)
		close(child->fds[i]);
	dump->fds = &child->view;
	dump->count = 1;
}

static bool can_open(const struct hr_kdump_child *child, enum hr_kdump_op op)
{
	return op == HR_KDUMP_OPEN || (op == HR_KDUMP_OPEN_VIEW && child->view >= 0);
}

/* Drops privileges before any byte of the dump is read. The library keeps its open files. */
void hr_kdump_child_run(const struct hr_kdump_child *child)
{
	struct dump dump = { .library = child->library, .cache_pages = CACHE_PAGES };
	struct hr_kdump_request request;
	struct hr_kdump_reply reply;

	if (!receive(child, &request) || !can_open(child, request.op) ||
	    !give_up_rights(child, request.limit))
		_exit(EXIT_FAILURE);
	choose_files(child, request.op, &dump);
	dump.block_size = request.size;
	dump.ctx = dump.library->new_ctx();
	if (!dump.ctx)
		_exit(EXIT_FAILURE);
	reply = reply_to(&request);
	if (open_library(&dump) != KDUMP_OK) {
		reply.status = HR_KDUMP_FAILED;
		say_why(&dump, &reply);
	}
	if (hr_link_send(child->link, &reply, sizeof(reply)) && reply.status == HR_KDUMP_DONE)
		serve(child, &dump);
	_exit(EXIT_SUCCESS);
}
