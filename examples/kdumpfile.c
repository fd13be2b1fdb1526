// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Can a range be hot-removed from the kernel in a dump? Reads any format that libkdumpfile knows.
 *
 *	kdumpfile DUMP START LAST
 *
 * START and LAST are physical addresses, LAST the last byte. The exit status is 0 if the range is
 * removable, 1 if it is not, 2 if that is unknown.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <hotremove/hotremove.h>
#include <inttypes.h>
#include <libkdumpfile/kdumpfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct hr_error *read_memory(void *context, uint64_t pa, void *buffer, size_t len)
{
	kdump_ctx_t *ctx = context;
	size_t wanted = len;

	if (kdump_read(ctx, KDUMP_MACHPHYSADDR, pa, buffer, &len) == KDUMP_OK && len == wanted)
		return NULL;
	return hr_error_new(HR_ERROR_UNREADABLE, "PA 0x%" PRIx64 ": %s", pa, kdump_get_err(ctx));
}

/* Bytes up to the highest page of the dump. */
static uint64_t memory_size(kdump_ctx_t *ctx)
{
	kdump_num_t pages, page_size;

	if (kdump_get_number_attr(ctx, "max_pfn", &pages) != KDUMP_OK ||
	    kdump_get_number_attr(ctx, KDUMP_ATTR_PAGE_SIZE, &page_size) != KDUMP_OK)
		return 0;
	return pages * page_size;
}

static int status_of(enum hr_verdict verdict)
{
	switch (verdict) {
	case HR_VERDICT_REMOVABLE:
		return 0;
	case HR_VERDICT_NOT_REMOVABLE:
		return 1;
	default:
		return 2;
	}
}

/* Print the answer, and return the exit status for it. */
static int print_answer(const struct hr_kernel *kernel, const struct hr_answer *answer)
{
	printf("%s, kernel's check %s, %" PRIu64 " TLBI\n", hr_verdict_name(answer->verdict),
	       hr_guard_outcome_name(answer->guard.outcome), hr_answer_tlbi(kernel, answer));
	for (size_t i = 0; i < answer->check.count; i++)
		printf("%s: %s\n", hr_reason_name(answer->check.reasons[i].code),
		       answer->check.reasons[i].message);
	return status_of(answer->verdict);
}

static struct hr_error *ask(const struct hr_config *config, const struct hr_pa_range *range,
			    int *ret_status)
{
	struct hr_kernel *kernel = NULL;
	struct hr_answer *answer = NULL;
	struct hr_error *error = hr_kernel_create(config, &kernel);

	if (!error)
		error = hr_kernel_ask(kernel, range, HR_DEPTH_PLAN, &answer);
	if (!error)
		*ret_status = print_answer(kernel, answer);
	hr_answer_destroy(answer);
	hr_kernel_destroy(kernel);
	return error;
}

static struct hr_error *ask_dump(kdump_ctx_t *ctx, int fd, const struct hr_pa_range *range,
				 int *ret_status)
{
	struct hr_memory memory = { .read = read_memory, .context = ctx };
	struct hr_config config = { .memory = &memory };
	struct hr_error *error;
	char *note = NULL;

	if (kdump_open_fd(ctx, fd) != KDUMP_OK ||
	    kdump_set_string_attr(ctx, KDUMP_ATTR_OSTYPE, "linux") != KDUMP_OK ||
	    kdump_vmcoreinfo_raw(ctx, &note) != KDUMP_OK)
		return hr_error_new(HR_ERROR_INPUT, "%s", kdump_get_err(ctx));
	memory.size = memory_size(ctx);
	config.vmcoreinfo = note;
	while (note[config.vmcoreinfo_len])
		config.vmcoreinfo_len++;
	error = ask(&config, range, ret_status);
	free(note);
	return error;
}

/* Read all of @text as a number. */
static bool read_number(const char *text, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(text, &end, 0);
	return isxdigit((unsigned char)*text) && !*end && !errno;
}

int main(int argc, char **argv)
{
	int fd = argc == 4 ? open(argv[1], O_RDONLY) : -1, status = status_of(HR_VERDICT_UNKNOWN);
	struct hr_pa_range range;
	struct hr_error *error;
	kdump_ctx_t *ctx;

	if (fd < 0 || !read_number(argv[2], &range.start) || !read_number(argv[3], &range.end)) {
		fprintf(stderr, "usage: %s DUMP START LAST\n", argv[0]);
		return 64;
	}
	range.end++;
	ctx = kdump_new();
	error = ctx ? ask_dump(ctx, fd, &range, &status) : hr_error_no_memory();
	if (error)
		fprintf(stderr, "%s\n", error->message);
	hr_error_destroy(error);
	if (ctx)
		kdump_free(ctx);
	close(fd);
	return status;
}
