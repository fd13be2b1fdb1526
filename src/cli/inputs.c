// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/inputs.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "os/file_io.h"
#include "os/sandbox.h"
#include "source/packer.h"
#include "source/proc_kallsyms.h"
#include "source/ptdump_file.h"
#include "system/proc_iomem.h"

#define SYS_BTF		"/sys/kernel/btf/vmlinux"
#define BLOCK_SIZE_FILE "/sys/devices/system/memory/block_size_bytes"

/* Standard output and error, the pipe to the supervisor, two saved files, and their keepers. */
enum {
	OTHER_WRITE_FDS = 7
};

/* Does the user's locale use UTF-8? */
static bool locale_is_utf8(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", NULL);
	bool utf8;

	if (!locale)
		return false;
	utf8 = !strcmp(nl_langinfo_l(CODESET, locale), "UTF-8");
	freelocale(locale);
	return utf8;
}

static int try_open(const char *path)
{
	return hr_fd_above_standard(open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY));
}

/* Open @path if there is one, "-" for standard input if @standard is set. */
static struct hr_error *open_file(const char *path, bool standard, int *ret)
{
	*ret = -1;
	if (!path)
		return NULL;
	*ret = standard && !strcmp(path, "-") ? STDIN_FILENO : try_open(path);
	return *ret < 0 ? hr_error_errno(errno, "cannot open %s", path) : NULL;
}

/* Without memory for its path, the file is not there. */
static int try_open_below(const char *root, const char *file)
{
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, "%s%s", root, file) < 0) {
		path = NULL;
		return -1;
	}
	return try_open(path);
}

/* These files are optional: without them the output has less detail. */
static void open_optional(const struct hr_options *options, struct hr_inputs *inputs)
{
	const char *root = hr_options_root(options);

	if (hr_options_name_running(options)) {
		inputs->kallsyms_fd = try_open_below(root, HR_PROC_KALLSYMS);
		inputs->btf_fd = try_open_below(root, SYS_BTF);
	}
	if (hr_options_have_tree(options)) {
		inputs->block_size_fd = try_open_below(root, BLOCK_SIZE_FILE);
		inputs->iomem_fd = try_open_below(root, HR_PROC_IOMEM);
	}
}

/*
 * The loader's flag shows that a file has capabilities. Root has them anyway, and the flag is also
 * set if the security module's domain changes.
 */
static bool has_borrowed_rights(void)
{
	return getuid() != geteuid() || getgid() != getegid() ||
	       (geteuid() && getauxval(AT_SECURE));
}

/* What the parser could not check, as it knew no kind, is checked when the content has shown it. */
static struct hr_error *open_source(struct hr_options *options, struct hr_source_files *ret)
{
	struct hr_error *error = hr_source_files_open(
		options->kind, options->paths, options->path_count, !options->no_sandbox, ret);

	if (error || ret->kind == options->kind)
		return error;
	options->kind = ret->kind;
	return hr_options_check_kind(options, ret->kind);
}

/* Open what the source is to be compared with. */
static struct hr_error *open_other(const struct hr_options *options, struct hr_source_files *ret)
{
	struct hr_error *error;

	if (!options->diff_path)
		return NULL;
	error = hr_source_files_open(HR_SOURCE_BY_CONTENT, &options->diff_path, 1,
				     !options->no_sandbox, ret);
	if (!error)
		error = hr_options_check_other(ret->kind);
	return error ? hr_error_context(error, "--diff") : NULL;
}

/* Does @path name a file of @source? */
static bool is_of_source(const char *path, const struct hr_source_files *source)
{
	struct stat saved, file;

	if (stat(path, &saved))
		return false;
	for (size_t i = 0; i < source->count; i++)
		if (!fstat(source->fds[i], &file) && file.st_dev == saved.st_dev &&
		    file.st_ino == saved.st_ino)
			return true;
	return false;
}

/* Prepare to save what @option names, if it does. */
static struct hr_error *open_saved(const char *option, const char *path,
				   const struct hr_inputs *inputs, struct hr_saved_file *ret)
{
	if (!path)
		return NULL;
	if (is_of_source(path, &inputs->source) || is_of_source(path, &inputs->other))
		return hr_error_new(HR_ERROR_USAGE,
				    "--%s would replace the source %s: give another name", option,
				    path);
	return hr_saved_file_open(path, ret);
}

static struct hr_error *open_all_saved(const struct hr_options *options, struct hr_inputs *inputs)
{
	const char *tables = options->save_path;
	struct hr_error *error = tables && hr_packer_is_for(tables) ? hr_packer_prepare() : NULL;

	if (!error)
		error = open_saved("save-tables", tables, inputs, &inputs->saved);
	return error ? error : open_saved("report", options->report_path, inputs, &inputs->report);
}

static struct hr_error *choose_seed(const struct hr_options *options, uint64_t *ret)
{
	*ret = options->seed;
	if (!options->redact || options->has_seed ||
	    getrandom(ret, sizeof(*ret), 0) == (ssize_t)sizeof(*ret))
		return NULL;
	return hr_error_errno(errno, "cannot get random numbers for --redact");
}

static struct hr_inputs no_inputs(void)
{
	return (struct hr_inputs){
		.vmcoreinfo_fd = -1,
		.saved = HR_SAVED_FILE_NONE,
		.report = HR_SAVED_FILE_NONE,
		.verify_fd = -1,
		.ranges_fd = -1,
		.kallsyms_fd = -1,
		.block_size_fd = -1,
		.btf_fd = -1,
		.iomem_fd = -1,
		.states = HR_LINK_CLOSED,
	};
}

struct hr_error *hr_inputs_open(struct hr_options *options, const struct hr_link *states,
				struct hr_inputs *ret)
{
	struct hr_error *error;

	*ret = no_inputs();
	ret->states = *states;
	ret->utf8 = options->map && locale_is_utf8();
	if (has_borrowed_rights())
		return hr_error_new(HR_ERROR_OS,
				    "the program has privileges that its user lacks (set-user-ID, "
				    "set-group-ID or file capabilities): run it without them, "
				    "because it would reveal what the user may not read");
	error = open_file(options->ranges_from, true, &ret->ranges_fd);
	if (!error)
		error = open_source(options, &ret->source);
	if (!error)
		error = open_other(options, &ret->other);
	if (!error)
		error = open_file(options->vmcoreinfo_path, false, &ret->vmcoreinfo_fd);
	if (!error)
		error = open_file(options->verify_path, true, &ret->verify_fd);
	if (error)
		return error;
	open_optional(options, ret);
	error = choose_seed(options, &ret->seed);
	return error ? error : open_all_saved(options, ret);
}

void hr_inputs_take_other(struct hr_inputs *inputs, struct hr_inputs *ret)
{
	*ret = no_inputs();
	ret->source = inputs->other;
	inputs->other = (struct hr_source_files){ .count = 0 };
}

static void close_file(int *fd)
{
	if (*fd > STDERR_FILENO)
		close(*fd);
	*fd = -1;
}

void hr_inputs_close(struct hr_inputs *inputs)
{
	hr_saved_file_close(&inputs->saved);
	hr_saved_file_close(&inputs->report);
	hr_source_files_close(&inputs->source);
	hr_source_files_close(&inputs->other);
	close_file(&inputs->vmcoreinfo_fd);
	close_file(&inputs->verify_fd);
	close_file(&inputs->ranges_fd);
	close_file(&inputs->kallsyms_fd);
	close_file(&inputs->block_size_fd);
	close_file(&inputs->btf_fd);
	close_file(&inputs->iomem_fd);
	hr_link_close(&inputs->states);
}

/* The memory limit that the sandbox sets; 0 if the user's own is stricter. */
static uint64_t memory_limit_of(const struct hr_sandbox *sandbox)
{
	struct rlimit own;

	if (!HR_HAS_SANDBOX || getrlimit(RLIMIT_AS, &own) || own.rlim_cur < sandbox->address_space)
		return 0;
	return sandbox->address_space;
}

/* The descriptors to which the program writes in order to save @file. Returns their number. */
static size_t saved_fds(const struct hr_saved_file *file, int fds[2])
{
	if (file->fd < 0)
		return 0;
	fds[0] = file->fd;
	fds[1] = file->keeper.out;
	return 2;
}

struct hr_error *hr_inputs_enter_sandbox(const struct hr_options *options, struct hr_inputs *inputs)
{
	int fds[OTHER_WRITE_FDS + 2 * HR_SOURCE_WRITE_FDS_MAX] = { STDOUT_FILENO, STDERR_FILENO };
	struct hr_sandbox sandbox = {
		.role = HR_SANDBOX_WORKER,
		.write_fds = fds,
		.write_count = 2,
		.address_space = HR_WORKER_ADDRESS_SPACE,
		/* --watch runs for as long as the user wants. */
		.cpu_seconds = options->watch ? 0 : HR_CPU_SECONDS,
	};
	struct hr_error *error;
	bool filtered;

	if (options->no_sandbox) {
		inputs->warning = options->no_sandbox;
		inputs->mark = "; no sandbox";
		return NULL;
	}
	if (hr_link_is_open(&inputs->states))
		fds[sandbox.write_count++] = inputs->states.out;
	sandbox.write_count += saved_fds(&inputs->saved, fds + sandbox.write_count);
	sandbox.write_count += saved_fds(&inputs->report, fds + sandbox.write_count);
	sandbox.write_count +=
		hr_source_files_write_fds(&inputs->source, fds + sandbox.write_count);
	sandbox.write_count += hr_source_files_write_fds(&inputs->other, fds + sandbox.write_count);
	/* The C library reads the time zone from a file on first use. */
	tzset();
	inputs->memory_limit = memory_limit_of(&sandbox);
	error = hr_sandbox_enter(&sandbox, &filtered);
	if (!error && !filtered) {
		inputs->warning = "this kernel has no seccomp filters, which makes the sandbox "
				  "weaker";
		inputs->mark = "; no seccomp";
	}
	return error;
}
