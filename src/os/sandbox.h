/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rights are given up before a byte of a file is parsed: what is open can be read, a few
 * descriptors can be written, and nothing else can be reached, whatever a file makes the code do.
 */
#ifndef HR_SANDBOX_H
#define HR_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

/* Builds for AddressSanitizer and valgrind have no sandbox: they need what it takes away. */
#if defined(__SANITIZE_ADDRESS__) || defined(HR_MEMCHECK)
#define HR_HAS_SANDBOX false
#else
#define HR_HAS_SANDBOX true
#endif

enum hr_sandbox_role {
	HR_SANDBOX_WORKER,	/* parses, walks and prints; may start threads */
	HR_SANDBOX_DUMP_READER, /* runs libkdumpfile */
	HR_SANDBOX_SUPERVISOR,	/* waits for the worker; may open files below one folder */
};

/* Limits of a process; tests have less. */
#ifndef HR_WORKER_ADDRESS_SPACE
#define HR_WORKER_ADDRESS_SPACE (UINT64_C(1) << 30)
#endif

enum {
	HR_CPU_SECONDS = 3600
};

struct hr_sandbox {
	enum hr_sandbox_role role;
	const int *write_fds; /* what may be written, at any offset */
	size_t write_count;
	uint64_t address_space; /* bytes; 0: no limit of our own */
	uint64_t cpu_seconds;	/* of all its time; 0: no limit of our own */
	pid_t worker;		/* supervisor: the process that it may send signals to */
	const char *folder;	/* supervisor: the folder that it may read files of */
};

/* Does valgrind run the program? It makes system calls of its own, which the sandbox ends. */
bool hr_sandbox_is_under_valgrind(void);

/*
 * Give up: capabilities, new privileges by execve(2), core dumps, files by name (Landlock, where
 * the kernel has it), new descriptors, memory and CPU time beyond limits, and all system calls but
 * a few. A call that is not among them ends the process with SIGSYS; for the supervisor, who parses
 * nothing, it fails. *@ret_filtered is false if the kernel has no filter of system calls; the rest
 * holds then all the same. Nothing is given up without HR_HAS_SANDBOX. Error HR_ERROR_OS: a right
 * could not be given up.
 */
struct hr_error *hr_sandbox_enter(const struct hr_sandbox *sandbox, bool *ret_filtered);

#endif
