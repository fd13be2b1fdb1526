// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_file.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/sandbox.h"

/* The exit statuses of test processes that did not die. */
enum {
	CAME_BACK = 40,
	NOT_ENTERED,
	OTHERWISE_FILTERED,
	FAILED,
};

/* Descriptors of the test: one that is open but not writable, and one that may be written to. */
static int readable, writable;

/*
 * The test itself, and whether its kernel has filters of system calls and Landlock, which is
 * determined while that is possible.
 */
static pid_t parent;
static bool has_filters, has_landlock;

typedef void try_fn(void);

/* The status of a process in @role that enters the sandbox and runs @try. */
static int status_of(enum hr_sandbox_role role, try_fn *try)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (!pid) {
		const struct hr_sandbox sandbox = {
			.role = role,
			.write_fds = &writable,
			.write_count = 1,
			.address_space = MIB(256),
			.worker = parent,
			.folder = "/sys",
		};
		bool filtered;

		if (hr_sandbox_enter(&sandbox, &filtered))
			_exit(NOT_ENTERED);
		if (filtered != has_filters)
			_exit(OTHERWISE_FILTERED);
		try();
		_exit(CAME_BACK);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void try_open(void)
{
	open("/dev/null", O_RDONLY);
}

static void try_openat(void)
{
	openat(readable, "x", O_RDONLY);
}

static void try_socket(void)
{
	socket(AF_INET, SOCK_STREAM, 0);
}

static void try_execve(void)
{
	char *none[] = { NULL };

	execve("/bin/true", none, none);
}

static void try_fork(void)
{
	if (!fork())
		_exit(0);
}

static void try_vfork(void)
{
	syscall(SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, NULL, NULL, NULL, NULL);
}

static void try_ptrace(void)
{
	ptrace(PTRACE_ATTACH, parent, NULL, NULL);
}

static void try_kill(void)
{
	kill(parent, 0);
}

static void try_write_elsewhere(void)
{
	if (write(readable, "x", 1) != 1)
		_exit(FAILED);
}

static void try_pwrite_elsewhere(void)
{
	if (pwrite(readable, "x", 1, 0) != 1)
		_exit(FAILED);
}

/* Writing to such memory writes to the file. */
static void try_memory_of_a_file(void)
{
	mmap(NULL, 4096, PROT_READ, MAP_SHARED, readable, 0);
}

static void try_memory_of_code(void)
{
	mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void try_code_in_memory(void)
{
	void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	mprotect(memory, 4096, PROT_READ | PROT_EXEC);
}

static void try_ioctl(void)
{
	char byte = 'x';

	ioctl(STDIN_FILENO, TIOCSTI, &byte);
}

static void try_prctl(void)
{
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static void try_unlink(void)
{
	unlink("/nonexistent");
}

static void try_memory_of_others(void)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { &byte, 1 };

	process_vm_readv(parent, &here, 1, &there, 1, 0);
}

static void try_dup(void)
{
	(void)!dup(readable);
}

static void *do_nothing(void *context)
{
	return context;
}

static void try_thread(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, do_nothing, NULL) || pthread_join(thread, NULL))
		_exit(FAILED);
}

/* Stat files by name, which needs no descriptor. A process that may not do this is ended. */
static void try_stat(void)
{
	struct stat found;

	syscall(SYS_statx, AT_FDCWD, "/", 0, STATX_BASIC_STATS, &found);
}

static void try_access(void)
{
	(void)!faccessat(AT_FDCWD, "/", F_OK, 0);
}

static void try_readlink(void)
{
	char text[8];

	if (readlink("/proc/self/exe", text, sizeof(text)) > 0)
		_exit(FAILED);
}

static const struct {
	const char *name;
	try_fn *try;
} forbidden[] = {
	{ "open", try_open },
	{ "openat", try_openat },
	{ "socket", try_socket },
	{ "execve", try_execve },
	{ "fork", try_fork },
	{ "vfork", try_vfork },
	{ "ptrace", try_ptrace },
	{ "kill", try_kill },
	{ "write", try_write_elsewhere },
	{ "pwrite", try_pwrite_elsewhere },
	{ "mmap", try_memory_of_code },
	{ "mmap shared", try_memory_of_a_file },
	{ "mprotect", try_code_in_memory },
	{ "ioctl", try_ioctl },
	{ "prctl", try_prctl },
	{ "unlink", try_unlink },
	{ "process_vm_readv", try_memory_of_others },
	{ "dup", try_dup },
	{ "statx", try_stat },
	{ "faccessat", try_access },
	{ "readlink", try_readlink },
};

/* Skip a test of what the filter alone refuses. */
static void require_filters(void)
{
	if (!has_filters)
		skip();
}

static void assert_killed(const char *name, int status)
{
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
		fail_msg("%s: wait status 0x%x in place of death by SIGSYS", name, status);
}

static void forbidden_calls_end_a_worker(void **state)
{
	(void)state;
	require_filters();
	for (size_t i = 0; i < COUNT_OF(forbidden); i++)
		assert_killed(forbidden[i].name, status_of(HR_SANDBOX_WORKER, forbidden[i].try));
}

/* It does not need threads either. */
static void forbidden_calls_end_a_reader_of_dumps(void **state)
{
	(void)state;
	require_filters();
	for (size_t i = 0; i < COUNT_OF(forbidden); i++)
		assert_killed(forbidden[i].name,
			      status_of(HR_SANDBOX_DUMP_READER, forbidden[i].try));
	assert_killed("thread", status_of(HR_SANDBOX_DUMP_READER, try_thread));
}

static void assert_fine(int status)
{
	if (!WIFEXITED(status) || WEXITSTATUS(status) != CAME_BACK)
		fail_msg("wait status 0x%x in place of a good end", status);
}

/* Everything that a reader of a file does. */
static void do_allowed(void)
{
	struct termios2 terminal;
	char *heap = malloc(MIB(8));
	char bytes[4];

	if (!heap || pread(readable, bytes, sizeof(bytes), 0) != sizeof(bytes) ||
	    memcmp(bytes, "read", sizeof(bytes)) || write(writable, "x", 1) != 1 ||
	    pwrite(writable, "y", 1, 1) != 1 || lseek(readable, 0, SEEK_SET))
		_exit(FAILED);
	/* As both kinds of isatty(3) do. */
	ioctl(readable, TCGETS, &terminal);
	ioctl(readable, TCGETS2, &terminal);
	memset(heap, 1, MIB(8));
	free(heap);
}

static void allowed_calls_are_allowed(void **state)
{
	(void)state;
	assert_fine(status_of(HR_SANDBOX_WORKER, do_allowed));
	assert_fine(status_of(HR_SANDBOX_WORKER, try_thread));
	assert_fine(status_of(HR_SANDBOX_DUMP_READER, do_allowed));
}

/* The system call and the library report the size of an open file, but nothing for a name. */
static void look_at_files(void)
{
	static const char *const names[] = { "/etc/passwd", "/proc/self/exe", "" };
	struct stat found = { 0 };

	if (fstat(readable, &found) || found.st_size != 7 || !S_ISREG(found.st_mode))
		_exit(FAILED);
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (!syscall(SYS_newfstatat, AT_FDCWD, names[i], &found, AT_EMPTY_PATH) ||
		    !syscall(SYS_newfstatat, readable, names[i], &found, AT_EMPTY_PATH) ||
		    !stat(names[i], &found) || errno != ENOSYS)
			_exit(FAILED);
	}
}

static void no_role_sees_files_by_name(void **state)
{
	(void)state;
	require_filters();
	assert_fine(status_of(HR_SANDBOX_WORKER, look_at_files));
	assert_fine(status_of(HR_SANDBOX_DUMP_READER, look_at_files));
	assert_fine(status_of(HR_SANDBOX_SUPERVISOR, look_at_files));
}

/* The supervisor survives forbidden calls, and may read one folder. */
static void do_as_supervisor(void)
{
	/* The filter refuses this without looking at the file. */
	static const int writing[] = { O_WRONLY,	   O_RDWR,
				       O_RDONLY | O_CREAT, O_RDONLY | O_TRUNC,
				       O_WRONLY | O_CREAT, O_RDWR | O_TMPFILE };

	if (open("/sys/kernel/uevent_seqnum", O_RDONLY) < 0)
		_exit(FAILED);
	if (socket(AF_UNIX, SOCK_STREAM, 0) >= 0 || errno != EPERM || fork() >= 0 ||
	    kill(parent, 0) || !kill(1, 0) || write(readable, "x", 1) >= 0)
		_exit(FAILED);
	for (size_t i = 0; i < COUNT_OF(writing); i++)
		if (open("/sys/kernel/uevent_seqnum", writing[i], 0600) >= 0 || errno != EPERM)
			_exit(FAILED);
	if (has_landlock && (open("/etc/passwd", O_RDONLY) >= 0 || errno != EACCES))
		_exit(FAILED);
}

static void supervisors_are_refused(void **state)
{
	(void)state;
	require_filters();
	assert_fine(status_of(HR_SANDBOX_SUPERVISOR, do_as_supervisor));
}

/* Exceed the memory limit. */
static void take_too_much(void)
{
	/* Without this, a compiler would remove the unused allocation. */
	void *volatile memory = malloc(MIB(512));

	if (memory)
		_exit(FAILED);
}

/* Emulators accept a limit, but do not apply it. */
static bool memory_can_be_limited(void)
{
	struct rlimit old, lower, found = { 0 };

	assert_int_equal(getrlimit(RLIMIT_AS, &old), 0);
	lower = old;
	lower.rlim_cur /= 2;
	assert_int_equal(setrlimit(RLIMIT_AS, &lower), 0);
	getrlimit(RLIMIT_AS, &found);
	setrlimit(RLIMIT_AS, &old);
	return found.rlim_cur == lower.rlim_cur;
}

static void memory_is_limited(void **state)
{
	(void)state;
	if (!memory_can_be_limited())
		skip();
	assert_fine(status_of(HR_SANDBOX_WORKER, take_too_much));
}

static void abort_itself(void)
{
	abort();
}

/* abort(3) is not mistaken for a forbidden call. */
static void aborts_are_seen_as_such(void **state)
{
	int status;

	(void)state;
	status = status_of(HR_SANDBOX_WORKER, abort_itself);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
	assert_false(WCOREDUMP(status));
}

/* The remaining rights, as reported by the kernel; opened while that is still possible. */
static int status_fd;

static void look_at_rights(void)
{
	char text[4096] = "";

	if (pread(status_fd, text, sizeof(text) - 1, 0) <= 0)
		_exit(FAILED);
	if (!strstr(text, "CapPrm:\t0000000000000000") || !strstr(text, "NoNewPrivs:\t1") ||
	    !strstr(text, "CapEff:\t0000000000000000") ||
	    (has_filters && !strstr(text, "Seccomp:\t2")))
		_exit(FAILED);
}

static void rights_are_gone(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	assert_true(pid >= 0);
	if (!pid) {
		const struct hr_sandbox sandbox = { .role = HR_SANDBOX_WORKER };
		bool filtered;

		status_fd = open("/proc/self/status", O_RDONLY);
		if (hr_sandbox_enter(&sandbox, &filtered))
			_exit(NOT_ENTERED);
		look_at_rights();
		_exit(CAME_BACK);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_fine(status);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forbidden_calls_end_a_worker),
		cmocka_unit_test(forbidden_calls_end_a_reader_of_dumps),
		cmocka_unit_test(allowed_calls_are_allowed),
		cmocka_unit_test(no_role_sees_files_by_name),
		cmocka_unit_test(supervisors_are_refused),
		cmocka_unit_test(memory_is_limited),
		cmocka_unit_test(aborts_are_seen_as_such),
		cmocka_unit_test(rights_are_gone),
	};
	struct core_file file, other;
	int failed;

	if (!HR_HAS_SANDBOX)
		return 0;
	parent = getpid();
	has_filters = prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
	has_landlock = syscall(SYS_landlock_create_ruleset, NULL, 0, 1) > 0;
	core_file_raw(&file, "read me", 7);
	core_file_raw(&other, "", 0);
	readable = file.fd;
	writable = other.fd;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	core_file_release(&file);
	core_file_release(&other);
	return failed;
}
