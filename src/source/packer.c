// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/packer.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/smaller.h"
#include "os/file_io.h"
#include "os/library.h"

enum {
	BUFFER = 128 << 10,
	LEVEL = 3,
};

/* The functions that are used of libzstd. */
struct library {
	struct hr_library base;
	__typeof__(ZSTD_createCCtx) *create;
	__typeof__(ZSTD_CCtx_setParameter) *set;
	__typeof__(ZSTD_compressStream2) *compress;
	__typeof__(ZSTD_freeCCtx) *free;
	__typeof__(ZSTD_isError) *is_error;
	__typeof__(ZSTD_getErrorName) *error_name;
};

static const struct hr_library_function functions[] = {
	{ "ZSTD_createCCtx", offsetof(struct library, create) },
	{ "ZSTD_CCtx_setParameter", offsetof(struct library, set) },
	{ "ZSTD_compressStream2", offsetof(struct library, compress) },
	{ "ZSTD_freeCCtx", offsetof(struct library, free) },
	{ "ZSTD_isError", offsetof(struct library, is_error) },
	{ "ZSTD_getErrorName", offsetof(struct library, error_name) },
};

static const struct hr_library_form form = {
	.soname = HR_ZSTD_SONAME,
	.name = "libzstd",
	.functions = functions,
	.count = sizeof(functions) / sizeof(functions[0]),
	.size = sizeof(struct library),
};

/* Once loaded, it stays. */
static void *loaded;

struct hr_packer {
	int fd;
	ZSTD_CCtx *zstd;  /* NULL: not compressed */
	uint64_t taken;	  /* bytes that were put */
	uint64_t written; /* bytes in the file */
	size_t filled;
	unsigned char buffer[BUFFER]; /* of the file */
};

static const struct library *zstd(void)
{
	return loaded;
}

bool hr_packer_is_for(const char *path)
{
	static const char suffix[] = ".zst";
	size_t len = strlen(path);

	return len >= sizeof(suffix) - 1 && !strcmp(path + len - (sizeof(suffix) - 1), suffix);
}

struct hr_error *hr_packer_prepare(void)
{
	return loaded ? NULL : hr_library_load(&form, &loaded);
}

void hr_packer_destroy(struct hr_packer *packer)
{
	if (!packer)
		return;
	if (packer->zstd)
		zstd()->free(packer->zstd);
	free(packer);
}

/* Of the parameters, none may be refused: these are older than the library's stable interface. */
static bool set_up(ZSTD_CCtx *context)
{
	return !zstd()->is_error(zstd()->set(context, ZSTD_c_compressionLevel, LEVEL)) &&
	       !zstd()->is_error(zstd()->set(context, ZSTD_c_checksumFlag, 1));
}

struct hr_error *hr_packer_create(int fd, bool compressed, struct hr_packer **ret)
{
	_cleanup_(hr_cleanup_packer) struct hr_packer *packer = malloc(sizeof(*packer));

	if (!packer)
		return hr_error_no_memory();
	packer->fd = fd;
	packer->zstd = NULL;
	packer->taken = packer->written = packer->filled = 0;
	if (compressed) {
		packer->zstd = zstd()->create();
		if (!packer->zstd || !set_up(packer->zstd))
			return hr_error_no_memory();
	}
	*ret = hr_take(packer);
	return NULL;
}

static struct hr_error *flush(struct hr_packer *packer)
{
	struct hr_error *error =
		hr_pwrite_all(packer->fd, packer->buffer, packer->filled, packer->written);

	packer->written += packer->filled;
	packer->filled = 0;
	return error;
}

/* Pass on all of @in; with @end, also what the library still holds. */
static struct hr_error *compress(struct hr_packer *packer, ZSTD_inBuffer *in, ZSTD_EndDirective end)
{
	struct hr_error *error = NULL;
	size_t left = 1;

	while (!error && (end == ZSTD_e_end ? left != 0 : in->pos < in->size)) {
		ZSTD_outBuffer out = { packer->buffer, BUFFER, packer->filled };

		left = zstd()->compress(packer->zstd, &out, in, end);
		if (zstd()->is_error(left))
			return hr_error_new(HR_ERROR_OS, "zstd failed: %s",
					    zstd()->error_name(left));
		packer->filled = out.pos;
		if (packer->filled == BUFFER)
			error = flush(packer);
	}
	return error;
}

static struct hr_error *store(struct hr_packer *packer, const unsigned char *bytes, size_t len)
{
	struct hr_error *error = NULL;

	while (!error && len) {
		size_t here = hr_smaller(len, BUFFER - packer->filled);

		memcpy(packer->buffer + packer->filled, bytes, here);
		packer->filled += here;
		bytes += here;
		len -= here;
		if (packer->filled == BUFFER)
			error = flush(packer);
	}
	return error;
}

struct hr_error *hr_packer_put(struct hr_packer *packer, const void *bytes, size_t len)
{
	ZSTD_inBuffer in = { bytes, len, 0 };

	packer->taken += len;
	return packer->zstd ? compress(packer, &in, ZSTD_e_continue) : store(packer, bytes, len);
}

struct hr_error *hr_packer_pad(struct hr_packer *packer, uint64_t offset)
{
	static const unsigned char zeros[4096];
	struct hr_error *error = NULL;

	while (!error && packer->taken < offset)
		error = hr_packer_put(packer, zeros,
				      hr_smaller(sizeof(zeros), offset - packer->taken));
	return error;
}

struct hr_error *hr_packer_end(struct hr_packer *packer, uint64_t *ret_size)
{
	ZSTD_inBuffer nothing = { NULL, 0, 0 };
	struct hr_error *error = NULL;

	if (packer->zstd)
		error = compress(packer, &nothing, ZSTD_e_end);
	if (!error)
		error = flush(packer);
	*ret_size = packer->written;
	return error;
}
