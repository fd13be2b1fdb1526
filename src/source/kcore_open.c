// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/kcore_open.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "os/file_io.h"

/* Does lockdown forbid reading kernel memory? Without securityfs this is unknown. */
static bool is_locked_down(void)
{
	_cleanup_close_ int fd = open("/sys/kernel/security/lockdown", O_RDONLY | O_CLOEXEC);
	char text[128] = "";

	return fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 &&
	       strstr(text, "[confidentiality]") != NULL;
}

/* Does this process have CAP_SYS_RAWIO, at least in its own user namespace? */
static bool has_rawio(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	return !syscall(SYS_capget, &header, data) &&
	       data[CAP_TO_INDEX(CAP_SYS_RAWIO)].effective & CAP_TO_MASK(CAP_SYS_RAWIO);
}

/* Are the users of this process mapped to other users outside? */
static bool in_user_namespace(void)
{
	_cleanup_close_ int fd = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC);
	unsigned long inside = 0, outside = 0, count = UINT32_MAX;
	char text[128] = "";

	return fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 &&
	       (sscanf(text, "%lu %lu %lu", &inside, &outside, &count) != 3 || inside || outside ||
		count != UINT32_MAX);
}

/* The file's mode or a security module forbids it. */
static struct hr_error *explain_eacces(const char *path)
{
	if (in_user_namespace())
		return hr_error_new(HR_ERROR_OS,
				    "%s may not be read from within a user namespace: run on the "
				    "host as root",
				    path);
	if (geteuid())
		return hr_error_new(HR_ERROR_OS, "%s may not be read by this user: run as root",
				    path);
	return hr_error_new(HR_ERROR_OS,
			    "%s may not be read: a security module (SELinux, AppArmor) forbids it; "
			    "its log names the rule",
			    path);
}

/* The file's mode allows it, but the kernel refuses because of a missing capability or lockdown. */
static struct hr_error *explain_eperm(const char *path)
{
	if (is_locked_down() || has_rawio())
		return hr_error_new(
			HR_ERROR_OS,
			"%s may not be read: the kernel is locked down in "
			"confidentiality mode; boot it without lockdown, or use a dump of "
			"it (--vmcore)",
			path);
	return hr_error_new(HR_ERROR_OS,
			    "%s may not be read without CAP_SYS_RAWIO: run on the host as root, or "
			    "give the container that capability",
			    path);
}

static struct hr_error *explain_open(const char *path, int errnum)
{
	if (errnum == ENOENT && !strncmp(path, "/proc/", strlen("/proc/")))
		return hr_error_new(HR_ERROR_OS,
				    "%s does not exist: mount /proc; if it is mounted, the kernel "
				    "lacks CONFIG_PROC_KCORE, so use a dump of it (--vmcore)",
				    path);
	if (errnum == EACCES)
		return explain_eacces(path);
	if (errnum == EPERM)
		return explain_eperm(path);
	return hr_error_errno(errnum, "cannot open %s", path);
}

/* A container masks files of /proc by others that are empty. */
static struct hr_error *explain_empty(const char *path, mode_t mode)
{
	if (!strncmp(path, "/proc/", strlen("/proc/")))
		return hr_error_new(HR_ERROR_INPUT,
				    "%s is empty: a container hides it; run on the host, or in a "
				    "container that does not mask /proc/kcore",
				    path);
	if (S_ISREG(mode))
		return hr_error_new(HR_ERROR_INPUT, "%s is an empty file, not a core", path);
	if (S_ISFIFO(mode))
		return hr_error_new(HR_ERROR_INPUT,
				    "%s is a pipe, but a core is read at many places: save it to a "
				    "file",
				    path);
	return hr_error_new(HR_ERROR_INPUT, "%s is not a regular file, so it is not a core", path);
}

struct hr_error *hr_kcore_open(const char *path, int *ret_fd)
{
	_cleanup_close_ int fd =
		hr_fd_above_standard(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
	struct stat st;
	char byte;

	if (fd < 0)
		return explain_open(path, errno);
	if (fstat(fd, &st))
		return hr_error_errno(errno, "cannot stat %s", path);
	if (S_ISDIR(st.st_mode))
		return hr_error_new(HR_ERROR_INPUT, "%s is a directory, not a core", path);
	if (!S_ISREG(st.st_mode) || pread(fd, &byte, 1, 0) == 0)
		return explain_empty(path, st.st_mode);
	*ret_fd = hr_take_fd(&fd);
	return NULL;
}

bool hr_kcore_is_live(int fd, const char *vmcore)
{
	struct stat core, dump;
	struct statfs fs;

	if (fstatfs(fd, &fs) || fs.f_type != PROC_SUPER_MAGIC)
		return false;
	return stat(vmcore, &dump) || fstat(fd, &core) || dump.st_ino != core.st_ino;
}
