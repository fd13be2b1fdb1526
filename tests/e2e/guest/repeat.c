// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * repeat - run commands repeatedly, and record when each began and ended, and how.
 *
 *   repeat --now                   print the clock
 *   repeat COUNT COMMANDS RECORD   run the commands of the file COMMANDS, one a line, in turn and
 *                                  COUNT times in all; write what they did to the file RECORD
 *
 * A record is a line `LINE BEGIN END STATUS OUTPUT-BYTES ERROR-BYTES`, then the command's output
 * and its error output. LINE counts from 0. Times are nanoseconds of CLOCK_MONOTONIC: the process
 * did not exist before BEGIN or after END. STATUS is that of a shell: the command's, or 128 plus
 * the number of the signal that ended it. Single spaces separate the words of a command.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	MAX_COMMANDS = 64,
	MAX_WORDS = 64,
	MAX_LINE = 4096
};

#define OUTPUT "/tmp/repeat-output"
#define ERRORS "/tmp/repeat-errors"

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static int fresh_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		die(path);
	return fd;
}

/* Replace this process by the command. */
static void execute(char *line, int output, int errors)
{
	char *words[MAX_WORDS + 1] = { NULL };
	char *rest = NULL;
	int count = 0;

	for (char *word = strtok_r(line, " ", &rest); word && count < MAX_WORDS;
	     word = strtok_r(NULL, " ", &rest))
		words[count++] = word;
	if (dup2(output, STDOUT_FILENO) < 0 || dup2(errors, STDERR_FILENO) < 0)
		die("dup2");
	execvp(words[0], words);
	die(words[0]);
}

static long long size_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		die("fstat");
	return (long long)st.st_size;
}

static void append(FILE *record, int fd, long long size)
{
	static char buffer[1 << 16];
	long long done = 0;

	while (done < size) {
		ssize_t got = pread(fd, buffer, sizeof(buffer), done);

		if (got <= 0 || fwrite(buffer, 1, (size_t)got, record) != (size_t)got)
			die("copy");
		done += got;
	}
}

static void run_once(int index, const char *line, FILE *record)
{
	int output = fresh_file(OUTPUT), errors = fresh_file(ERRORS), status;
	char copy[MAX_LINE];
	uint64_t begin;
	pid_t child;

	snprintf(copy, sizeof(copy), "%s", line);
	begin = now();
	child = fork();
	if (child < 0)
		die("fork");
	if (!child)
		execute(copy, output, errors);
	if (waitpid(child, &status, 0) != child)
		die("waitpid");
	fprintf(record, "%d %" PRIu64 " %" PRIu64 " %d %lld %lld\n", index, begin, now(),
		WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), size_of(output),
		size_of(errors));
	append(record, output, size_of(output));
	append(record, errors, size_of(errors));
	close(output);
	close(errors);
}

static int read_commands(const char *path, char lines[][MAX_LINE])
{
	FILE *file = fopen(path, "re");
	int count = 0;

	if (!file)
		die(path);
	while (count < MAX_COMMANDS && fgets(lines[count], MAX_LINE, file)) {
		lines[count][strcspn(lines[count], "\n")] = '\0';
		count += lines[count][0] != '\0';
	}
	fclose(file);
	return count;
}

int main(int argc, char **argv)
{
	static char lines[MAX_COMMANDS][MAX_LINE];
	FILE *record;
	int count;

	if (argc == 2 && !strcmp(argv[1], "--now")) {
		printf("%" PRIu64 "\n", now());
		return 0;
	}
	if (argc != 4)
		return 64;
	count = read_commands(argv[2], lines);
	record = fopen(argv[3], "we");
	if (!count || !record)
		die(argv[3]);
	for (int i = 0; i < atoi(argv[1]); i++)
		run_once(i % count, lines[i % count], record);
	return fclose(record) ? 1 : 0;
}
