// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * footprint RECORD COMMAND... - run a command, and record its time and memory in the file RECORD.
 *
 * A record is a line of `KEY=NUMBER` each: the milliseconds that the command took, the KiB of the
 * largest of its processes at its largest, and of the whole machine MemTotal, MemFree and
 * MemAvailable before the command (`free`, `available`) and at their lowest during it
 * (`free_lowest`, `available_lowest`), looked at a hundred times a second.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct memory {
	long total, free, available;
};

static void die(const char *what)
{
	perror(what);
	exit(125);
}

static long long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct memory look(void)
{
	struct memory memory = { 0 };
	char text[512];
	int fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (len <= 0)
		die("/proc/meminfo");
	text[len] = '\0';
	close(fd);
	if (sscanf(text, "MemTotal: %ld kB MemFree: %ld kB MemAvailable: %ld kB", &memory.total,
		   &memory.free, &memory.available) != 3)
		die("/proc/meminfo");
	return memory;
}

static void keep_lowest(struct memory *lowest)
{
	struct memory now = look();

	if (now.free < lowest->free)
		lowest->free = now.free;
	if (now.available < lowest->available)
		lowest->available = now.available;
}

/* Wait for the process, and look at the memory meanwhile. Returns its status. */
static int wait_for(pid_t pid, struct memory *lowest, struct rusage *usage)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	int status;

	for (;;) {
		pid_t ended = wait4(pid, &status, WNOHANG, usage);

		if (ended == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		if (ended < 0)
			die("wait4");
		keep_lowest(lowest);
		nanosleep(&pause, NULL);
	}
}

int main(int argc, char **argv)
{
	struct memory before, lowest;
	struct rusage usage;
	long long begin;
	FILE *record;
	int status;
	pid_t pid;

	if (argc < 3)
		return 64;
	record = fopen(argv[1], "we");
	if (!record)
		die(argv[1]);
	before = lowest = look();
	begin = milliseconds();
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		execvp(argv[2], argv + 2);
		die(argv[2]);
	}
	status = wait_for(pid, &lowest, &usage);
	fprintf(record,
		"milliseconds=%lld\npeak=%ld\ntotal=%ld\nfree=%ld\nfree_lowest=%ld\n"
		"available=%ld\navailable_lowest=%ld\n",
		milliseconds() - begin, usage.ru_maxrss, before.total, before.free, lowest.free,
		before.available, lowest.available);
	return fclose(record) ? 125 : status;
}
