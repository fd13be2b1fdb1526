// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Passes the files of a corpus to a harness, one after the other, where there is no libFuzzer.
 *
 * usage: fuzz_NAME FILE|DIRECTORY...
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "fuzz.h"

enum {
	FILE_MAX = 16 << 20
};

static void close_file(FILE **file)
{
	if (*file)
		fclose(*file);
}

static void close_directory(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

/* The input is copied to memory of exactly its size, so that a read beyond it is detected. */
static bool replay_file(const char *path)
{
	_cleanup_(close_file) FILE *file = fopen(path, "rb");
	_cleanup_free_ uint8_t *buffer = malloc(FILE_MAX), *exact = NULL;
	size_t len = 0;

	if (file && buffer)
		len = fread(buffer, 1, FILE_MAX, file);
	if (!file || !buffer || ferror(file)) {
		perror(path);
		return false;
	}
	exact = malloc(len ? len : 1);
	if (!exact)
		return false;
	memcpy(exact, buffer, len);
	fprintf(stderr, "%s\n", path);
	LLVMFuzzerTestOneInput(exact, len);
	return true;
}

static bool replay_directory(const char *path, size_t *count)
{
	_cleanup_(close_directory) DIR *directory = opendir(path);
	const struct dirent *entry;
	bool ok = directory;

	while (ok && (entry = readdir(directory))) {
		_cleanup_free_ char *file = NULL;

		if (entry->d_name[0] == '.')
			continue;
		if (asprintf(&file, "%s/%s", path, entry->d_name) < 0)
			return false;
		ok = replay_file(file);
		(*count)++;
	}
	return ok;
}

static bool replay(const char *path, size_t *count)
{
	struct stat st;

	if (stat(path, &st)) {
		perror(path);
		return false;
	}
	if (S_ISDIR(st.st_mode))
		return replay_directory(path, count);
	(*count)++;
	return replay_file(path);
}

int main(int argc, char **argv)
{
	size_t count = 0;

	for (int i = 1; i < argc; i++)
		if (!replay(argv[i], &count))
			return EXIT_FAILURE;
	printf("%zu inputs\n", count);
	return count ? EXIT_SUCCESS : EXIT_FAILURE;
}
