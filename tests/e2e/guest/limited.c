// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * limited - run a command with fewer privileges than init, or where /proc/kcore is hidden.
 *
 *   limited user COMMAND...        as user and group 65534, without other groups
 *   limited no-rawio COMMAND...    as root without CAP_SYS_RAWIO, as containers have it
 *   limited container COMMAND...   as the root of a user namespace of its own
 *   limited masked FILE COMMAND... where a mount of FILE hides /proc/kcore
 *   limited hidden COMMAND...      where a tmpfs hides /proc
 *
 * Only the command sees these mounts.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

enum {
	NOBODY = 65534
};

static int failed(const char *what)
{
	perror(what);
	return 1;
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t done = fd < 0 ? -1 : write(fd, text, strlen(text));

	if (fd >= 0)
		close(fd);
	return done < 0 ? failed(path) : 0;
}

static int be_user(void)
{
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		return failed("setresuid");
	return 0;
}

/* A capability that is not in the bounding set is lost at the next execve(). */
static int drop_rawio(void)
{
	return prctl(PR_CAPBSET_DROP, CAP_SYS_RAWIO, 0, 0, 0) ? failed("prctl") : 0;
}

/* Outside of the namespace, its root is the user "nobody". */
static int enter_namespace(void)
{
	if (be_user())
		return 1;
	/* It has changed its user. Otherwise its own files in /proc would belong to root. */
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) || unshare(CLONE_NEWUSER))
		return failed("unshare");
	if (write_file("/proc/self/setgroups", "deny") ||
	    write_file("/proc/self/gid_map", "0 65534 1") ||
	    write_file("/proc/self/uid_map", "0 65534 1"))
		return 1;
	return 0;
}

static int own_mounts(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return failed("unshare");
	return 0;
}

static int mask(const char *file)
{
	if (own_mounts())
		return 1;
	return mount(file, "/proc/kcore", NULL, MS_BIND, NULL) ? failed("mount") : 0;
}

static int hide(void)
{
	if (own_mounts())
		return 1;
	return mount("tmpfs", "/proc", "tmpfs", 0, NULL) ? failed("mount") : 0;
}

int main(int argc, char **argv)
{
	const char *how = argc > 2 ? argv[1] : "";
	char **command = argv + 2;
	int status = 64;

	if (!strcmp(how, "user"))
		status = be_user();
	else if (!strcmp(how, "no-rawio"))
		status = drop_rawio();
	else if (!strcmp(how, "container"))
		status = enter_namespace();
	else if (!strcmp(how, "masked") && argc > 3)
		status = mask(*command++);
	else if (!strcmp(how, "hidden"))
		status = hide();
	if (status)
		return status;
	execvp(command[0], command);
	return failed(command[0]);
}
