// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * r2 - the existing alternative: let libaddrxlat translate address by address, and count leaves.
 *
 *   r2 DUMP VA SIZE
 *
 * libaddrxlat cannot walk a range, so each leaf costs one translation, starting at the root; the
 * next one begins after the leaf. It does not know CONT groups: their members count as leaves.
 * Prints the seconds that it took, without opening the dump, and the number of leaves by the number
 * of reads that each took.
 */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libkdumpfile/kdumpfile.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct counts {
	uint64_t by_reads[ADDRXLAT_FIELDS_MAX + 1];
	uint64_t unmapped;
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static kdump_ctx_t *open_dump(const char *path)
{
	kdump_ctx_t *ctx = kdump_new();
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (!ctx || fd < 0)
		err(EXIT_FAILURE, "%s", path);
	if (kdump_open_fd(ctx, fd) != KDUMP_OK ||
	    kdump_set_string_attr(ctx, KDUMP_ATTR_OSTYPE, "linux") != KDUMP_OK)
		errx(EXIT_FAILURE, "%s: %s", path, kdump_get_err(ctx));
	return ctx;
}

/* Translate @va. Returns the bytes from there to the end of its leaf, or of the hole. */
static uint64_t translate(addrxlat_step_t *step, uint64_t va, struct counts *counts)
{
	const addrxlat_paging_form_t *form = &step->meth->param.pgt.pf;
	unsigned int reads = 0, bits = 0;
	addrxlat_status status = addrxlat_launch(step, va);

	while (status == ADDRXLAT_OK && step->remain > 1) {
		status = addrxlat_step(step);
		reads++;
	}
	if (status != ADDRXLAT_OK && status != ADDRXLAT_ERR_NOTPRESENT)
		errx(EXIT_FAILURE, "0x%" PRIx64 ": %s", va, addrxlat_ctx_get_err(step->ctx));
	for (unsigned int i = 0; i + reads < form->nfields; i++)
		bits += form->fieldsz[i];
	if (status == ADDRXLAT_OK)
		counts->by_reads[reads]++;
	else
		counts->unmapped++;
	return (UINT64_C(1) << bits) - (va & ((UINT64_C(1) << bits) - 1));
}

static void count_leaves(kdump_ctx_t *ctx, uint64_t va, uint64_t size, struct counts *counts)
{
	addrxlat_step_t step = { 0 };

	if (kdump_get_addrxlat(ctx, &step.ctx, &step.sys) != KDUMP_OK)
		errx(EXIT_FAILURE, "%s", kdump_get_err(ctx));
	step.meth = addrxlat_sys_get_meth(step.sys, ADDRXLAT_SYS_METH_PGT);
	for (uint64_t done = 0; done < size;)
		done += translate(&step, va + done, counts);
	addrxlat_sys_decref(step.sys);
	addrxlat_ctx_decref(step.ctx);
}

int main(int argc, char **argv)
{
	struct counts counts = { 0 };
	kdump_ctx_t *ctx;
	double start;

	if (argc != 4)
		errx(EXIT_FAILURE, "usage: r2 DUMP VA SIZE");
	ctx = open_dump(argv[1]);
	start = now();
	count_leaves(ctx, strtoull(argv[2], NULL, 0), strtoull(argv[3], NULL, 0), &counts);
	printf("{\"seconds\": %.6f, \"unmapped\": %" PRIu64 ", \"by_reads\": [", now() - start,
	       counts.unmapped);
	for (unsigned int i = 0; i <= ADDRXLAT_FIELDS_MAX; i++)
		printf("%s%" PRIu64, i ? ", " : "", counts.by_reads[i]);
	printf("]}\n");
	kdump_free(ctx);
	return EXIT_SUCCESS;
}
