/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared parts of the harnesses. Each harness has one function, LLVMFuzzerTestOneInput(), that
 * accepts any bytes. With clang, libFuzzer calls it; with any compiler, replay.c calls it with the
 * files of a corpus.
 */
#ifndef HR_FUZZ_H
#define HR_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* If a property does not hold, end the program like a crash, so that the input is kept. */
#define require(condition, ...)                                                                    \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__, #condition);            \
			fprintf(stderr, __VA_ARGS__);                                              \
			fputc('\n', stderr);                                                       \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* Check that an error has a sentence, and destroy it. Returns true if there was none. */
bool fuzz_succeeded(struct hr_error *error);

/* Input that is consumed from its start. After its end, it continues with zeros. */
struct fuzz_input {
	const uint8_t *at;
	size_t left;
};

uint8_t fuzz_take8(struct fuzz_input *input);
uint16_t fuzz_take16(struct fuzz_input *input);
uint32_t fuzz_take32(struct fuzz_input *input);
uint64_t fuzz_take64(struct fuzz_input *input);

/* The text up to the next line end or to the end, as a string that the caller frees. */
char *fuzz_take_line(struct fuzz_input *input);

/* The same for the rest of the text. */
char *fuzz_take_text(struct fuzz_input *input);

/* A file in memory that holds the @len bytes at @data. The caller closes it. */
int fuzz_file(const void *data, size_t len);

/*
 * The content of a sparse file, built from pieces of the input: two bytes for the offset in units
 * of 16, one for the length, then the bytes. Returns *@ret_len bytes, at most @max, which the
 * caller frees.
 */
uint8_t *fuzz_take_sparse(struct fuzz_input *input, size_t max, size_t *ret_len);

#endif
