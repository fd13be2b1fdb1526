// SPDX-License-Identifier: GPL-2.0-or-later
#include "os/saved_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "os/child.h"
#include "os/file_io.h"

enum {
	MODE = 0600,
	TRIES = 100,
	NAME_SIZE = 48,
};

/* The file as its keeper sees it. */
struct kept {
	int folder, fd;
	const char *name;	   /* in @folder */
	char temporary[NAME_SIZE]; /* its name until then; empty: it has none */
};

/* A name in the folder that nobody uses. Whoever guesses it only makes this fail. */
static void choose_name(struct kept *kept, unsigned int number)
{
	snprintf(kept->temporary, sizeof(kept->temporary), ".hotremove-check.%jd.%u",
		 (intmax_t)getpid(), number);
}

/* File systems that have no files without a name get one with a name. */
static bool open_with_name(struct kept *kept)
{
	for (unsigned int i = 0; i < TRIES; i++) {
		choose_name(kept, i);
		kept->fd = openat(kept->folder, kept->temporary,
				  O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, MODE);
		if (kept->fd >= 0 || errno != EEXIST)
			break;
	}
	if (kept->fd < 0)
		kept->temporary[0] = '\0';
	return kept->fd >= 0;
}

/* To give a file a name, the name of its descriptor is needed. */
static bool open_without_name(struct kept *kept)
{
	if (access("/proc/self/fd", X_OK))
		return false;
	kept->fd = openat(kept->folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, MODE);
	return kept->fd >= 0;
}

static bool link_fd(struct kept *kept)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", kept->fd);
	for (unsigned int i = 0; i < TRIES; i++) {
		choose_name(kept, i);
		if (!linkat(AT_FDCWD, path, kept->folder, kept->temporary, AT_SYMLINK_FOLLOW))
			return true;
		if (errno != EEXIST)
			break;
	}
	kept->temporary[0] = '\0';
	return false;
}

/* Returns 0, or the number of the error. */
static int give_name(struct kept *kept, uint64_t size)
{
	if (ftruncate(kept->fd, (off_t)size) || fsync(kept->fd) ||
	    (!kept->temporary[0] && !link_fd(kept)) ||
	    renameat(kept->folder, kept->temporary, kept->folder, kept->name))
		return errno;
	kept->temporary[0] = '\0';
	/* Not every file system can say that a folder is on disk. */
	return fsync(kept->folder) && errno != EINVAL && errno != EROFS ? errno : 0;
}

/* The keeper's part; it ends with the link. */
static void keep(struct kept *kept, const struct hr_link *link)
{
	uint64_t size;
	int status;

	/* Whoever ends the program must not keep this process from cleaning up. */
	prctl(PR_SET_PDEATHSIG, 0);
	if (hr_link_receive(link, &size, sizeof(size)) == HR_LINK_RECEIVED) {
		status = give_name(kept, size);
		hr_link_send(link, &status, sizeof(status));
	}
	if (kept->temporary[0])
		unlinkat(kept->folder, kept->temporary, 0);
	_exit(EXIT_SUCCESS);
}

/* A device or a pipe would be replaced by the file. */
static struct hr_error *check_target(const char *path)
{
	struct stat st;

	if (stat(path, &st)) {
		if (errno == ENOENT)
			return NULL;
		return hr_error_errno(errno, "cannot create %s", path);
	}
	return S_ISREG(st.st_mode) ? NULL
				   : hr_error_new(HR_ERROR_OS,
						  "cannot create %s: it exists, and is not a "
						  "regular file",
						  path);
}

static struct hr_error *open_kept(const char *path, struct kept *ret)
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ char *folder =
		slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	struct hr_error *error = check_target(path);

	*ret = (struct kept){ .folder = -1, .fd = -1, .name = slash ? slash + 1 : path };
	if (error)
		return error;
	if (!folder)
		return hr_error_no_memory();
	if (!*ret->name)
		return hr_error_new(HR_ERROR_OS, "cannot create %s: it has no file name", path);
	ret->folder = hr_fd_above_standard(open(folder, O_DIRECTORY | O_RDONLY | O_CLOEXEC));
	if (ret->folder < 0 || (!open_without_name(ret) && !open_with_name(ret)))
		return hr_error_errno(errno, "cannot create %s", path);
	/* Whatever the user's mask is. */
	fchmod(ret->fd, MODE);
	ret->fd = hr_fd_above_standard(ret->fd);
	return ret->fd < 0 ? hr_error_errno(errno, "cannot create %s", path) : NULL;
}

static struct hr_error *start_keeper(const char *path, struct kept *kept, struct hr_saved_file *ret)
{
	_cleanup_(hr_link_close) struct hr_link far = HR_LINK_CLOSED;
	const int fds[] = { kept->folder, kept->fd };
	struct hr_error *error = hr_link_create(&ret->keeper, &far);

	if (error)
		return error;
	ret->pid = hr_child_start(fds, sizeof(fds) / sizeof(fds[0]), &far);
	if (!ret->pid)
		keep(kept, &far);
	if (ret->pid < 0)
		return hr_error_errno(errno, "cannot start a process that saves %s", path);
	return NULL;
}

struct hr_error *hr_saved_file_open(const char *path, struct hr_saved_file *ret)
{
	struct kept kept;
	struct hr_error *error;

	*ret = HR_SAVED_FILE_NONE;
	error = open_kept(path, &kept);
	if (!error)
		error = start_keeper(path, &kept, ret);
	if (error && kept.temporary[0])
		unlinkat(kept.folder, kept.temporary, 0);
	if (error && kept.fd >= 0)
		close(kept.fd);
	else
		ret->fd = kept.fd;
	if (kept.folder >= 0)
		close(kept.folder);
	return error;
}

struct hr_error *hr_saved_file_commit(const struct hr_saved_file *file, uint64_t size)
{
	int status = 0;

	if (!hr_link_send(&file->keeper, &size, sizeof(size)) ||
	    hr_link_receive(&file->keeper, &status, sizeof(status)) != HR_LINK_RECEIVED)
		return hr_error_new(HR_ERROR_OS, "the process that saves it has ended");
	return status ? hr_error_errno(status, "it cannot be given its name") : NULL;
}

/* The keeper ends with the link. It is not waited for by a process that is not its parent. */
void hr_saved_file_close(struct hr_saved_file *file)
{
	if (file->fd < 0)
		return;
	close(file->fd);
	hr_link_close(&file->keeper);
	waitpid(file->pid, NULL, 0);
	*file = HR_SAVED_FILE_NONE;
}
