// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

bool fuzz_succeeded(struct hr_error *error)
{
	if (!error)
		return true;
	require(error->message && error->message[0], "an error of code %d says nothing",
		error->code);
	hr_error_destroy(error);
	return false;
}

static uint64_t take(struct fuzz_input *input, size_t len)
{
	uint64_t value = 0;

	for (size_t i = 0; i < len && input->left; i++, input->left--)
		value |= (uint64_t)*input->at++ << 8 * i;
	return value;
}

uint8_t fuzz_take8(struct fuzz_input *input)
{
	return (uint8_t)take(input, 1);
}

uint16_t fuzz_take16(struct fuzz_input *input)
{
	return (uint16_t)take(input, 2);
}

uint32_t fuzz_take32(struct fuzz_input *input)
{
	return (uint32_t)take(input, 4);
}

uint64_t fuzz_take64(struct fuzz_input *input)
{
	return take(input, 8);
}

static char *take_string(struct fuzz_input *input, size_t len)
{
	char *text = malloc(len + 1);

	require(text, "no memory");
	if (len)
		memcpy(text, input->at, len);
	text[len] = '\0';
	input->at += len;
	input->left -= len;
	return text;
}

char *fuzz_take_line(struct fuzz_input *input)
{
	const uint8_t *end = input->left ? memchr(input->at, '\n', input->left) : NULL;
	char *line = take_string(input, end ? (size_t)(end - input->at) : input->left);

	if (end) {
		input->at++;
		input->left--;
	}
	return line;
}

char *fuzz_take_text(struct fuzz_input *input)
{
	return take_string(input, input->left);
}

int fuzz_file(const void *data, size_t len)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	size_t done = 0;

	require(fd >= 0, "no file in memory");
	while (done < len) {
		ssize_t written = write(fd, (const char *)data + done, len - done);

		require(written > 0, "a file in memory cannot be written");
		done += (size_t)written;
	}
	return fd;
}

uint8_t *fuzz_take_sparse(struct fuzz_input *input, size_t max, size_t *ret_len)
{
	uint8_t *bytes = calloc(1, max);

	require(bytes, "no memory");
	*ret_len = 0;
	while (input->left) {
		size_t offset = (size_t)fuzz_take16(input) * 16, len = fuzz_take8(input);

		len = len < input->left ? len : input->left;
		if (offset + len > max)
			break;
		memcpy(bytes + offset, input->at, len);
		input->at += len;
		input->left -= len;
		*ret_len = offset + len > *ret_len ? offset + len : *ret_len;
	}
	return bytes;
}
