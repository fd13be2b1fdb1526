// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/kernel_steps.h"

#include <string.h>

#include "kernel/address.h"

/* struct new_utsname has six fields of this size; these are the third and fourth. */
enum {
	UTS_FIELD = 65,
	UTS_RELEASE = 2,
	UTS_VERSION = 3
};

/* Read a field of the kernel's utsname from its memory. Returns false if it cannot be read. */
static bool read_uts(const struct hr_kernel *kernel, uint64_t field, char ret[UTS_FIELD + 1])
{
	const struct hr_layout *layout = &kernel->layout;
	struct hr_error *error;
	uint64_t pa;

	ret[0] = ret[UTS_FIELD] = '\0';
	if (!layout->has_uts ||
	    !hr_layout_pa_of_va(layout, layout->uts_va + field * UTS_FIELD, &pa))
		return false;
	error = hr_memory_read(&kernel->memory, pa, ret, UTS_FIELD);
	if (!error)
		return true;
	hr_error_destroy(error);
	ret[0] = '\0';
	return false;
}

static const char warn_release[] = "VMCOREINFO is of another release than the kernel in memory: "
				   "what depends on the release may be wrong ({release} overrides)";

/*
 * The release in the kernel's memory must match the note's, and replaces one that is not
 * recognized.
 */
static void check_release(struct hr_kernel *kernel)
{
	struct hr_layout *layout = &kernel->layout;
	char text[UTS_FIELD + 1], release[sizeof(layout->release)];

	if (!read_uts(kernel, UTS_RELEASE, text) || !hr_release_parse(text, NULL).known)
		return;
	hr_release_sanitize(release, sizeof(release), text);
	if (!layout->version.known) {
		memcpy(layout->release, release, sizeof(release));
		layout->version = hr_release_parse(layout->release, NULL);
	}
	if (strcmp(release, layout->release) && !kernel->config.vmcoreinfo_of)
		hr_kernel_warn(kernel, warn_release);
}

void hr_kernel_find_release(struct hr_kernel *kernel)
{
	struct hr_layout *layout = &kernel->layout;
	char version[UTS_FIELD + 1];

	if (kernel->config.overrides.release)
		return;
	check_release(kernel);
	if (read_uts(kernel, UTS_VERSION, version))
		layout->version = hr_release_parse(layout->release, version);
}
