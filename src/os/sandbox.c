// SPDX-License-Identifier: GPL-2.0-or-later
#include "os/sandbox.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <malloc.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"

/* Who may make a call. */
enum {
	WORKER = 1 << HR_SANDBOX_WORKER,
	READER = 1 << HR_SANDBOX_DUMP_READER,
	SUPERVISOR = 1 << HR_SANDBOX_SUPERVISOR,
	ALL = WORKER | READER | SUPERVISOR,
};

/* What an argument must equal under a mask; a mask of 0 accepts any value. */
struct condition {
	unsigned int argument;
	uint64_t mask, value;
};

enum {
	CONDITIONS = 2
};

/* A call, and conditions on its arguments that must all hold. */
struct call {
	int number;
	unsigned int roles;
	struct condition conditions[CONDITIONS];
};

#define ANY(name, roles)                                                                           \
	{                                                                                          \
		SCMP_SYS(name), roles,                                                             \
		{                                                                                  \
			{                                                                          \
				0                                                                  \
			}                                                                          \
		}                                                                                  \
	}
#define IF(name, roles, arg, mask, value)                                                          \
	{                                                                                          \
		SCMP_SYS(name), roles,                                                             \
		{                                                                                  \
			{                                                                          \
				arg, mask, value                                                   \
			}                                                                          \
		}                                                                                  \
	}
#define EXACTLY UINT64_MAX

/* The flags of pthread_create(3), which creates a thread with the same privileges. */
#define THREAD_FLAGS                                                                               \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |        \
	 CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

/* Numbers that an architecture does not have are skipped. */
static const struct call calls[] = {
	/* Open files can be read. */
	ANY(read, ALL),
	ANY(readv, ALL),
	ANY(pread64, WORKER | READER),
	ANY(preadv, WORKER | READER),
	ANY(lseek, ALL),
	ANY(fadvise64, WORKER),
	ANY(fstat, ALL),
	ANY(fstatfs, WORKER),
	IF(fcntl, ALL, 1, EXACTLY, F_GETFL),
	IF(fcntl, ALL, 1, EXACTLY, F_GETFD),
	IF(ioctl, ALL, 1, EXACTLY, TCGETS),
	IF(ioctl, ALL, 1, EXACTLY, TCGETS2), /* isatty(3) from glibc 2.42 on */
	IF(ioctl, ALL, 1, EXACTLY, TIOCGWINSZ),
	IF(ioctl, ALL, 1, EXACTLY, TIOCGPGRP),
	ANY(poll, WORKER | SUPERVISOR),
	ANY(ppoll, WORKER | SUPERVISOR),
	ANY(close, ALL),
	/* Memory, but not executable, and not a file mapping that writes to the file. */
	ANY(brk, ALL),
	{ SCMP_SYS(mmap), ALL, { { 2, PROT_EXEC, 0 }, { 3, MAP_SHARED, 0 } } },
	IF(mprotect, ALL, 2, PROT_EXEC, 0),
	ANY(mremap, ALL),
	ANY(munmap, ALL),
	ANY(madvise, ALL),
	ANY(sysinfo, ALL), /* qsort(3) */
	/* Threads, and what they wait for. */
	IF(clone, WORKER, 0, EXACTLY, THREAD_FLAGS),
	ANY(futex, ALL),
	ANY(set_robust_list, WORKER),
	ANY(rseq, WORKER),
	ANY(sched_getaffinity, WORKER),
	ANY(sched_yield, WORKER),
	/* Time, and signals to oneself. */
	ANY(clock_gettime, ALL),
	ANY(gettimeofday, ALL),
	ANY(clock_nanosleep, ALL),
	ANY(nanosleep, ALL),
	ANY(setitimer, WORKER),
	ANY(alarm, WORKER),
	ANY(rt_sigaction, ALL),
	ANY(rt_sigprocmask, ALL),
	ANY(rt_sigreturn, ALL),
	ANY(rt_sigtimedwait, WORKER),
	ANY(restart_syscall, ALL),
	ANY(getrandom, ALL),
	ANY(getpid, ALL),
	ANY(gettid, ALL),
	ANY(getpgrp, WORKER),
	ANY(getpgid, WORKER),
	/* The end of the process itself and of a child. */
	ANY(wait4, WORKER | SUPERVISOR),
	ANY(exit, ALL),
	ANY(exit_group, ALL),
	/* For reading only; Landlock restricts which files. */
	IF(openat, SUPERVISOR, 2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY),
	ANY(getdents64, SUPERVISOR),
	ANY(readlinkat, SUPERVISOR),
};

/*
 * Calls that the C library tries but can do without. It then uses clone(2), whose flags a filter
 * can see. A filter cannot see a name, not even that it is empty as with fstat(3); the program's
 * own fstat() needs no name (fstat.c).
 */
static const int missing[] = { SCMP_SYS(clone3), SCMP_SYS(newfstatat) };

static struct hr_error *refused(int errnum, const char *what)
{
	return hr_error_errno(
		errnum, "cannot enter the sandbox (use --no-sandbox to run without it): %s", what);
}

/* Drop all capabilities, and the way to regain one through execve(2). */
static struct hr_error *drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return refused(errno, "cannot give up new privileges");
	if (syscall(SYS_capset, &header, none))
		return refused(errno, "cannot drop capabilities");
	return NULL;
}

/*
 * Rights over files by Landlock version. Later kernels have more; earlier ones reject unknown
 * rights.
 */
static uint64_t landlock_rights(long version)
{
	static const uint64_t by_version[] = {
		0,
		(UINT64_C(1) << 13) - 1,
		(UINT64_C(1) << 14) - 1,
		(UINT64_C(1) << 15) - 1,
		(UINT64_C(1) << 15) - 1,
		(UINT64_C(1) << 16) - 1,
	};
	const long last = sizeof(by_version) / sizeof(by_version[0]) - 1;

	return by_version[version < last ? version : last];
}

static void landlock_allow(int ruleset, const char *folder)
{
	_cleanup_close_ int fd = open(folder, O_PATH | O_CLOEXEC);
	const struct landlock_path_beneath_attr rule = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
		.parent_fd = fd,
	};

	if (fd >= 0)
		syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

/* If the kernel has no Landlock, only the filter of system calls applies. */
static void restrict_files(const char *folder)
{
	long version =
		syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_ruleset_attr attr = { 0 };
	_cleanup_close_ int ruleset = -1;

	if (version < 1)
		return;
	attr.handled_access_fs = landlock_rights(version);
	ruleset =
		(int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr.handled_access_fs), 0);
	if (ruleset < 0)
		return;
	if (folder)
		landlock_allow(ruleset, folder);
	syscall(SYS_landlock_restrict_self, ruleset, 0);
}

/* Limits are only ever lowered: the user's limit may be stricter. */
static struct hr_error *limit(int resource, uint64_t most, const char *failure)
{
	struct rlimit now;

	if (getrlimit((__rlimit_resource_t)resource, &now))
		return refused(errno, failure);
	if (now.rlim_cur > most)
		now.rlim_cur = most;
	/* One more second to report it, if that is requested. */
	if (resource == RLIMIT_CPU)
		most++;
	if (now.rlim_max > most)
		now.rlim_max = most;
	return setrlimit((__rlimit_resource_t)resource, &now) ? refused(errno, failure) : NULL;
}

/*
 * No new descriptors beyond the standard streams. poll(2) takes no more of them at a time either.
 */
static struct hr_error *set_limits(const struct hr_sandbox *sandbox)
{
	bool opens = sandbox->role == HR_SANDBOX_SUPERVISOR;
	struct hr_error *error = limit(RLIMIT_CORE, 0, "cannot limit core dumps");

	if (!error)
		error = limit(RLIMIT_NOFILE, opens ? 64 : STDERR_FILENO + 1,
			      "cannot limit descriptors");
	if (!error && sandbox->cpu_seconds)
		error = limit(RLIMIT_CPU, sandbox->cpu_seconds, "cannot limit CPU time");
	if (!error && sandbox->address_space)
		error = limit(RLIMIT_AS, sandbox->address_space, "cannot limit the address space");
	/* One heap for all threads, because each further one reserves 64 MiB. */
	mallopt(M_ARENA_MAX, 1);
	return error;
}

static int add_call(scmp_filter_ctx filter, const struct call *call)
{
	struct scmp_arg_cmp compare[CONDITIONS];
	unsigned int count = 0;

	for (const struct condition *condition = call->conditions;
	     count < CONDITIONS && condition->mask; condition++)
		compare[count++] = SCMP_CMP64(condition->argument, SCMP_CMP_MASKED_EQ,
					      condition->mask, condition->value);
	return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call->number, count, compare);
}

static int add_writes(scmp_filter_ctx filter, int fd)
{
	static const int numbers[] = { SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(pwrite64) };
	int status = 0;

	for (size_t i = 0; !status && i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const struct call call = { numbers[i], ALL, { { 0, EXACTLY, (uint64_t)fd } } };

		status = add_call(filter, &call);
	}
	return status;
}

/* abort(3) must end the process by SIGABRT. */
static int add_signals(scmp_filter_ctx filter, const struct hr_sandbox *sandbox)
{
	const struct call self = IF(tgkill, ALL, 0, EXACTLY, (uint64_t)getpid());
	const struct call worker = IF(kill, SUPERVISOR, 0, EXACTLY, (uint64_t)sandbox->worker);
	int status = add_call(filter, &self);

	if (!status && sandbox->role == HR_SANDBOX_SUPERVISOR)
		status = add_call(filter, &worker);
	return status;
}

static int fill_filter(scmp_filter_ctx filter, const struct hr_sandbox *sandbox)
{
	int status = add_signals(filter, sandbox);

	for (size_t i = 0; !status && i < sizeof(calls) / sizeof(calls[0]); i++)
		if (calls[i].roles & 1u << sandbox->role)
			status = add_call(filter, &calls[i]);
	for (size_t i = 0; !status && i < sandbox->write_count; i++)
		status = add_writes(filter, sandbox->write_fds[i]);
	for (size_t i = 0; !status && i < sizeof(missing) / sizeof(missing[0]); i++)
		status = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), missing[i], 0);
	return status;
}

static void cleanup_filter(scmp_filter_ctx *filter)
{
	if (*filter)
		seccomp_release(*filter);
}

static struct hr_error *filter_calls(const struct hr_sandbox *sandbox, bool *ret_filtered)
{
	bool lenient = sandbox->role == HR_SANDBOX_SUPERVISOR;
	_cleanup_(cleanup_filter) scmp_filter_ctx filter = NULL;
	int status;

	*ret_filtered = false;
	/* A kernel without seccomp does not know this option. */
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0 && errno == EINVAL)
		return NULL;
	filter = seccomp_init(lenient ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS);
	/*
	 * Kernels before 4.14 can only end a single thread, or send the signal that ends the
	 * process.
	 */
	if (!filter)
		filter = seccomp_init(SCMP_ACT_TRAP);
	if (!filter)
		return refused(ENOMEM, "cannot load the seccomp filter");
	status = fill_filter(filter, sandbox);
	if (!status)
		status = seccomp_load(filter);
	if (status)
		return refused(-status, "cannot load the seccomp filter");
	*ret_filtered = true;
	return NULL;
}

/* Valgrind preloads its own library, which the program can see. */
bool hr_sandbox_is_under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return HR_HAS_SANDBOX && preload && strstr(preload, "/vgpreload_");
}

struct hr_error *hr_sandbox_enter(const struct hr_sandbox *sandbox, bool *ret_filtered)
{
	struct hr_error *error;

	*ret_filtered = true;
	if (!HR_HAS_SANDBOX)
		return NULL;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return refused(errno, "cannot disable core dumps");
	error = drop_capabilities();
	if (error)
		return error;
	restrict_files(sandbox->folder);
	error = set_limits(sandbox);
	return error ? error : filter_calls(sandbox, ret_filtered);
}
