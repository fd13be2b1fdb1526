/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program drops its privileges before it parses any byte of a file. After that, it can read
 * what is open and write to a few descriptors, but reach nothing else, whatever a file makes the
 * code do.
 */
#ifndef HR_SANDBOX_H
#define HR_SANDBOX_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Builds for AddressSanitizer and valgrind have no sandbox, because they need what it forbids. */
#if defined(__SANITIZE_ADDRESS__) || defined(HR_MEMCHECK)
#define HR_HAS_SANDBOX false
#else
#define HR_HAS_SANDBOX true
#endif

enum hr_sandbox_role {
	HR_SANDBOX_WORKER,	/* parses, walks and prints; may create threads */
	HR_SANDBOX_DUMP_READER, /* runs libkdumpfile */
	HR_SANDBOX_SUPERVISOR,	/* waits for the worker; may open files below one folder */
};

/* Limits of a process; tests use less. */
#ifndef HR_WORKER_ADDRESS_SPACE
#define HR_WORKER_ADDRESS_SPACE (UINT64_C(1) << 30)
#endif

enum {
	HR_CPU_SECONDS = 3600
};

struct hr_sandbox {
	enum hr_sandbox_role role;
	const int *write_fds; /* descriptors that may be written to, at any offset */
	size_t write_count;
	uint64_t address_space; /* bytes; 0: we set no limit */
	uint64_t cpu_seconds;	/* in total; 0: we set no limit */
	pid_t worker;		/* supervisor: the process that it may send signals to */
	const char *folder;	/* supervisor: the folder from which it may read files */
};

/*
 * Is the program running under valgrind? Valgrind makes its own system calls, for which the sandbox
 * would end the process.
 */
bool hr_sandbox_is_under_valgrind(void);

/*
 * Give up: capabilities, new privileges through execve(2), core dumps, files by name (Landlock, if
 * the kernel has it), new descriptors, memory and CPU time beyond limits, and all but a few system
 * calls. Any other call ends the process with SIGSYS; for the supervisor, which parses nothing, it
 * fails. *@ret_filtered is false if the kernel cannot filter system calls; the rest applies anyway.
 * Does nothing without HR_HAS_SANDBOX. Error HR_ERROR_OS: a privilege could not be dropped.
 */
struct hr_error *hr_sandbox_enter(const struct hr_sandbox *sandbox, bool *ret_filtered);

#endif
