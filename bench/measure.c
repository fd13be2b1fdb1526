// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * measure - run a command several times and print what the kernel reports about each run.
 *
 *   measure RUNS WARMUPS COMMAND [ARGUMENT...]
 *
 * Prints one line of JSON per run: wall, user and system seconds, peak memory in KiB, bytes and
 * calls of reads, exit status. This is a separate program because the peak memory of a child
 * starts at that of the process from which it was forked, and an interpreter is large. The
 * command's output goes to /dev/null.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct io {
	uint64_t bytes, calls;
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double seconds(const struct timeval *tv)
{
	return (double)tv->tv_sec + (double)tv->tv_usec / 1e6;
}

/* What the process, which has ended but was not yet reaped, has read. */
static void read_io(pid_t pid, struct io *io)
{
	char path[64], line[128];
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/io", (int)pid);
	in = fopen(path, "re");
	while (in && fgets(line, sizeof(line), in)) {
		sscanf(line, "rchar: %" SCNu64, &io->bytes);
		sscanf(line, "syscr: %" SCNu64, &io->calls);
	}
	if (in)
		fclose(in);
}

static pid_t start(char **argv)
{
	pid_t pid;

	errno = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
	if (errno)
		err(EXIT_FAILURE, "%s", argv[0]);
	return pid;
}

/* Run the command once, and with @print write a line to @out. */
static void run(char **argv, FILE *out, int print)
{
	double begin = now(), wall;
	struct io io = { 0 };
	struct rusage usage;
	siginfo_t info;
	int status;
	pid_t pid = start(argv);

	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT))
		err(EXIT_FAILURE, "waitid");
	wall = now() - begin;
	read_io(pid, &io);
	if (wait4(pid, &status, 0, &usage) != pid)
		err(EXIT_FAILURE, "wait4");
	if (print)
		fprintf(out,
			"{\"wall\": %.6f, \"user\": %.6f, \"sys\": %.6f, \"peak\": %ld, "
			"\"bytes\": %" PRIu64 ", \"reads\": %" PRIu64 ", \"status\": %d}\n",
			wall, seconds(&usage.ru_utime), seconds(&usage.ru_stime), usage.ru_maxrss,
			io.bytes, io.calls, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

int main(int argc, char **argv)
{
	int runs, warmups, null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	FILE *out;

	if (argc < 4)
		errx(EXIT_FAILURE, "usage: measure RUNS WARMUPS COMMAND [ARGUMENT...]");
	runs = atoi(argv[1]);
	warmups = atoi(argv[2]);
	out = fdopen(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3), "w");
	if (!out || null < 0 || dup2(null, STDOUT_FILENO) < 0)
		err(EXIT_FAILURE, "standard output");
	for (int i = 0; i < warmups + runs; i++)
		run(argv + 3, out, i >= warmups);
	return fclose(out) ? EXIT_FAILURE : EXIT_SUCCESS;
}
